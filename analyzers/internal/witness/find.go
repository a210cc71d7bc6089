package witness

import (
	"go/ast"

	"github.com/lagvet/lagvet/analyzers/effects"
)

// maxDepth is how many functions of the package are looked into for another
// chain. Each adds conditions that nobody sees.
const maxDepth = 4

// Find returns an effect of a place of fn that accept takes. It tries those that
// the place has, whose chains are the shortest, and where the place calls a
// function of the package, what that does besides: the nearest thing that a
// call may wait for need not be the one that it waits for longest.
func (x *Index) Find(fn ast.Node, p Place, kinds effects.Set, accept func(effects.Effect) bool) (effects.Effect, bool) {
	for _, e := range p.Effects {
		if accept(e) {
			return e, true
		}
	}
	begin := []effects.Step{}
	for _, e := range p.Effects {
		if e.Chain != nil {
			begin = append(begin, effects.Step{Func: e.Chain.Func, Pos: e.Chain.Pos})
			break
		}
	}
	if len(begin) == 0 || x.byName[p.Func] == nil {
		return effects.Effect{}, false
	}
	type way struct {
		steps []effects.Step // to the call of the function
		cold  bool
	}
	seen := map[string]bool{x.nameOf(fn): true, p.Func: true}
	for ways := []way{{begin, p.Cold}}; len(ways) > 0 && len(ways[0].steps) <= maxDepth; {
		var deeper []way
		for _, w := range ways {
			f := x.byNode[x.byName[w.steps[len(w.steps)-1].Func]]
			for _, s := range x.sitesOf(f.SSA) {
				cold := w.cold || s.Cold
				for _, e := range s.Effects {
					if !kinds.Has(e.Kind) {
						continue
					}
					e.Cold = e.Cold || cold
					e.Chain = joined(w.steps, e.Chain)
					if accept(e) {
						return e, true
					}
				}
				if x.byName[s.Func] != nil && !seen[s.Func] && len(s.Effects) > 0 && s.Effects[0].Chain != nil {
					seen[s.Func] = true
					steps := append(w.steps[:len(w.steps):len(w.steps)], effects.Step{Func: s.Func, Pos: s.Effects[0].Chain.Pos})
					deeper = append(deeper, way{steps, cold})
				}
			}
		}
		ways = deeper
	}
	return effects.Effect{}, false
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
