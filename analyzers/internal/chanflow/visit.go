package chanflow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// visit enters what the instructions of fn pass on.
func (b *builder) visit(fn *ssa.Function) {
	if b.hidden(fn) {
		b.calledFromOutside(fn)
	}
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			b.instr(fn, instr)
		}
	}
}

func (b *builder) instr(fn *ssa.Function, instr ssa.Instruction) {
	switch v := instr.(type) {
	case *ssa.MakeChan:
		b.add(b.node(v), b.object(v, Chan, v, nil))
	case *ssa.MakeClosure:
		b.closure(v)
	case *ssa.Phi:
		b.all(v, v.Edges)
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			b.pass1(v, v.X)
		case token.ARROW:
			b.receive(v.X, b.node(v))
		}
	case *ssa.Store:
		b.store(v.Val, v.Addr)
	case *ssa.IndexAddr:
		b.pass1(v, v.X)
	case *ssa.Index:
		b.pass1(v, v.X)
	case *ssa.Lookup:
		b.pass1(v, v.X)
	case *ssa.Range:
		b.pass1(v, v.X)
	case *ssa.Next:
		b.edge(b.node(v.Iter), b.node(v))
	case *ssa.Slice:
		b.pass1(v, v.X)
	case *ssa.ChangeType:
		b.pass1(v, v.X)
	case *ssa.Convert:
		b.pass1(v, v.X)
	case *ssa.ChangeInterface:
		b.pass1(v, v.X)
	case *ssa.TypeAssert:
		b.pass1(v, v.X)
	case *ssa.SliceToArrayPointer:
		b.pass1(v, v.X)
	case *ssa.MakeInterface:
		b.box(v)
	case *ssa.MapUpdate:
		b.flow(v.Key, b.node(v.Map))
		b.flow(v.Value, b.node(v.Map))
	case *ssa.Send:
		b.send(v.Chan, v.X)
	case *ssa.Select:
		b.selection(v)
	case *ssa.Extract:
		b.extract(v)
	case *ssa.Return:
		for i, r := range v.Results {
			b.flow(r, b.place(result{fn, i}))
		}
	case ssa.CallInstruction:
		b.call(fn, v)
	}
}

// place returns the node of a result.
func (b *builder) place(key any) *node {
	n := b.nodes[key]
	if n == nil {
		n = new(node)
		b.nodes[key] = n
	}
	return n
}

// pass1 makes v another name for what x holds.
func (b *builder) pass1(v ssa.Value, x ssa.Value) {
	if b.tracked(v.Type()) || b.tracked(x.Type()) {
		b.flow(x, b.node(v))
	}
}

func (b *builder) all(v ssa.Value, xs []ssa.Value) {
	if !b.tracked(v.Type()) {
		return
	}
	for _, x := range xs {
		b.flow(x, b.node(v))
	}
}

func (b *builder) store(val, addr ssa.Value) {
	if b.tracked(val.Type()) {
		b.flow(val, b.node(addr))
	}
}

func (b *builder) send(ch, val ssa.Value) {
	if b.tracked(val.Type()) {
		b.watch(b.node(ch), func(o *Object) {
			switch o.Kind {
			case Chan:
				b.flow(val, b.content(o))
			case unknown:
				b.leave(b.node(val))
			}
		})
	}
}

func (b *builder) receive(ch ssa.Value, to *node) {
	c, ok := ch.Type().Underlying().(*types.Chan)
	if !ok || !b.tracked(c.Elem()) {
		return
	}
	b.watch(b.node(ch), func(o *Object) {
		switch o.Kind {
		case Chan:
			b.edge(b.content(o), to)
		case unknown:
			b.add(to, b.nobody)
		}
	})
}

func (b *builder) selection(v *ssa.Select) {
	recv := 0
	for _, s := range v.States {
		if s.Dir == types.SendOnly {
			b.send(s.Chan, s.Send)
			continue
		}
		b.receive(s.Chan, b.place(extract{v, 2 + recv}))
		recv++
	}
}

