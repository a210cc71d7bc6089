package sleeppoll

import (
	_ "embed"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "sleeppoll",
	Doc:      doc,
	Group:    rule.Timers,
	Class:    rule.Concurrency,
	Severity: rule.Medium,
	Fixes:    true,
	Tier:     rule.Proven,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	flows := dataflow.New(pass.TypesInfo)
	c := &checker{
		Pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		flows:  flows,
		guards: guards.New(pass.TypesInfo, pass.Funcs, flows),
		looks:  make(map[*funcs.Func]verdict),
	}
	for cur := range c.root.Preorder((*ast.ForStmt)(nil)) {
		n := cur.Node().(*ast.ForStmt)
		f := pass.Funcs.At(n.For)
		if f == nil || c.values.InTest(n.For) {
			continue
		}
		c.loop(&loop{ForStmt: n, fn: f, cur: cur, label: label(cur)})
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root    inspector.Cursor
	values  *values.Index
	flows   *dataflow.Index
	guards  *guards.Index
	looks   map[*funcs.Func]verdict
	changed map[types.Object][]guards.Write // what the package changes; see changes
}

// A loop is one that may wait.
type loop struct {
	*ast.ForStmt
	fn    *funcs.Func
	cur   inspector.Cursor
	label string
}

func label(cur inspector.Cursor) string {
	if l, ok := cur.Parent().Node().(*ast.LabeledStmt); ok {
		return l.Label.Name
	}
	return ""
}

// loop judges one loop: one fault, one finding.
func (c *checker) loop(l *loop) {
	switch {
	case l.Post != nil: // it counts its turns
		c.poll(l)
	case c.spin(l), c.selecting(l), c.poll(l):
	default:
		c.drift(l)
	}
}

// calls returns the calls in n, function literals in it excepted.
func (c *checker) calls(n ast.Node) []*funcs.Call {
	var calls []*funcs.Call
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if k := c.Funcs.Call(n); k != nil {
				calls = append(calls, k)
			}
		}
		return true
	})
	return calls
}

// named reports whether the call is one of the function of that full name.
func named(k *funcs.Call, name string) bool {
	return k != nil && k.FullName() == name
}
