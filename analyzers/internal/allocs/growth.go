package allocs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// An origin is where something that is added to comes from.
type origin struct {
	empty bool // it may begin with no room, here
	sized bool // it may be made here with a size that is known at run time only
	kept  bool // it may be the caller's, what outlives the call, or in an array with room
	other bool // anything else
	again bool // it may be what an earlier iteration added to
}

// onlyKept reports whether memory is reused from call to call: it grows to what
// is needed, there or here, and is not allocated again.
func (o origin) onlyKept() bool { return o.kept && !o.empty && !o.other }

// onlySized reports whether whoever made it gave it a size.
func (o origin) onlySized() bool { return o.sized && !o.empty && !o.kept && !o.other }

// origins follows what the instruction self adds to, v, back to where it is made.
func origins(self ssa.Value, v ssa.Value) origin {
	w := &walk{self: self, seen: make(map[visit]bool)}
	w.visit(v, false)
	return w.origin
}

type walk struct {
	origin
	self ssa.Value
	seen map[visit]bool
}

// A visit is a value on the way, and whether it is emptied and used again later
// on: it keeps its room then.
type visit struct {
	v     ssa.Value
	reset bool
}

// visit looks at v.
func (w *walk) visit(v ssa.Value, reset bool) {
	if v == w.self {
		w.again = w.again || !reset
		return
	}
	if w.seen[visit{v, reset}] {
		return
	}
	w.seen[visit{v, reset}] = true
	switch v := v.(type) {
	case *ssa.Const:
		w.empty = w.empty || !reset
		w.other = w.other || reset
	case *ssa.Phi:
		for _, e := range v.Edges {
			w.visit(e, reset)
		}
	case *ssa.ChangeType:
		w.visit(v.X, reset)
	case *ssa.Slice:
		w.slice(v, reset)
	case *ssa.BinOp:
		w.visit(v.X, reset)
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			w.visit(v.Call.Args[0], reset)
		} else {
			w.result(v, v.Type(), reset)
		}
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			w.result(call, v.Type(), reset)
		} else {
			w.other = true
		}
	case *ssa.MakeSlice:
		w.empty = w.empty || v.Len == v.Cap && !reset
		w.sized = w.sized || v.Len != v.Cap || reset
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		w.kept = true
	case *ssa.UnOp:
		w.load(v)
	case *ssa.Field:
		w.kept = true
	default:
		w.other = true
	}
}

func (w *walk) slice(v *ssa.Slice, reset bool) {
	switch {
	case v.Max != nil:
		w.other = true // what is added goes elsewhere
	case v.High != nil && isZero(v.High):
		reset = true
		fallthrough
	default:
		if a, ok := arrayOf(v.X); ok {
			room := a.Len() > 0 && (reset || v.High != nil && !isLen(v.High, a))
			w.kept = w.kept || room
			w.empty = w.empty || !room
			return
		}
		w.visit(v.X, reset)
	}
}

// result is what a call returns: a function that is given a slice of that type is
// taken to add to it, as strconv.AppendInt does.
func (w *walk) result(call *ssa.Call, t types.Type, reset bool) {
	given := false
	for _, a := range call.Call.Args {
		if types.Identical(a.Type(), t) {
			given = true
			w.visit(a, reset)
			break
		}
	}
	w.other = w.other || !given
}

// arrayOf returns the array of the function that v is the address of.
func arrayOf(v ssa.Value) (*types.Array, bool) {
	alloc, ok := v.(*ssa.Alloc)
	if !ok {
		return nil, false
	}
	a, ok := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	return a, ok
}

func isLen(v ssa.Value, a *types.Array) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Int64() == a.Len()
}

// load is what a variable holds that is in memory.
func (w *walk) load(v *ssa.UnOp) {
	if v.Op != token.MUL {
		w.other = true
		return
	}
	addr := v.X
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
			continue
		case *ssa.IndexAddr:
			addr = a.X
			continue
		}
		break
	}
	if _, local := addr.(*ssa.Alloc); local {
		w.other = true
	} else {
		w.kept = true
	}
}

func isZero(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value != nil && constant.Sign(c.Value) == 0
}

// lenCap returns the length and capacity of a slice that is made here and has
// passed no branch since.
func lenCap(v ssa.Value) (length, capacity int64, ok bool) {
	switch v := v.(type) {
	case *ssa.Slice:
		a, ok := arrayOf(v.X)
		if !ok || v.Low != nil || v.Max != nil {
			return 0, 0, false
		}
		length = a.Len()
		if v.High != nil {
			c, isConst := v.High.(*ssa.Const)
			if !isConst {
				return 0, 0, false
			}
			length = c.Int64()
		}
		return length, a.Len(), true
	case *ssa.Call:
		if b, isBuiltin := v.Call.Value.(*ssa.Builtin); !isBuiltin || b.Name() != "append" {
			return 0, 0, false
		}
		length, capacity, ok = lenCap(v.Call.Args[0])
		n, _, known := lenCap(v.Call.Args[1])
		return length + n, capacity, ok && known && length+n <= capacity
	}
	return 0, 0, false
}

// appended reports whether the append at pos adds to what is kept, and hasRoom
// whether it finds room.
func (x *Index) appended(pos token.Pos) (keeps, hasRoom bool) {
	call := x.appendAt(pos)
	if call == nil {
		return false, false
	}
	if _, _, ok := lenCap(call); ok {
		return false, true
	}
	o := origins(call, call.Call.Args[0])
	return o.onlyKept(), o.onlySized()
}

// appendAt returns the append whose parenthesis is at pos, or nil.
func (x *Index) appendAt(pos token.Pos) *ssa.Call {
	g := x.pass.Funcs.At(pos)
	if g == nil || x.witness == nil {
		return nil
	}
	f := x.witness.Of(g.Node)
	if f == nil {
		return nil
	}
	for i := range f.Allocs {
		if call, ok := f.Allocs[i].Instr.(*ssa.Call); ok && f.Allocs[i].Pos == pos {
			return call
		}
	}
	return nil
}

// comesBack reports whether control can come back to b without passing made.
func comesBack(b, made *ssa.BasicBlock) bool {
	if b == made {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{made: true}
	queue := []*ssa.BasicBlock{b}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, s := range queue[0].Succs {
			if s == b {
				return true
			}
			if !seen[s] {
				seen[s] = true
				queue = append(queue, s)
			}
		}
	}
	return false
}

// room is how many entries a map on the stack has room for, and how often a loop
// may turn and still be taken for short.
const room = 8

// short reports whether the loop around pos turns a few times only, by a constant.
func (x *Index) short(pos token.Pos) bool {
	var n ast.Expr
	switch loop := x.Seldom.Loop(pos).(type) {
	case *ast.ForStmt:
		n = sizes.Counted(loop)
	case *ast.RangeStmt:
		n = loop.X
		t := x.pass.TypesInfo.TypeOf(n)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if a, ok := t.Underlying().(*types.Array); ok {
			return a.Len() <= room
		}
		if lit, ok := ast.Unparen(n).(*ast.CompositeLit); ok {
			return len(lit.Elts) <= room
		}
	}
	if n == nil {
		return false
	}
	v := x.pass.TypesInfo.Types[n].Value
	return v != nil && v.Kind() == constant.Int && constant.Compare(v, token.LEQ, constant.MakeInt64(room))
}
