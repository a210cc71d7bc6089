package goroutineleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// groups finds wait groups whose count does not come back to zero.
func (c *checker) groups() {
	for _, o := range c.flow.Objects {
		if o.Kind != chanflow.Group || o.Out {
			continue
		}
		for _, op := range o.Ops {
			if op.Kind == chanflow.Wait && op.Mode == chanflow.Plain && !c.stuck[op.Instr] {
				c.group(o, op)
			}
		}
	}
}

func (c *checker) group(o *chanflow.Object, wait *chanflow.Op) {
	if add := c.tooEarly(o, wait); add != nil {
		c.report(leak{
			at:    wait.Instr,
			pos:   wait.Pos(),
			what:  c.does(wait),
			wait:  "sync.WaitGroup.Wait",
			why:   "it waits in each turn of the loop for goroutines that the next turns would start",
			cause: "wait in the loop that starts",
			tier:  rule.Likely,
			sure:  true,
			chain: []rule.Step{step(add.Pos(), "is added for all turns here")},
			mend:  "wait after the loop",
		})
		return
	}
	if send := c.undrained(o, wait); send != nil {
		c.report(leak{
			at:    wait.Instr,
			pos:   wait.Pos(),
			what:  c.does(wait),
			wait:  "sync.WaitGroup.Wait",
			why:   "those that it waits for send what is received only after that",
			cause: "wait before the receive",
			tier:  rule.Likely,
			sure:  true,
			chain: []rule.Step{step(send.Pos(), "sends, and nothing receives before the wait is over")},
			mend:  "wait and close the channel in a goroutine of its own, and receive here",
		})
		return
	}
	if o.Site == nil {
		return // in a field: who is counted, and where, is harder to tell
	}
	for _, op := range o.Ops {
		if op.Kind != chanflow.Finish || op.Mode == chanflow.Defer || counts(op) || c.elsewhere(o, op.Fn) {
			continue
		}
		starts, only := c.startsOf(op.Fn)
		if len(starts) == 0 || !only || starts[0].Callee != op.Fn || !addedBy(o, starts[0].Caller) {
			continue
		}
		if ret := c.unfinished(o, op.Fn); ret != nil {
			c.reportUnfinished(wait, op, &starts[0], ret)
			return
		}
	}
}

// addedBy reports whether only fn adds to a group: it counts the goroutines that fn starts, and
// not what they are to do.
func addedBy(o *chanflow.Object, fn *ssa.Function) bool {
	return !slices.ContainsFunc(o.Ops, func(op *chanflow.Op) bool { return op.Kind == chanflow.Add && op.Fn != fn })
}

// tooEarly returns what is added before a loop in which it is waited for, though
// more than one turn starts what ends the wait, or nil.
func (c *checker) tooEarly(o *chanflow.Object, wait *chanflow.Op) (add *chanflow.Op) {
	for _, l := range chanflow.Around(wait.Instr.Block()) {
		for _, op := range o.Ops {
			if op.Fn != wait.Fn || op.Kind != chanflow.Add {
				continue
			}
			if l.Blocks[op.Instr.Block()] {
				return nil // one for each turn
			}
			if dominates(op.Instr, l.Head.Instrs[0]) {
				add = op
			}
		}
		if add == nil {
			continue
		}
		args := add.Instr.(ssa.CallInstruction).Common().Args
		if n, ok := c.constant(args[len(args)-1], 0); ok && n == 1 {
			return nil
		}
		for _, op := range o.Ops {
			if op.Kind != chanflow.Finish {
				continue
			}
			starts, _ := c.startsOf(op.Fn)
			for i := range starts {
				if s := &starts[i]; s.Caller == wait.Fn && l.Blocks[s.Site.Block()] && dominates(s.Site, wait.Instr) {
					return add
				}
			}
		}
		add = nil
	}
	return nil
}

