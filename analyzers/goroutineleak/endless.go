package goroutineleak

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// endless finds goroutines that go on for ever: what they start with has no
// return that can be reached. Of the go statements that come to one loop the one
// counts that starts it most often.
func (c *checker) endless() {
	best := make(map[ssa.Instruction]leak)
	var order []ssa.Instruction
	seen := make(map[ssa.CallInstruction]bool)
	for _, fn := range c.flow.Funcs {
		for _, e := range c.flow.Calls(fn) {
			if e.Mode != chanflow.Go || seen[e.Site] || c.returns(e.Callee) || c.told(e.Callee) {
				continue
			}
			seen[e.Site] = true
			l, ok := c.endlessly(e)
			if !ok {
				continue
			}
			have, dup := best[l.at]
			if !dup {
				order = append(order, l.at)
			}
			if !dup || have.tier == rule.Suspected && l.tier != rule.Suspected {
				best[l.at] = l
			}
		}
	}
	for _, at := range order {
		c.report(best[at])
	}
}

// told reports whether it has been said already where a goroutine hangs.
func (c *checker) told(fn *ssa.Function) bool {
	for _, f := range c.flow.Under(fn) {
		for _, op := range c.flow.Of(f) {
			if c.stuck[op.Instr] {
				return true
			}
		}
	}
	return false
}

// returns reports whether fn can return: what never ends in what it calls, and
// cases of a select that nothing makes ready, are no way on.
func (c *checker) returns(fn *ssa.Function) bool {
	if c.asked[fn] {
		return c.ends[fn]
	}
	c.asked[fn], c.ends[fn] = true, true // in a circle
	c.ends[fn] = c.wayOut(fn) != nil
	return c.ends[fn]
}

// wayOut returns a return of fn that can be reached, or nil.
func (c *checker) wayOut(fn *ssa.Function) *ssa.Return {
	dead := make(map[*ssa.Select]map[int]bool)
	ranges := make(map[ssa.Instruction]*chanflow.Op)
	for _, op := range c.flow.Of(fn) {
		if op.Kind == chanflow.Range && ticks(op.Value) {
			ranges[op.Instr] = op
		}
		if by, outside := c.flow.Wakers(op); outside || len(by) > 0 {
			continue
		}
		if op.Kind == chanflow.Range {
			ranges[op.Instr] = op
		}
		if op.Select != nil && (op.Kind == chanflow.Send || op.Kind == chanflow.Recv) {
			if dead[op.Select] == nil {
				dead[op.Select] = make(map[int]bool)
			}
			dead[op.Select][op.Arm] = true
		}
	}
	w := chanflow.Walk{
		Stop: c.hangs,
		Cut: func(from, to *ssa.BasicBlock) bool {
			if sel, i := chanflow.Chosen(from, to); sel != nil && dead[sel][i] {
				return true
			}
			for _, op := range ranges {
				if chanflow.Closed(op, from, to) {
					return true
				}
			}
			return false
		},
	}
	if c.exits(fn, 0) {
		return new(ssa.Return)
	}
	return w.Returns(fn)
}

// ticks reports whether v is the channel of a ticker or timer, which is never closed.
func ticks(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		fn := v.Call.StaticCallee()
		return fn != nil && (fn.RelString(nil) == "time.Tick" || fn.RelString(nil) == "time.After")
	case *ssa.UnOp:
		f, ok := v.X.(*ssa.FieldAddr)
		if !ok {
			return false
		}
		t := types.TypeString(deref(f.X.Type()), nil)
		return t == "time.Ticker" || t == "time.Timer"
	}
	return false
}

// hangs reports whether instr does not return.
func (c *checker) hangs(instr ssa.Instruction) bool {
	if sel, ok := instr.(*ssa.Select); ok && sel.Blocking && len(sel.States) == 0 {
		return true
	}
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	es := c.flow.Callees(call)
	for _, e := range es {
		if !e.Sure || c.returns(e.Callee) {
			return false
		}
	}
	return len(es) > 0
}

// exits reports whether fn, or what it calls and does not come back from, ends the
// goroutine or the process by itself.
func (c *checker) exits(fn *ssa.Function, depth int) bool {
	found := false
	chanflow.Walk{}.Entry(fn, func(in ssa.Instruction) bool {
		switch v := in.(type) {
		case *ssa.Panic:
			found = c.panics(v, depth)
		case *ssa.Call:
			found = found || chanflow.Exits(v)
		}
		return !found
	})
	return found
}

// panics reports whether a panic is one of the source, or stands after a call that
// ends what calls it. SSA has panics too where no case of a select is chosen, and
// after calls of what never returns.
func (c *checker) panics(p *ssa.Panic, depth int) bool {
	if !p.Pos().IsValid() || depth > maxDepth {
		return false
	}
	for _, in := range p.Block().Instrs {
		if call, ok := in.(*ssa.Call); ok && call.Pos() == p.Pos() {
			es := c.flow.Callees(call)
			return len(es) == 0 || c.exits(es[0].Callee, depth+1)
		}
	}
	return true
}

func (c *checker) endlessly(e *chanflow.Edge) (leak, bool) {
	at := c.loop(e.Callee)
	if at == nil {
		return leak{}, false
	}
	why, tier, chain := c.plural(e)
	return leak{
		at:    at,
		pos:   at.Pos(),
		what:  "goes on in a loop that has no way out",
		wait:  "loop",
		why:   why,
		cause: "endless loop",
		tier:  tier,
		chain: chain,
		start: &chanflow.Start{Edge: e},
		mend:  "let it end with its owner: select on a done channel or a context in the loop",
	}, true
}

// loop returns where the loop is that a function does not leave: what it does in it.
func (c *checker) loop(fn *ssa.Function) (at ssa.Instruction) {
	chanflow.Walk{Stop: c.hangs}.Entry(fn, func(in ssa.Instruction) bool {
		if in.Pos().IsValid() && loops(in) {
			at = in
		}
		return at == nil
	})
	if at != nil {
		return at
	}
	chanflow.Walk{}.Entry(fn, func(in ssa.Instruction) bool {
		if c.hangs(in) {
			at = in
		}
		return at == nil
	})
	return at
}
