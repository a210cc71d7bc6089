package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
)

// excluded reports whether the edge is only taken if a condition has the other
// outcome than it had where site was reached: if started { <-done }.
func excluded(site ssa.Instruction, from, to *ssa.BasicBlock) bool {
	cond, outcome, ok := chanflow.Decision(from, to)
	if !ok {
		return false
	}
	at := site.Block()
	for d := at.Idom(); d != nil; d = d.Idom() {
		for _, next := range d.Succs {
			c, o, ok := chanflow.Decision(d, next)
			if !ok || !next.Dominates(at) || len(next.Preds) != 1 || !equal(c, cond, 4) {
				continue
			}
			again := chanflow.Walk{}.Reaches(site, d.Instrs[len(d.Instrs)-1]) // it is asked anew
			return o != outcome && !again
		}
	}
	return false
}

// measured reports whether op comes after a look at how many values are in its
// channel: then it does not wait, as long as it is not alone in what it does.
func (c *checker) measured(op *chanflow.Op) bool {
	if op.Kind != chanflow.Send && op.Kind != chanflow.Recv {
		return false
	}
	for blk := op.Instr.Block(); blk != nil; blk = blk.Idom() {
		d := blk.Idom()
		if d == nil || len(d.Instrs) == 0 {
			continue
		}
		if branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If); ok && c.asksLength(branch.Cond, op) {
			return true
		}
	}
	return false
}

// asksLength reports whether a comparison is about the number of values in the
// channel of op.
func (c *checker) asksLength(cond ssa.Value, op *chanflow.Op) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	for _, v := range []ssa.Value{cmp.X, cmp.Y} {
		call, ok := v.(*ssa.Call)
		if !ok {
			continue
		}
		blt, ok := call.Call.Value.(*ssa.Builtin)
		if !ok || blt.Name() != "len" || !isChan(call.Call.Args[0].Type()) {
			continue
		}
		objs, _ := c.flow.May(call.Call.Args[0], chanflow.Chan)
		if slices.ContainsFunc(objs, func(o *chanflow.Object) bool { return has(op.Objs, o) }) {
			return true
		}
	}
	return false
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// equal reports whether two values are computed in the same way from the same.
func equal(a, b ssa.Value, depth int) bool {
	if a == b {
		return true
	}
	if depth == 0 {
		return false
	}
	switch a := a.(type) {
	case *ssa.Const:
		b, ok := b.(*ssa.Const)
		return ok && a.RelString(nil) == b.RelString(nil)
	case *ssa.UnOp:
		b, ok := b.(*ssa.UnOp)
		return ok && a.Op == b.Op && a.Op != token.ARROW && equal(a.X, b.X, depth-1)
	case *ssa.BinOp:
		b, ok := b.(*ssa.BinOp)
		same := ok && (a.Op == b.Op || (a.Op == token.EQL || a.Op == token.NEQ) && (b.Op == token.EQL || b.Op == token.NEQ))
		return same && equal(a.X, b.X, depth-1) && equal(a.Y, b.Y, depth-1)
	case *ssa.FieldAddr:
		b, ok := b.(*ssa.FieldAddr)
		return ok && a.Field == b.Field && equal(a.X, b.X, depth-1)
	case *ssa.Call:
		b, ok := b.(*ssa.Call)
		blt, isBuiltin := a.Call.Value.(*ssa.Builtin)
		return ok && isBuiltin && blt.Name() == "len" && equal(a.Call.Value, b.Call.Value, 1) && equal(a.Call.Args[0], b.Call.Args[0], depth-1)
	}
	return false
}

// onOwn reports whether none of the conditions that lead to ret depends on what r
// has received.
func onOwn(r *chanflow.Op, ret *ssa.Return) bool {
	for blk := ret.Block(); blk != nil && blk != r.Instr.Block(); blk = blk.Idom() {
		d := blk.Idom()
		if d == nil || len(d.Instrs) == 0 {
			continue
		}
		branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if ok && depends(branch.Cond, r.Instr, make(map[ssa.Value]bool)) {
			if _, isRecv := r.Instr.(*ssa.UnOp); isRecv && chanflow.Closes(r, branch) {
				continue // whether there is one
			}
			return false
		}
	}
	return true
}

// depends reports whether v is computed from what instr has received.
func depends(v ssa.Value, instr ssa.Instruction, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	in, ok := v.(ssa.Instruction)
	if !ok {
		return false
	}
	if in == instr {
		return true
	}
	if a, ok := v.(*ssa.Alloc); ok {
		for _, ref := range *a.Referrers() {
			if s, ok := ref.(*ssa.Store); ok && s.Addr == a && depends(s.Val, instr, seen) {
				return true
			}
		}
		return false
	}
	for _, op := range in.Operands(nil) {
		if *op != nil && depends(*op, instr, seen) {
			return true
		}
	}
	return false
}
