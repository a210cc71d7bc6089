package gcknob

import (
	_ "embed"
	"go/ast"
	"go/constant"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "gcknob",
	Doc:       doc,
	Group:     rule.Allocation,
	Class:     rule.Performance,
	Severity:  rule.Medium,
	Trial:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	FactTypes: []analysis.Fact{new(Turns)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	flows := dataflow.New(pass.TypesInfo)
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   vs,
		flows:    flows,
		seldom:   seldom.New(pass.Pass, pass.Funcs, root),
		requests: requests.New(pass, root, vs, flows),
	}
	c.findTurners()
	for _, f := range pass.Funcs.Funcs {
		if vs.InTest(f.Node.Pos()) {
			continue
		}
		for _, k := range f.Out {
			c.call(f, k)
		}
	}
	c.ballast()
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	flows    *dataflow.Index
	seldom   *seldom.Index
	requests *requests.Index
	turners  map[*funcs.Func]*Turns
	keeps    bool // some call keeps something alive
}

// call judges one call of f.
func (c *checker) call(f *funcs.Func, k *funcs.Call) {
	if k.Func == nil {
		return
	}
	turns := c.turns(k) != nil && c.onRequest(f, k)
	if p := k.Func.Pkg(); p == nil || p.Path() != "runtime" && p.Path() != "runtime/debug" {
		return // before the name is put together
	}
	switch k.FullName() {
	case "runtime.SetFinalizer":
		c.finalizer(f, k)
	case keepAlive:
		c.keeps = true
	case setGCPercent:
		if !turns {
			c.off(f, k)
		}
	}
}

// The knobs of the collector, by the full names of what turns them.
const (
	setGCPercent   = "runtime/debug.SetGCPercent"
	setMemoryLimit = "runtime/debug.SetMemoryLimit"
)

const keepAlive = "runtime.KeepAlive"

// number returns the constant that e is.
func (c *checker) number(e ast.Expr) (int64, bool) {
	v := c.TypesInfo.Types[e].Value
	if v == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v))
}
