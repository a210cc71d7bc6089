package goroutineleak

import (
	"go/token"
	"maps"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// early finds senders that are left behind: a function makes a channel, starts a
// goroutine that sends to it, and can return without having received.
func (c *checker) early() {
	reported := maps.Clone(c.stuck) // one send may be to several channels
	for _, o := range c.flow.Objects {
		if o.Kind != chanflow.Chan || o.Out || o.Site.Parent() == nil {
			continue
		}
		room, known := c.capacity(o)
		if !known {
			continue // as many as there are senders, as a rule
		}
		h := &handover{checker: c, o: o, room: room, fn: o.Site.Parent(), reported: reported}
		if h.collect() {
			c.judged[o] = h.judge()
		}
	}
}

// A handover is a channel by which goroutines pass results to the function that
// makes it.
type handover struct {
	*checker
	o     *chanflow.Object
	room  int64
	fn    *ssa.Function
	sends []*chanflow.Op
	recvs []*chanflow.Op
	takes map[*ssa.Function]bool // functions that receive, or call one that does
	gives map[*ssa.Function]bool // functions that send

	reported map[ssa.Instruction]bool
}

// collect finds both ends. It is false if others than the function and what it
// starts receive, or if nothing waits when it sends.
func (h *handover) collect() bool {
	for _, op := range h.o.Ops {
		switch op.Kind {
		case chanflow.Send:
			if op.Blocks() && op.Known && !h.reported[op.Instr] {
				h.sends = append(h.sends, op)
			}
		case chanflow.Recv, chanflow.Range:
			h.recvs = append(h.recvs, op)
		}
	}
	if len(h.sends) == 0 || len(h.recvs) == 0 {
		return false
	}
	h.takes, h.gives = h.reach(h.recvs), h.reach(h.sends)
	return h.takes[h.fn] && h.gives[h.fn] && !h.handed()
}

// reach returns the functions that do one of ops, or call or start what does.
func (h *handover) reach(ops []*chanflow.Op) map[*ssa.Function]bool {
	seen := make(map[*ssa.Function]bool)
	var up func(*ssa.Function)
	up = func(fn *ssa.Function) {
		if seen[fn] {
			return
		}
		seen[fn] = true
		for _, e := range h.flow.In(fn) {
			if fn != h.fn {
				up(e.Caller)
			}
		}
	}
	for _, op := range ops {
		up(op.Fn)
	}
	return seen
}

// handed reports whether somebody receives whom the function did not start.
func (h *handover) handed() bool {
	below := map[*ssa.Function]bool{h.fn: true}
	for todo := []*ssa.Function{h.fn}; len(todo) > 0; todo = todo[1:] {
		for _, e := range h.flow.Calls(todo[0]) {
			if !below[e.Callee] {
				below[e.Callee] = true
				todo = append(todo, e.Callee)
			}
		}
	}
	for _, op := range h.recvs {
		if !below[op.Fn] {
			return true
		}
	}
	for _, blk := range h.fn.Blocks {
		for _, instr := range blk.Instrs {
			if r, ok := instr.(*ssa.Return); ok {
				for _, res := range r.Results {
					if h.is(res) {
						return true
					}
				}
			}
		}
	}
	return false
}

// is reports whether v may be the channel.
func (h *handover) is(v ssa.Value) bool {
	objs, _ := h.flow.May(v, chanflow.Chan)
	for _, o := range objs {
		if o == h.o {
			return true
		}
	}
	return false
}

// judge looks for a way to a return on which a send is never received. It is false if
// that is not what decides.
func (h *handover) judge() bool {
	judged := true
	for _, site := range h.starts() {
		send, many := h.sending(site)
		if send == nil {
			continue
		}
		if !many && h.total() <= h.room {
			continue
		}
		if h.already(site) {
			judged = false
			continue
		}
		if many && h.room > 0 && h.few(site, send) {
			continue
		}
		if ret := h.without(site); ret != nil {
			h.leave(site, send, ret, rule.Likely)
			return true
		}
		if !many {
			continue
		}
		if ret, sure := h.middle(site, send); ret != nil {
			tier := rule.Suspected
			if sure {
				tier = rule.Likely
			}
			h.leave(site, send, ret, tier)
			return true
		}
	}
	return judged
}

// starts returns the calls and go statements of the function by which the senders
// come to run.
func (h *handover) starts() []ssa.CallInstruction {
	var sites []ssa.CallInstruction
	seen := make(map[ssa.CallInstruction]bool)
	for _, e := range h.flow.Calls(h.fn) {
		if h.gives[e.Callee] && !seen[e.Site] && !timer(e.Site) && h.spawns(e) {
			seen[e.Site] = true
			sites = append(sites, e.Site)
		}
	}
	return sites
}

// timer reports whether site starts a timer, which may be stopped before it fires.
func timer(site ssa.CallInstruction) bool {
	fn := site.Common().StaticCallee()
	return fn != nil && fn.RelString(nil) == "time.AfterFunc"
}

// spawns reports whether there is a go statement on the way from e to a send.
func (h *handover) spawns(e *chanflow.Edge) bool {
	seen := make(map[*ssa.Function]bool)
	var down func(*chanflow.Edge, bool) bool
	down = func(e *chanflow.Edge, started bool) bool {
		started = started || e.Mode == chanflow.Go
		if seen[e.Callee] {
			return false
		}
		seen[e.Callee] = true
		if started {
			return true
		}
		for _, next := range h.flow.Calls(e.Callee) {
			if h.gives[next.Callee] && down(next, started) {
				return true
			}
		}
		return false
	}
	return down(e, false)
}

// sending returns a send that site leads to, and whether it may be done many times.
func (h *handover) sending(site ssa.CallInstruction) (*chanflow.Op, bool) {
	below := make(map[*ssa.Function]bool)
	for _, e := range h.flow.Callees(site) {
		h.below(e.Callee, below)
	}
	for _, op := range h.sends {
		if below[op.Fn] {
			return op, loops(op.Instr) || loops(site) || h.looped(op.Fn)
		}
	}
	return nil, false
}

func (h *handover) below(fn *ssa.Function, seen map[*ssa.Function]bool) {
	if seen[fn] {
		return
	}
	seen[fn] = true
	for _, e := range h.flow.Calls(fn) {
		h.below(e.Callee, seen)
	}
}

// looped reports whether fn is called in a loop on the way from the function.
func (h *handover) looped(fn *ssa.Function) bool {
	seen := make(map[*ssa.Function]bool)
	for fn != h.fn && !seen[fn] {
		seen[fn] = true
		in := h.flow.In(fn)
		if len(in) != 1 {
			return len(in) > 1
		}
		if in[0].Caller != h.fn && loops(in[0].Site) {
			return true
		}
		fn = in[0].Caller
	}
	return false
}

func loops(instr ssa.Instruction) bool { return chanflow.Walk{}.Reaches(instr, instr) }

// already reports whether a goroutine that receives has been started before site.
func (h *handover) already(site ssa.CallInstruction) bool {
	for _, e := range h.flow.Calls(h.fn) {
		if h.takes[e.Callee] && e.Site != site && h.starting(e) && (chanflow.Walk{}).Reaches(e.Site, site) {
			return true
		}
	}
	return false
}

// starting reports whether what receives runs in a goroutine that e starts.
func (h *handover) starting(e *chanflow.Edge) bool {
	seen := make(map[*ssa.Function]bool)
	var down func(*chanflow.Edge) bool
	down = func(e *chanflow.Edge) bool {
		if e.Mode == chanflow.Go {
			return true
		}
		if seen[e.Callee] {
			return false
		}
		seen[e.Callee] = true
		for _, next := range h.flow.Calls(e.Callee) {
			if h.takes[next.Callee] && down(next) {
				return true
			}
		}
		return false
	}
	return down(e)
}

// total returns how many values are sent at most if no send is repeated.
func (h *handover) total() (n int64) {
	for i, op := range h.sends {
		alone := true
		for _, other := range h.sends[:i] {
			if other.Fn == op.Fn && !(chanflow.Walk{}).Reaches(other.Instr, op.Instr) && !(chanflow.Walk{}).Reaches(op.Instr, other.Instr) {
				alone = false // one or the other
			}
		}
		if alone {
			n++
		}
	}
	return n
}

// few reports whether a send that is repeated is repeated a known number of times,
// so that there may be room for all.
func (h *handover) few(site ssa.CallInstruction, send *chanflow.Op) bool {
	for _, instr := range []ssa.Instruction{site, send.Instr} {
		for _, l := range chanflow.Around(instr.Block()) {
			if n, ok := l.Turns(); ok && n <= h.room {
				return true
			}
		}
	}
	return false
}

// without returns a return that can come after site without a receive.
func (h *handover) without(site ssa.CallInstruction) *ssa.Return {
	for _, blk := range h.fn.Blocks {
		for _, instr := range blk.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && h.takesAt(d) && h.comes(d, site) {
				return nil
			}
		}
	}
	told := h.farewells(site)
	w := chanflow.Walk{
		Stop: func(in ssa.Instruction) bool { return h.takesHere(in) || told[in] != nil && told[in].Select == nil },
		Cut: func(from, to *ssa.BasicBlock) bool {
			if sel, i := chanflow.Chosen(from, to); sel != nil && told[sel] != nil && told[sel].Arm == i {
				return true
			}
			return h.chosen(from, to) || h.done(from, to) || excluded(site, from, to)
		},
	}
	return w.Return(site)
}

