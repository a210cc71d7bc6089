package effects

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A site is one call, go or defer statement of a function.
type site struct {
	instr   ssa.CallInstruction
	pos     token.Pos
	cold    bool
	spawned bool // by a go statement, or what a callee spawns
	targets []*target
}

// A target is one thing that a call may turn out to call.
type target struct {
	fn    *function   // with a body here, or
	sum   *Summary    // known by its summary, or
	obj   *types.Func // of which sum is, if that is known
	given *givenKey   // what the caller of the calling function passed
	open  Set         // what to assume of given if that caller cannot tell
	label string
	args  []ssa.Value // in the order of its parameters, the receiver first; nil where unknown
	only  *border
	// spawner is what the goroutine was handed to, if not a go statement:
	// the group that it can be waited for with.
	spawner ssa.Value
	spawned bool
	cold    bool       // the callee calls it only on a cold branch
	tail    *givenCall // if the callee calls what cannot be told: how

	// yields is set if it is an iterator that the callee ranges over: what it
	// calls is the body of that loop, which is seen there.
	yields bool

	derived bool // it was found by binding a call of a parameter

	bound map[givenKey]bool // what was bound of the given calls of fn
	seen  int               // the version of fn as they were
	done  bool              // those of sum were
}

// scan finds what f does, apart from what its callees call of their parameters.
func (x *inference) scan(f *function) {
	for _, b := range x.live(f) {
		for _, instr := range b.Instrs {
			x.operation(f, instr)
			if call, ok := instr.(ssa.CallInstruction); ok {
				x.call(f, call)
			}
			x.allocation(f, instr)
		}
	}
}

// The operations of the language, as primitives.
var (
	opChan    = stated(waitsChan, "an operation on a channel")
	opSpawn   = stated(spawns, "a go statement")
	opPrint   = stated(kernel, "writes to standard error")
	opUnknown = stated(unknown, "what is called cannot be told")
)

// operation notes what an instruction does that is no call.
func (x *inference) operation(f *function, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Send:
		x.op(f, instr, opChan, "channel send")
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			x.op(f, instr, opChan, "channel receive")
		}
	case *ssa.Select:
		if instr.Blocking {
			x.op(f, instr, opChan, "select")
		}
	case *ssa.Go:
		x.op(f, instr, opSpawn, "go statement")
	}
}

// op notes an operation.
func (x *inference) op(f *function, instr ssa.Instruction, sum *Summary, label string) {
	pos := instr.Pos()
	if !pos.IsValid() {
		pos = f.ssa.Pos()
	}
	if e := x.excuseAt(pos); e != nil && !f.bare {
		sum, label = e.sum, "//lagvet:assume"
	}
	f.ops = append(f.ops, edge{instr: instr, pos: pos, cold: x.cold(pos), sum: sum, label: label})
}

// cold reports whether what stands at pos happens only on the way to an error
// return, a panic or an exit.
func (x *inference) cold(pos token.Pos) bool { return pos.IsValid() && x.hot.Cold(pos) }

// call notes a call and what it may call.
func (x *inference) call(f *function, instr ssa.CallInstruction) {
	c := instr.Common()
	s := &site{instr: instr, pos: c.Pos()}
	if !s.pos.IsValid() {
		s.pos = instr.Pos()
	}
	if !s.pos.IsValid() {
		s.pos = f.ssa.Pos()
	}
	s.cold = x.cold(s.pos)
	_, s.spawned = instr.(*ssa.Go)
	if e := x.excuseAt(s.pos); e != nil && !f.bare {
		f.ops = append(f.ops, edge{instr: instr, pos: s.pos, cold: s.cold, sum: e.sum, label: "//lagvet:assume"})
		return
	}
	if b, ok := c.Value.(*ssa.Builtin); ok {
		if b.Name() == "print" || b.Name() == "println" {
			x.op(f, instr, opPrint, b.Name())
		}
		return
	}
	if c.IsInvoke() {
		s.targets = x.invoke(f, c)
	} else {
		s.targets = x.dynamic(f, c)
	}
	for _, t := range s.targets {
		if t.fn != nil {
			t.fn = x.specialised(f, t.fn, t.args)
		} else if t.sum != nil {
			t.sum = f.less(tableName(t.label), x.called(f, t.obj, t.sum, t.args), t.args)
		}
	}
	f.sites = append(f.sites, s)
}

