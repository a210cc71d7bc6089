package bufshare

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/keeps"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A kept view is one that outlives the statement.
type kept struct {
	at    ssa.Instruction
	pos   token.Pos // if not that of at
	view  ssa.Value // what is kept, as the statement has it
	way   keeps.Way
	where token.Position // in another function
	name  string         // of that function
}

// A walk follows the views of one loan through its function.
type walk struct {
	*finder
	loan *loan
	seen map[ssa.Value]bool
	kept []kept
}

func (w *walk) keep(at ssa.Instruction, v ssa.Value, way keeps.Way) {
	w.kept = append(w.kept, kept{at: at, view: v, way: way})
}

// view follows a value that shares the memory of the loan.
func (w *walk) view(v ssa.Value) {
	if v == nil || w.seen[v] || v.Referrers() == nil {
		return
	}
	w.seen[v] = true
	for _, ref := range *v.Referrers() {
		w.use(v, ref)
	}
}

func (w *walk) use(v ssa.Value, ref ssa.Instruction) {
	switch ref := ref.(type) {
	case *ssa.Slice, *ssa.ChangeType, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.SliceToArrayPointer:
		if !isNumber(v.Type()) {
			w.view(ref.(ssa.Value))
		}
	case *ssa.Convert:
		if unsafePointer(ref.Type()) || unsafePointer(ref.X.Type()) {
			w.view(ref)
		}
	case *ssa.Phi:
		if w.only(ref) {
			w.view(ref)
		}
	case *ssa.IndexAddr: // the address of the first byte, for unsafe
		for _, r := range *ref.Referrers() {
			if c, ok := r.(*ssa.Convert); ok && unsafePointer(c.Type()) {
				w.view(c)
			} else if c, ok := r.(*ssa.Call); ok && unsafeView(c) {
				w.view(c)
			}
		}
	case *ssa.UnOp:
		if ref.Op == token.MUL && sharesMemory(ref.Type()) {
			w.view(ref)
		}
	case *ssa.Store:
		if ref.Val == v {
			w.store(v, ref)
		}
	case *ssa.MapUpdate:
		if ref.Map != v && w.old(ref.Map) && (ref.Value == v || ref.Key == v && isString(v.Type())) {
			w.keep(ref, v, keeps.Element)
		}
	case *ssa.Send:
		if ref.X == v {
			w.keep(ref, v, keeps.Channel)
		}
	case *ssa.Select:
		for _, s := range ref.States {
			if s.Send == v {
				w.kept = append(w.kept, kept{at: ref, pos: s.Pos, view: v, way: keeps.Channel})
			}
		}
	case *ssa.Return:
		if w.loan.pool && (isBytes(v.Type()) || isString(v.Type())) {
			w.keep(ref, v, keeps.Field)
		}
	case *ssa.MakeClosure:
		w.captured(v, ref)
	case ssa.CallInstruction:
		w.call(v, ref)
	}
}

func isNumber(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsNumeric != 0
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func unsafePointer(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

// unsafeView reports whether a call is of unsafe.String, Slice and their like.
func unsafeView(c *ssa.Call) bool {
	b, ok := c.Call.Value.(*ssa.Builtin)
	return ok && slices.Contains([]string{"String", "Slice", "StringData", "SliceData"}, b.Name())
}

// sharesMemory reports whether a value of type t that is loaded from memory of a view
// is one itself.
func sharesMemory(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Pointer, *types.Struct, *types.Interface:
		return true
	}
	return isString(t)
}

// only reports whether a phi is nothing but the loan's memory: with another buffer in
// turn there is no telling.
func (w *walk) only(phi *ssa.Phi) bool {
	return !slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool {
		if c, ok := e.(*ssa.Const); ok {
			return c.Value != nil
		}
		return e != w.loan.value && !w.seen[e] && !cutFrom(e, phi)
	})
}

// store follows a view into the variable or the struct that it is stored in.
func (w *walk) store(v ssa.Value, s *ssa.Store) {
	switch at := s.Addr.(type) {
	case *ssa.Alloc:
		if ret := resultOf(at, s); ret != nil {
			w.use(v, ret)
		} else if onlyStore(at) == v {
			w.view(at)
		}
	case *ssa.FieldAddr:
		if made, ok := at.X.(*ssa.Alloc); ok {
			if made.Block() == s.Block() || !w.beforeLoop(made) {
				w.view(made) // a struct around it
			} else {
				w.keep(s, v, keeps.Field)
			}
			return
		}
		w.keep(s, v, keeps.Field)
	case *ssa.IndexAddr:
		switch into := at.X.(type) {
		case *ssa.Alloc: // of a literal, or of what append is given
			w.view(into)
		default:
			if w.old(into) && !isNumber(v.Type()) {
				w.keep(s, v, keeps.Element)
			}
		}
	case *ssa.Global:
		w.keep(s, v, keeps.Field)
	}
}

