package budget

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

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
	much                // that the data is large, a buffer full, or a caller no help
)

// A part is what a function allocates itself, as it is counted.
type part struct {
	fn    ast.Node
	doubt doubt
}

// count counts the allocations of one call of f. What a recursion adds depends on where
// it is entered, so nothing is taken over from the count of another function.
func (c *checker) count(f *funcs.Func, d doubt) sum {
	return c.call(f, d, make(map[*funcs.Func]sum))
}

// call counts a call of f. Of a recursion one turn is counted.
func (c *checker) call(f *funcs.Func, d doubt, known map[*funcs.Func]sum) sum {
	if s, ok := known[f]; ok {
		return s
	}
	known[f] = sum{}
	items := slices.Clone(c.own(f, d))
	for _, k := range c.links(f) {
		if s := c.call(k.to, d, known); s.n > 0 {
			items = append(items, c.item(k.pos, k.step, s))
		}
	}
	known[f] = worst(f.Body, items)
	return known[f]
}

// A link is where a function of the package runs on behalf of another one.
type link struct {
	to   *funcs.Func
	pos  token.Pos
	step rule.Step
}

// links returns the calls in f of functions of the package, and the literals that f
// hands to other functions, as if those called them once.
func (c *checker) links(f *funcs.Func) []link {
	if links, ok := c.linked[f]; ok {
		return links
	}
	links := []link{}
	for _, k := range f.Out {
		if k.Callee != nil && k.Mode != funcs.Go && !c.pass.Hotness.Cold(k.Site.Pos()) {
			links = append(links, link{k.Callee, k.Site.Lparen, rule.Step{Pos: k.Site.Pos(), Text: "calls " + rule.Brief(types.ExprString(k.Site.Fun))}})
		}
	}
	for _, lit := range c.passed[f] {
		if pos := lit.Node.Pos(); !c.pass.Hotness.Cold(pos) {
			links = append(links, link{lit, pos, rule.Step{Pos: pos, Text: "hands over this func literal"}})
		}
	}
	c.linked[f] = links
	return links
}

// handedOver returns the literals that each function hands to others.
func handedOver(x *funcs.Index) map[*funcs.Func][]*funcs.Func {
	lits := make(map[*funcs.Func][]*funcs.Func)
	for _, f := range x.Funcs {
		if f.Use == funcs.Passed {
			lits[f.Parent] = append(lits[f.Parent], f)
		}
	}
	return lits
}

// own returns the places of f that allocate, and the calls of other packages that do.
func (c *checker) own(f *funcs.Func, d doubt) []item {
	k := part{f.Node, d}
	if items, ok := c.known[k]; ok {
		return items
	}
	var items []item
	for _, a := range c.costs.Allocs(f.Node) {
		if believed(a, d) {
			items = append(items, c.item(a.Pos, rule.Step{Pos: a.Pos, Text: a.Text + " " + a.How}, sum{n: 1}))
		}
	}
	c.known[k] = append(items, c.foreign(f, d)...)
	return c.known[k]
}

// believed reports whether a is counted. What is rare never is.
func believed(a costs.Alloc, d doubt) bool {
	switch a.Certainty {
	case costs.Proven:
		return true
	case costs.Likely:
		return d >= little
	}
	return d >= much && a.Rare == ""
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
