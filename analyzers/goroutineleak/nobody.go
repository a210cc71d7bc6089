package goroutineleak

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// nobody finds operations that nobody can answer: the channel, wait group or
// condition is in sight as a whole, and the other half of it is missing.
func (c *checker) nobody() {
	c.ops(func(op *chanflow.Op) {
		switch op.Kind {
		case chanflow.Send, chanflow.Recv, chanflow.Wait, chanflow.Sleep:
		case chanflow.Range:
			c.unclosed(op)
			return
		default:
			return
		}
		if op.Mode == chanflow.Go || c.fills(op) || !c.mute(op) {
			return
		}
		c.report(leak{
			at:    op.Instr,
			pos:   op.Pos(),
			what:  c.does(op),
			wait:  wait(op),
			why:   missing(op),
			cause: "nobody answers",
			tier:  c.sure(op),
			chain: c.made(op),
			mend:  "give it a way out: a select with a done channel or a context beside it, or what it waits for",
		})
	})
}

// fills reports whether op sends as many values as the channel is made with room for: places
// that are taken out one by one elsewhere, or not at all.
func (c *checker) fills(op *chanflow.Op) bool {
	if op.Kind != chanflow.Send || len(op.Objs) != 1 {
		return false
	}
	m, ok := op.Objs[0].Site.(*ssa.MakeChan)
	if !ok || m.Parent() != op.Fn {
		return false
	}
	around := chanflow.Around(op.Instr.Block())
	return len(around) == 1 && slices.ContainsFunc(around[0].Limits(), func(n ssa.Value) bool { return equal(unconverted(n), unconverted(m.Size), 4) })
}

func unconverted(v ssa.Value) ssa.Value {
	for {
		conv, ok := v.(*ssa.Convert)
		if !ok {
			return v
		}
		v = conv.X
	}
}

// mute reports whether op, and every other case of its select, waits for what
// nobody does.
func (c *checker) mute(op *chanflow.Op) bool {
	if op.Select != nil {
		if !op.Select.Blocking || op.Arm != 0 {
			return false
		}
		for _, other := range c.flow.Of(op.Fn) {
			if other.Instr == op.Instr && !c.unanswered(other) {
				return false
			}
		}
		return true
	}
	return c.unanswered(op)
}

// unanswered reports whether nobody does what op waits for.
func (c *checker) unanswered(op *chanflow.Op) bool {
	by, outside := c.flow.Wakers(op)
	if outside || len(by) > 0 {
		return false
	}
	return op.Kind != chanflow.Wait || c.added(op)
}

// added reports whether something is added to the wait group that op waits for.
func (c *checker) added(op *chanflow.Op) bool {
	for _, o := range op.Objs {
		for _, other := range o.Ops {
			if other.Kind == chanflow.Add {
				return true
			}
		}
	}
	return false
}

// missing says what is missing.
func missing(op *chanflow.Op) string {
	switch op.Kind {
	case chanflow.Send:
		return "nothing receives from it"
	case chanflow.Wait:
		return "nothing calls Done on it"
	case chanflow.Sleep:
		return "nothing calls Signal or Broadcast on it"
	}
	for _, o := range op.Objs {
		if o.Kind == chanflow.Done {
			return "nothing cancels that"
		}
	}
	return "nothing sends to it or closes it"
}

// sure is the tier of an operation that nobody answers: a send into a buffer
// does not wait before it is full.
func (c *checker) sure(op *chanflow.Op) rule.Tier {
	if meant(op) {
		return rule.Suspected
	}
	if op.Kind != chanflow.Send {
		return rule.Likely
	}
	for _, o := range op.Objs {
		if n, ok := c.capacity(o); !ok || n > 0 {
			return rule.Suspected
		}
	}
	return rule.Likely
}

