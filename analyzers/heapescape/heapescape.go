package heapescape

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "heapescape",
	Doc:      doc,
	Group:    rule.Allocation,
	Class:    rule.Performance,
	Severity: rule.Medium,
	NeedsHot: true,
	Requires: []*analysis.Analyzer{escape.Analyzer, syntax.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	report := pass.ResultOf[escape.Analyzer].(*escape.Report)
	if !report.Ran {
		// Hosts that do not run the compiler do not show this.
		if n := hotFunctions(pass); n > 0 {
			pass.Unchecked("the compiler was not asked what the hot functions of %s (%d) move to the heap", pass.Pkg.Path(), n)
		}
		return nil
	}
	if n := len(report.Unknown); n > 0 {
		pass.Unchecked("%d lines of the compiler's output are of no known form, so escapes may be missing; the first is %q", n, report.Unknown[0])
	}
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		pass:   pass,
		report: report,
		finder: values.New(pass.Pass, report, root),
		seldom: seldom.New(pass.Pass, pass.Funcs, root),
		groups: make(map[token.Pos]*finding),
	}
	for _, d := range report.Diagnostics {
		c.diagnostic(d)
	}
	c.foldCaptures()
	c.foldCopies()
	slices.SortStableFunc(c.findings, func(a, b *finding) int { return int(a.pos - b.pos) })
	for _, f := range c.findings {
		c.send(f)
	}
	return nil
}

func hotFunctions(pass *rule.Pass) (n int) {
	for _, f := range pass.Funcs.Funcs {
		if pass.Hotness.Hot(f.Node) != nil && !pass.Generated(f.Node.Pos()) {
			n++
		}
	}
	return n
}

type checker struct {
	pass     *rule.Pass
	report   *escape.Report
	finder   *values.Finder
	seldom   *seldom.Index
	findings []*finding
	groups   map[token.Pos]*finding // those of the arguments of one call, by its parenthesis
}

// A finding is what is reported at one place: one value, or several that one
// call puts on the heap.
type finding struct {
	pos    token.Pos
	hot    *hotpath.Hotness
	tier   rule.Tier
	values []*values.Value
	cause  escape.Cause
	flow   []escape.Edge
	call   *ast.CallExpr // of which all values are arguments, or whose inlined body makes them
	inline string        // the function inlined at call
	depth  int           // of inlining
	rare   string        // why it does not happen in every call
}

// diagnostic turns an escape in hot code into a finding, or adds it to one.
func (c *checker) diagnostic(d *escape.Diagnostic) {
	if d.Kind != escape.Moved && d.Kind != escape.Escapes || d.Static {
		return
	}
	pos := c.report.Where(d)
	if !pos.IsValid() || c.namesFunc(pos) {
		return
	}
	hot := c.pass.Hotness.HotAt(pos)
	if hot == nil {
		return
	}
	f := &finding{pos: pos, hot: hot, tier: rule.Proven, cause: d.Cause(), flow: d.Flow}
	v := c.finder.Value(d, pos)
	if call := c.inlinedCall(d, pos, v); call != nil {
		if v = c.inlinee(d, call, f); v == nil {
			return
		}
	} else if !c.inBody(d, pos, f) {
		return
	}
	if v.Free || c.ofDefer(v, f) || v.Sized && !c.noalloc(pos) {
		return
	}
	if f.cause.Kind == escape.Panicked && v.Kind != values.Variable {
		return // on the way to a panic, in code inlined from elsewhere
	}
	f.tier = lower(f.tier, v.Tier)
	if d.Mixed {
		f.tier = lower(f.tier, rule.Likely)
	}
	if f.rare == "" {
		f.rare = c.seldom.Why(pos)
	}
	if f.rare == "" && isError(v.Type) && (c.seldom.Conditional(pos) || c.mayHaveLeft(pos)) {
		f.rare = "it makes an error"
	}
	if f.rare == "" && c.reported(f, v, pos) {
		f.rare = "it makes a message"
	}
	if f.rare != "" && !c.noalloc(pos) {
		f.tier = lower(f.tier, rule.Suspected)
	}
	f.values = []*values.Value{v}
	c.add(f, v)
}

// add records f, or adds its value to the finding of the same call.
func (c *checker) add(f *finding, v *values.Value) {
	if f.call == nil {
		f.call = v.Call
	}
	if f.call == nil {
		// Instantiations of a generic function name their types apart.
		for _, g := range c.findings {
			if g.pos == f.pos && g.values[0].Kind == v.Kind && g.values[0].Node == v.Node {
				return
			}
		}
		c.findings = append(c.findings, f)
		return
	}
	if f.inline != "" && c.inlinedBefore(f) {
		return
	}
	g := c.groups[f.call.Lparen]
	if g == nil {
		c.groups[f.call.Lparen] = f
		c.findings = append(c.findings, f)
		return
	}
	switch {
	case g.inline != "" && f.inline == "":
		*g = *f // what is boxed for the call says more than what it does itself
		return
	case g.inline == "" && f.inline != "":
		return
	}
	if slices.ContainsFunc(g.values, func(o *values.Value) bool { return o.Node != nil && o.Node == v.Node && o.Kind == v.Kind }) {
		return
	}
	g.values = append(g.values, v)
	g.pos = min(g.pos, f.pos)
	g.tier = higher(g.tier, f.tier) // one that is sure makes the finding sure
	if len(g.flow) == 0 {
		g.flow, g.cause = f.flow, f.cause
	}
}