// dynamic returns what a call of a function value may call.
func (x *inference) dynamic(f *function, c *ssa.CallCommon) []*target {
	if fn, ok := c.Value.(*ssa.Function); ok {
		if fn.Object() == nil && fn.Parent() == nil && fn.Name() == "init" {
			return nil // of another package: it ran before
		}
		return []*target{x.function(fn, nil, c.Args, c)}
	}
	if s := x.boundType(c.Value.Type()); s != nil {
		return []*target{{sum: s, label: c.Value.Type().String()}}
	}
	found := x.originsOf(c.Value)
	ts := x.functionTargets(f, found, c.Args, c)
	if !found.open {
		return ts
	}
	if more := x.bySignature(c.Value.Type(), c.Args, c); len(more) > 0 {
		return append(ts, more...)
	}
	return append(ts, x.unknownCall(c)...)
}

// boundType returns what a contract on a func type says of its values.
func (x *inference) boundType(t types.Type) *Summary {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil
	}
	tn := n.Origin().Obj()
	if tn.Pkg() == x.pass.Pkg {
		return x.boundTypes[tn]
	}
	if tn.Pkg() == nil {
		return nil
	}
	return x.view(tn.Pkg()).lookUp(key{tn.Pkg().Path(), tn.Name() + "()"})
}

// unknownCall returns the targets of a call of which nothing is known. Function
// literals that are passed to it are taken to be called: why else pass them.
func (x *inference) unknownCall(c *ssa.CallCommon) []*target {
	label := "a function value"
	if c.IsInvoke() {
		label = c.Method.FullName()
	}
	ts := []*target{{sum: opUnknown, label: label}}
	return append(ts, x.callbacks(c.Args)...)
}

// callbacks returns the function literals among args as targets.
func (x *inference) callbacks(args []ssa.Value) []*target {
	var ts []*target
	for _, a := range args {
		if to, ok := a.(*ssa.ChangeType); ok {
			a = to.X
		}
		if c, ok := a.(*ssa.MakeClosure); ok {
			a = c.Fn
		}
		if lit, ok := a.(*ssa.Function); ok && lit.Parent() != nil {
			if fn := x.bySSA[ssavalue.Origin(lit)]; fn != nil {
				ts = append(ts, &target{fn: fn, label: fn.name})
			}
		}
	}
	return ts
}

// functionTargets turns the origins of a function value into targets.
func (x *inference) functionTargets(f *function, found *origins, args []ssa.Value, c *ssa.CallCommon) []*target {
	var ts []*target
	for _, o := range found.list {
		switch {
		case o.fn != nil:
			ts = append(ts, x.function(o.fn, o.closure, args, c))
		case o.sum != nil:
			ts = append(ts, &target{sum: o.sum, label: o.label, args: args})
		case o.param != nil:
			more, open := x.passed(f, o.param, args, c)
			ts = append(ts, more...)
			found.open = found.open || open
		default:
			found.open = true
		}
	}
	return ts
}

// passed returns the targets of calling a parameter: of f or of a function
// around it, whose caller knows; or of another function of this package, whose
// calls may all be in sight, or which may be the one that called f.
func (x *inference) passed(f *function, p *ssa.Parameter, args []ssa.Value, c *ssa.CallCommon) (ts []*target, open bool) {
	label := "the caller's " + p.Name()
	if within(f.ssa, p.Parent()) {
		t := &target{given: &givenKey{param: p}, open: unknown, label: label}
		return append([]*target{t}, x.callbacks(args)...), false
	}
	found := x.callersPass(p)
	if !found.open {
		ts = x.functionTargets(f, found, args, c)
		return ts, found.open
	}
	if c == nil {
		return nil, true
	}
	if len(x.bySignature(p.Type(), nil, nil)) > 0 {
		return nil, true
	}
	t := &target{given: &givenKey{param: p, call: c}, open: unknown, label: label}
	return append([]*target{t}, x.callbacks(args)...), false
}

