package lockorder

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// after reports whether an order is taken only once the other one has been: it asks
// for a flag which nothing but what the other one does under its second lock sets, once,
// and which nothing takes back.
func (f *finder) after(o, other order) bool {
	return slices.ContainsFunc(flags(o.call.Block(), true), func(flag *types.Var) bool { return f.setOnlyBy(flag, other) })
}

// flags returns the fields that have to be true, or false, for a block to be reached.
func flags(blk *ssa.BasicBlock, is bool) (fields []*types.Var) {
	for d := blk.Idom(); d != nil; d = d.Idom() {
		cond, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		v, yes := cond.Cond, is
		if not, ok := v.(*ssa.UnOp); ok && not.Op == token.NOT {
			v, yes = not.X, !is
		}
		load, ok := v.(*ssa.UnOp)
		if !ok || load.Op != token.MUL {
			continue
		}
		succ := d.Succs[1]
		if yes {
			succ = d.Succs[0]
		}
		if at, ok := load.X.(*ssa.FieldAddr); ok && len(succ.Preds) == 1 && (succ == blk || succ.Dominates(blk)) {
			fields = append(fields, fieldVar(at))
		}
	}
	return fields
}

// setOnlyBy reports whether every write of a flag sets it, where it is not set yet, in a
// function that an order calls and that takes its second lock.
func (f *finder) setOnlyBy(flag *types.Var, o order) bool {
	set := false
	for _, fn := range f.fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				s, ok := instr.(*ssa.Store)
				if !ok {
					continue
				}
				if at, ok := s.Addr.(*ssa.FieldAddr); !ok || fieldVar(at) != flag {
					continue
				}
				c, ok := s.Val.(*ssa.Const)
				if !ok || c.Value == nil || !constant.BoolVal(c.Value) || !slices.Contains(flags(blk, false), flag) || !f.isSecond(fn, o) {
					return false
				}
				set = true
			}
		}
	}
	return set
}

// isSecond reports whether fn is where an order takes its second lock.
func (f *finder) isSecond(fn *ssa.Function, o order) bool {
	called := slices.ContainsFunc(f.targets[o.call], func(t target) bool { return t.fn == fn })
	return called && slices.ContainsFunc(f.callsOf[fn], func(call ssa.CallInstruction) bool {
		as := f.sections.Acquires(call)
		return len(as) == 1 && as[0].Lock.Var == o.then.lock
	})
}

// lastReference reports whether a block is reached only if a counter that was just lowered by
// one atomically has come to zero.
func lastReference(blk *ssa.BasicBlock) bool {
	for d := blk.Idom(); d != nil; d = d.Idom() {
		cond, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		cmp, ok := cond.Cond.(*ssa.BinOp)
		succ := d.Succs[0]
		if !ok || cmp.Op != token.EQL || len(succ.Preds) != 1 || succ != blk && !succ.Dominates(blk) {
			continue
		}
		if c, ok := cmp.Y.(*ssa.Const); ok && isInt(c, 0) && lowers(cmp.X) {
			return true
		}
	}
	return false
}

// lowers reports whether v is what an Add of -1 returns: that of sync/atomic, or of a type
// that wraps it.
func lowers(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := call.Call.StaticCallee()
	if fn == nil || len(call.Call.Args) == 0 || !strings.HasPrefix(fn.Name(), "Add") {
		return false
	}
	c, ok := call.Call.Args[len(call.Call.Args)-1].(*ssa.Const)
	return ok && isInt(c, -1)
}

func isInt(c *ssa.Const, n int64) bool {
	return c.Value != nil && c.Value.Kind() == constant.Int && c.Int64() == n
}