// farewells returns the operations by which the function learns that the goroutine
// which site starts has ended, or goes no further: nobody else ends these waits.
func (h *handover) farewells(site ssa.CallInstruction) map[ssa.Instruction]*chanflow.Op {
	below := make(map[*ssa.Function]bool)
	for _, e := range h.flow.Callees(site) {
		h.below(e.Callee, below)
	}
	told := make(map[ssa.Instruction]*chanflow.Op)
	for _, op := range h.flow.Of(h.fn) {
		if op.Kind != chanflow.Recv && op.Kind != chanflow.Range && op.Kind != chanflow.Wait {
			continue
		}
		by, outside := h.flow.Wakers(op)
		mine := !outside && len(by) > 0
		for _, w := range by {
			mine = mine && below[w.Fn]
		}
		if mine {
			told[op.Instr] = op
		}
	}
	return told
}

func (h *handover) comes(d *ssa.Defer, site ssa.Instruction) bool {
	return d.Block().Dominates(site.Block())
}

// takesHere reports whether instr receives from the channel, or calls what does.
func (h *handover) takesHere(instr ssa.Instruction) bool {
	switch v := instr.(type) {
	case *ssa.UnOp:
		return v.Op == token.ARROW && h.is(v.X)
	case *ssa.Select:
		return v.Blocking && len(v.States) == 1 && h.is(v.States[0].Chan)
	case ssa.CallInstruction:
		return h.takesAt(v)
	}
	return false
}

