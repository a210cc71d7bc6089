package bufshare

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A loan is memory that somebody else will write: what is seen of it is right only
// until then.
type loan struct {
	fn    *ssa.Function
	value ssa.Value         // the buffer, or a view of it
	over  []ssa.Instruction // what ends it
	name  string            // "the buffer"
	how   string            // "is read into again"
	call  bool              // the value is made anew each time, of the same memory
	pool  bool              // returning a view of it is keeping one
}

// ends returns what ends the loan after an instruction has kept a view, or nil if
// nothing does.
func (l *loan) ends(at ssa.Instruction) ssa.Instruction {
	for _, over := range l.over {
		_, deferred := over.(*ssa.Defer)
		_, returned := at.(*ssa.Return)
		switch {
		case (deferred || returned) && before(over, at):
			return over
		case !deferred && !returned && before(at, over) && !l.anew(at, over):
			return over
		case deferred && before(at, over):
			return over
		}
	}
	return nil
}

// anew reports whether every way from one instruction to the other makes the buffer
// anew.
func (l *loan) anew(from, to ssa.Instruction) bool {
	made, ok := l.value.(ssa.Instruction)
	if !ok || l.call || made.Block() == nil {
		return false
	}
	if ssavalue.Follows(made, to) {
		return !ssavalue.Follows(from, to)
	}
	return !ssavalue.Follows(from, to) && !ssavalue.Leads(from.Block(), to.Block(), made.Block())
}

// before reports whether one instruction can run before another.
func before(a, b ssa.Instruction) bool {
	return ssavalue.Follows(a, b) || ssavalue.Leads(a.Block(), b.Block())
}

// loans returns what a function has lent: buffers that it fills in loops, views of
// readers and buffers that go on, and what it gives back to a pool.
func (f *finder) loans(fn *ssa.Function) (ls []*loan) {
	fills := make(map[ssa.Value][]ssa.Instruction)
	var buffers []ssa.Value
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			c := call.Common()
			if v := f.recycled(c); v != nil {
				if isBuffer(v.Type()) {
					ls = append(ls, &loan{fn: fn, value: v, over: []ssa.Instruction{call}, name: "the buffer", how: "goes back to its pool", pool: true})
				}
				continue
			}
			if l := f.borrowed(fn, call); l != nil {
				ls = append(ls, l)
			}
			if v := filled(c); v != nil && ssavalue.InLoop(blk) {
				if fills[v] == nil {
					buffers = append(buffers, v)
				}
				fills[v] = append(fills[v], call)
			}
		}
	}
	for _, v := range buffers {
		ls = append(ls, &loan{fn: fn, value: v, over: fills[v], name: "the buffer", how: "is filled again"})
	}
	return ls
}

// filled returns the buffer that a call writes to from its beginning, if the function
// has made it itself, in one place.
func filled(c *ssa.CallCommon) ssa.Value {
	arg := -1
	if b, ok := c.Value.(*ssa.Builtin); ok {
		if b.Name() == "copy" {
			return made(c.Args[0])
		}
		return nil
	}
	name, first := "", 0
	if c.IsInvoke() {
		name = c.Method.Name()
	} else if fn := c.StaticCallee(); fn != nil {
		name = fn.Name()
		if fn.Signature.Recv() != nil {
			first = 1
		}
	}
	switch name {
	case "Read", "ReadFrom", "ReadFromUDP", "ReadFromUDPAddrPort", "ReadFromIP", "ReadFromUnix", "ReadMsgUDP", "ReadMsgUDPAddrPort", "ReadMsgUnix":
		arg = first
	case "ReadFull", "ReadAtLeast", "Recvfrom", "Recvmsg":
		arg = first + 1
	}
	if arg < 0 || arg >= len(c.Args) || !isBytes(c.Args[arg].Type()) {
		return nil
	}
	return made(c.Args[arg])
}

// made returns the slice or array that a slice is cut from, not further on each time,
// if the function has made it and there is no other that it may be.
func made(v ssa.Value) ssa.Value {
	for range 16 {
		switch u := v.(type) {
		case *ssa.Slice:
			if _, fixed := u.Low.(*ssa.Const); u.Low != nil && !fixed {
				return nil
			}
			v = u.X
		case *ssa.ChangeType:
			v = u.X
		case *ssa.UnOp:
			a, ok := u.X.(*ssa.Alloc)
			if !ok || u.Op != token.MUL {
				return nil
			}
			if v = onlyStore(a); v == nil {
				return nil
			}
		case *ssa.Phi:
			var only ssa.Value
			for _, e := range u.Edges {
				if cutFrom(e, u) {
					continue
				}
				if only != nil && only != e {
					return nil
				}
				only = e
			}
			if only == nil {
				return nil
			}
			v = only
		case *ssa.MakeSlice:
			return u
		case *ssa.Alloc:
			if _, ok := u.Type().(*types.Pointer).Elem().Underlying().(*types.Array); ok {
				return u
			}
			return nil
		default:
			return nil
		}
	}
	return nil
}

// cutFrom reports whether v is phi itself, or cut from it.
func cutFrom(v ssa.Value, phi *ssa.Phi) bool {
	for {
		if v == phi {
			return true
		}
		s, ok := v.(*ssa.Slice)
		if !ok {
			return false
		}
		v = s.X
	}
}

func onlyStore(a *ssa.Alloc) (val ssa.Value) {
	for _, ref := range *a.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != a || val != nil {
				return nil
			}
			val = ref.Val
		case *ssa.MakeClosure:
			if assigned(ref, a) {
				return nil
			}
		}
	}
	return val
}

