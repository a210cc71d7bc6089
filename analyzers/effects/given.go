package effects

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A givenKey names a call of what a caller passed: of a parameter that is a
// function, or of a method of one that is an interface value. In a literal the
// parameter may be that of a function around it.
//
// Where the value came through a field, the parameter may be that of yet another
// function: the one that set the field. If that one is the caller, directly or
// not, it knows; call then tells apart what else may be found in the field.
type givenKey struct {
	param   *ssa.Parameter
	method  string // [types.Func.Id]; empty for a function
	spawned bool
	call    *ssa.CallCommon
}

// maxGivens is the number of such calls beyond which a function is not followed.
const maxGivens = 48

// maxTargets is the number of targets beyond which a call is unknown.
const maxTargets = 256

// A givenCall is how a function comes to make such a call.
type givenCall struct {
	open   Set // what to assume if the caller cannot tell
	weight weight
	pos    token.Pos
	label  string
	// What is called at pos makes the call in its turn:
	via     *function // a function of this package
	viaKey  givenKey
	viaStep *Step // or one of another package
	step    *Step // the chain, once it is built
}

// bindGiven finds what functions call of their parameters, and joins each such
// call with what their callers pass, until nothing new is found.
func (x *inference) bindGiven() {
	callers := make(map[*function][]*function)
	work := &worklist{queued: make(map[*function]bool)}
	for _, f := range x.funcs {
		work.add(f)
	}
	for f := work.next(); f != nil; f = work.next() {
		before := f.version
		for _, s := range f.sites {
			for i := 0; i < len(s.targets); i++ { // binding may append
				t := s.targets[i]
				if t.fn != nil && t.bound == nil {
					t.bound = make(map[givenKey]bool)
					callers[t.fn] = append(callers[t.fn], f)
				}
				x.bindTarget(f, s, t)
			}
		}
		if f.version != before {
			for _, c := range callers[f] {
				work.add(c)
			}
		}
	}
}

// A worklist holds functions to look at again, in a fixed order.
type worklist struct {
	list   []*function
	queued map[*function]bool
}

func (w *worklist) add(f *function) {
	if !w.queued[f] {
		w.queued[f] = true
		w.list = append(w.list, f)
	}
}

func (w *worklist) next() *function {
	if len(w.list) == 0 {
		return nil
	}
	f := w.list[0]
	w.list = w.list[1:]
	w.queued[f] = false
	return f
}

// bindTarget binds what t calls of its parameters at the site s of f.
func (x *inference) bindTarget(f *function, s *site, t *target) {
	spawned := s.spawned || t.spawned
	switch {
	case t.given != nil:
		k := *t.given
		k.spawned = spawned
		x.addGiven(f, k, givenCall{open: t.open, weight: newWeight(s.cold || t.cold, Proven, 1), pos: s.pos, label: t.label})
	case t.fn != nil:
		if t.fn.fixed != nil {
			return
		}
		v := t.fn.version
		if t.seen == v {
			return // a caller that calls much is looked at again for each callee that changes
		}
		t.seen = v
		for _, k := range t.fn.givens {
			if t.yields && k.method == "" && len(t.fn.ssa.Params) == 1 && k.param == t.fn.ssa.Params[0] || t.fn.knows(k) {
				continue
			}
			g := t.fn.given[k]
			b := binding{f: f, s: s, t: t, key: k, open: g.open, first: !t.bound[k]}
			t.bound[k] = true
			b.key.param, b.param = nil, k.param
			b.key.spawned, b.key.call = spawned || k.spawned, k.call
			b.call = givenCall{open: g.open, weight: g.weight.extend(s.cold || t.cold, 1), pos: s.pos, label: t.label, via: t.fn, viaKey: k}
			x.bind(&b, x.argument(t, k.param))
		}
	case t.sum != nil && !t.done:
		t.done = true
		for _, g := range t.sum.Given {
			if t.yields && g.Param == 0 && g.Method == "" {
				continue
			}
			b := binding{f: f, s: s, t: t, open: g.Unresolved, first: true}
			b.key = givenKey{method: g.Method, spawned: spawned || g.Spawned}
			b.call = givenCall{
				open:    g.Unresolved,
				weight:  newWeight(g.Cold || s.cold || t.cold, Proven, chainLen(g.Chain)+1),
				pos:     s.pos,
				label:   t.label,
				viaStep: g.Chain,
			}
			var arg ssa.Value
			if g.Param >= 0 && g.Param < len(t.args) {
				arg = t.args[g.Param]
			}
			x.bind(&b, arg)
		}
	}
}

