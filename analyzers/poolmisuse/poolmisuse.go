package poolmisuse

import (
	_ "embed"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "poolmisuse",
	Doc:      doc,
	Group:    rule.Allocation,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Trial:    true,
	Since:    "go1.3", // sync.Pool
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, lifetimes.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		lives:  pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index),
	}
	if !c.lives.Pools() {
		return nil
	}
	for _, f := range pass.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			objects, sure := c.lives.GivesBack(call)
			for _, e := range objects {
				c.givenBack(f, call, e, sure)
			}
		}
	}
	for _, v := range c.lives.Values {
		if v.Kind == lifetimes.Pooled && v.Func != nil && !c.values.InTest(v.Site.Pos()) {
			c.lost(v)
		}
	}
	c.buffers()
	return nil
}

// A checker looks at the pools of one package.
type checker struct {
	*rule.Pass
	root   inspector.Cursor
	values *values.Index
	lives  *lifetimes.Index
}

// givenBack looks at one object, e, that call gives back to its pool in f.
func (c *checker) givenBack(f *funcs.Func, call *funcs.Call, e ast.Expr, sure bool) {
	c.uncleared(call, e)
	v := c.local(e)
	if v == nil || !refers(v.Type()) {
		return
	}
	switch {
	case call.Mode == funcs.Defer:
		c.deferred(f, call, e, v)
	case call.Mode == funcs.Plain && sure && (call.Callee == nil || !c.byAddress(e)): // by its address it may be given another
		c.after(f, call, v)
	}
}

// local returns the local variable or parameter that e is, or is cut from, or nil.
func (c *checker) local(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SliceExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.Ident:
			return dataflow.LocalVar(c.TypesInfo.Uses[x])
		default:
			return nil
		}
	}
}

// refers reports whether copies of a t share what it stands for.
func refers(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		return true
	}
	return false
}

func step(n ast.Node, text string) rule.Step { return rule.Step{Pos: n.Pos(), Text: text} }
