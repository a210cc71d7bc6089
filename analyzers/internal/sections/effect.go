package sections

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// An effect is what a call does to the locks of its caller.
type effect struct {
	releases []release // of what it did not take itself
	takes    []take    // what is held after it
}

type release struct {
	lock  Lock
	taken bool // it takes it again before it returns
}

type take struct {
	lock   Lock
	shared bool
}

var none = new(effect)

// A builder knows what the functions of a package do to locks.
type builder struct {
	local   map[*ssa.Function]bool
	flows   map[*ssa.Function]*flow
	effects map[*ssa.Function]*effect
	conds   map[*types.Var]cond               // the locks of condition variables
	asked   map[*ssa.Function][]*ssa.Function // who has to be looked at again if the effect of one turns out to be another
	current *ssa.Function
}

// maxVisits is how often a function is looked at. A change goes once around a
// cycle of calls as a rule; what goes on would go on for ever.
const maxVisits = 8

// solve finds out what each function does, until no function's effect depends
// on what is out of date.
func (b *builder) solve(fns []*ssa.Function) {
	visits := make(map[*ssa.Function]int)
	queued := make(map[*ssa.Function]bool)
	queue := slices.Clone(fns)
	for _, fn := range fns {
		queued[fn] = true
	}
	for ; len(queue) > 0; queue = queue[1:] {
		fn := queue[0]
		queued[fn] = false
		if visits[fn]++; visits[fn] > maxVisits {
			continue
		}
		b.current = fn
		e := none
		if b.flows[fn] = b.flow(fn); b.flows[fn] != nil {
			e = b.flows[fn].effect()
		}
		if e.equal(b.of(fn)) {
			continue
		}
		b.effects[fn] = e
		for _, caller := range b.asked[fn] {
			if !queued[caller] {
				queued[caller] = true
				queue = append(queue, caller)
			}
		}
	}
}

// of returns the effect of a function with a body in this package, as far as it
// is known.
func (b *builder) of(fn *ssa.Function) *effect {
	fn = ssavalue.Origin(fn)
	if !b.local[fn] {
		return none
	}
	if b.asked != nil && !slices.Contains(b.asked[fn], b.current) {
		b.asked[fn] = append(b.asked[fn], b.current)
	}
	if e := b.effects[fn]; e != nil {
		return e
	}
	return none
}

func (e *effect) equal(o *effect) bool {
	return slices.EqualFunc(e.releases, o.releases, func(a, b release) bool {
		return a.lock.key == b.lock.key && a.lock.Var == b.lock.Var && a.taken == b.taken
	}) &&
		slices.EqualFunc(e.takes, o.takes, func(a, b take) bool { return a.lock.key == b.lock.key && a.shared == b.shared })
}

// call returns what a call does to locks, apart from trying to take one.
func (b *builder) call(c *ssa.CallCommon) *effect {
	if c.IsInvoke() {
		return b.primitive(c.Method.Name(), c.Signature(), c.Value.Type(), c.Value)
	}
	fn, closure := callee(c)
	if fn == nil {
		return none
	}
	if recv := fn.Signature.Recv(); recv != nil && !b.knows(fn) && len(c.Args) > 0 {
		return b.primitive(fn.Name(), fn.Signature, recv.Type(), c.Args[0])
	}
	return b.value(fn, closure, c.Args)
}

// value returns what calling a function value with args does to locks, nil if
// they are not known: of a function, a literal, or a method of something.
func (b *builder) value(fn *ssa.Function, closure *ssa.MakeClosure, args []ssa.Value) *effect {
	obj, ok := fn.Object().(*types.Func)
	if closure == nil || !ok || obj.Signature().Recv() == nil {
		return b.of(fn).within(fn, args, closure)
	}
	if m := fn.Prog.FuncValue(obj); m != nil && b.knows(m) {
		return b.of(m).within(m, closure.Bindings, nil)
	}
	recv := closure.Bindings[0]
	return b.primitive(obj.Name(), obj.Signature(), recv.Type(), recv)
}

