package witness

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
)

// maxDepth is how many functions of the package are looked into for another
// chain. Each adds conditions that nobody sees.
const maxDepth = 4

// A Search looks for effects beyond the shortest chains of places. It remembers of
// each function of the package what there may be to find, so it is made once for all
// places. It is not for use by several goroutines.
type Search struct {
	x     *Index
	kinds effects.Set
	may   func(effects.Effect) bool
	known map[*ssa.Function]*inside
}

// Search returns a search for effects of these kinds. may tells of an effect at its
// own site whether a chain that leads to it from elsewhere may be taken; nil: always.
func (x *Index) Search(kinds effects.Set, may func(effects.Effect) bool) *Search {
	return &Search{x, kinds, may, make(map[*ssa.Function]*inside)}
}

// Inside is what a search meets in a function.
type inside struct {
	sites  []site
	within [maxDepth]answer // whether there is anything to find within so many calls
}

type answer int8

const (
	unasked answer = iota
	no
	yes
)

// A site is one where there is something to find, or that leads on.
type site struct {
	effects []effects.Effect
	cold    bool
	next    *ssa.Function // of the package, or nil
	name    string        // of next
	pos     effects.Position
}

// Find returns an effect of a place of fn that accept takes. It tries those that
// the place has, whose chains are the shortest, and where the place calls a
// function of the package, what that does besides: the nearest thing that a
// call may wait for need not be the one that it waits for longest.
func (s *Search) Find(fn ast.Node, p Place, accept func(effects.Effect) bool) (effects.Effect, bool) {
	if i := slices.IndexFunc(p.Effects, accept); i >= 0 {
		return p.Effects[i], true
	}
	first := slices.IndexFunc(p.Effects, func(e effects.Effect) bool { return e.Chain != nil })
	callee := s.x.ssaOf(p.Func)
	if first < 0 || callee == nil || !s.within(callee, maxDepth-1) {
		return effects.Effect{}, false
	}
	chain := p.Effects[first].Chain
	type way struct {
		to    *ssa.Function
		steps []effects.Step // to the call of the function
		cold  bool
	}
	seen := map[string]bool{s.x.nameOf(fn): true, p.Func: true}
	ways := []way{{callee, []effects.Step{{Func: chain.Func, Pos: chain.Pos}}, p.Cold}}
	for deeper := maxDepth - 1; len(ways) > 0 && deeper >= 0; deeper-- {
		var next []way
		for _, w := range ways {
			for _, at := range s.inside(w.to).sites {
				cold := w.cold || at.cold
				for _, e := range at.effects {
					e.Cold = e.Cold || cold
					e.Chain = joined(w.steps, e.Chain)
					if accept(e) {
						return e, true
					}
				}
				if at.next == nil || seen[at.name] || deeper == 0 || !s.within(at.next, deeper-1) {
					continue
				}
				seen[at.name] = true
				next = append(next, way{at.next, append(slices.Clip(w.steps), effects.Step{Func: at.name, Pos: at.pos}), cold})
			}
		}
		ways = next
	}
	return effects.Effect{}, false
}

// inside returns what there is to find in a function.
func (s *Search) inside(fn *ssa.Function) *inside {
	in := s.known[fn]
	if in != nil {
		return in
	}
	in = new(inside)
	s.known[fn] = in
	for _, at := range s.x.sitesOf(fn) {
		k := site{cold: at.Cold}
		for _, e := range at.Effects {
			if s.kinds.Has(e.Kind) && (s.may == nil || s.may(e)) {
				k.effects = append(k.effects, e)
			}
		}
		if len(at.Effects) > 0 && at.Effects[0].Chain != nil {
			k.next, k.name, k.pos = s.x.ssaOf(at.Func), at.Func, at.Effects[0].Chain.Pos
		}
		if len(k.effects) > 0 || k.next != nil {
			in.sites = append(in.sites, k)
		}
	}
	return in
}

// within reports whether fn, or what it comes to by so many calls inside the package,
// holds anything to find.
func (s *Search) within(fn *ssa.Function, calls int) bool {
	in := s.inside(fn)
	if in.within[calls] == unasked {
		in.within[calls] = no
		if slices.ContainsFunc(in.sites, func(at site) bool {
			return len(at.effects) > 0 || calls > 0 && at.next != nil && s.within(at.next, calls-1)
		}) {
			in.within[calls] = yes
		}
	}
	return in.within[calls] == yes
}

// ssaOf returns the function of the package that has a name, or nil.
func (x *Index) ssaOf(name string) *ssa.Function {
	if f := x.byNode[x.byName[name]]; f != nil {
		return f.SSA
	}
	return nil
}

func (x *Index) nameOf(fn ast.Node) string {
	if f := x.byNode[fn]; f != nil {
		return f.Name
	}
	return ""
}

// joined returns the chain that begins with steps and goes on with rest.
func joined(steps []effects.Step, rest *effects.Step) *effects.Step {
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		s.Next = rest
		rest = &s
	}
	return rest
}
