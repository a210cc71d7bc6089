package budget

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/costs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A doubt is what has to be believed for something to be counted.
type doubt int

const (
	none   doubt = iota // the compiler, or the code of the package, is the witness
	little              // what a call of another package does, and that callers do not inline a function
	much                // that the data is large
)

// A call is one of a function of the package, as it is counted.
type call struct {
	fn    ast.Node
	doubt doubt
}

// call counts the allocations of one call of f. Of a recursion one turn is counted.
func (c *checker) call(f *funcs.Func, d doubt) sum {
	k := call{f.Node, d}
	if s, ok := c.known[k]; ok {
		return s
	}
	c.known[k] = sum{}
	s := worst(f.Body, c.items(f, d))
	c.known[k] = s
	return s
}

// items are the places of f that allocate, or call what does.
func (c *checker) items(f *funcs.Func, d doubt) []item {
	var items []item
	for _, a := range c.costs.Allocs(f.Node) {
		if believed(a.Certainty, d) {
			items = append(items, c.item(a.Pos, rule.Step{Pos: a.Pos, Text: a.Text + " " + a.How}, sum{n: 1}))
		}
	}
	for _, k := range f.Out {
		if k.Callee == nil || k.Mode == funcs.Go || c.pass.Hotness.Cold(k.Site.Pos()) {
			continue
		}
		if s := c.call(k.Callee, d); s.n > 0 {
			items = append(items, c.item(k.Site.Lparen, rule.Step{Pos: k.Site.Pos(), Text: "calls " + types.ExprString(k.Site.Fun)}, s))
		}
	}
	return append(append(items, c.passed(f, d)...), c.foreign(f, d)...)
}

func believed(how costs.Certainty, d doubt) bool {
	switch how {
	case costs.Proven:
		return true
	case costs.Likely:
		return d >= little
	case costs.SizeDependent:
		return d >= much
	}
	return false
}

// passed counts the literals that f hands to other functions, as if called once.
func (c *checker) passed(f *funcs.Func, d doubt) []item {
	var items []item
	for _, lit := range c.pass.Funcs.Funcs {
		if lit.Parent != f || lit.Use != funcs.Passed || c.pass.Hotness.Cold(lit.Node.Pos()) {
			continue
		}
		if s := c.call(lit, d); s.n > 0 {
			items = append(items, c.item(lit.Node.Pos(), rule.Step{Pos: lit.Node.Pos(), Text: "hands over this func literal"}, s))
		}
	}
	return items
}

// foreign counts the calls of other packages that allocate.
func (c *checker) foreign(f *funcs.Func, d doubt) []item {
	if d == none {
		return nil
	}
	var items []item
	seen := make(map[*ast.CallExpr]bool)
	ours := func(fn ast.Node) bool { return c.pass.Funcs.Of(fn) != nil }
	for _, k := range c.costs.Calls(f.Node, ours) {
		if seen[k.Call] || d == little && k.Effect.Certainty != effects.Proven {
			continue
		}
		seen[k.Call] = true
		s := sum{n: 1, steps: c.witness.Chain(k.Effect)}
		items = append(items, c.item(k.Pos, rule.Step{}, s))
	}
	return items
}

// item is what stands at pos and costs s, told by a step before those of s.
func (c *checker) item(pos token.Pos, step rule.Step, s sum) item {
	if step.Text != "" {
		s.steps = append([]rule.Step{step}, s.steps...)
	}
	if c.costs.InLoop(pos) {
		s.loops = s.n
	}
	return item{pos, s}
}
