package lockorder

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/sections"
)

// An acquisition is a lock that a function waits for before it returns, by itself
// or in what it calls.
type acquisition struct {
	lock   *types.Var
	name   string
	object object // as the function reaches it
	shared bool
	guards []guard // what its parameters have to be
	stored bool    // it is reached through a function or an object in a field
	unsure bool    // it is reached through an interface that others may implement
	again  bool    // it was released before, on behalf of a caller
	last   bool    // only who gives back the last reference takes it
	via    *link
}

// A link is one step on the way to an acquisition.
type link struct {
	pos  token.Pos
	text string
	next *link
	posn token.Position // if it is in another package
}

func (l *link) length() (n int) {
	for ; l != nil; l = l.next {
		n++
	}
	return n
}

// A guard is what a parameter has to be for an acquisition to happen.
type guard struct {
	param int
	value constant.Value // nil for the value nil
	equal bool
}

// A callback is a call of a parameter, with the locks that are held over it.
type callback struct {
	param int
	held  []holding
	via   *link
}

// A holding is a lock that is held at a place.
type holding struct {
	lock   *types.Var
	name   string
	object object
	shared bool
	via    *link // where it is taken
	helper bool  // by a function that returns with it, as far as that can be told
}

// A summary is what is known of a function.
type summary struct {
	acquires  []acquisition
	callbacks []callback
}

// Limits of a summary: what is more involved is left out.
const (
	maxAcquisitions = 48
	maxCallbacks    = 4
	maxLinks        = 8
	maxVisits       = 3 // of one function: callees come first
)

// solve finds the summary of every function.
func (f *finder) solve() {
	visits := make(map[*ssa.Function]int)
	queued := make(map[*ssa.Function]bool)
	var queue []*ssa.Function
	add := func(fn *ssa.Function) {
		if !queued[fn] && visits[fn] < maxVisits {
			queued[fn] = true
			queue = append(queue, fn)
		}
	}
	for _, fn := range f.calleesFirst() {
		add(fn)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		fn := queue[0]
		queued[fn] = false
		visits[fn]++
		s := f.summarise(fn)
		old := f.summaries[fn]
		if old != nil && len(old.acquires) == len(s.acquires) && len(old.callbacks) == len(s.callbacks) {
			continue
		}
		f.summaries[fn] = s
		if len(s.acquires) == 0 && len(s.callbacks) == 0 {
			continue
		}
		for _, caller := range f.callers[fn] {
			add(caller)
		}
	}
}

// calleesFirst returns the functions of the package, each after those that it calls
// as far as they do not call each other.
func (f *finder) calleesFirst() []*ssa.Function {
	order := make([]*ssa.Function, 0, len(f.fns))
	seen := make(map[*ssa.Function]bool)
	var visit func(fn *ssa.Function)
	visit = func(fn *ssa.Function) {
		if seen[fn] {
			return
		}
		seen[fn] = true
		for _, call := range f.callsOf[fn] {
			for _, t := range f.targets[call] {
				visit(t.fn)
			}
		}
		order = append(order, fn)
	}
	for _, fn := range f.fns {
		visit(fn)
	}
	return slices.DeleteFunc(order, func(fn *ssa.Function) bool { return f.outsiders[fn] != nil })
}

// summarise joins what a function does itself with what its callees do.
func (f *finder) summarise(fn *ssa.Function) *summary {
	s := new(summary)
	for _, call := range f.callsOf[fn] {
		for _, a := range f.acquired(call) {
			if a.object.fresh(call) {
				continue // nor do its callers wait for what nobody else has
			}
			a.again = a.again || a.object.released(call)
			a.last = a.last || lastReference(call.Block())
			s.add(a.guarded(f.guards(call.Block())))
		}
		if i := paramCalled(call.Common()); i >= 0 && len(s.callbacks) < maxCallbacks {
			s.callbacks = append(s.callbacks, callback{param: i, held: f.held(call), via: &link{pos: call.Pos(), text: "calls it"}})
		}
		for _, t := range f.targets[call] {
			s.pass(f, call, t)
		}
	}
	return s
}

// pass notes that a function hands its own parameter to one that calls it.
func (s *summary) pass(f *finder, call ssa.CallInstruction, t target) {
	callee := f.summaries[t.fn]
	if callee == nil {
		return
	}
	for _, cb := range callee.callbacks {
		if cb.param >= len(t.args) || len(s.callbacks) >= maxCallbacks {
			continue
		}
		p, ok := plain(t.args[cb.param]).(*ssa.Parameter)
		if !ok {
			continue
		}
		var held []holding
		for _, h := range cb.held {
			h.object = t.translate(h.object)
			held = append(held, h)
		}
		s.callbacks = append(s.callbacks, callback{
			param: indexOf(call.Parent().Params, p),
			held:  append(held, f.held(call)...),
			via:   &link{pos: call.Pos(), text: "hands it to " + f.name(t.fn), next: cb.via},
		})
	}
}

