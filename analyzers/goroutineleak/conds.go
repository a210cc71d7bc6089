package goroutineleak

import (
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// conds finds waits for a condition that is not looked at: before the wait, so
// that a signal that has been given already is missed, or after it, so that the
// wait is repeated for ever.
func (c *checker) conds() {
	c.ops(func(op *chanflow.Op) {
		if op.Kind != chanflow.Sleep || op.Mode != chanflow.Plain {
			return
		}
		w := chanflow.Walk{}
		switch {
		case loops(op.Instr) && w.Return(op.Instr) == nil && !c.changes(op):
			c.report(leak{
				at:    op.Instr,
				pos:   op.Pos(),
				what:  c.does(op),
				wait:  wait(op),
				why:   "nothing changes what the loop around it asks",
				cause: "condition that never changes",
				tier:  rule.Likely,
				mend:  "ask in the loop for what the one who signals has changed",
			})
		case !conditional(op):
			c.report(leak{
				at:    op.Instr,
				pos:   op.Pos(),
				what:  c.does(op),
				wait:  wait(op),
				why:   "it does not look first whether that has come true: a signal that was given before is lost",
				cause: "signal before the wait",
				tier:  rule.Suspected,
				mend:  "wait in a loop that asks for the condition, with the lock held",
			})
		}
	})
}

// changes reports whether the loop around a wait does anything that could end it:
// a worker that waits in turns has no end either, but it works.
func (c *checker) changes(op *chanflow.Op) bool {
	for _, l := range chanflow.Around(op.Instr.Block()) {
		for blk := range l.Blocks {
			for _, instr := range blk.Instrs {
				switch v := instr.(type) {
				case *ssa.Store, *ssa.MapUpdate, *ssa.Send, *ssa.Select, *ssa.Go:
					return true
				case ssa.CallInstruction:
					if v != op.Instr && !idle(v) {
						return true
					}
				}
			}
		}
		return false
	}
	return true
}

// idle reports whether a call does nothing but let others run.
func idle(c ssa.CallInstruction) bool {
	fn := c.Common().StaticCallee()
	return fn != nil && fn.RelString(nil) == "runtime.Gosched"
}

// conditional reports whether something is asked before a wait, or the wait is repeated.
func conditional(op *chanflow.Op) bool {
	if loops(op.Instr) {
		return true
	}
	for blk := op.Instr.Block(); blk != nil; blk = blk.Idom() {
		d := blk.Idom()
		if d != nil && len(d.Instrs) > 0 {
			if _, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If); ok {
				return true
			}
		}
	}
	return false
}