// undrained returns a send, by a goroutine of the group, to a channel that is
// received from only after the wait for the group; or nil.
func (c *checker) undrained(o *chanflow.Object, wait *chanflow.Op) *chanflow.Op {
	for _, done := range o.Ops {
		if done.Kind != chanflow.Finish {
			continue
		}
		for _, fn := range c.countedBy(done) {
			for _, send := range c.flow.Of(fn) {
				if send.Kind == chanflow.Send && send.Blocks() && send.Mode == chanflow.Plain && c.behindWait(send, wait) {
					return send
				}
			}
		}
	}
	return nil
}

// countedBy returns what runs before a Done: the function that defers it, or what is
// given to Go.
func (c *checker) countedBy(done *chanflow.Op) []*ssa.Function {
	if done.Mode == chanflow.Defer {
		return c.flow.Under(done.Fn)
	}
	var fns []*ssa.Function
	if site, ok := done.Instr.(ssa.CallInstruction); ok {
		for _, e := range c.flow.Callees(site) {
			fns = append(fns, c.flow.Under(e.Callee)...)
		}
	}
	return fns
}

// behindWait reports whether everybody who receives what is sent comes after a wait.
func (c *checker) behindWait(send, wait *chanflow.Op) bool {
	by, outside := c.flow.Wakers(send)
	if outside || len(by) == 0 || len(send.Objs) != 1 {
		return false
	}
	if room, known := c.capacity(send.Objs[0]); !known || room > 0 {
		return false
	}
	for _, w := range by {
		if w.Fn != wait.Fn || !dominates(wait.Instr, w.Instr) || (chanflow.Walk{}).Reaches(w.Instr, wait.Instr) {
			return false
		}
	}
	return true
}

// counts reports whether a Done is that of the method Go, which adds for it as well.
func counts(done *chanflow.Op) bool {
	fn := done.Instr.(ssa.CallInstruction).Common().StaticCallee()
	return fn != nil && fn.RelString(nil) == "(*sync.WaitGroup).Go"
}

// elsewhere reports whether another function than fn calls Done too.
func (c *checker) elsewhere(o *chanflow.Object, fn *ssa.Function) bool {
	for _, op := range o.Ops {
		if op.Kind == chanflow.Finish && op.Fn != fn {
			return true
		}
	}
	return false
}

// unfinished returns a return of fn that can be reached without a Done, or nil.
func (c *checker) unfinished(o *chanflow.Object, fn *ssa.Function) *ssa.Return {
	done := make(map[ssa.Instruction]bool)
	for _, op := range o.Ops {
		if op.Kind == chanflow.Finish {
			done[op.Instr] = true
		}
	}
	w := chanflow.Walk{
		Stop: func(in ssa.Instruction) bool { return done[in] },
		Cut: func(from, to *ssa.BasicBlock) bool { // if wg != nil { wg.Done() }
			cond, outcome, ok := chanflow.Decision(from, to)
			cmp, isCmp := cond.(*ssa.BinOp)
			if !ok || !outcome || !isCmp || cmp.Op != token.EQL && cmp.Op != token.NEQ {
				return false
			}
			objs, _ := c.flow.May(cmp.X, chanflow.Group)
			return has(objs, o)
		},
	}
	return w.Returns(fn)
}

func (c *checker) reportUnfinished(wait, finish *chanflow.Op, start *chanflow.Start, ret *ssa.Return) {
	waiting, only := c.startsOf(wait.Fn)
	f := rule.Finding{
		Pos:       start.Site.Pos(),
		End:       c.end(start.Site.Pos()),
		Tier:      rule.Likely,
		Message:   "this goroutine may return without calling Done on " + c.called(finish) + ": whoever waits for the group waits for ever",
		Cause:     "Done is missed",
		Primitive: "sync.WaitGroup.Wait",
		Chain: []rule.Step{
			step(returnAt(ret), "returns here"),
			step(finish.Pos(), "would have called Done"),
			step(wait.Pos(), "waits for the group"),
		},
		Mend: "defer the call of Done at the top of the goroutine",
	}
	if only && len(waiting) == 0 {
		f.Tier = rule.Suspected
	}
	c.stuck[wait.Instr] = true
	c.Report(f)
}
