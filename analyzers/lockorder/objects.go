package lockorder

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// An object is a lock as one function reaches it: a value, and the fields that
// lead from there to the lock. Without a base it is not known which one it is.
type object struct {
	base ssa.Value
	path string // ".conns[t3].mu"
}

// maxFields is how long a path may be. What is further away is somebody's.
const maxFields = 8

// objectOf returns the object that a lock of a function is.
func objectOf(l sections.Lock) object { return settled(object{l.Owner, l.Path()}) }

// reached returns the object at path from a value.
func reached(v ssa.Value, path string) object {
	if v == nil {
		return object{}
	}
	base, to := sections.Reach(v)
	return settled(object{base, to + path})
}

// settled follows an object through what the function itself has made: a struct
// whose field was given a value, the result of a constructor of the package.
func settled(o object) object {
	for range maxFields {
		next, ok := o.through()
		if !ok {
			break
		}
		o = next
	}
	if strings.Count(o.path, ".") > maxFields {
		return object{}
	}
	return o
}

// through takes one step of settled.
func (o object) through() (object, bool) {
	field, rest, ok := firstField(o.path)
	if !ok {
		return o, false
	}
	switch b := o.base.(type) {
	case *ssa.Alloc:
		if v := fieldStore(b, field); v != nil {
			base, to := sections.Reach(v)
			return object{base, to + rest}, true
		}
	case *ssa.Call:
		fn := b.Call.StaticCallee()
		if fn == nil || len(fn.Blocks) == 0 {
			return o, false
		}
		made, ok := onlyResult(fn).(*ssa.Alloc)
		if !ok {
			return o, false
		}
		v := fieldStore(made, field)
		if v == nil {
			return o, false
		}
		base, to := sections.Reach(v)
		for i, p := range fn.Params {
			if p == base && i < len(b.Call.Args) {
				base, from := sections.Reach(b.Call.Args[i])
				return object{base, from + to + rest}, true
			}
		}
	}
	return o, false
}

// firstField cuts the first field off a path: "client", ".mu" of ".client.mu".
func firstField(path string) (field, rest string, ok bool) {
	path, ok = strings.CutPrefix(path, ".")
	if !ok {
		return "", "", false
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return "", "", false // the lock itself
	}
	return path[:end], path[end:], true
}

// fieldStore returns what the field of a struct that is made here is given, if
// that is one value.
func fieldStore(made *ssa.Alloc, field string) (val ssa.Value) {
	for _, ref := range *made.Referrers() {
		at, ok := ref.(*ssa.FieldAddr)
		if !ok || at.X != made || fieldName(at) != field {
			continue
		}
		for _, use := range *at.Referrers() {
			if s, ok := use.(*ssa.Store); ok && s.Addr == at {
				if val != nil {
					return nil
				}
				val = s.Val
			}
		}
	}
	return val
}

func fieldName(at *ssa.FieldAddr) string {
	if st, ok := structOf(at.X.Type()); ok {
		return st.Field(at.Field).Name()
	}
	return ""
}

func fieldVar(at *ssa.FieldAddr) *types.Var {
	if st, ok := structOf(at.X.Type()); ok {
		return st.Field(at.Field).Origin()
	}
	return nil
}

func structOf(t types.Type) (*types.Struct, bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// onlyResult returns the value that a function always returns as its first result,
// conversions to an interface undone, or nil.
func onlyResult(fn *ssa.Function) (val ssa.Value) {
	for _, blk := range fn.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok || blk == fn.Recover {
			continue
		}
		if len(ret.Results) == 0 || val != nil {
			return nil
		}
		val = ret.Results[0]
	}
	if m, ok := val.(*ssa.MakeInterface); ok {
		val = m.X
	}
	return val
}

// fixed reports whether an object is the same one each time that the function
// comes to it: no element of a collection, nothing that the function looks up.
func (o object) fixed() bool {
	if strings.Contains(o.path, "[") {
		return false
	}
	switch b := o.base.(type) {
	case *ssa.Parameter, *ssa.Global:
		return true
	case *ssa.FreeVar:
		return !reassigned(b)
	case *ssa.Alloc:
		_, variable := b.Type().(*types.Pointer).Elem().Underlying().(*types.Pointer)
		return !variable // it is given several pointers
	}
	return false
}

// reassigned reports whether a literal gives a variable that it has captured another
// value.
func reassigned(v *ssa.FreeVar) bool {
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		s, ok := ref.(*ssa.Store)
		return ok && s.Addr == v
	})
}

// replaced reports whether a function puts another object into a field on the way to
// the lock.
func (o object) replaced(fn *ssa.Function) bool {
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			s, ok := instr.(*ssa.Store)
			if !ok {
				continue
			}
			if _, ok := s.Addr.(*ssa.FieldAddr); !ok {
				continue
			}
			if base, path := sections.Reach(s.Addr); base == o.base && strings.HasPrefix(o.path, path+".") {
				return true
			}
		}
	}
	return false
}