// within reports whether fn is outer, or a literal in it.
func within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// callersPass returns what the callers of p's function pass for p. It is open
// if not all of them are known.
func (x *inference) callersPass(p *ssa.Parameter) *origins {
	fn := p.Parent()
	calls := x.index.calls[fn]
	open := &origins{open: true}
	if len(calls) == 0 || len(calls) > maxOrigins || x.index.escaped[fn] {
		return open
	}
	if obj, ok := fn.Object().(*types.Func); ok && (obj.Exported() || fn.Signature.Recv() != nil || x.pushed(obj.Name())) {
		return open
	}
	i := indexOf(fn.Params, p)
	all := new(origins)
	for _, c := range calls {
		if i >= len(c.Args) {
			return open
		}
		found := x.originsOf(c.Args[i])
		all.open = all.open || found.open
		for _, o := range found.list {
			if o.param != nil { // of yet another function: enough
				all.open = true
				continue
			}
			all.list = append(all.list, o)
		}
	}
	if len(all.list) > maxOrigins {
		return open
	}
	return all
}

// function returns the target that is fn, closed over what closure binds.
func (x *inference) function(fn *ssa.Function, closure *ssa.MakeClosure, args []ssa.Value, c *ssa.CallCommon) *target {
	if f := x.bySSA[ssavalue.Origin(fn)]; f != nil {
		return &target{fn: f, label: f.name, args: args, sum: nil}
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil {
		return &target{sum: opUnknown, label: fn.String()}
	}
	obj = obj.Origin()
	if closure != nil && len(closure.Bindings) == 1 { // a method value: x.M
		args = append([]ssa.Value{closure.Bindings[0]}, args...)
		if recv := obj.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
			return x.contract(obj, closure.Bindings[0].Type(), closure.Bindings[0])
		}
	}
	return x.declared(obj, args, c)
}

// declared returns the target that is a declared function or concrete method.
func (x *inference) declared(obj *types.Func, args []ssa.Value, c *ssa.CallCommon) *target {
	name := modules.WithoutVariant(obj.FullName())
	if f := x.byObj[obj]; f != nil {
		return &target{fn: f, label: name, args: args}
	}
	if recv := obj.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		return x.contract(obj, recv.Type(), nil) // a method expression of an interface
	}
	t := &target{sum: x.external(obj), obj: obj, label: name, args: args}
	if obj.Pkg() != nil {
		t.only = borderOf(x.pass.Pkg.Path(), obj.Pkg().Path())
	}
	return t
}

// bySignature returns the functions of this package that a value of type t can
// be because nobody else can make one: its signature, or its name, is this
// package's own.
func (x *inference) bySignature(t types.Type, args []ssa.Value, c *ssa.CallCommon) []*target {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || !x.private(t) && !x.privateTuple(sig.Params()) && !x.privateTuple(sig.Results()) {
		return nil
	}
	var ts []*target
	for _, v := range x.index.taken {
		if vs, ok := v.Type().Underlying().(*types.Signature); !ok || !types.Identical(vs, sig) {
			continue
		}
		var t *target
		switch v := v.(type) {
		case *ssa.Function:
			t = x.function(v, nil, args, c)
		case *ssa.MakeClosure:
			t = x.function(v.Fn.(*ssa.Function), v, args, c)
		}
		ts = append(ts, t)
	}
	return ts
}

func (x *inference) privateTuple(t *types.Tuple) bool {
	for v := range t.Variables() {
		if x.private(v.Type()) {
			return true
		}
	}
	return false
}

// private reports whether t is, or points to, an unexported type of this package.
func (x *inference) private(t types.Type) bool {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Named:
			return u.Obj().Pkg() == x.pass.Pkg && !u.Obj().Exported()
		default:
			return false
		}
	}
}
