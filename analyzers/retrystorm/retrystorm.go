package retrystorm

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/retries"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "retrystorm",
	Doc:      doc,
	Group:    rule.Connections,
	Class:    rule.Dependency,
	Severity: rule.High,
	Trial:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, contexts.Analyzer, witness.Analyzer, retries.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	w := pass.ResultOf[witness.Analyzer].(*witness.Index)
	c := &checker{
		Pass:       pass,
		root:       pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values:     pass.ResultOf[values.Analyzer].(*values.Index),
		contexts:   pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		witness:    w,
		sleeping:   w.Search(effects.SetOf(effects.Sleep), nil),
		retries:    pass.ResultOf[retries.Analyzer].(*retries.Index),
		downstream: downstream.New(pass, w),
		flows:      dataflow.New(pass.TypesInfo),
		told:       make(map[ast.Stmt]bool),
	}
	c.requests = requests.New(pass, c.root, c.values, c.flows)
	c.sizes = sizes.New(pass.TypesInfo, pass.Funcs, c.flows, c.root)
	for _, f := range pass.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			c.function(f)
		}
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root       inspector.Cursor
	values     *values.Index
	contexts   *contexts.Index
	witness    *witness.Index
	sleeping   *witness.Search
	retries    *retries.Index
	downstream *downstream.Index
	requests   *requests.Index
	flows      *dataflow.Index
	sizes      *sizes.Index
	told       map[ast.Stmt]bool // loops with a finding
}

// function looks at the loops of f.
func (c *checker) function(f *funcs.Func) {
	if c.loops(f) {
		waits := c.waits(f)
		for _, call := range c.downstream.Calls(f, nil) {
			if r := c.retries.After(f, call.Call, waits); r != nil && !c.told[r.Loop] {
				c.judge(f, call, r)
			}
		}
		c.watches(f, waits)
	}
	c.handed(f)
}

// loops reports whether there is a loop in f.
func (c *checker) loops(f *funcs.Func) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

// waits returns what tells whether a call in f takes its time: it sleeps, waits for
// a channel, or is made by way of an interface and given how long to wait.
func (c *checker) waits(f *funcs.Func) func(*ast.CallExpr) bool {
	waiting := make(map[*ast.CallExpr]bool)
	for _, p := range c.witness.Places(f.Node, effects.SetOf(effects.Sleep, effects.Chan), nil) {
		if p.Call != nil {
			waiting[p.Call] = true
		}
	}
	return func(call *ast.CallExpr) bool {
		if waiting[call] {
			return !c.logs(call)
		}
		k := c.Funcs.Call(call)
		if k != nil && receives(k.Func) {
			return true
		}
		if k == nil || k.Func != nil && !k.Dynamic && k.Func.Pkg() != nil && modules.IsStd(k.Func.Pkg().Path()) {
			return false
		}
		for _, a := range call.Args {
			if isNamed(c.TypesInfo.TypeOf(a), "time", "Duration") {
				return true
			}
		}
		return false
	}
}

// receives reports whether fn waits for what comes in by a connection or a listener.
func receives(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "net" || fn.Signature().Recv() == nil {
		return false
	}
	return strings.HasPrefix(fn.Name(), "Read") || strings.HasPrefix(fn.Name(), "Accept")
}

// logs reports whether the call is a statement by itself that is given the error, or
// a text: that a logger has a queue paces nobody.
func (c *checker) logs(call *ast.CallExpr) bool {
	for _, a := range call.Args {
		if tv := c.TypesInfo.Types[a]; tv.Value != nil && types.Identical(tv.Type.Underlying(), types.Typ[types.String]) {
			return true
		}
	}
	return false
}

func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// name returns the name of what is called, as the code has it.
func (c *checker) name(call *funcs.Call) string {
	if call.Func != nil {
		return c.witness.Short(call.FullName())
	}
	return rule.Brief(types.ExprString(call.Site.Fun))
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// line is the step of a chain for a statement.
func line(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }
