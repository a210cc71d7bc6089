package sections

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A cond is the lock of a condition variable in a field, if it is always the same
// field of the same struct.
type cond struct {
	path   string // from the struct that holds the condition variable
	lock   *types.Var
	name   string
	shared bool
}

// conds returns the locks that the condition variables in fields are made with.
// One that is given several has none.
func conds(fns []*ssa.Function) map[*types.Var]cond {
	found := make(map[*types.Var]cond)
	for _, fn := range fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				if s, ok := instr.(*ssa.Store); ok {
					if v, c := condOf(s); v != nil {
						if old, seen := found[v]; seen && old != c {
							c = cond{}
						}
						found[v] = c
					}
				}
			}
		}
	}
	return found
}

// condOf returns the field whose condition variable a store gives a lock, and that
// lock.
func condOf(s *ssa.Store) (*types.Var, cond) {
	at, ok := s.Addr.(*ssa.FieldAddr)
	if !ok {
		return nil, cond{}
	}
	var lock ssa.Value
	holder := ssa.Value(at)
	if call, ok := s.Val.(*ssa.Call); ok && isNewCond(&call.Call) {
		lock = call.Call.Args[0]
	} else if isCond(at.X.Type()) && fieldOf(at.X.Type(), at.Field).Name() == "L" {
		lock, holder = s.Val, at.X
	} else {
		return nil, cond{}
	}
	v, _ := nameOf(holder)
	if v == nil {
		return nil, cond{}
	}
	lock, shared := reader(lock)
	of, to := keyOf(holder), keyOf(lock)
	prefix, ok := strings.CutSuffix(of.path, "."+v.Name())
	path, inside := strings.CutPrefix(to.path, prefix)
	if !ok || !inside || of.base != to.base {
		return v, cond{}
	}
	c := cond{path: path, shared: shared}
	c.lock, c.name = nameOf(lock)
	if m, ok := lock.(*ssa.MakeInterface); ok && !isBare(m.X.Type()) {
		if i := embeddedLock(m.X.Type()); i >= 0 { // the struct itself is a lock
			c.lock, c.name = nameField(m.X, i)
			c.path += "." + c.lock.Name()
		}
	}
	return v, c
}

func isNewCond(c *ssa.CallCommon) bool {
	fn := c.StaticCallee()
	return fn != nil && fn.Pkg != nil && fn.Pkg.Pkg.Path() == "sync" && fn.Name() == "NewCond"
}

func isCond(t types.Type) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "sync" && n.Obj().Name() == "Cond"
}

// embeddedLock returns the number of the field that makes the struct that t is, or
// points to, a lock, or -1.
func embeddedLock(t types.Type) int {
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return -1
	}
	for i := range st.NumFields() {
		if f := st.Field(i); f.Embedded() && isBare(f.Type()) {
			return i
		}
	}
	return -1
}