// inlinedBefore reports whether the same value of the same function was found at
// another call in the same function, among other values or alone.
func (c *checker) inlinedBefore(f *finding) bool {
	v := f.values[0]
	same := func(o *values.Value) bool {
		return o.Kind == v.Kind && o.Node == v.Node && (v.Node != nil || o.Text == v.Text)
	}
	return slices.ContainsFunc(c.findings, func(g *finding) bool {
		return g.inline == f.inline && g.call != f.call && g.tier == f.tier && slices.ContainsFunc(g.values, same) &&
			c.pass.FuncName(g.pos) == c.pass.FuncName(f.pos)
	})
}

// mayHaveLeft reports whether a return stands before pos in its function.
func (c *checker) mayHaveLeft(pos token.Pos) (found bool) {
	g := c.pass.Funcs.At(pos)
	if g == nil {
		return false
	}
	ast.Inspect(g.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || n.End() <= pos
		}
		return !found
	})
	return found
}

// isError reports whether what is allocated for a value of type t is an error.
func isError(t types.Type) bool {
	if t == nil || types.IsInterface(t) {
		return false
	}
	err := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, err) || types.Implements(types.NewPointer(t), err)
}

// namesFunc reports whether pos is that of a declared function's name: there
// stands what the compiler's wrapper of an instantiation does, which is what
// the function does.
func (c *checker) namesFunc(pos token.Pos) bool {
	g := c.pass.Funcs.At(pos)
	if g == nil {
		return false
	}
	decl, ok := g.Node.(*ast.FuncDecl)
	return ok && (pos == decl.Name.Pos() || decl.Recv != nil && pos == decl.Recv.Pos())
}

// noalloc reports whether the code at pos stands under that contract.
func (c *checker) noalloc(pos token.Pos) bool {
	for f := c.pass.Funcs.At(pos); f != nil; f = f.Parent {
		if c.pass.Hotness.Contract(f.Node, directive.NoAlloc) != nil {
			return true
		}
	}
	return false
}

// ofDefer reports whether v is a deferred closure or escapes only into one:
// those are hotdefer's.
func (c *checker) ofDefer(v *values.Value, f *finding) bool {
	if lit, ok := v.Node.(*ast.FuncLit); ok {
		g := c.pass.Funcs.Of(lit)
		return g != nil && g.Use == funcs.Deferred
	}
	if f.cause.Kind != escape.Captured {
		return false
	}
	g := c.capturing(f)
	return g != nil && g.Use == funcs.Deferred
}

// capturing returns the outermost literal that captures the variable of f.
func (c *checker) capturing(f *finding) *funcs.Func {
	var lit *funcs.Func
	at := c.report.Pos(f.cause.Pos)
	for g := c.pass.Funcs.At(at); g != nil && g.Obj == nil; g = g.Parent {
		if g.Node.Pos() <= f.pos && f.pos < g.Node.End() {
			break // declared inside
		}
		lit = g
	}
	return lit
}

// foldCaptures joins variables that escape because a closure captures them to
// the finding about the closure: there is one thing to mend.
func (c *checker) foldCaptures() {
	closures := make(map[ast.Node]*finding)
	for _, f := range c.findings {
		if lit, ok := f.values[0].Node.(*ast.FuncLit); ok {
			closures[lit] = f
		}
	}
	c.findings = slices.DeleteFunc(c.findings, func(f *finding) bool {
		if f.cause.Kind != escape.Captured || f.call != nil {
			return false
		}
		lit := c.capturing(f)
		if lit == nil || closures[lit.Node] == nil || closures[lit.Node].tier != f.tier {
			return false
		}
		g := closures[lit.Node]
		g.values = append(g.values, f.values...)
		return true
	})
}

// foldCopies drops the copy of a string that is boxed besides: the finding about
// the box names it.
func (c *checker) foldCopies() {
	boxes := make(map[ast.Node]bool)
	for _, f := range c.findings {
		for _, v := range f.values {
			if v.Kind == values.Boxed {
				boxes[v.Node] = true
			}
		}
	}
	c.findings = slices.DeleteFunc(c.findings, func(f *finding) bool {
		v := f.values[0]
		return (v.Kind == values.Copied || v.Kind == values.Joined || v.Kind == values.Array) && len(f.values) == 1 && boxes[v.Node]
	})
}

func lower(a, b rule.Tier) rule.Tier {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

func higher(a, b rule.Tier) rule.Tier {
	if rank(b) < rank(a) {
		return b
	}
	return a
}

func rank(t rule.Tier) int {
	return slices.Index([]rule.Tier{"", rule.Proven, rule.Likely, rule.Suspected}, t)
}