// knows reports whether k is a call of what a field may hold that f did set
// itself: what others put there does not count in calling f.
func (f *function) knows(k givenKey) bool {
	if k.call == nil || k.param.Parent() == f.ssa {
		return false
	}
	for _, other := range f.givens {
		if other.call == k.call && other.param.Parent() == f.ssa {
			return true
		}
	}
	return false
}

// argument returns what is passed for a parameter of t's function, or the
// parameter itself if it is one of a function around that.
func (x *inference) argument(t *target, p *ssa.Parameter) ssa.Value {
	if p.Parent() != t.fn.ssa {
		return p
	}
	if i := indexOf(t.fn.ssa.Params, p); i < len(t.args) {
		return t.args[i]
	}
	return nil
}

// A binding joins a call of a parameter with what is passed for it.
type binding struct {
	f     *function
	s     *site
	t     *target
	key   givenKey       // the parameter is not set
	param *ssa.Parameter // of the callee, if it is in this package
	open  Set
	call  givenCall // if the caller passes what it was given itself
	first bool
}

// bind finds what the value arg leads to.
func (x *inference) bind(b *binding, arg ssa.Value) {
	if arg == nil {
		x.unresolved(b)
		return
	}
	if p, ok := arg.(*ssa.Parameter); ok && !within(b.f.ssa, p.Parent()) {
		// A literal that is called from elsewhere, or what a field holds.
		k := b.key
		k.param = p
		if k.call == nil || !x.addGiven(b.f, k, b.call) {
			x.unresolved(b)
		}
		return
	}
	if b.key.method != "" && isConcrete(arg.Type()) { // the callee is generic
		if t := x.methodByID(arg.Type(), arg, b.key.method); t != nil && b.first {
			b.add(t)
		}
		return
	}
	found := x.originsOf(arg)
	open := found.open
	for _, o := range found.list {
		switch {
		case o.param != nil && within(b.f.ssa, o.param.Parent()):
			open = !x.handOn(b, o.param) || open
		case !b.first:
		case b.key.method != "" && o.typ != nil:
			if t := x.methodByID(o.typ, o.val, b.key.method); t != nil {
				b.add(t)
			}
		case b.key.method == "" && o.fn != nil:
			t := x.function(o.fn, o.closure, nil, nil)
			t.yields = isIterator(arg.Type())
			b.add(t)
		case b.key.method == "" && o.sum != nil:
			b.add(&target{sum: o.sum, label: o.label, yields: isIterator(arg.Type())})
		default:
			open = true
		}
	}
	if open {
		if c := x.contractByID(arg, b.key.method); c != nil {
			b.open = c.sum.Kinds()
		}
		x.unresolved(b)
	}
}

// isConcrete reports whether values of type t have the methods that t has.
func isConcrete(t types.Type) bool {
	_, generic := types.Unalias(t).(*types.TypeParam)
	return !generic && !types.IsInterface(t)
}

// handOn notes that what the callee calls is a parameter of the caller, whose
// type may tell more of it: an io.Writer may be an http.ResponseWriter here.
func (x *inference) handOn(b *binding, p *ssa.Parameter) bool {
	k, call := b.key, b.call
	k.param = p
	if c := x.contractByID(p, k.method); c != nil {
		call.open = c.sum.Kinds()
	}
	return x.addGiven(b.f, k, call)
}

