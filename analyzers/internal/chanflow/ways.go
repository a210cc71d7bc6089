package chanflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A given is what a parameter is passed, or must have been passed: a function, or
// a constant, or anything else than that.
type given struct {
	param *ssa.Parameter
	fn    *ssa.Function
	value string // a constant as it is written
	not   bool
}

// constant reports whether it is about a constant, not about a function.
func (g given) constant() bool { return g.value != "" }

// A binding is what is known of parameters of the functions that a way leads
// through. Few are in force at a time: a helper that starts what it is passed, one
// around it, a flag.
type binding [4]given

func (b *binding) put(g given) {
	for i := range b {
		if b[i].param == g.param || b[i].param == nil {
			b[i] = g
			return
		}
	}
	b[len(b)-1] = g
}

func (b *binding) of(p *ssa.Parameter) (given, bool) {
	for _, g := range b {
		if g.param == p && p != nil {
			return g, true
		}
	}
	return given{}, false
}

// keep drops what cannot be asked any more in fn: what was passed to a function that
// neither is around fn nor around a literal that is itself passed on.
func (b *binding) keep(fn *ssa.Function) {
	var kept binding
	for _, g := range b {
		if g.param == nil {
			continue
		}
		if inside(fn, g.param.Parent()) || b.passes(g.param.Parent()) {
			kept.put(g)
		}
	}
	*b = kept
}

func (b *binding) passes(outer *ssa.Function) bool {
	for _, g := range b {
		if g.fn != nil && g.fn != outer && inside(g.fn, outer) {
			return true
		}
	}
	return false
}

// inside reports whether fn is outer, or a literal in it.
func inside(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// A Way is a chain of calls, known by one of its ends: going up it begins at Fn,
// going down it has come there.
type Way struct {
	Fn   *ssa.Function
	Edge *Edge // the call that it was made longer by; nil where it set out
	Prev *Way  // without that call
	// Unsure is set if some call on it may call other functions as well.
	Unsure bool

	binding binding
}

// Path returns the calls of a way that was followed up, the first call first.
func (w *Way) Path() []*Edge {
	var path []*Edge
	for ; w != nil && w.Edge != nil; w = w.Prev {
		path = append(path, w.Edge)
	}
	return path
}

// state is what decides where a way can lead.
type state struct {
	fn      *ssa.Function
	binding binding
	unsure  bool
}

// Up follows the calls that lead to instr, the nearest first, for as long as visit
// says so. A call of what a function was passed leads on only to those who pass that,
// and what is done under a flag only to those who pass another than its opposite.
func (x *Index) Up(instr ssa.Instruction, visit func(*Way) bool) {
	x.up(x.upFrom(instr), visit)
}

func (x *Index) upFrom(instr ssa.Instruction) *Way {
	start := &Way{Fn: instr.Parent()}
	start.binding.add(x.conditions(instr.Block()))
	return start
}

func (x *Index) up(start *Way, visit func(*Way) bool) {
	seen := map[state]bool{{start.Fn, start.binding, false}: true}
	for queue := []*Way{start}; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		for _, e := range x.in[w.Fn] {
			next, ok := x.before(w, e)
			if !ok || !visit(next) {
				continue
			}
			if s := (state{next.Fn, next.binding, next.Unsure}); !seen[s] {
				seen[s] = true
				queue = append(queue, next)
			}
		}
	}
}

// before puts a call before a way, if it passes what the way takes for granted.
func (x *Index) before(w *Way, e *Edge) (*Way, bool) {
	next := &Way{Fn: e.Caller, Edge: e, Prev: w, Unsure: w.Unsure || !e.named && e.by == nil}
	for _, g := range w.binding {
		switch {
		case g.param == nil:
		case g.param.Parent() != w.Fn:
			next.binding.put(g)
		default:
			arg := e.Argument(g.param)
			if !x.meets(arg, g) {
				return nil, false
			}
			if p := x.parameter(arg); p != nil {
				g.param = p
				next.binding.put(g)
			}
		}
	}
	if e.by != nil {
		next.binding.put(given{param: e.by, fn: e.Callee})
	}
	next.binding.add(x.conditions(e.Site.Block()))
	next.binding.keep(next.Fn)
	return next, true
}

func (b *binding) add(gs []given) {
	for _, g := range gs {
		if _, ok := b.of(g.param); !ok {
			b.put(g)
		}
	}
}

// meets reports whether an argument may be what is asked for.
func (x *Index) meets(arg ssa.Value, g given) bool {
	if arg == nil {
		return true
	}
	if g.constant() {
		value, ok := constantOf(arg)
		return !ok || (value == g.value) != g.not
	}
	fn, known := x.funcOf(arg)
	return !known || fn == g.fn
}