// fresh reports whether the object has been made by the function, so that nobody
// else has it when it comes to an instruction.
func (o object) fresh(at ssa.Instruction) bool {
	made := false
	switch b := o.base.(type) {
	case *ssa.Alloc:
		made = b.Heap && !captured(b)
	case *ssa.Call:
		made = constructs(b.Call.StaticCallee(), 0)
	case *ssa.Extract:
		call, ok := b.Tuple.(*ssa.Call)
		made = ok && b.Index == 0 && constructs(call.Call.StaticCallee(), 0)
	}
	return made && !published(o.base, at)
}

// removed reports whether the element of a map that leads to the object has surely been
// deleted when an instruction is reached: who goes by the map does not come to it then.
func (o object) removed(at ssa.Instruction) bool {
	i := strings.LastIndexByte(o.path, '[')
	if i < 0 || o.base == nil {
		return false
	}
	for _, blk := range at.Parent().Blocks {
		for _, instr := range blk.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			b, ok := call.Call.Value.(*ssa.Builtin)
			if !ok || b.Name() != "delete" || !ssavalue.Precedes(call, at) {
				continue
			}
			base, path := sections.Reach(call.Call.Args[0])
			if base == o.base && path == o.path[:i] && strings.HasPrefix(o.path[i:], "["+keyName(call.Call.Args[1])+"]") {
				return true
			}
		}
	}
	return false
}

// keyName is how a path names the element of a map at a key.
func keyName(key ssa.Value) string {
	if e, ok := key.(*ssa.Extract); ok {
		if next, ok := e.Tuple.(*ssa.Next); ok {
			return next.Name()
		}
	}
	if c, ok := key.(*ssa.Const); ok && c.Value != nil {
		return c.Value.ExactString()
	}
	return key.Name()
}

// released reports whether the function has surely called Unlock by the time that it
// takes the lock: it gives back what its caller may hold, and takes it again.
func (o object) released(at ssa.Instruction) bool {
	if o.base == nil {
		return false
	}
	for _, blk := range at.Parent().Blocks {
		for _, instr := range blk.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !ssavalue.Precedes(call, at) {
				continue
			}
			fn := call.Call.StaticCallee()
			if fn == nil || fn.Name() != "Unlock" && fn.Name() != "RUnlock" || len(call.Call.Args) != 1 {
				continue
			}
			if reached(call.Call.Args[0], "") == o {
				return true
			}
		}
	}
	return false
}

// published reports whether a value has surely been stored where others find it when
// an instruction is reached.
func published(v ssa.Value, at ssa.Instruction) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Value != v {
				continue
			}
		case *ssa.Store:
			base, _ := sections.Reach(ref.Addr)
			if _, local := ref.Addr.(*ssa.Alloc); ref.Val != v || local || base == v {
				continue // in a variable, or in the object itself
			}
		case *ssa.Send, *ssa.Go:
		default:
			continue
		}
		if ssavalue.Precedes(ref, at) {
			return true
		}
	}
	return false
}

// constructs reports whether what a function of the package returns first is always
// something that it, or a constructor that it calls, has just made, and has shown to
// nobody.
func constructs(fn *ssa.Function, depth int) bool {
	if fn == nil || depth > maxMakers {
		return false
	}
	made := false
	for _, blk := range fn.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok || blk == fn.Recover || len(ret.Results) == 0 {
			continue
		}
		v := ret.Results[0]
		if m, ok := v.(*ssa.MakeInterface); ok {
			v = m.X
		}
		switch v := v.(type) {
		case *ssa.Const: // nil, with an error
		case *ssa.Alloc:
			if !v.Heap || published(v, ret) {
				return false
			}
			made = true
		case *ssa.Call:
			if !constructs(v.Call.StaticCallee(), depth+1) || published(v, ret) {
				return false
			}
			made = true
		default:
			return false
		}
	}
	return made
}

// maxMakers is how many constructors may lie between an object and who has it made.
const maxMakers = 3

// captured reports whether a variable is shared with a function literal.
func captured(a *ssa.Alloc) bool {
	for _, ref := range *a.Referrers() {
		if _, ok := ref.(*ssa.MakeClosure); ok {
			return true
		}
	}
	return false
}

// same reports whether two objects of one function are surely the same.
func (o object) same(p object) bool { return o.base != nil && o == p }

// A relation says how two objects come together.
type relation int

const (
	unrelated relation = iota
	aside              // both hang on a third
	within             // one hangs on the other
)

// relate tells how two locks of one function come together.
func relate(o, p object) relation {
	_, global := o.base.(*ssa.Global)
	_, too := p.base.(*ssa.Global)
	switch {
	case o.base == nil || p.base == nil:
		return unrelated
	case global || too:
		return within // there is one of it
	case o.base != p.base && (foundBy(o.base, p.base) || foundBy(p.base, o.base)):
		return within
	case o.base != p.base:
		return unrelated
	case hangs(p, o) || hangs(o, p):
		return within
	}
	return aside
}

// foundBy reports whether v is what a call returns that was given w: looked up in
// it, as a rule.
func foundBy(v, w ssa.Value) bool {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	for _, a := range call.Call.Args {
		if base, _ := sections.Reach(a); base == w {
			return true
		}
	}
	return false
}

// hangs reports whether p is reached from the struct that holds o.
func hangs(p, o object) bool {
	i := strings.LastIndexByte(o.path, '.')
	return i >= 0 && strings.HasPrefix(p.path, o.path[:i])
}