// resultOf returns the return statement that a store into a variable belongs to, if
// that is a result: functions with deferred calls have one for each.
func resultOf(a *ssa.Alloc, s *ssa.Store) *ssa.Return {
	ret, ok := s.Block().Instrs[len(s.Block().Instrs)-1].(*ssa.Return)
	if !ok {
		return nil
	}
	for _, v := range ret.Results {
		if u, ok := v.(*ssa.UnOp); ok && u.X == a {
			return ret
		}
	}
	return nil
}

// beforeLoop reports whether memory is made before the loop that keeps a view in it.
func (w *walk) beforeLoop(made *ssa.Alloc) bool { return !ssavalue.InLoop(made.Block()) }

// old reports whether a collection is there before the turn of the loop, or the call,
// in which a view is put into it.
func (w *walk) old(v ssa.Value) bool {
	for range 8 {
		switch u := v.(type) {
		case *ssa.Phi:
			return u.Block() != nil && ssavalue.InLoop(u.Block())
		case *ssa.UnOp:
			switch at := u.X.(type) {
			case *ssa.FieldAddr, *ssa.Global, *ssa.FreeVar:
				return true
			case *ssa.Alloc:
				return !ssavalue.InLoop(at.Block())
			}
			return false
		case *ssa.MakeMap:
			return w.loan.value != nil && !ssavalue.InLoop(u.Block())
		case *ssa.MakeSlice:
			return !ssavalue.InLoop(u.Block())
		case *ssa.Parameter:
			return true
		case *ssa.ChangeType:
			v = u.X
		default:
			return false
		}
	}
	return false
}

// captured follows a view, or the variable that holds it, into a function literal.
func (w *walk) captured(v ssa.Value, c *ssa.MakeClosure) {
	fn := c.Fn.(*ssa.Function)
	for i, b := range c.Bindings {
		if b == v && i < len(fn.FreeVars) && reads(fn.FreeVars[i]) {
			w.view(c)
			return
		}
	}
}

// reads reports whether a literal looks at the bytes of what it has captured, or hands
// them on.
func reads(v *ssa.FreeVar) bool {
	for _, ref := range *v.Referrers() {
		u, ok := ref.(*ssa.UnOp)
		if !ok {
			continue
		}
		for _, use := range *u.Referrers() {
			if call, ok := use.(*ssa.Call); ok {
				if b, ok := call.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
					continue
				}
				if filled(&call.Call) != nil || fills(call, u) {
					return false // it is the one that writes
				}
			}
			if _, ok := use.(*ssa.DebugRef); !ok {
				return true
			}
		}
	}
	return false
}

// fills reports whether a call writes to the slice v.
func fills(call *ssa.Call, v ssa.Value) bool {
	name := ""
	if call.Call.IsInvoke() {
		name = call.Call.Method.Name()
	} else if fn := call.Call.StaticCallee(); fn != nil {
		name = fn.Name()
	}
	return slices.Contains([]string{"Read", "ReadFull", "ReadFrom", "ReadAtLeast"}, name) && slices.Contains(call.Call.Args, v)
}

// call follows a view into a call.
func (w *walk) call(v ssa.Value, call ssa.CallInstruction) {
	c := call.Common()
	switch call := call.(type) {
	case *ssa.Go:
		if !w.joined(call) {
			w.keep(call, v, keeps.Goroutine)
		}
		return
	case *ssa.Defer:
		return
	}
	if b, ok := c.Value.(*ssa.Builtin); ok {
		w.builtin(v, b.Name(), call.(*ssa.Call))
		return
	}
	if typ, name := stdMethod(c); w.loan.pool && typ == "bytes.Buffer" && name == "Bytes" && c.Args[0] == v {
		w.view(call.Value())
		return
	}
	fn := c.StaticCallee()
	if fn == nil {
		return
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return
	}
	for i, a := range c.Args {
		if fn.Signature.Recv() != nil {
			i--
		}
		if a != v || i < 0 {
			continue
		}
		if keeps.Spawns(obj, i) {
			if !w.joined(call) {
				w.keep(call, v, keeps.Goroutine)
			}
		} else if p := w.keeps.Of(obj, i); p.Way != keeps.No {
			w.kepts(v, call, obj, p)
		}
		if w.local[fn] && viewOf(fn, fn.Params[slices.Index(c.Args, a)]) {
			w.view(call.Value())
		}
	}
}