// paramCalled returns the number of the parameter that a call calls, or -1.
func paramCalled(c *ssa.CallCommon) int {
	if c.IsInvoke() {
		return -1
	}
	p, ok := plain(c.Value).(*ssa.Parameter)
	if !ok {
		return -1
	}
	return indexOf(p.Parent().Params, p)
}

// plain undoes conversions between function types.
func plain(v ssa.Value) ssa.Value {
	for {
		to, ok := v.(*ssa.ChangeType)
		if !ok {
			return v
		}
		v = to.X
	}
}

// add notes an acquisition: of the same lock of the same object the one that
// depends on least, and of these the nearest.
func (s *summary) add(a acquisition) {
	for i, old := range s.acquires {
		if old.lock != a.lock || old.object != a.object || old.shared != a.shared {
			continue
		}
		if old.again != a.again {
			if old.again {
				s.acquires[i] = a
			}
			return
		}
		if old.unsure && !a.unsure || old.last && !a.last || len(a.guards) < len(old.guards) || len(a.guards) == len(old.guards) && a.via.length() < old.via.length() {
			s.acquires[i] = a
		}
		return
	}
	if len(s.acquires) < maxAcquisitions && a.via.length() <= maxLinks {
		s.acquires = append(s.acquires, a)
	}
}

func (a acquisition) guarded(gs []guard) acquisition {
	if len(gs) > 0 {
		a.guards = append(slices.Clip(a.guards), gs...)
	}
	return a
}

// acquired returns what a call waits for, as its function reaches it: by itself, in
// what it calls, and in what it hands to a function that calls it.
func (f *finder) acquired(call ssa.CallInstruction) []acquisition {
	var as []acquisition
	direct := f.sections.Acquires(call)
	for _, a := range direct {
		if a.Lock.Var != nil {
			as = append(as, acquisition{
				lock: a.Lock.Var, name: a.Lock.Name, object: objectOf(a.Lock), shared: a.Shared,
				via: &link{pos: call.Pos(), text: "waits for " + a.Lock.Name},
			})
		}
	}
	if len(direct) > 0 {
		return as
	}
	for _, t := range f.targets[call] {
		s := f.summaries[t.fn]
		if s == nil {
			continue
		}
		for _, a := range s.acquires {
			if a, ok := t.bring(a, call, f.name(t.fn)); ok {
				as = append(as, a)
			}
		}
		for _, cb := range s.callbacks {
			for _, g := range f.given(t, cb) {
				for _, a := range f.ofTarget(g) {
					if a, ok := g.bring(a, call, f.name(t.fn)+", which calls "+f.name(g.fn)); ok {
						a.unsure = a.unsure || t.unsure
						as = append(as, a)
					}
				}
			}
		}
	}
	return as
}

func (f *finder) ofTarget(t target) []acquisition {
	if s := f.summaries[t.fn]; s != nil {
		return s.acquires
	}
	return nil
}

// given returns the functions that a call hands to a parameter of what it calls.
func (f *finder) given(t target, cb callback) []target {
	if cb.param >= len(t.args) || t.args[cb.param] == nil {
		return nil
	}
	return f.directory.values(t.args[cb.param], nil, 0)
}

// bring returns an acquisition of a callee as the caller sees it, unless what the
// caller passes rules it out.
func (t target) bring(a acquisition, call ssa.CallInstruction, name string) (acquisition, bool) {
	var open []guard
	for _, g := range a.guards {
		var arg ssa.Value
		if g.param < len(t.args) {
			arg = t.args[g.param]
		}
		switch c, ok := arg.(*ssa.Const); {
		case ok:
			if g.equal != g.is(c) {
				return a, false
			}
			continue
		}
		if p, ok := arg.(*ssa.Parameter); ok && p.Parent() == call.Parent() {
			g.param = indexOf(p.Parent().Params, p)
			open = append(open, g)
			continue
		}
		if arg != nil && g.decides() {
			open = append(open, guard{param: unknownParam, value: g.value, equal: g.equal})
		}
	}
	a.guards = open
	a.object = t.translate(a.object)
	a.stored, a.unsure = a.stored || t.stored, a.unsure || t.unsure
	a.via = &link{pos: call.Pos(), text: "calls " + name, next: a.via}
	return a, true
}