// knows reports whether a method is better known by its body than by its name.
func (b *builder) knows(fn *ssa.Function) bool { return b.local[ssavalue.Origin(fn)] }

// callee returns the function that is called, and the closure if it is one.
func callee(c *ssa.CallCommon) (*ssa.Function, *ssa.MakeClosure) {
	v := c.Value
	for range maxPath {
		u, ok := v.(*ssa.UnOp)
		if !ok {
			break
		}
		a, ok := u.X.(*ssa.Alloc)
		if !ok {
			break
		}
		if v = ssavalue.OnlyStore(a); v == nil {
			return nil, nil
		}
	}
	switch v := v.(type) {
	case *ssa.Function:
		return v, nil
	case *ssa.MakeClosure:
		fn, _ := v.Fn.(*ssa.Function)
		return fn, v
	}
	return nil, nil
}

// primitive returns what a method does if it is one of a lock.
func (b *builder) primitive(name string, sig *types.Signature, recv types.Type, at ssa.Value) *effect {
	if sig.Params().Len() != 0 || sig.Results().Len() != 0 || !isLock(recv) {
		return none
	}
	switch name {
	case "Lock", "RLock":
		l, shared := b.lockAt(at)
		return &effect{takes: []take{{l, shared || name == "RLock"}}}
	case "Unlock", "RUnlock":
		l, _ := b.lockAt(at)
		return &effect{releases: []release{{lock: l}}}
	}
	return none
}

// tries returns the lock that a call tries to take.
func (b *builder) tries(c *ssa.CallCommon) (take, bool) {
	name, at := "", c.Value
	if c.IsInvoke() {
		name = c.Method.Name()
	} else if fn := c.StaticCallee(); fn != nil && fn.Signature.Recv() != nil && len(c.Args) == 1 {
		name, at = fn.Name(), c.Args[0]
	}
	if name != "TryLock" && name != "TryRLock" || !isLock(at.Type()) {
		return take{}, false
	}
	l, shared := b.lockAt(at)
	return take{l, shared || name == "TryRLock"}, true
}

// isLock reports whether values of type t, or what they point to, have methods
// Lock and Unlock that neither take nor return anything.
func isLock(t types.Type) bool {
	if _, ok := t.Underlying().(*types.Pointer); !ok && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for _, name := range []string{"Lock", "Unlock"} {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
		fn, ok := obj.(*types.Func)
		if !ok || fn.Signature().Params().Len() != 0 || fn.Signature().Results().Len() != 0 {
			return false
		}
	}
	return true
}

// isBare reports whether a value of type t is a lock and nothing else.
func isBare(t types.Type) bool {
	if types.IsInterface(t) {
		return isLock(t)
	}
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "sync" && isLock(t)
}

// within returns the effect of fn as its caller sees it, who passes args.
func (e *effect) within(fn *ssa.Function, args []ssa.Value, closure *ssa.MakeClosure) *effect {
	if e == none {
		return none
	}
	wrapper := fn.Name() == "Lock" || fn.Name() == "RLock" || fn.Name() == "Unlock" || fn.Name() == "RUnlock"
	out := new(effect)
	for _, r := range e.releases {
		at := passed(fn, r.lock.key.base, args, closure)
		out.releases = append(out.releases, release{r.lock.within(at, wrapper), r.taken})
	}
	for _, t := range e.takes {
		if at := passed(fn, t.lock.key.base, args, closure); at != nil {
			out.takes = append(out.takes, take{t.lock.within(at, wrapper), t.shared})
		}
	}
	return out
}

// passed returns what base, a value of fn, is in its caller, or nil.
func passed(fn *ssa.Function, base ssa.Value, args []ssa.Value, closure *ssa.MakeClosure) ssa.Value {
	fn = ssavalue.Origin(fn)
	switch base := base.(type) {
	case *ssa.Global:
		return base
	case *ssa.Parameter:
		for i, p := range fn.Params {
			if p == base && i < len(args) {
				return args[i]
			}
		}
	case *ssa.FreeVar:
		for i, v := range fn.FreeVars {
			if v == base && closure != nil {
				return closure.Bindings[i]
			}
		}
	}
	return nil
}
