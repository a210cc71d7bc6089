package sections

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// An Acquire is what a call of Lock or RLock waits for.
type Acquire struct {
	Lock   Lock
	Shared bool // for reading
}

// Acquires returns what a call waits for if it is one of Lock or RLock, of
// whatever is a lock. What else a function takes before it returns is up to its
// body.
func (x *Index) Acquires(call ssa.CallInstruction) (as []Acquire) {
	f := x.b.flows[call.Parent()]
	if f == nil || f.calls[call] == nil || !named(call.Common(), "Lock", "RLock") {
		return nil
	}
	for _, t := range f.calls[call].takes {
		as = append(as, Acquire{t.lock, t.shared})
	}
	return as
}

// Unlocks returns the locks that the calls of Unlock and RUnlock in a function
// release, deferred ones included.
func (x *Index) Unlocks(fn *ssa.Function) (locks []Lock) {
	f := x.b.flows[fn]
	if f == nil {
		return nil
	}
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok && f.calls[call] != nil && named(call.Common(), "Unlock", "RUnlock") {
				for _, r := range f.calls[call].releases {
					locks = append(locks, r.lock)
				}
			}
		}
	}
	return locks
}

// Owed returns the locks that a function releases for its caller, and never takes, by
// the calls at which none of them has been released yet on any way: they are held
// there, by whom the function is called. What a lock belongs to is known by then.
func (x *Index) Owed(fn *ssa.Function) map[ssa.CallInstruction][]Lock {
	f, e := x.b.flows[fn], x.b.effects[fn]
	if f == nil || e == nil || len(e.releases) == 0 {
		return nil
	}
	var owed []Lock // by the calls of Unlock alone: what else may release it is a guess
	for _, l := range x.Unlocks(fn) {
		if l.key.base != nil && l.Var != nil && !f.takes(l) {
			owed = append(owed, l)
		}
	}
	found := make(map[ssa.CallInstruction][]Lock)
	f.replay(func(instr ssa.Instruction, before, _ state) {
		call, ok := instr.(ssa.CallInstruction)
		if !ok {
			return
		}
		for _, l := range owed {
			if before[l.key] == nil && known(l.Owner, call) {
				found[call] = append(found[call], l)
			}
		}
	})
	return found
}

// known reports whether a value is there already when an instruction is reached.
func known(v ssa.Value, at ssa.Instruction) bool {
	def, ok := v.(ssa.Instruction)
	return !ok || ssavalue.Precedes(def, at)
}

// takes reports whether the function, or what it calls, takes a lock that may be l.
func (f *flow) takes(l Lock) bool {
	for _, e := range f.calls {
		if slices.ContainsFunc(e.takes, func(t take) bool { return t.lock.key == l.key || t.lock.Var == l.Var }) {
			return true
		}
	}
	return false
}

// named reports whether a call is of a method that has one of the names.
func named(c *ssa.CallCommon, names ...string) bool {
	name := ""
	if c.IsInvoke() {
		name = c.Method.Name()
	} else if fn, closure := callee(c); fn != nil {
		name = fn.Name()
		if closure != nil && fn.Object() != nil { // a method value
			name = fn.Object().Name()
		}
	}
	return slices.Contains(names, name)
}
