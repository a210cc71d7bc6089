package goroutineleak

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
)

// excluded reports whether the edge is only taken if a condition has the other
// outcome than it had where site was reached: if started { <-done }.
func excluded(site ssa.Instruction, from, to *ssa.BasicBlock) bool {
	cond, outcome, ok := decision(from, to)
	if !ok {
		return false
	}
	at := site.Block()
	for d := at.Idom(); d != nil; d = d.Idom() {
		for _, next := range d.Succs {
			c, o, ok := decision(d, next)
			if !ok || !next.Dominates(at) || len(next.Preds) != 1 || !equal(c, cond, 4) {
				continue
			}
			again := chanflow.Walk{}.Reaches(site, d.Instrs[len(d.Instrs)-1]) // it is asked anew
			return o != outcome && !again
		}
	}
	return false
}

// decision returns the condition that decides for an edge, and its outcome.
func decision(from, to *ssa.BasicBlock) (ssa.Value, bool, bool) {
	if len(from.Instrs) == 0 {
		return nil, false, false
	}
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return nil, false, false
	}
	cond, outcome := branch.Cond, to == from.Succs[0]
	for {
		switch c := cond.(type) {
		case *ssa.UnOp:
			if c.Op == token.NOT {
				cond, outcome = c.X, !outcome
				continue
			}
		case *ssa.BinOp:
			if c.Op == token.NEQ {
				return c, !outcome, true
			}
		}
		return cond, outcome, true
	}
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
