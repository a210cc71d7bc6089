package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// itself finds operations that wait for what the same goroutine does afterwards: for
// a channel that its own defer closes, or for a goroutine that it has yet to start.
func (c *checker) itself() {
	c.ops(func(op *chanflow.Op) {
		switch op.Kind {
		case chanflow.Recv, chanflow.Range:
		case chanflow.Wait:
			if !c.counting(op) {
				return
			}
		case chanflow.Send:
			if !c.full(op) {
				return
			}
		default:
			return
		}
		if op.Mode != chanflow.Plain || !op.Blocks() {
			return
		}
		by, outside := c.flow.Wakers(op)
		if outside || len(by) == 0 {
			return
		}
		if c.allAfter(by, op) {
			c.reportItself(op, by[0], nil, rule.Likely)
			return
		}
		if start, sure := c.ownEnd(op, by); start != nil {
			tier := rule.Suspected
			if sure {
				tier = rule.Likely
			}
			c.reportItself(op, by[0], start, tier)
		}
	})
}

// counting reports whether something may have been added to the group that op waits for: if
// that comes after it as well, the wait is for those of an earlier call.
func (c *checker) counting(op *chanflow.Op) bool {
	return slices.ContainsFunc(op.Objs, func(o *chanflow.Object) bool {
		return slices.ContainsFunc(o.Ops, func(add *chanflow.Op) bool {
			return add.Kind == chanflow.Add && !c.after(add.Instr, add.Mode, op)
		})
	})
}

// allAfter reports whether each of those who would end the wait of op comes after
// it, in the same goroutine.
func (c *checker) allAfter(by []*chanflow.Op, op *chanflow.Op) bool {
	for _, w := range by {
		if !c.sameObject(w, op) || !c.after(w.Instr, w.Mode, op) {
			return false
		}
	}
	return true
}

// sameObject reports whether two operations are done to one object, not to two
// that are made at the same place.
func (c *checker) sameObject(w, op *chanflow.Op) bool {
	if len(op.Objs) != 1 {
		return false
	}
	o := op.Objs[0]
	if o.Kind == chanflow.Done || o.Kind == chanflow.Group {
		return true
	}
	if o.Site != nil && o.Site.Parent() != nil && !loops(o.Site.(ssa.Instruction)) && within(op.Fn, o.Site.Parent()) && within(w.Fn, o.Site.Parent()) {
		return true
	}
	f, g := field(w.Value), field(op.Value)
	return f != nil && f == g
}

// within reports whether fn is outer, or a literal in it.
func within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// field returns the field that v is read from, or nil.
func field(v ssa.Value) *types.Var {
	switch u := source(v).(type) {
	case *ssa.FieldAddr:
		if st, ok := deref(u.X.Type()).Underlying().(*types.Struct); ok {
			return st.Field(u.Field).Origin()
		}
	case *ssa.Field:
		if st, ok := u.X.Type().Underlying().(*types.Struct); ok {
			return st.Field(u.Field).Origin()
		}
	}
	return nil
}

// source is the field or variable that v is read from.
func source(v ssa.Value) ssa.Value {
	for {
		switch u := v.(type) {
		case *ssa.UnOp:
			v = u.X
		case *ssa.ChangeType:
			v = u.X
		default:
			return v
		}
	}
}

// full reports whether there is no room when op sends, for the same goroutine has
// filled it before.
func (c *checker) full(op *chanflow.Op) bool {
	for _, o := range op.Objs {
		room, known := c.capacity(o)
		if !known {
			return false
		}
		for _, other := range o.Ops {
			if other != op && other.Kind == chanflow.Send && other.Blocks() && c.after(op.Instr, op.Mode, other) {
				room--
			}
		}
		if room > 0 {
			return false
		}
	}
	return true
}

// after reports whether instr is reached only after op, by the goroutine that does op
// or by one that it starts then.
func (c *checker) after(instr ssa.Instruction, mode chanflow.Mode, op *chanflow.Op) bool {
	fn := instr.Parent()
	if fn == op.Fn {
		return follows(instr, mode, op)
	}
	if mode == chanflow.Passed || c.begins(fn) {
		return false
	}
	always, met := true, false
	c.flow.Up(instr, func(w *chanflow.Way) bool {
		if !always || !c.flow.Live(w.Fn) {
			return false
		}
		if w.Fn == op.Fn {
			met = true
			always = follows(w.Edge.Site, w.Edge.Mode, op)
			return false
		}
		always = w.Edge.Mode != chanflow.Passed && !c.begins(w.Fn)
		return always
	})
	return always && met
}

// begins reports whether fn may be called by what is out of sight, or by nothing.
func (c *checker) begins(fn *ssa.Function) bool { return c.flow.Foreign(fn) || len(c.flow.In(fn)) == 0 }

// follows reports whether instr comes after op in one function.
func follows(instr ssa.Instruction, mode chanflow.Mode, op *chanflow.Op) bool {
	return dominates(op.Instr, instr) || mode == chanflow.Defer && dominates(instr, op.Instr)
}

// ownEnd returns the go statement of a goroutine that waits for its own end: what
// would end the wait is deferred in the function that it starts with.
func (c *checker) ownEnd(op *chanflow.Op, by []*chanflow.Op) (*chanflow.Start, bool) {
	entry := by[0].Fn
	for _, w := range by {
		if w.Fn != entry || w.Mode != chanflow.Defer || !c.sameObject(w, op) {
			return nil, false
		}
	}
	starts, only := c.startsOf(entry)
	if !only || len(starts) == 0 || c.flow.Foreign(entry) {
		return nil, false
	}
	from, _ := c.startsAt(op.Instr)
	for i := range from {
		s := &from[i]
		if s.Callee != entry {
			continue
		}
		sure := true
		for _, e := range s.Path {
			if within(entry, e.Callee) {
				return nil, false // called again it waits for another one
			}
			sure = sure && e.Sure
		}
		return s, sure
	}
	return nil, false
}

func (c *checker) reportItself(op, w *chanflow.Op, start *chanflow.Start, tier rule.Tier) {
	c.report(leak{
		at:    op.Instr,
		pos:   op.Pos(),
		what:  c.does(op),
		wait:  wait(op),
		why:   "only what the same goroutine does, or starts, after that would end the wait",
		cause: "waits for itself",
		tier:  tier,
		start: start,
		chain: []rule.Step{step(w.Pos(), "would end the wait, but comes after it")},
		mend:  "let another goroutine end the wait, or do not wait here",
	})
}
