package budget

import (
	_ "embed"
	"go/ast"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/costs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "budget",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Performance,
	Severity: rule.High,
	Tier:     rule.Proven,
	Requires: append(costs.Requires(), limits.Analyzer),
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	limited := budgets(pass)
	if len(limited) == 0 {
		return nil
	}
	c := &checker{
		pass:    pass,
		costs:   costs.New(pass.Pass, func(ast.Node) bool { return true }),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
		known:   make(map[part][]item),
		linked:  make(map[*funcs.Func][]link),
		passed:  handedOver(pass.Funcs),
	}
	if n := c.uncounted(limited); n > 0 {
		pass.Unchecked("the compiler was not asked what functions of %s (%d) move to the heap, so their budgets of allocations are checked in part", pass.Pkg.Path(), n)
	}
	for _, l := range limited {
		c.allocs(l)
		c.defers(l)
		c.effects(l)
	}
	return nil
}

// A function is one with a budget.
type function struct {
	*funcs.Func
	limits.Budget
}

// budgets returns the functions that have one.
func budgets(pass *rule.Pass) []function {
	l := pass.ResultOf[limits.Analyzer].(*limits.Limits).In(pass.Pkg)
	if len(l.Budgets) == 0 {
		return nil
	}
	var limited []function
	for _, f := range pass.Funcs.Funcs {
		if f.Obj == nil || f.StartsUp() || strings.HasSuffix(pass.Fset.Position(f.Node.Pos()).Filename, "_test.go") {
			continue
		}
		if b, ok := l.Budget(f.Obj); ok {
			limited = append(limited, function{f, b})
		}
	}
	return limited
}

type checker struct {
	pass    *rule.Pass
	costs   *costs.Index
	witness *witness.Index
	known   map[part][]item
	linked  map[*funcs.Func][]link
	passed  map[*funcs.Func][]*funcs.Func // literals, by the function that hands them over
}

// uncounted returns how many functions have a budget of allocations that nobody can
// check.
func (c *checker) uncounted(limited []function) (n int) {
	if !costs.Uncompiled(c.pass.Pass) {
		return 0
	}
	for _, l := range limited {
		if l.CountsAllocs() {
			n++
		}
	}
	return n
}

// allocs counts what a call allocates, with more and more doubt.
func (c *checker) allocs(l function) {
	if !l.CountsAllocs() {
		return
	}
	limit := 0
	if l.Allocs != nil {
		limit = *l.Allocs
	}
	for _, d := range []doubt{none, little, much} {
		if s := c.count(l.Func, d); s.n > limit {
			c.overspent(l, limit, d, s)
			return
		}
	}
}

func (c *checker) defers(l function) {
	if l.Defers == nil {
		return
	}
	var items []item
	for _, pos := range c.costs.Defers(l.Node) {
		s := sum{n: 1, steps: []rule.Step{{Pos: pos, Text: "defers a call"}}}
		if c.costs.InLoop(pos) {
			s.loops = 1
		}
		items = append(items, item{pos, s})
	}
	if s := worst(l.Body, items); s.n > *l.Defers {
		c.manyDefers(l, s)
	}
}

// effects reports each effect that is not permitted. Allocations are counted.
func (c *checker) effects(l function) {
	if l.Effects == nil {
		return
	}
	for _, e := range c.costs.Effects(l.Node) {
		vague := e.Kind == effects.Unknown || e.ByCaller
		if slices.Contains(l.Effects, e.Kind.String()) || vague && !c.pass.Hotness.Strict {
			continue
		}
		tier := rule.Likely
		switch {
		case e.Cold && !c.pass.Hotness.Strict:
			tier = rule.Suspected
		case !vague && (e.Chain == nil || e.Chain.Next == nil):
			tier = rule.Proven
		}
		c.notPermitted(l, e, tier)
	}
}