// kepts notes what a function keeps. What it puts into a variable of this function is
// held by that.
func (w *walk) kepts(v ssa.Value, call ssa.CallInstruction, fn *types.Func, p keeps.Param) {
	if own := w.own(call.Common(), p.Into); own != nil {
		w.view(own)
		return
	}
	if p.Way == keeps.Element || !w.joined(call) {
		w.kept = append(w.kept, kept{at: call, view: v, way: p.Way, where: p.Where, name: fn.Name()})
	}
}

// own returns the variable of this function that the operand of a call is a part of, if
// it is there for no longer than what is lent; or nil.
func (w *walk) own(c *ssa.CallCommon, into int) *ssa.Alloc {
	switch {
	case into == keeps.Elsewhere:
		return nil
	case into == keeps.Receiver:
		into = 0
	case c.Signature().Recv() != nil:
		into++
	}
	if into >= len(c.Args) {
		return nil
	}
	v := c.Args[into]
	for {
		switch u := v.(type) {
		case *ssa.FieldAddr:
			v = u.X
		case *ssa.UnOp:
			a, ok := u.X.(*ssa.Alloc)
			if !ok || onlyStore(a) == nil {
				return nil
			}
			v = onlyStore(a)
		case *ssa.Alloc:
			if w.loan.pool || !w.beforeLoop(u) {
				return u
			}
			return nil
		default:
			return nil
		}
	}
}

// builtin follows a view into append and the functions of package unsafe.
func (w *walk) builtin(v ssa.Value, name string, call *ssa.Call) {
	args := call.Call.Args
	switch name {
	case "append":
		if args[0] == v {
			w.view(call) // it may be cut from it
			return
		}
		s, ok := args[1].Type().Underlying().(*types.Slice)
		if !ok || isNumber(s.Elem()) {
			return // the bytes are copied
		}
		if w.old(args[0]) && !cut(args[0]) {
			w.keep(call, v, keeps.Element)
		}
	case "String", "Slice", "StringData", "SliceData":
		w.view(call)
	}
}

// cut reports whether a list is emptied first: list[:0].
func cut(v ssa.Value) bool {
	s, ok := v.(*ssa.Slice)
	return ok && s.High != nil
}

// viewOf reports whether a function of the package returns memory of its parameter: a
// conversion without a copy.
func viewOf(fn *ssa.Function, p *ssa.Parameter) bool {
	if len(fn.Blocks) != 1 {
		return false
	}
	seen := make(map[ssa.Value]bool)
	var leads func(v ssa.Value) bool
	leads = func(v ssa.Value) bool {
		if seen[v] || v.Referrers() == nil {
			return false
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Return:
				return true
			case *ssa.Slice, *ssa.ChangeType, *ssa.IndexAddr:
				if leads(ref.(ssa.Value)) {
					return true
				}
			case *ssa.Convert:
				if (unsafePointer(ref.Type()) || unsafePointer(ref.X.Type())) && leads(ref) {
					return true
				}
			case *ssa.UnOp:
				if sharesMemory(ref.Type()) && leads(ref) {
					return true
				}
			case *ssa.Store:
				if a, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v && leads(a) {
					return true
				}
			case *ssa.Call:
				if unsafeView(ref) && leads(ref) {
					return true
				}
			}
		}
		return false
	}
	return leads(p)
}

// joined reports whether the function waits, before the loan can end, for what an
// instruction starts.
func (w *walk) joined(at ssa.Instruction) bool {
	for _, blk := range at.Parent().Blocks {
		for _, instr := range blk.Instrs {
			if !waits(instr) || !before(at, instr) {
				continue
			}
			for _, over := range w.loan.over {
				if before(instr, over) && between(at, instr, over) {
					return true
				}
			}
		}
	}
	return false
}

// between reports whether every way from an instruction to what ends the loan passes a
// wait.
func between(at, wait, over ssa.Instruction) bool {
	if ssavalue.Follows(at, wait) {
		return true
	}
	if wait.Block() == over.Block() {
		return ssavalue.Follows(wait, over)
	}
	return !ssavalue.Follows(at, over) && !ssavalue.Leads(at.Block(), over.Block(), wait.Block())
}

// waits reports whether an instruction waits for other goroutines: a receive, a select
// that has one, a Wait.
func waits(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Select:
		return instr.Blocking && !slices.ContainsFunc(instr.States, func(s *ssa.SelectState) bool { return s.Dir == types.SendOnly })
	case *ssa.Call:
		if instr.Call.IsInvoke() {
			return instr.Call.Method.Name() == "Wait"
		}
		fn := instr.Call.StaticCallee()
		return fn != nil && fn.Name() == "Wait"
	}
	return false
}