// extract takes a result out of several. Of "v, ok := x" it is v.
func (b *builder) extract(v *ssa.Extract) {
	if !b.tracked(v.Type()) {
		return
	}
	switch v.Tuple.(type) {
	case *ssa.Call, *ssa.Select:
		b.edge(b.place(extract{v.Tuple, v.Index}), b.node(v))
	default:
		b.edge(b.node(v.Tuple), b.node(v))
	}
}

// closure makes a function value of a literal, or of a method and its receiver.
func (b *builder) closure(v *ssa.MakeClosure) {
	fn, ok := v.Fn.(*ssa.Function)
	if !ok {
		return
	}
	if m := b.method(fn); m != nil {
		b.add(b.node(v), b.funcObject(m, true))
		if len(m.Params) > 0 {
			b.flow(v.Bindings[0], b.node(m.Params[0]))
		}
		return
	}
	if fn.Synthetic != "" && len(v.Bindings) == 1 && syncKind(deref(v.Bindings[0].Type())) >= 0 {
		b.leave(b.node(v.Bindings[0])) // wg.Done as a value: whoever has it may call it
	}
	b.add(b.node(v), b.funcObject(fn, false))
	for i, free := range fn.FreeVars {
		b.bound[free] = v.Bindings[i]
		b.free[v.Bindings[i]] = append(b.free[v.Bindings[i]], free)
		if b.tracked(free.Type()) {
			b.same(b.node(v.Bindings[i]), b.node(free))
		}
	}
}

// method returns the method that a synthetic function calls, if that is all it does.
func (b *builder) method(fn *ssa.Function) *ssa.Function {
	obj, ok := fn.Object().(*types.Func)
	if fn.Synthetic == "" || !ok || b.local[fn] {
		return nil
	}
	if m := fn.Prog.FuncValue(obj.Origin()); m != nil && b.local[m] {
		return m
	}
	return nil
}

// box puts a value into an interface. Those of few types can be told by where they
// are used; what has methods is found again by these.
func (b *builder) box(v *ssa.MakeInterface) {
	if n, ok := types.Unalias(deref(v.X.Type())).(*types.Named); ok && n.Obj().Pkg() == b.pass.Pkg {
		b.boxed[n.Origin().Obj()] = n.Origin()
		b.offer(n.Origin(), v.Type())
		if n.TypeParams().Len() > 0 {
			b.generic(n.Origin()) // what it implements depends on its arguments
		}
		if b.tracked(v.X.Type()) {
			for m := range n.Origin().Methods() {
				if fn := b.src.Pkg.Prog.FuncValue(m); fn != nil && len(fn.Params) > 0 {
					b.flow(v.X, b.node(fn.Params[0]))
				}
			}
			return
		}
	}
	switch {
	case b.tracked(v.Type()):
		b.flow(v.X, b.node(v))
	case b.tracked(v.X.Type()):
		b.leave(b.node(v.X)) // into an any: who knows
	}
}

// offer notes that code out of sight may call the methods of an interface of
// another package, or any, of a value that is put into it.
func (b *builder) offer(t *types.Named, to types.Type) {
	iface, ok := to.Underlying().(*types.Interface)
	if n, named := types.Unalias(to).(*types.Named); !ok || named && n.Obj().Pkg() == b.pass.Pkg {
		return
	}
	set := types.NewMethodSet(types.NewPointer(t))
	for sel := range set.Methods() {
		m := sel.Obj().(*types.Func)
		if !m.Exported() {
			continue
		}
		if obj, _, _ := types.LookupFieldOrMethod(iface, false, b.pass.Pkg, m.Name()); obj == nil && iface.NumMethods() > 0 {
			continue
		}
		if fn := b.src.Pkg.Prog.FuncValue(m.Origin()); fn != nil {
			b.calledFromOutside(fn)
		}
	}
}

// generic notes that the methods of a generic type may be called by an interface.
func (b *builder) generic(t *types.Named) {
	for m := range t.Methods() {
		if fn := b.src.Pkg.Prog.FuncValue(m); fn != nil {
			b.calledFromOutside(fn)
		}
	}
}
