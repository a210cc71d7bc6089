package goroutineleak

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// abandoned finds ranges over what a generator returns that are left before its end:
// the goroutine of the generator goes on sending.
func (c *checker) abandoned() {
	c.ops(func(op *chanflow.Op) {
		if op.Kind != chanflow.Range {
			return
		}
		call, ok := source(op.Value).(*ssa.Call)
		if !ok {
			return
		}
		for _, e := range c.flow.Callees(call) {
			for _, o := range op.Objs {
				if e.Sure && o.Kind == chanflow.Chan && !o.Out && o.Site.Parent() == e.Callee {
					c.generator(op, call, e, o)
				}
			}
		}
	})
}

func (c *checker) generator(op *chanflow.Op, call *ssa.Call, e *chanflow.Edge, o *chanflow.Object) {
	if room, known := c.capacity(o); !known || room > 0 {
		return
	}
	w := chanflow.Walk{
		Stop: func(in ssa.Instruction) bool { return c.drains(in, o) },
		Cut:  func(from, to *ssa.BasicBlock) bool { return chanflow.Closed(op, from, to) },
	}
	ret := w.Return(op.Instr)
	if ret == nil {
		return
	}
	for _, send := range o.Ops {
		if send.Kind != chanflow.Send || c.stuck[send.Instr] || !loops(send.Instr) {
			continue
		}
		tier := rule.Suspected
		switch {
		case send.Blocks():
			if onOwn(op, ret) {
				tier = rule.Likely
			}
		case !c.untilContext(send, call, e):
			continue
		}
		c.stuck[send.Instr] = true
		c.Report(rule.Finding{
			Pos:       call.Pos(),
			End:       c.end(call.Pos()),
			Tier:      tier,
			Message:   "the goroutine that sends what is ranged over here is left behind where the range is left before its end",
			Cause:     "generator left behind",
			Primitive: wait(send),
			Chain: []rule.Step{
				step(returnAt(ret), "returns here"),
				step(send.Pos(), "sends to "+c.called(send)+" until all is received"),
			},
			Mend: "give the generator a context of its own, and cancel it by a defer",
		})
		return
	}
}

// drains reports whether instr hands on the channel or receives what is left.
func (c *checker) drains(instr ssa.Instruction, o *chanflow.Object) bool {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return false
	}
	for _, a := range call.Common().Args {
		if objs, _ := c.flow.May(a, chanflow.Chan); has(objs, o) {
			return true
		}
	}
	return false
}

// untilContext reports whether a send of a generator has no way out but a context
// that its caller passes, and has not made for it.
func (c *checker) untilContext(send *chanflow.Op, call *ssa.Call, e *chanflow.Edge) bool {
	if send.Select == nil || !send.Select.Blocking {
		return false
	}
	for i, s := range send.Select.States {
		if i == send.Arm {
			continue
		}
		done, ok := source(s.Chan).(*ssa.Call)
		if !ok || !done.Call.IsInvoke() || done.Call.Method.Name() != "Done" {
			return false
		}
	}
	for i, a := range call.Call.Args {
		if types.TypeString(a.Type(), nil) != "context.Context" || i >= len(e.Callee.Params) {
			continue
		}
		_, given := source(a).(*ssa.Parameter)
		return given
	}
	return false
}
