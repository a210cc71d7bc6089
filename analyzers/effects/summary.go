package effects

import (
	"cmp"
	"fmt"
	"slices"
)

// A Position is a place in a source file. It outlives the file set of a pass.
type Position struct {
	File   string
	Line   int // from 1; 0 if only the file is known
	Column int // from 1, in bytes; 0 if unknown
}

func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// A Step is one link of the chain that leads to a primitive. Steps are shared
// between chains and must not be changed.
type Step struct {
	Func    string // what is called there, by its full name, or the operation: "channel receive"
	Pos     Position
	Omitted int // how many steps are left out behind this one
	Next    *Step

	depth int // steps from here on, those left out included
}

// All yields the steps of the chain that begins at s.
func (s *Step) All(yield func(*Step) bool) {
	for ; s != nil; s = s.Next {
		if !yield(s) {
			return
		}
	}
}

// An Effect is one thing that a function may do.
type Effect struct {
	Kind Kind
	// Cold is set if it happens only on the way to an error return, a panic
	// or an exit.
	Cold bool
	// Certainty is how sure an allocation is.
	Certainty Certainty
	// ByCaller is set if the function does it only in calling what its
	// caller gave it.
	ByCaller bool
	// Chain is the shortest way to the primitive. It is nil if the function
	// is one itself, or its effects were stated.
	Chain *Step
}

// A Given is a call of something that the function's caller passed to it: what
// that costs is known where the caller is.
type Given struct {
	// Param is the number of the parameter, the receiver being number 0 of a
	// method. A type parameter counts down from -1.
	Param int
	// Method is what is called of an interface value, by [types.Func.Id], or
	// empty if the parameter is a function.
	Method string
	// Spawned is set if it runs in a goroutine of its own.
	Spawned bool
	Cold    bool
	// Unresolved is what to assume if the caller cannot tell either.
	Unresolved Set
	Chain      *Step
}

// A Summary is what is known of one function.
type Summary struct {
	Effects []Effect // at most one of each kind, in their order
	Given   []Given  // in a fixed order
	// Results holds, by the index of the result, what calling a function
	// that this one returns may do.
	Results map[int]*Summary
	// Stated says why the effects are not inferred, if they are not.
	Stated string
	// Retained says what becomes of the parameters: see retain.go. Values that
	// are kept cannot stay on the caller's stack.
	Retained uint64
}

// Kinds returns the kinds of the effects, those of given functions excluded.
func (s *Summary) Kinds() Set {
	var set Set
	for _, e := range s.Effects {
		set |= 1 << e.Kind
	}
	return set
}

// All returns the effects as someone sees them who looks at the function alone:
// what it calls on behalf of its caller is unknown then.
func (s *Summary) All() []Effect {
	var found [numKinds]*Effect
	for i := range s.Effects {
		found[s.Effects[i].Kind] = &s.Effects[i]
	}
	for _, g := range s.Given {
		if g.Spawned {
			continue
		}
		for _, k := range Kinds() {
			if !g.Unresolved.Has(k) || found[k] != nil && (!found[k].Cold || g.Cold) {
				continue
			}
			e := &Effect{Kind: k, Cold: g.Cold, ByCaller: true, Chain: g.Chain}
			if k == Alloc {
				e.Certainty = Suspected
			}
			found[k] = e
		}
	}
	var all []Effect
	for _, e := range found {
		if e != nil {
			all = append(all, *e)
		}
	}
	return all
}

// Effect returns the effect of kind k, as [Summary.All] has it.
func (s *Summary) Effect(k Kind) (Effect, bool) {
	for _, e := range s.All() {
		if e.Kind == k {
			return e, true
		}
	}
	return Effect{}, false
}

// without returns s without its effect of kind k.
func (s *Summary) without(k Kind) *Summary {
	less := *s
	less.Effects = slices.DeleteFunc(slices.Clone(s.Effects), func(e Effect) bool { return e.Kind == k })
	return &less
}

// stated returns a summary of exactly the kinds in set.
func stated(set Set, why string) *Summary {
	s := &Summary{Stated: why}
	for _, k := range Kinds() {
		if set.Has(k) {
			s.Effects = append(s.Effects, Effect{Kind: k})
		}
	}
	return s
}

// suspect makes an allocation among stated effects a suspected one.
func (s *Summary) suspect() {
	for i := range s.Effects {
		if s.Effects[i].Kind == Alloc {
			s.Effects[i].Certainty = Suspected
		}
	}
}

// compareGiven orders the calls of a function's parameters.
func compareGiven(a, b Given) int {
	return cmp.Or(cmp.Compare(a.Param, b.Param), cmp.Compare(a.Method, b.Method), compareBool(a.Spawned, b.Spawned))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// inOrder sorts calls of parameters, and keeps the best one of each.
func inOrder(gs []Given) []Given {
	slices.SortStableFunc(gs, func(a, b Given) int {
		return cmp.Or(compareGiven(a, b), compareBool(a.Cold, b.Cold), cmp.Compare(chainLen(a.Chain), chainLen(b.Chain)))
	})
	return slices.CompactFunc(gs, func(a, b Given) bool { return compareGiven(a, b) == 0 })
}
