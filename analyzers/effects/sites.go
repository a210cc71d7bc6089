package effects

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A Site is one place in a function where it does something: an operation of
// the language, an allocation, or one thing that a call may turn out to call.
type Site struct {
	Pos     token.Pos
	Instr   ssa.Instruction
	Cold    bool
	Func    string   // what is called, or the operation
	Effects []Effect // with chains that begin here
}

// Sites returns what fn, which has a body in this package, does and where, in
// the order of its instructions as far as operations and calls go, then
// allocations, then calls of what the caller gave. Unlike its summary, this tells of every place, not of the nearest one.
// A function whose effects are stated has none.
func (i *Info) Sites(fn *ssa.Function) []Site {
	f := i.x.bySSA[ssavalue.Origin(fn)]
	if f == nil {
		return nil
	}
	var sites []Site
	for j := range f.edges {
		if s := i.x.site(&f.edges[j]); len(s.Effects) > 0 {
			sites = append(sites, s)
		}
	}
	for _, g := range f.summary.Given {
		if s := i.x.givenSite(f, g); len(s.Effects) > 0 {
			sites = append(sites, s)
		}
	}
	for _, k := range f.givens {
		if s := i.x.heldSite(f, k); len(s.Effects) > 0 {
			sites = append(sites, s)
		}
	}
	return sites
}

// heldSite returns the place where f calls, or has called, what another function
// was given and put into a field, or what a function around f was given.
func (x *inference) heldSite(f *function, k givenKey) Site {
	g := f.given[k]
	s := Site{Pos: g.pos, Cold: g.weight.cold(), Func: g.label}
	if k.param.Parent() == f.ssa || k.spawned || f.knows(k) {
		return s
	}
	open := x.openOf(k, g.open)
	for _, kind := range Kinds() {
		if open.Has(kind) {
			s.Effects = append(s.Effects, Effect{Kind: kind, Cold: s.Cold, Certainty: Suspected, Chain: x.givenChain(f, k)})
		}
	}
	return s
}

// givenSite returns the place where f calls what its caller gave it, or has it
// called.
func (x *inference) givenSite(f *function, g Given) Site {
	s := Site{Cold: g.Cold, Func: g.Chain.Func}
	if g.Spawned {
		return s
	}
	for _, k := range f.givens {
		if k.param == f.ssa.Params[g.Param] && k.method == g.Method && !k.spawned {
			s.Pos = f.given[k].pos
		}
	}
	for _, k := range Kinds() {
		if g.Unresolved.Has(k) {
			s.Effects = append(s.Effects, Effect{Kind: k, Cold: g.Cold, Certainty: Suspected, ByCaller: true, Chain: g.Chain})
		}
	}
	return s
}

// site returns what an edge says.
func (x *inference) site(e *edge) Site {
	s := Site{Pos: e.pos, Instr: e.instr, Cold: e.cold, Func: e.label}
	for k := range numKinds {
		best := noWeight
		if e.to != nil {
			for c, w := range e.to.best {
				if w != noWeight && !e.drops(Kind(c)) && e.kind(Kind(c)) == k {
					best = min(best, x.step(e, w))
				}
			}
		} else {
			for _, eff := range e.sum.Effects {
				if !e.drops(eff.Kind) && e.kind(eff.Kind) == k {
					best = min(best, x.step(e, eff.weight()))
				}
			}
		}
		if best == noWeight {
			continue
		}
		next, _ := x.leads(e, k, best)
		s.Effects = append(s.Effects, Effect{
			Kind:      k,
			Cold:      best.cold(),
			Certainty: best.certainty(),
			Chain:     link(Step{Func: e.label, Pos: x.position(e.pos)}, next),
		})
	}
	return s
}