// contractByID returns the contract of the method with the id that the type of v
// has, or nil.
func (x *inference) contractByID(v ssa.Value, id string) *target {
	for {
		c, ok := v.(*ssa.ChangeInterface)
		if !ok {
			break
		}
		v = c.X
	}
	if id == "" || !types.IsInterface(v.Type()) {
		return nil
	}
	for sel := range x.msets.MethodSet(v.Type()).Methods() {
		if m, ok := sel.Obj().(*types.Func); ok && m.Id() == id {
			if t := x.contract(m, v.Type(), nil); t.sum != opUnknown {
				return t
			}
		}
	}
	return nil
}

// isIterator reports whether t is the type of what a loop ranges over:
// func(yield func(…) bool).
func isIterator(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Results().Len() == 1 && types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool])
}

// methodByID returns the target that is the method of t with the id.
func (x *inference) methodByID(t types.Type, recv ssa.Value, id string) *target {
	set := x.msets.MethodSet(t)
	for sel := range set.Methods() {
		if m, ok := sel.Obj().(*types.Func); ok && m.Id() == id {
			return x.method(t, recv, m, nil, nil)
		}
	}
	return nil
}

// unresolved notes that what is called cannot be told here either, but perhaps
// by its type.
func (x *inference) unresolved(b *binding) {
	if !b.first || b.open == 0 {
		return
	}
	if ts := x.byType(b.param, b.key.method); len(ts) > 0 {
		for _, t := range ts {
			b.add(t)
		}
		return
	}
	c := b.call
	b.add(&target{sum: opsOpen(b.open), label: b.t.label, tail: &c})
}

// byType returns what can be called of a parameter by its type alone: nothing
// if other packages may make such values.
func (x *inference) byType(p *ssa.Parameter, id string) []*target {
	if p == nil {
		return nil
	}
	if id == "" {
		return x.bySignature(p.Type(), nil, nil)
	}
	var ts []*target
	for _, t := range x.typesOf(p.Type()) {
		if got := x.methodByID(t, nil, id); got != nil {
			ts = append(ts, got)
		}
	}
	return ts
}

// opsOpen returns a summary of what to assume of a call that cannot be told.
func opsOpen(open Set) *Summary {
	s := stated(open, opUnknown.Stated)
	s.suspect()
	return s
}

// add adds what the callee calls to the site of the call.
func (b *binding) add(t *target) {
	t.cold, t.derived = b.call.weight.cold(), true
	if t.spawned = b.key.spawned && !b.s.spawned; t.spawned && len(b.t.args) > 0 {
		t.spawner = b.t.args[0]
	}
	for _, have := range b.s.targets {
		if have.same(t) {
			have.cold = have.cold && t.cold
			return
		}
	}
	if len(b.s.targets) > maxTargets {
		t = &target{sum: opUnknown, label: b.t.label, derived: true, cold: t.cold}
		if b.s.targets[len(b.s.targets)-1].same(t) {
			return
		}
	}
	b.s.targets = append(b.s.targets, t)
}

// same reports whether two targets that binding found are the same. Without
// this, a recursion through interfaces would go on for ever.
func (t *target) same(u *target) bool {
	if !t.derived || t.fn != u.fn || t.spawned != u.spawned || t.yields != u.yields {
		return false
	}
	if t.fn != nil {
		return slices.Equal(t.args, u.args)
	}
	return t.label == u.label && t.sum.Kinds() == u.sum.Kinds() && slices.Equal(t.args, u.args)
}

// addGiven notes that f makes a call of what its caller gave, if that was not
// known, or not in so short a way.
func (x *inference) addGiven(f *function, k givenKey, g givenCall) bool {
	have := f.given[k]
	if have == nil {
		if len(f.givens) == maxGivens {
			return false
		}
		f.given[k] = &g
		f.givens = append(f.givens, k)
		f.version++
		return true
	}
	if open := have.open | g.open; open != have.open {
		have.open = open
		f.version++
	}
	g.open = have.open
	if g.weight < have.weight {
		*have = g
		f.version++
	}
	return true
}