// meant reports whether op receives from a channel that the same function makes for
// nothing else: it is to wait for ever.
func meant(op *chanflow.Op) bool {
	m, ok := op.Value.(*ssa.MakeChan)
	if !ok || op.Kind != chanflow.Recv {
		return false
	}
	for _, ref := range *m.Referrers() {
		if _, debug := ref.(*ssa.DebugRef); !debug && ref != op.Instr {
			return false
		}
	}
	return true
}

// capacity returns the room that a channel is made with, if it is known: a constant,
// or a parameter that is always given one.
func (c *checker) capacity(o *chanflow.Object) (int64, bool) {
	m, ok := o.Site.(*ssa.MakeChan)
	if !ok {
		return 0, false
	}
	return c.constant(m.Size, 0)
}

func (c *checker) constant(v ssa.Value, depth int) (int64, bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return v.Int64(), v.Value != nil
	case *ssa.Convert:
		return c.constant(v.X, depth)
	case *ssa.Parameter:
		return c.argument(v, depth)
	}
	return 0, false
}

// maxDepth bounds how many calls a constant is followed through.
const maxDepth = 3

func (c *checker) argument(p *ssa.Parameter, depth int) (n int64, ok bool) {
	fn := p.Parent()
	if c.flow.Foreign(fn) || depth > maxDepth {
		return 0, false
	}
	for i, q := range fn.Params {
		if q != p {
			continue
		}
		for j, e := range c.flow.In(fn) {
			args := e.Site.Common().Args
			if !e.Sure || i >= len(args) {
				return 0, false
			}
			m, known := c.constant(args[i], depth+1)
			if !known || j > 0 && m != n {
				return 0, false
			}
			n, ok = m, true
		}
	}
	return n, ok
}

// made shows where the channel comes from.
func (c *checker) made(op *chanflow.Op) []rule.Step {
	for _, o := range op.Objs {
		if p := o.Pos(); p.IsValid() && o.Kind != chanflow.Done {
			return []rule.Step{step(p, "is made or declared here, and used nowhere out of sight")}
		}
	}
	return nil
}

// unclosed finds a range over a channel that nobody closes: the goroutine is left
// behind once nobody sends any more.
func (c *checker) unclosed(op *chanflow.Op) {
	by, outside := c.flow.Wakers(op)
	if outside || len(by) > 0 || c.breaks(op) {
		return
	}
	starts, _ := c.startsOf(op.Fn)
	if len(starts) == 0 {
		return
	}
	why, tier, chain := c.perCall(op, starts[0].Edge)
	c.report(leak{
		at:    op.Instr,
		pos:   op.Pos(),
		what:  c.does(op),
		wait:  wait(op),
		why:   fmt.Sprintf("nothing closes it; %s", why),
		cause: "range without close",
		tier:  tier,
		chain: append(c.made(op), chain...),
		mend:  "close the channel when the last value has been sent",
	})
}

// breaks reports whether the loop over the channel of op has another way out.
func (c *checker) breaks(op *chanflow.Op) bool {
	w := chanflow.Walk{Cut: func(from, to *ssa.BasicBlock) bool { return chanflow.Closed(op, from, to) }}
	return w.Return(op.Instr) != nil
}

// perCall tells why there is more than one goroutine that uses the channel of op:
// the function that makes the channel starts one each time, and the channel goes
// nowhere else.
func (c *checker) perCall(op *chanflow.Op, start *chanflow.Edge) (why string, tier rule.Tier, chain []rule.Step) {
	local := len(op.Objs) > 0
	for _, o := range op.Objs {
		if o.Site == nil || o.Site.Parent() == nil || outermost(o.Site.Parent()) != outermost(start.Caller) || c.kept(o) {
			local = false
		}
	}
	if local && !c.once(start) {
		return "each call of " + c.name(outermost(start.Caller)) + " leaves one behind", rule.Likely, nil
	}
	return c.plural(start)
}

// kept reports whether an object is used by functions other than the one that
// makes it, and the literals in this one.
func (c *checker) kept(o *chanflow.Object) bool {
	for _, op := range o.Ops {
		if outermost(op.Fn) != outermost(o.Site.Parent()) {
			return true
		}
	}
	return false
}
