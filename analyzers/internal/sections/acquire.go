package sections

import (
	"slices"

	"golang.org/x/tools/go/ssa"
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
// there, by whom the function is called. One of an object that it is returned by a call
// of its own is held only from there on.
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
			if before[l.key] == nil && l.key.there(call) {
				found[call] = append(found[call], l)
			}
		}
	})
	return found
}

// there reports whether a function has the object that a lock belongs to when it comes to
// a call: what only a later one returns it does not hold yet.
func (k key) there(call ssa.CallInstruction) bool {
	made, ok := k.base.(ssa.Instruction)
	if !ok {
		return true // a parameter, a captured or a package variable
	}
	if made.Block() != call.Block() {
		return made.Block().Dominates(call.Block())
	}
	instrs := call.Block().Instrs
	return slices.Index(instrs, made) < slices.Index(instrs, ssa.Instruction(call))
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