// conditions returns what parameters must have been passed for a block to be reached:
// true for a flag under which it stands, or a constant that one is compared with.
func (x *Index) conditions(blk *ssa.BasicBlock) []given {
	if blk == nil {
		return nil
	}
	if gs, ok := x.conds[blk]; ok {
		return gs
	}
	var gs []given
	for d := blk.Idom(); d != nil; d = d.Idom() {
		for _, next := range d.Succs {
			if len(next.Preds) != 1 || !next.Dominates(blk) {
				continue
			}
			if g, ok := x.condition(d, next); ok {
				gs = append(gs, g)
			}
		}
	}
	x.conds[blk] = gs
	return gs
}

func (x *Index) condition(from, to *ssa.BasicBlock) (given, bool) {
	cond, outcome, ok := Decision(from, to)
	if !ok {
		return given{}, false
	}
	if cmp, ok := cond.(*ssa.BinOp); ok && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
		value, ok := constantOf(cmp.Y)
		p := x.parameter(cmp.X)
		return given{param: p, value: value, not: !outcome}, ok && p != nil
	}
	p := x.parameter(cond)
	return given{param: p, value: "true", not: !outcome}, p != nil
}

// constantOf returns a constant as it is written.
func constantOf(v ssa.Value) (string, bool) {
	c, ok := v.(*ssa.Const)
	if !ok {
		return "", false
	}
	if c.Value == nil {
		return "nil", true
	}
	return c.Value.ExactString(), true
}

// Down follows the calls of fn, the nearest first, for as long as visit says so.
// What a function was passed on the way is all that it calls by that name.
func (x *Index) Down(fn *ssa.Function, visit func(*Way) bool) {
	x.down(&Way{Fn: fn}, visit)
}

// Along is Down for what one call leads to, that call included.
func (x *Index) Along(e *Edge, visit func(*Way) bool) { x.Beyond(&Way{Fn: e.Caller}, e, visit) }

// Beyond is Along for a call of the function that a way has come to.
func (x *Index) Beyond(w *Way, e *Edge, visit func(*Way) bool) {
	if next, ok := x.after(w, e); ok && visit(next) {
		x.down(next, visit)
	}
}

// Into returns the way that sets out in fn, a literal in the function that the calls of
// path lead to or any other, with what is known there of what functions were passed.
func (x *Index) Into(path []*Edge, fn *ssa.Function) *Way {
	into := &Way{Fn: fn}
	if len(path) == 0 {
		return into
	}
	w := &Way{Fn: path[0].Caller}
	for _, e := range path {
		next, ok := x.after(w, e)
		if !ok {
			return into
		}
		w = next
	}
	into.binding = w.binding
	into.binding.keep(fn)
	return into
}

func (x *Index) down(start *Way, visit func(*Way) bool) {
	seen := map[state]bool{{start.Fn, start.binding, false}: true}
	for queue := []*Way{start}; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		for _, e := range x.calls[w.Fn] {
			next, ok := x.after(w, e)
			if !ok || !visit(next) {
				continue
			}
			if s := (state{next.Fn, next.binding, next.Unsure}); !seen[s] {
				seen[s] = true
				queue = append(queue, next)
			}
		}
	}
}

// after makes a way longer by a call, unless another function is called there, or
// it is not made when the function is passed what it is.
func (x *Index) after(w *Way, e *Edge) (*Way, bool) {
	if g, ok := w.binding.of(e.by); ok && !g.constant() && g.fn != e.Callee {
		return nil, false
	}
	if !x.Possible(w, e.Site) {
		return nil, false
	}
	_, given := w.binding.of(e.by)
	next := &Way{Fn: e.Callee, Edge: e, Prev: w, Unsure: w.Unsure || !e.named && !given}
	for _, g := range w.binding {
		if g.param != nil && g.param.Parent() != e.Callee {
			next.binding.put(g)
		}
	}
	for _, p := range e.Callee.Params {
		if g, ok := x.passed(w, e.Argument(p)); ok {
			g.param = p
			next.binding.put(g)
		}
	}
	next.binding.keep(next.Fn)
	return next, true
}

// passed tells what an argument is, if it is known on the way.
func (x *Index) passed(w *Way, arg ssa.Value) (given, bool) {
	switch arg := arg.(type) {
	case nil:
		return given{}, false
	case *ssa.Const:
		if value, ok := constantOf(arg); ok && !isFunc(arg) {
			return given{value: value}, true
		}
	}
	if fn, known := x.funcOf(arg); known && isFunc(arg) {
		return given{fn: fn}, true
	}
	return w.binding.of(x.parameter(arg))
}

