package heapescape

import (
	_ "embed"
	"go/ast"
	"go/token"
	"slices"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
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
	Tier:     rule.Proven,
	NeedsHot: true,
	Requires: allocs.Requires(),
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	report := pass.ResultOf[escape.Analyzer].(*escape.Report)
	if !report.Ran {
		// Hosts that do not run the compiler do not show this.
		n := hotFunctions(pass)
		switch {
		case n > 0 && report.Missing:
			pass.Unchecked("the compiler's output holds nothing of %s, so what its hot functions (%d) move to the heap is not known; compile it anew (go clean -cache)", pass.Pkg.Path(), n)
		case n > 0:
			pass.Unchecked("the compiler was not asked what the hot functions of %s (%d) move to the heap", pass.Pkg.Path(), n)
		}
		return nil
	}
	if n := len(report.Unknown); n > 0 {
		pass.Unchecked("%d lines of the compiler's output are of no known form, so escapes may be missing; the first is %q", n, report.Unknown[0])
	}
	c := &checker{
		pass:   pass,
		report: report,
		allocs: allocs.New(pass),
		groups: make(map[token.Pos]*finding),
	}
	for _, d := range report.Diagnostics {
		c.diagnostic(d)
	}
	c.leaveCostly()
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
	allocs   *allocs.Index
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
	rare   string        // why it does not happen in every call
}

// diagnostic turns an escape in hot code into a finding, or adds it to one.
func (c *checker) diagnostic(d *escape.Diagnostic) {
	pos, ok := c.allocs.Speaks(d)
	if !ok {
		return
	}
	hot := c.pass.Hotness.HotAt(pos)
	if hot == nil {
		return
	}
	s := c.allocs.Escape(d)
	if s == nil {
		return
	}
	noalloc := c.allocs.NoAlloc(pos) != nil
	f := &finding{
		pos: pos, hot: hot, tier: s.Tier, values: []*values.Value{s.Value}, cause: s.Cause, flow: s.Flow,
		call: s.Call, inline: s.Inline, rare: s.Rare,
	}
	if c.ofDefer(s.Value, f) || s.Value.Sized && !noalloc {
		return
	}
	if f.rare != "" && !noalloc || s.Kept {
		f.tier = rule.Lower(f.tier, rule.Suspected)
	}
	c.add(f, s.Value)
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
	g.tier = rule.Higher(g.tier, f.tier) // one that is sure makes the finding sure
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

// leaveCostly drops what is boxed for a call that rule hotcall reports: what the
// arguments cost is part of what it costs.
func (c *checker) leaveCostly() {
	c.findings = slices.DeleteFunc(c.findings, func(f *finding) bool {
		if f.call == nil || f.inline != "" || f.hot.Source != hotpath.FromDirective && f.hot.Line < costly.MinLine {
			return false
		}
		k := c.pass.Funcs.Call(f.call)
		if k == nil || k.Func == nil {
			return false
		}
		what, ok := costly.Of(k.FullName())
		return ok && !what.Light
	})
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