func (h *handover) takesAt(c ssa.CallInstruction) bool {
	for _, e := range h.flow.Callees(c) {
		if h.takes[e.Callee] {
			return true
		}
	}
	return false
}

// chosen reports whether the edge is that of a select case which receives.
func (h *handover) chosen(from, to *ssa.BasicBlock) bool {
	sel, i := chanflow.Chosen(from, to)
	return sel != nil && i < len(sel.States) && h.is(sel.States[i].Chan)
}

// done reports whether the edge leaves a loop that receives, at its head: as many
// as there are have been received.
func (h *handover) done(from, to *ssa.BasicBlock) bool {
	for _, l := range chanflow.Around(from) {
		if l.Leaves(from, to) && h.receivesIn(l) {
			return true
		}
	}
	return false
}

func (h *handover) receivesIn(l *chanflow.Loop) bool {
	for blk := range l.Blocks {
		for _, instr := range blk.Instrs {
			if h.takesHere(instr) {
				return true
			}
			if sel, ok := instr.(*ssa.Select); ok {
				for _, s := range sel.States {
					if h.is(s.Chan) {
						return true
					}
				}
			}
		}
	}
	return false
}

// middle returns a return between two receives of a loop: those that go on sending
// are left behind. It is sure if what was received did not decide for it.
func (h *handover) middle(site ssa.CallInstruction, send *chanflow.Op) (ret *ssa.Return, sure bool) {
	for _, r := range h.recvs {
		if r.Fn != h.fn {
			continue
		}
		w := chanflow.Walk{
			Stop: func(instr ssa.Instruction) bool { return instr != r.Instr && h.takesHere(instr) },
			Cut: func(from, to *ssa.BasicBlock) bool {
				if sel, i := chanflow.Chosen(from, to); sel != nil && sel == r.Select && i != r.Arm {
					return true // judged without
				}
				return chanflow.Closed(r, from, to) || h.done(from, to)
			},
		}
		if found := w.Return(r.Instr); found != nil {
			if r.Kind != chanflow.Range && !loops(r.Instr) {
				return found, loops(site) // one of many
			}
			return found, onOwn(r, found) && loops(send.Instr)
		}
	}
	return nil, false
}

func (h *handover) leave(site ssa.CallInstruction, send *chanflow.Op, ret *ssa.Return, tier rule.Tier) {
	var start *chanflow.Start
	starts, _ := h.startsOf(send.Fn)
	for i := range starts {
		if start == nil || starts[i].Site == site {
			start = &starts[i]
		}
	}
	if start != nil && h.behind[start.Site] {
		h.stuck[send.Instr] = true // the same goroutine, by another channel
		return
	}
	if start != nil {
		h.behind[start.Site] = true
	}
	why := "the function that receives may have returned by then"
	if h.room > 0 {
		why = "there is not room for all that is sent when the function that receives has returned"
	}
	h.report(leak{
		at:    send.Instr,
		pos:   send.Pos(),
		what:  h.does(send),
		wait:  wait(send),
		why:   why,
		cause: "receiver returns early",
		tier:  tier,
		start: start,
		chain: []rule.Step{step(returnAt(ret), "returns here, and nothing receives any more")},
		mend:  "make the channel with room for every value that is sent, or select on a context that ends with the function",
	})
}
