package httppool

import (
	_ "embed"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/oneshot"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "httppool",
	Doc:      doc,
	Group:    rule.Connections,
	Class:    rule.Dependency,
	Severity: rule.Medium,
	Trial:    true,
	Fixes:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, httpconf.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		conf:     pass.ResultOf[httpconf.Analyzer].(*httpconf.Index),
		commands: oneshot.New(pass.Pkg, pass.Funcs, root),
		fates:    fates.New(pass.TypesInfo, pass.Funcs, dataflow.New(pass.TypesInfo), root),
	}
	for _, v := range c.conf.Values {
		switch {
		case v.Default:
			c.changed(v)
		case v.Kind == httpconf.Transport:
			c.transport(v)
		}
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	conf     *httpconf.Index
	commands *oneshot.Index
	fates    *fates.Index
}

// place returns where a finding about v stands: the head of its literal, or the
// expression.
func place(v *httpconf.Value) (pos, end token.Pos) {
	if v.Lit != nil && v.Lit.Type != nil {
		return v.Lit.Pos(), v.Lit.Type.End()
	}
	return v.Expr.Pos(), v.Expr.End()
}

// transport says the worst of a transport: one is mended at a time.
func (c *checker) transport(v *httpconf.Value) {
	if v.From != nil {
		return // the package that makes it has the finding
	}
	u := c.useOf(v)
	switch {
	case c.forgotten(v, u) || u.dropped:
	case v.Field("DisableKeepAlives").Int == 1:
		c.keepsNone(v, u)
	default:
		c.perHost(v, u)
	}
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }
