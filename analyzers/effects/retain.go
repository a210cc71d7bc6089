package effects

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// What becomes of a parameter, four bits each. "Content" is what is reached
// from it through pointers.
const (
	leaksAddr    = 1 << iota // what it points to is kept
	leaksContent             // what that points to is kept
	returnsAddr
	returnsContent

	leakBits   = 4
	leakParams = 64 / leakBits
	leaksAll   = 1<<leakBits - 1
)

// leak returns the bits of parameter i.
func leak(retained uint64, i int) uint64 {
	if i < 0 || i >= leakParams {
		return leaksAll
	}
	return retained >> (leakBits * i) & leaksAll
}

// retain finds out, for every function of the package, what becomes of its
// parameters. What escapes from this analysis escapes from the compiler's too,
// unless inlining shows that compiler more.
func (x *inference) retain() {
	callers := make(map[*function][]*function)
	work := &worklist{queued: make(map[*function]bool)}
	for _, f := range x.funcs {
		work.add(f)
		for _, b := range f.ssa.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(ssa.CallInstruction); ok {
					if g := x.static(call.Common()); g != nil {
						callers[g] = append(callers[g], f)
					}
				}
			}
		}
	}
	for f := work.next(); f != nil; f = work.next() {
		was := f.retained
		for i, p := range f.ssa.Params {
			if i < leakParams {
				f.retained |= x.leakOf(p) << (leakBits * i)
			}
		}
		if f.retained != was {
			for _, c := range callers[f] {
				work.add(c)
			}
		}
	}
}

// static returns the function of this package that a call surely calls, or nil.
func (x *inference) static(c *ssa.CallCommon) *function {
	fn := c.StaticCallee()
	if fn == nil {
		return nil
	}
	if f := x.bySSA[ssavalue.Origin(fn)]; f != nil {
		return f
	}
	if obj, ok := fn.Object().(*types.Func); ok {
		return x.byObj[obj.Origin()]
	}
	return nil
}

// leakOf returns the bits of one parameter.
func (x *inference) leakOf(p *ssa.Parameter) (bits uint64) {
	if !pointers(p.Type(), 0) {
		return 0
	}
	addr := newFlow(x, p)
	addr.walk(p, 0)
	content := newFlow(x, p)
	content.walk(p, 1)
	for _, b := range []struct {
		set bool
		bit uint64
	}{{addr.kept, leaksAddr}, {content.kept, leaksContent}, {addr.returned, returnsAddr}, {content.returned, returnsContent}} {
		if b.set {
			bits |= b.bit
		}
	}
	return bits
}

// escapes reports whether what v points to, or is, may outlive the function
// that makes it.
func (x *inference) escapes(v ssa.Value) bool {
	f := newFlow(x, v)
	f.walk(v, 0)
	return f.kept || f.returned
}

// pointers reports whether values of type t hold pointers.
func pointers(t types.Type, depth int) bool {
	if depth > 8 {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.String || u.Kind() == types.UnsafePointer
	case *types.Array:
		return pointers(u.Elem(), depth+1)
	case *types.Struct:
		for f := range u.Fields() {
			if pointers(f.Type(), depth+1) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for v := range u.Variables() {
			if pointers(v.Type(), depth+1) {
				return true
			}
		}
		return false
	}
	return true
}

// A flow follows an address to where it may be kept. The depth with a value is
// the number of loads that lead from the value to the address.
type flow struct {
	x        *inference
	base     ssa.Value
	in       *ssa.Function
	seen     map[flowPoint]bool
	kept     bool
	returned bool
}

type flowPoint struct {
	v     ssa.Value
	depth int
}

// Limits of the walk: what is more involved is taken to be kept.
const (
	maxFlowDepth  = 3
	maxFlowPoints = 400
)

func newFlow(x *inference, base ssa.Value) *flow {
	return &flow{x: x, base: base, in: base.Parent(), seen: make(map[flowPoint]bool)}
}

func (f *flow) walk(v ssa.Value, depth int) {
	depth = min(depth, maxFlowDepth)
	at := flowPoint{v, depth}
	if f.kept || f.seen[at] {
		return
	}
	if len(f.seen) == maxFlowPoints {
		f.kept = true
		return
	}
	f.seen[at] = true
	refs := v.Referrers()
	if refs == nil {
		f.kept = true
		return
	}
	for _, ref := range *refs {
		f.use(v, ref, depth)
	}
}

// use follows one use of v.
func (f *flow) use(v ssa.Value, ref ssa.Instruction, depth int) {
	switch ref := ref.(type) {
	case *ssa.Store:
		if ref.Val == v {
			f.store(ref.Addr, depth)
		}
	case *ssa.MapUpdate:
		if ref.Map != v {
			f.store(ref.Map, depth)
		}
	case *ssa.UnOp:
		if ref.Op == token.MUL && depth > 0 && pointers(ref.Type(), 0) {
			f.walk(ref, depth-1)
		}
	case *ssa.Lookup:
		if ref.X == v && depth > 0 && pointers(ref.Type(), 0) {
			f.walk(ref, depth-1)
		}
	case *ssa.Next:
		f.walk(ref, max(depth-1, 0))
	case *ssa.Convert:
		if !isString(ref.Type()) && !isString(ref.X.Type()) && pointers(ref.Type(), 0) {
			f.walk(ref, depth)
		}
	case *ssa.Phi:
		if f.carried(ref) {
			f.kept = true
		}
		f.walk(ref, depth)
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Field, *ssa.Index, *ssa.Extract, *ssa.Slice, *ssa.ChangeType,
		*ssa.ChangeInterface, *ssa.MakeInterface, *ssa.TypeAssert, *ssa.SliceToArrayPointer, *ssa.MultiConvert, *ssa.Range:
		if val := ref.(ssa.Value); pointers(val.Type(), 0) {
			f.walk(val, depth)
		}
	case *ssa.MakeClosure:
		f.capture(v, ref, depth)
	case *ssa.Return:
		if ref.Parent() == f.in {
			f.returned = true
		} else {
			f.kept = true
		}
	case *ssa.Send, *ssa.Panic, *ssa.Go, *ssa.Select:
		f.kept = true
	case ssa.CallInstruction:
		f.call(v, ref, depth)
	}
}

// carried reports whether what is made in a loop is kept for later turns of it, or
// for what follows: the compiler has one place on the stack for all turns.
func (f *flow) carried(phi *ssa.Phi) bool {
	made, ok := f.base.(ssa.Instruction)
	if !ok || !ssavalue.InLoop(made.Block()) {
		return false
	}
	from, to := made.Block(), phi.Block()
	return to.Dominates(from) || !from.Dominates(to) && !ssavalue.Leads(to, from)
}

// outlasts reports whether memory is there before the turn of a loop in which the
// address is made.
func (f *flow) outlasts(memory ssa.Instruction) bool {
	made, ok := f.base.(ssa.Instruction)
	return ok && memory.Block() != made.Block() && memory.Block().Dominates(made.Block()) &&
		ssavalue.InLoop(made.Block()) && !ssavalue.InLoop(memory.Block())
}

// store follows an address into the memory that it is stored in.
func (f *flow) store(addr ssa.Value, depth int) {
	switch root := memory(addr).(type) {
	case *ssa.Alloc, *ssa.MakeSlice, *ssa.MakeMap:
		f.kept = f.kept || f.outlasts(root.(ssa.Instruction))
		f.walk(root, depth+1)
	default:
		// Into what it comes from: that is no more reachable than before.
		f.kept = f.kept || root != f.base || depth == 0
	}
}

// memory returns the value that an address is within.
func memory(addr ssa.Value) ssa.Value {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		case *ssa.Slice:
			addr = a.X
		case *ssa.ChangeType:
			addr = a.X
		default:
			return addr
		}
	}
}

// capture follows an address into a closure.
func (f *flow) capture(v ssa.Value, c *ssa.MakeClosure, depth int) {
	f.walk(c, depth)
	fn := c.Fn.(*ssa.Function)
	for i, b := range c.Bindings {
		if b != v {
			continue
		}
		if i >= len(fn.FreeVars) || len(fn.Blocks) == 0 || f.x.bySSA[fn] == nil {
			f.kept = true // a method value
			return
		}
		f.walk(fn.FreeVars[i], depth)
	}
}

// call follows an address into a call.
func (f *flow) call(v ssa.Value, call ssa.CallInstruction, depth int) {
	c := call.Common()
	if b, ok := c.Value.(*ssa.Builtin); ok {
		f.builtin(v, b.Name(), call, depth)
		return
	}
	if c.IsInvoke() {
		f.kept = true
		return
	}
	for i, a := range c.Args {
		if a == v {
			f.passed(call, f.x.leakOfCallee(c, i), depth)
		}
	}
}

// passed follows an address into a parameter with the given bits.
func (f *flow) passed(call ssa.CallInstruction, bits uint64, depth int) {
	if bits&leaksAddr != 0 || depth > 0 && bits&leaksContent != 0 {
		f.kept = true
		return
	}
	result, ok := call.(*ssa.Call)
	if !ok || !pointers(result.Type(), 0) {
		return
	}
	if bits&returnsAddr != 0 {
		f.walk(result, depth)
	}
	if depth > 0 && bits&returnsContent != 0 {
		f.walk(result, depth-1)
	}
}

// leakOfCallee returns what becomes of argument i of a call.
func (x *inference) leakOfCallee(c *ssa.CallCommon, i int) uint64 {
	if f := x.static(c); f != nil {
		return leak(f.retained, i)
	}
	fn := c.StaticCallee()
	if fn == nil {
		return leaksAll
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok || fn.Signature.Recv() == nil && obj.Signature().Recv() != nil {
		return leaksAll // a method value or expression
	}
	return leak(x.external(obj.Origin()).Retained, i)
}

// builtin follows an address into append and copy, which read elements.
func (f *flow) builtin(v ssa.Value, name string, call ssa.CallInstruction, depth int) {
	args := call.Common().Args
	switch name {
	case "append":
		if args[0] == v {
			f.walk(call.Value(), depth)
		}
		if len(args) > 1 && args[1] == v && depth > 0 {
			f.walk(call.Value(), depth)
			if _, fresh := memory(args[0]).(*ssa.Const); !fresh {
				f.store(args[0], depth-1)
			}
		}
	case "copy":
		if args[1] == v && depth > 0 && pointers(v.Type().Underlying(), 0) && !isString(v.Type()) && elemPointers(v.Type()) {
			f.store(args[0], depth-1)
		}
	}
}

func elemPointers(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	return !ok || pointers(s.Elem(), 0)
}