// decides reports whether a guard is on a switch of the function, which its callers
// set on purpose: a flag or a mode. What else it asks is data.
func (g guard) decides() bool {
	return g.value != nil && (g.value.Kind() == constant.Bool || g.value.Kind() == constant.Int)
}

// unknownParam stands for a parameter whose value cannot be told any more.
const unknownParam = 1 << 20

// is reports whether a constant has the value of a guard.
func (g guard) is(c *ssa.Const) bool {
	if g.value == nil || c.Value == nil {
		return g.value == nil && c.Value == nil
	}
	return g.value.Kind() == c.Value.Kind() && constant.Compare(g.value, token.EQL, c.Value)
}

// translate returns an object of a callee as its caller reaches it.
func (t target) translate(o object) object {
	switch b := o.base.(type) {
	case *ssa.Global:
		return o
	case *ssa.Parameter:
		if i := indexOf(t.params, b); i >= 0 && i < len(t.args) {
			return reached(t.args[i], o.path)
		}
	case *ssa.FreeVar:
		if at, ok := t.free[b]; ok && at.base != nil {
			return settled(object{at.base, at.path + o.path})
		}
	}
	return object{}
}

// guards returns what the parameters have to be for a block to be reached.
func (f *finder) guards(blk *ssa.BasicBlock) (gs []guard) {
	for d := blk.Idom(); d != nil; d = d.Idom() {
		cond, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range d.Succs {
			if len(succ.Preds) != 1 || succ != blk && !succ.Dominates(blk) {
				continue
			}
			if g, ok := guardOf(cond.Cond, i == 0); ok {
				gs = append(gs, g)
			}
		}
	}
	return gs
}

// guardOf returns what a condition on a parameter says.
func guardOf(v ssa.Value, yes bool) (guard, bool) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			return guardOf(v.X, !yes)
		}
	case *ssa.Parameter:
		return guard{indexOf(v.Parent().Params, v), constant.MakeBool(true), yes}, true
	case *ssa.BinOp:
		p, ok := v.X.(*ssa.Parameter)
		c, constant := v.Y.(*ssa.Const)
		if ok && constant && (v.Op == token.EQL || v.Op == token.NEQ) {
			return guard{indexOf(p.Parent().Params, p), c.Value, yes == (v.Op == token.EQL)}, true
		}
	}
	return guard{}, false
}

// held returns the locks that are surely held while a call runs.
func (f *finder) held(call ssa.CallInstruction) (hs []holding) {
	for _, s := range f.sections.Held(call) {
		if s.Lock.Var == nil {
			continue
		}
		hs = append(hs, holding{
			lock: s.Lock.Var, name: s.Lock.Name, object: objectOf(s.Lock), shared: s.Shared,
			via:    &link{pos: s.Take.Pos(), text: "takes " + s.Lock.Name},
			helper: f.byHelper(s.Take),
		})
	}
	return hs
}

// byHelper reports whether a lock is taken in a function that is called, and not by a
// call of Lock: it may not be held on every way.
func (f *finder) byHelper(take ssa.Instruction) bool {
	call, ok := take.(ssa.CallInstruction)
	return ok && len(f.sections.Acquires(call)) == 0 && !f.tries(call)
}

func (f *finder) tries(call ssa.CallInstruction) bool {
	fn := call.Common().StaticCallee()
	return fn != nil && (fn.Name() == "TryLock" || fn.Name() == "TryRLock")
}

// takenBelow reports whether what a function calls takes a lock, other than the call that
// returns what it belongs to: then that has returned with it, and it was not held when the
// function was called.
func (f *finder) takenBelow(fn *ssa.Function, l sections.Lock) bool {
	from := giver(l)
	return slices.ContainsFunc(f.callsOf[fn], func(call ssa.CallInstruction) bool {
		return call != from && slices.ContainsFunc(f.acquired(call), func(a acquisition) bool { return a.lock == l.Var })
	})
}

// giver returns the call that returns what a lock belongs to, or nil.
func giver(l sections.Lock) ssa.CallInstruction {
	owner := l.Owner
	if e, ok := owner.(*ssa.Extract); ok {
		owner = e.Tuple
	}
	if call, ok := owner.(*ssa.Call); ok {
		return call
	}
	return nil
}

// owed returns the locks that the caller of a function holds at a call in it, going by
// the function's releasing them.
func (f *finder) owed(call ssa.CallInstruction) []sections.Lock {
	fn := call.Parent()
	owed, ok := f.owes[fn]
	if !ok {
		owed = f.sections.Owed(fn)
		for at, locks := range owed {
			owed[at] = slices.DeleteFunc(locks, func(l sections.Lock) bool { return f.takenBelow(fn, l) })
		}
		f.owes[fn] = owed
	}
	return owed[call]
}