// assigned reports whether a literal gives a variable that it captured another value.
func assigned(c *ssa.MakeClosure, a *ssa.Alloc) bool {
	fn := c.Fn.(*ssa.Function)
	for i, b := range c.Bindings {
		if b != a || i >= len(fn.FreeVars) {
			continue
		}
		for _, ref := range *fn.FreeVars[i].Referrers() {
			if s, ok := ref.(*ssa.Store); ok && s.Addr == fn.FreeVars[i] {
				return true
			}
		}
	}
	return false
}

func isBytes(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := s.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// isBuffer reports whether values of type t are bytes, a pointer to them, or a
// bytes.Buffer.
func isBuffer(t types.Type) bool {
	if isBytes(t) || isBytesBuffer(t) {
		return true
	}
	p, ok := t.Underlying().(*types.Pointer)
	return ok && isBytes(p.Elem())
}

func isBytesBuffer(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "bytes" && n.Obj().Name() == "Buffer"
}

// stdMethod returns the receiver's type and the name of the method of package bufio or
// bytes that a call is of: "bufio.Scanner", "Bytes".
func stdMethod(c *ssa.CallCommon) (typ, name string) {
	fn := c.StaticCallee()
	if fn == nil || fn.Signature.Recv() == nil || len(c.Args) == 0 {
		return "", ""
	}
	p, ok := types.Unalias(fn.Signature.Recv().Type()).(*types.Pointer)
	if !ok {
		return "", ""
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return "", ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name(), fn.Name()
}

// borrowed returns the loan that a call is: of the bytes of a scanner, a reader or a
// buffer which goes on afterwards.
func (f *finder) borrowed(fn *ssa.Function, call ssa.CallInstruction) *loan {
	v, ok := call.(*ssa.Call)
	if !ok {
		return nil
	}
	l := &loan{fn: fn, call: true}
	var over []string
	typ, name := stdMethod(&v.Call)
	switch typ + "." + name {
	case "bufio.Scanner.Bytes":
		l.name, l.how, over = "what Scanner.Bytes returns", "is overwritten by the next Scan", []string{"Scan"}
	case "bufio.Reader.ReadSlice", "bufio.Reader.ReadLine", "bufio.Reader.Peek":
		l.name, l.how, over = "what Reader."+name+" returns", "is overwritten by the next read", []string{"ReadSlice", "ReadLine", "Peek", "Read", "ReadBytes", "ReadString", "ReadRune", "Reset"}
	case "bytes.Buffer.Bytes":
		l.name, l.how, over = "what Buffer.Bytes returns", "is overwritten after Reset", []string{"Reset", "Truncate"}
	default:
		return nil
	}
	base, path := sections.Reach(v.Call.Args[0])
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			other, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			t, n := stdMethod(&other.Call)
			if t != typ || !slices.Contains(over, n) {
				continue
			}
			if b, p := sections.Reach(other.Call.Args[0]); b == base && p == path && !fresh(base, other) {
				l.over = append(l.over, other)
			}
		}
	}
	if len(l.over) == 0 {
		return nil
	}
	l.value = v
	if _, tuple := v.Type().(*types.Tuple); tuple {
		first := firstOf(v)
		if first == nil {
			return nil
		}
		l.value = first
	}
	return l
}

// fresh reports whether each turn of the loop around an instruction has an object of
// its own.
func fresh(base ssa.Value, at ssa.Instruction) bool {
	made, ok := base.(ssa.Instruction)
	if !ok || made.Block() == nil {
		return false
	}
	if _, phi := base.(*ssa.Phi); phi {
		return true
	}
	return made.Block() != at.Parent().Blocks[0] && ssavalue.InLoop(made.Block()) && made.Block().Dominates(at.Block())
}

func firstOf(v *ssa.Call) *ssa.Extract {
	for _, ref := range *v.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == 0 {
			return e
		}
	}
	return nil
}

// recycled returns what a call gives back to a pool: to a sync.Pool, or through a
// function of the package that does nothing else with it.
func (f *finder) recycled(c *ssa.CallCommon) ssa.Value {
	fn := c.StaticCallee()
	if fn == nil {
		return nil
	}
	if typ, name := stdMethod(c); typ == "sync.Pool" && name == "Put" && len(c.Args) == 2 {
		return object(c.Args[1])
	}
	if !f.local[fn] || len(fn.Blocks) == 0 {
		return nil
	}
	for _, instr := range fn.Blocks[0].Instrs { // on every way
		inner, ok := instr.(*ssa.Call)
		if !ok {
			continue
		}
		if typ, name := stdMethod(&inner.Call); typ == "sync.Pool" && name == "Put" {
			if p, ok := object(inner.Call.Args[1]).(*ssa.Parameter); ok {
				if i := slices.Index(fn.Params, p); i < len(c.Args) {
					return object(c.Args[i])
				}
			}
		}
	}
	return nil
}

// object undoes the conversion to an interface, and follows a variable that is given
// a value once.
func object(v ssa.Value) ssa.Value {
	for range 8 {
		switch u := v.(type) {
		case *ssa.MakeInterface:
			v = u.X
		case *ssa.ChangeType:
			v = u.X
		case *ssa.Slice:
			v = u.X
		case *ssa.UnOp:
			a, ok := u.X.(*ssa.Alloc)
			if !ok || onlyStore(a) == nil {
				return v
			}
			v = onlyStore(a)
		default:
			return v
		}
	}
	return v
}
