package ctxaccumulate

import (
	_ "embed"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "ctxaccumulate",
	Doc:      doc,
	Group:    rule.Deadlines,
	Class:    rule.Context,
	Severity: rule.Medium,
	Fixes:    true,
	Tier:     rule.Proven,
	Since:    "go1.7",
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		flows:  dataflow.New(pass.TypesInfo),
	}
	for _, f := range pass.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			c.deferred(f)
		}
	}
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil), (*ast.SendStmt)(nil)) {
		f := pass.Funcs.At(cur.Node().Pos())
		if f == nil || c.values.InTest(cur.Node().Pos()) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			c.wrapped(f, cur, n)
			c.replaced(f, cur, n)
			c.stored(f, n)
		case *ast.SendStmt:
			c.sent(f, n)
		}
	}
	return nil
}

// A checker is the rule at work on one package.
type checker struct {
	*rule.Pass
	root   inspector.Cursor
	values *values.Index
	flows  *dataflow.Index
}

// A derivation is a call that makes a context of another one.
type derivation struct {
	call   *ast.CallExpr
	parent ast.Expr
	name   string // of the function called: "context.WithTimeout"
	// ends is set if the new context ends by itself or by a cancel function, and so
	// ends those made of it.
	ends bool
}

// derivation returns the derivation that e is, or nil.
func (c *checker) derivation(e ast.Expr) *derivation {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || !c.givesContext(call) {
		return nil
	}
	for _, a := range call.Args {
		if contexts.Is(c.TypesInfo.TypeOf(a)) {
			d := &derivation{call: call, parent: a, name: values.Callee(c.TypesInfo, call)}
			switch d.name {
			case "context.WithCancel", "context.WithCancelCause", "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
				d.ends = true
			}
			return d
		}
	}
	return nil
}

func (c *checker) givesContext(call *ast.CallExpr) bool {
	switch t := c.TypesInfo.TypeOf(call).(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			if contexts.Is(v.Type()) {
				return true
			}
		}
		return false
	case nil:
		return false
	default:
		return contexts.Is(t)
	}
}

// variable returns the local variable that e names, or nil.
func (c *checker) variable(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	return dataflow.LocalVar(c.TypesInfo.ObjectOf(id))
}

// timer reports whether a context of that function has a timer.
func timer(name string) bool {
	switch name {
	case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
		return true
	}
	return false
}