// Possible reports whether a way that was followed down can go on to an instruction
// of the function that it has come to, by what this was passed.
func (x *Index) Possible(w *Way, instr ssa.Instruction) bool {
	for _, c := range x.conditions(instr.Block()) {
		g, ok := w.binding.of(c.param)
		if ok && g.constant() && !g.not && (g.value == c.value) == c.not {
			return false
		}
	}
	return true
}

func isFunc(v ssa.Value) bool {
	_, ok := v.Type().Underlying().(*types.Signature)
	return ok
}

// Passing returns the calls by which a function gets what it calls at e, if that is
// what it is passed for a parameter, or nil.
func (x *Index) Passing(e *Edge) (calls []*Edge) {
	if e.by == nil {
		return nil
	}
	for _, in := range x.in[e.by.Parent()] {
		if fn, known := x.funcOf(in.Argument(e.by)); known && fn == e.Callee {
			calls = append(calls, in)
		}
	}
	return calls
}

// Argument returns what a call passes for a parameter of its callee, or nil if that
// is not in sight.
func (e *Edge) Argument(p *ssa.Parameter) ssa.Value {
	common := e.Site.Common()
	i := slices.Index(e.Callee.Params, p)
	if common.IsInvoke() && e.Mode != Passed {
		i-- // the receiver
	} else if !e.Sure || len(common.Args) != len(e.Callee.Params) {
		return nil
	}
	if i < 0 || i >= len(common.Args) {
		return nil
	}
	return common.Args[i]
}

// funcOf returns the function that v is, nil for a nil one, and whether that is known.
func (x *Index) funcOf(v ssa.Value) (*ssa.Function, bool) {
	if c, ok := v.(*ssa.ChangeType); ok {
		v = c.X
	}
	var fn *ssa.Function
	switch v := v.(type) {
	case *ssa.Const:
		return nil, true
	case *ssa.Function:
		fn = v
	case *ssa.MakeClosure:
		fn = v.Fn.(*ssa.Function)
	default:
		return nil, false
	}
	fn = ssavalue.Origin(fn)
	if m := x.b.method(fn); m != nil {
		fn = m
	}
	return fn, true
}

// maxHops bounds how often a variable is read from another.
const maxHops = 8

// parameter returns the parameter that v is read from, of the function itself or
// of one around it, or nil.
func (x *Index) parameter(v ssa.Value) *ssa.Parameter {
	if v == nil {
		return nil
	}
	p, _ := x.Source(v).(*ssa.Parameter)
	return p
}

// variable reports whether v is the address of a local variable.
func variable(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
		return true
	}
	return false
}

// assigned reports whether a literal gives a variable of the function around it
// another value.
func (x *Index) assigned(v ssa.Value) bool {
	for _, free := range x.b.free[v] {
		if len(x.Stores(free)) > 0 {
			return true
		}
	}
	return false
}

// Stores returns where a local variable is given a value, those places included that
// are in literals.
func (x *Index) Stores(addr ssa.Value) (all []*ssa.Store) {
	for _, ref := range *addr.Referrers() {
		if s, ok := ref.(*ssa.Store); ok && s.Addr == addr {
			all = append(all, s)
		}
	}
	for _, free := range x.b.free[addr] {
		all = append(all, x.Stores(free)...)
	}
	return all
}

// Source returns what v is read from: through local variables that are given one
// value only, those of the functions around a literal included.
func (x *Index) Source(v ssa.Value) ssa.Value {
	for range maxHops {
		var next ssa.Value
		switch u := v.(type) {
		case *ssa.ChangeType:
			next = u.X
		case *ssa.UnOp:
			if u.Op == token.MUL && variable(u.X) {
				next = x.only(u.X)
			}
		}
		if next == nil {
			return v
		}
		v = next
	}
	return v
}

// only returns the value that a local variable has, if it is given but one.
func (x *Index) only(addr ssa.Value) ssa.Value {
	if free, ok := addr.(*ssa.FreeVar); ok {
		addr = x.Variable(free)
	}
	if x.assigned(addr) {
		return nil
	}
	return ssavalue.OnlyStore(addr)
}

// Variable returns the variable of the function around a literal that it shares with it.
func (x *Index) Variable(free *ssa.FreeVar) ssa.Value {
	var v ssa.Value = free
	for range maxHops {
		f, ok := v.(*ssa.FreeVar)
		if !ok || x.b.bound[f] == nil {
			break
		}
		v = x.b.bound[f]
	}
	return v
}
