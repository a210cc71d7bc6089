package unboundedqueue

import (
	_ "embed"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "unboundedqueue",
	Doc:       doc,
	Group:     rule.Connections,
	Class:     rule.Dependency,
	Severity:  rule.High,
	Trial:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	FactTypes: []analysis.Fact{new(Reads), new(Grows), new(Limits)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	if modules.Std(pass.Pass) || pass.Module != nil && pass.Module.Version != "" {
		return nil // nobody who reads the findings can mend it
	}
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	flows := dataflow.New(pass.TypesInfo)
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   vs,
		flows:    flows,
		requests: requests.New(pass, root, vs, flows),
		guards:   guards.New(pass.TypesInfo, pass.Funcs, flows),
		reads:    make(map[*types.Func]int),
	}
	c.bodies()
	c.collections()
	c.export()
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	flows    *dataflow.Index
	requests *requests.Index
	guards   *guards.Index

	reads map[*types.Func]int // which parameter a function reads to its end
	grows map[*types.Func]*Grows
}

// doubt says why a request may not come to the place, or why what serves it is not
// the server that everybody talks to; or returns "".
func (c *checker) doubt(f *funcs.Func, n ast.Node, root *hotpath.Root) string {
	switch {
	case c.Hotness.Cold(n.Pos()):
		return "only on the way to an error"
	case c.requests.ForDiagnosis(f, n.Pos(), root):
		return "the request asks for diagnosis"
	case c.standsIn(f):
		return "it is named as what stands in for something else is"
	}
	return ""
}

// Packages that serve tests or show how things are used, and types that stand in for
// others or hold in memory what those store, are known by their names.
var (
	aside      = pattern.New(`(?i)(^|/)(tests?([-_]\w+)?|testing|testdata|test(util|help|serv)\w*|e2e|integration|mocks?|fakes?|examples?|demos?|docs?|documentation|samples?)(/|$)`)
	substitute = pattern.New(`(?i)mock|fake|stub|in_?mem|memory|dummy|noop`)
)

// standsIn reports whether f is part of what serves tests or stands in for something.
func (c *checker) standsIn(f *funcs.Func) bool {
	return aside.MatchString(c.Pkg.Path()) || substitute.MatchString(receiver(f))
}

// receiver returns the name of the type that f is a method of, or "".
func receiver(f *funcs.Func) string {
	top := f.Outermost()
	if top.Obj == nil || top.Sig.Recv() == nil {
		return ""
	}
	t := types.TypeString(top.Sig.Recv().Type(), func(*types.Package) string { return "" })
	return strings.TrimLeft(t, "*.")
}

// steps returns how a request comes to a function.
func steps(root *hotpath.Root) []rule.Step {
	var chain []rule.Step
	for _, s := range root.Via {
		chain = append(chain, rule.Step{Pos: s.Pos, Text: s.Text})
	}
	return chain
}

// short returns the name of fn as this package would write it.
func (c *checker) short(fn *types.Func) string {
	qual := func(p *types.Package) string {
		if p == c.Pkg {
			return ""
		}
		return p.Name()
	}
	if recv := fn.Signature().Recv(); recv != nil {
		t := types.TypeString(recv.Type(), qual)
		if strings.HasPrefix(t, "*") {
			t = "(" + t + ")"
		}
		return t + "." + fn.Name()
	}
	if q := qual(fn.Pkg()); q != "" {
		return q + "." + fn.Name()
	}
	return fn.Name()
}

// full returns the full name of what a call calls, or "".
func (c *checker) full(call *ast.CallExpr) string { return values.Callee(c.TypesInfo, call) }

func isNamed(t types.Type, pkg, name string) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}
