package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// left finds operations on a channel whose other end is a goroutine that can
// leave: it waits for a done channel or a context as well, this one does not.
func (c *checker) left() {
	c.ops(func(op *chanflow.Op) {
		switch op.Kind {
		case chanflow.Send, chanflow.Recv:
		default:
			return
		}
		if op.Mode != chanflow.Plain || !op.Blocks() {
			return
		}
		by, outside := c.flow.Wakers(op)
		if outside || len(by) == 0 {
			c.forgotten(op)
			return
		}
		if c.hasRoom(op) {
			if slices.ContainsFunc(by, func(w *chanflow.Op) bool { return c.leaves(w, op) != nil }) {
				c.forgotten(op)
			}
			return
		}
		var way *ssa.Return
		locks := c.held(op.Instr)
		var under *holding
		if c.takesBack(op, by) {
			return
		}
		for _, w := range by {
			leaves := c.leaves(w, op)
			if leaves == nil {
				return
			}
			way = leaves
			for i := range locks {
				if c.onLeaving(w, locks[i]) {
					under = &locks[i]
				}
			}
		}
		if under == nil && !c.started(op) {
			return
		}
		tier, chain := rule.Suspected, []rule.Step{step(returnAt(way), "returns here")}
		if under != nil || c.guarded(op) {
			tier = rule.Likely
		}
		if under != nil {
			chain = append(chain, step(under.take.Take.Pos(), "it cannot leave while this lock is held: it needs "+under.take.Lock.Name+" for that"))
		}
		c.report(leak{
			at:    op.Instr,
			pos:   op.Pos(),
			what:  c.does(op),
			wait:  wait(op),
			why:   "the other end can leave without waiting for it",
			cause: "other end leaves",
			tier:  tier,
			sure:  under != nil,
			chain: chain,
			mend:  "select on what makes the other end leave, too",
		})
	})
}

// forgotten reports op if the same function does the same with a way out elsewhere:
// others know of an end that is out of sight here. Room is no answer to a send that
// comes round: the other one would need no way out then.
func (c *checker) forgotten(op *chanflow.Op) {
	if op.Kind != chanflow.Send || !c.guarded(op) || c.replaces(op) {
		return
	}
	again := len(chanflow.Around(op.Instr.Block())) > 0
	for _, o := range op.Objs {
		room, known := c.capacity(o)
		switch roomy := !known || room > 0; {
		case roomy && !again, !roomy && c.judged[o]:
			return
		}
	}
	c.report(leak{
		at:    op.Instr,
		pos:   op.Pos(),
		what:  c.does(op),
		wait:  wait(op),
		why:   "it has no way out, as the same send has elsewhere in this function",
		cause: "way out forgotten",
		tier:  rule.Suspected,
		here:  true,
		mend:  "select on the same done channel or context here",
	})
}

// replaces reports whether op sends to a channel with room in the place of what the same
// goroutine has just taken out of it, where that was one of the cases of a select.
func (c *checker) replaces(op *chanflow.Op) bool {
	room := func(o *chanflow.Object) bool { n, known := c.capacity(o); return !known || n > 0 }
	return slices.ContainsFunc(op.Objs, room) && slices.ContainsFunc(c.flow.Of(op.Fn), func(w *chanflow.Op) bool {
		return w.Kind == chanflow.Recv && w.Select != nil && equal(source(w.Value), source(op.Value), 4) && inCase(w, op.Instr.Block())
	})
}

// inCase reports whether a block is reached only where the case of w was chosen.
func inCase(w *chanflow.Op, blk *ssa.BasicBlock) bool {
	for to := blk; to != nil; to = to.Idom() {
		if len(to.Preds) != 1 {
			continue
		}
		if sel, i := chanflow.Chosen(to.Preds[0], to); sel != nil && sel == w.Select {
			return i == w.Arm
		}
	}
	return false
}

// hasRoom reports whether op sends to a channel that may have room for it, or to one
// that is local to a function and was judged with that.
func (c *checker) hasRoom(op *chanflow.Op) bool {
	for _, o := range op.Objs {
		if room, known := c.capacity(o); op.Kind == chanflow.Send && (!known || room > 0) {
			return true
		}
	}
	for _, o := range op.Objs {
		if !c.judged[o] {
			return false
		}
	}
	return true
}

// started reports whether a go statement in sight leads to op.
func (c *checker) started(op *chanflow.Op) bool {
	starts, _ := c.startsOf(op.Fn)
	return len(starts) > 0
}

// leaves returns where the function of w can return without having done w, or nil.
func (c *checker) leaves(w, op *chanflow.Op) *ssa.Return {
	if w.Kind == chanflow.Range {
		walk := chanflow.Walk{Cut: func(from, to *ssa.BasicBlock) bool { return chanflow.Closed(w, from, to) }}
		if ret := walk.Return(w.Instr); ret != nil && onOwn(w, ret) {
			return ret
		}
		return nil
	}
	if w.Select == nil || !w.Select.Blocking {
		return nil
	}
	walk := chanflow.Walk{
		Stop: func(in ssa.Instruction) bool { return c.answers(in, op) },
		Cut: func(from, to *ssa.BasicBlock) bool {
			sel, i := chanflow.Chosen(from, to)
			return sel != nil && sel == w.Select && (i == w.Arm || c.instead(w, i, op))
		},
	}
	return walk.Return(w.Select)
}

// instead reports whether the other case of the select of w is only made ready by the
// function of op, where it does not come to op then: a result, or else an error.
func (c *checker) instead(w *chanflow.Op, arm int, op *chanflow.Op) bool {
	for _, other := range c.flow.Of(w.Fn) {
		if other.Select != w.Select || other.Arm != arm {
			continue
		}
		by, outside := c.flow.Wakers(other)
		return !outside && len(by) > 0 && !slices.ContainsFunc(by, func(b *chanflow.Op) bool { return !excludes(b.Instr, op.Instr) })
	}
	return false
}

// onLeaving reports whether the function of w takes a lock on its way out.
func (c *checker) onLeaving(w *chanflow.Op, h holding) bool {
	walk := chanflow.Walk{Cut: func(from, to *ssa.BasicBlock) bool {
		sel, i := chanflow.Chosen(from, to)
		return sel != nil && sel == w.Select && i == w.Arm || to == w.Instr.Block()
	}}
	for _, a := range c.acquisitions(w.Fn, h) {
		if !a.unsure && walk.Reaches(w.Instr, a.at) && (chanflow.Walk{}).Return(a.at) != nil {
			return true
		}
	}
	return false
}

// answers reports whether instr is an operation, not a case among others, that
// would end the wait of op.
func (c *checker) answers(instr ssa.Instruction, op *chanflow.Op) bool {
	by, _ := c.flow.Wakers(op)
	for _, w := range by {
		if w.Instr == instr && (w.Select == nil || w.Blocks()) {
			return true
		}
	}
	return false
}

// guarded reports whether the same function elsewhere does the same with a way out:
// here it was forgotten.
func (c *checker) guarded(op *chanflow.Op) bool {
	for _, other := range c.flow.Of(op.Fn) {
		if other.Kind == op.Kind && other.Select != nil && other.Select.Blocking && len(other.Select.States) > 1 && equal(source(other.Value), source(op.Value), 4) {
			return true
		}
	}
	return false
}
