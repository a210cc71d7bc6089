package dbpool

import (
	_ "embed"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "dbpool",
	Doc:       doc,
	Group:     rule.Connections,
	Class:     rule.Dependency,
	Severity:  rule.High,
	Trial:     true,
	Fixes:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, lifetimes.Analyzer},
	FactTypes: []analysis.Fact{new(queries)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		lives:  pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index),
		made:   make(map[*funcs.Func]*query),
	}
	for _, v := range c.lives.Values {
		switch {
		case v.Func == nil && v.Kind != lifetimes.DB, c.values.InTest(v.Site.Pos()):
		case v.Kind == lifetimes.DB:
			c.database(v)
		case v.Kind == lifetimes.Rows, v.Kind == lifetimes.Stmt, v.Kind == lifetimes.Tx:
			c.unclosed(v)
		}
	}
	if !c.asks() {
		return nil
	}
	c.flows = dataflow.New(pass.TypesInfo)
	c.requests = requests.New(pass, c.root, c.values, c.flows)
	c.sizes = sizes.New(pass.TypesInfo, pass.Funcs, c.flows, c.root)
	c.inferQueries()
	for _, f := range pass.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			c.loops(f)
		}
	}
	return nil
}

// A checker looks at what one package does with databases.
type checker struct {
	*rule.Pass
	root   inspector.Cursor
	values *values.Index
	lives  *lifetimes.Index

	flows    *dataflow.Index
	requests *requests.Index
	sizes    *sizes.Index
	made     map[*funcs.Func]*query // what functions ask each time they are called
}
