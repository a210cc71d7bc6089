package falseshare

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// An access is an atomic operation, the taking of a lock, or an assignment.
type access struct {
	instr  ssa.Instruction
	at     ssa.Value // the address
	writes bool
	atomic bool
	does   string // "Add"
}

// accessOf returns what an instruction does to shared memory, if it is an atomic
// operation, takes a lock, or assigns to an element.
func accessOf(instr ssa.Instruction) (a access, ok bool) {
	switch instr := instr.(type) {
	case *ssa.Call:
		fn := instr.Call.StaticCallee()
		if fn == nil || fn.Object() == nil || fn.Object().Pkg() == nil || len(instr.Call.Args) == 0 {
			return a, false
		}
		a = access{instr: instr, at: instr.Call.Args[0], does: fn.Name(), atomic: true}
		switch path := fn.Object().Pkg().Path(); {
		case path == "sync/atomic":
			a.writes = atomicWrite.MatchString(fn.Name())
			return a, a.writes || atomicRead.MatchString(fn.Name())
		case path == "sync" && (fn.Name() == "Lock" || fn.Name() == "RLock"):
			a.writes = true
			return a, true
		}
	case *ssa.Store:
		if _, ok := instr.Addr.(*ssa.Alloc); !ok {
			return access{instr: instr, at: instr.Addr, writes: true, does: "assignment"}, true
		}
	}
	return a, false
}

var (
	atomicWrite = pattern.New(`^(Add|And|Or|Swap|Store|CompareAndSwap)`)
	atomicRead  = pattern.New(`^Load`)
)

// A container is the variable that holds an array or a slice.
type container struct {
	obj  types.Object // a field or a package variable, or
	pos  token.Pos    // where a local one is made
	name string
}

// containerOf follows an array or a slice to the variable that holds it. It is
// shared if fn did not make it itself.
func (f *finder) containerOf(v ssa.Value, fn *ssa.Function) (c container, ok bool) {
	name := "the slice"
	for range 16 {
		switch u := v.(type) {
		case *ssa.FieldAddr:
			fld := fieldOf(u.X.Type(), u.Field)
			if !f.common(u.X, fn) {
				return c, false
			}
			return container{obj: fld, pos: fld.Pos(), name: fld.Name()}, true
		case *ssa.Global:
			return container{obj: u.Object(), pos: u.Pos(), name: u.Name()}, u.Object() != nil
		case *ssa.MakeSlice:
			return container{pos: u.Pos(), name: name}, u.Parent() != fn
		case *ssa.UnOp:
			if u.Op != token.MUL {
				return c, false
			}
			v = u.X
		case *ssa.Slice:
			v = u.X
		case *ssa.Alloc:
			if _, array := u.Type().(*types.Pointer).Elem().Underlying().(*types.Array); array {
				return container{pos: u.Pos(), name: u.Comment}, u.Parent() != fn
			}
			name = u.Comment
			if v = ssavalue.OnlyStore(u); v == nil {
				return c, false
			}
		case *ssa.FreeVar:
			name = u.Name()
			if v = f.bound(u); v == nil {
				return c, false
			}
		case *ssa.Parameter:
			if v = f.passed(u); v == nil {
				return c, false
			}
		default:
			return c, false
		}
	}
	return c, false
}

// common reports whether the goroutines that run fn have one struct, and not each its
// own.
func (f *finder) common(holder ssa.Value, fn *ssa.Function) bool {
	if len(f.starts[fn]) == 0 {
		return true
	}
	base, path := sections.Reach(holder)
	var from ssa.Value
	switch b := base.(type) {
	case *ssa.Parameter:
		from = f.passed(b)
	case *ssa.FreeVar:
		from = f.bound(b)
	default:
		return true
	}
	if from == nil || strings.Contains(path, "[") {
		return false
	}
	base, path = sections.Reach(from)
	made, ok := base.(ssa.Instruction)
	return !strings.Contains(path, "[") && !(ok && ssavalue.InLoop(made.Block()))
}

// bound returns what a literal captured, if it is made in one place.
func (f *finder) bound(v *ssa.FreeVar) ssa.Value {
	lit := v.Parent()
	if len(f.made[lit]) != 1 {
		return nil
	}
	for i, w := range lit.FreeVars {
		if w == v {
			return f.made[lit][0].Bindings[i]
		}
	}
	return nil
}

// passed returns what a goroutine's function is started with as a parameter, if it
// is started in one place.
func (f *finder) passed(p *ssa.Parameter) ssa.Value {
	fn := p.Parent()
	if len(f.starts[fn]) != 1 {
		return nil
	}
	for i, q := range fn.Params {
		if p == q && i < len(f.starts[fn][0].args) {
			return f.starts[fn][0].args[i]
		}
	}
	return nil
}

func fieldOf(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if st, ok := t.Underlying().(*types.Struct); ok {
		return st.Field(i).Origin()
	}
	return types.NewField(token.NoPos, nil, "", t, false)
}
