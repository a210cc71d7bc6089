package effects

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// live returns the blocks of f that can be reached, in their order: those
// behind a condition that is false in every build like this one or for its
// arguments, or that asks whether what is never set is set, are left out.
func (x *inference) live(f *function) []*ssa.BasicBlock {
	fn := f.ssa
	if len(fn.Blocks) == 0 {
		return nil
	}
	reached := make([]bool, len(fn.Blocks))
	var visit func(b *ssa.BasicBlock)
	visit = func(b *ssa.BasicBlock) {
		if reached[b.Index] {
			return
		}
		reached[b.Index] = true
		succs := b.Succs
		if cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			if v, known := x.truth(f, cond.Cond, 0); known && v {
				succs = succs[:1]
			} else if known {
				succs = succs[1:]
			}
		}
		for _, s := range succs {
			visit(s)
		}
	}
	visit(fn.Blocks[0])
	if fn.Recover != nil {
		visit(fn.Recover)
	}
	var blocks []*ssa.BasicBlock
	for _, b := range fn.Blocks {
		if reached[b.Index] {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// truth returns the value of a condition, if it is always the same.
func (x *inference) truth(f *function, cond ssa.Value, depth int) (value, known bool) {
	if depth > 4 {
		return false, false
	}
	if c := f.constant(cond); c != nil && c.Value != nil && c.Value.Kind() == constant.Bool {
		return constant.BoolVal(c.Value), true
	}
	switch v := cond.(type) {
	case *ssa.UnOp:
		switch v.Op {
		case token.NOT:
			value, known = x.truth(f, v.X, depth+1)
			return !value, known
		case token.MUL:
			return x.flag(v.X)
		}
	case *ssa.BinOp:
		if value, known = f.compare(v.Op, v.X, v.Y); known {
			return value, true
		}
		if v.Op != token.EQL && v.Op != token.NEQ {
			break
		}
		if isNil(v.Y) && x.alwaysNil(v.X) || isNil(v.X) && x.alwaysNil(v.Y) {
			return v.Op == token.EQL, true
		}
	}
	return false, false
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}

// flag returns the value of a boolean variable of the package that is never set
// to anything else.
func (x *inference) flag(addr ssa.Value) (value, known bool) {
	g, ok := addr.(*ssa.Global)
	if !ok || !isBool(g.Type()) {
		return false, false
	}
	if g.Name() == "_Cgo_always_false" { // says the compiler what escapes
		return false, true
	}
	s := x.index.globals[g]
	if s == nil || s.open {
		return false, false
	}
	for _, v := range s.values {
		c, ok := v.(*ssa.Const)
		if !ok || c.Value == nil || constant.BoolVal(c.Value) {
			return false, false
		}
	}
	return false, true
}

func isBool(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	b, ok := p.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Bool
}

// alwaysNil reports whether v can be nothing but nil: a hook for tests that this
// build does not set.
func (x *inference) alwaysNil(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.ChangeType:
		return x.alwaysNil(v.X)
	case *ssa.UnOp:
		if v.Op != token.MUL {
			return false
		}
		var s *stores
		switch addr := v.X.(type) {
		case *ssa.Global:
			s = x.index.globals[addr]
		case *ssa.FieldAddr:
			if f, _ := fieldOf(addr.X.Type(), addr.Field); f != nil {
				s = x.index.fields[f]
			}
		}
		if s == nil || s.open {
			return false
		}
		for _, stored := range s.values {
			if !isNil(stored) {
				return false
			}
		}
		return true
	}
	return false
}
