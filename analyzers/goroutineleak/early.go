package goroutineleak

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// The causes of what early finds.
const (
	earlyReturn = "receiver returns early"
	noRoom      = "more is sent than there is room for"
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
		if !known || room > 0 && loops(o.Site.(ssa.Instruction)) {
			continue // as many as there are senders, as a rule; or one channel for each
		}
		h := &handover{checker: c, o: o, room: room, fn: o.Site.Parent(), leads: make(map[*chanflow.Edge]bool), reported: reported}
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
	takes map[*ssa.Function]bool  // functions that receive, or may call one that does
	gives map[*ssa.Function]bool  // functions that send
	leads map[*chanflow.Edge]bool // calls that lead to a receive
	all   []delivery

	reported map[ssa.Instruction]bool
}

// A delivery is a send, and the calls by which the function comes to it.
type delivery struct {
	send *chanflow.Op
	way  *chanflow.Way
	site ssa.CallInstruction // the first of them
	many bool                // it may be done more than once
	once bool                // it is for a sync.Once
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
	if !h.takes[h.fn] || !h.gives[h.fn] || h.handed() {
		return false
	}
	h.deliver()
	return true
}

// reach returns the functions that do one of ops, or call or start what does.
func (h *handover) reach(ops []*chanflow.Op) map[*ssa.Function]bool {
	seen := make(map[*ssa.Function]bool)
	for _, op := range ops {
		seen[op.Fn] = true
		if op.Fn == h.fn {
			continue
		}
		h.flow.Up(op.Instr, func(w *chanflow.Way) bool {
			seen[w.Fn] = true
			return w.Fn != h.fn
		})
	}
	return seen
}

// handed reports whether somebody receives whom the function did not start, or may
// do so when it has returned: another method of the object that the channel is kept
// in, or a goroutine if only goroutines receive.
func (h *handover) handed() bool {
	below, own := map[*ssa.Function]bool{h.fn: true}, map[*ssa.Function]bool{h.fn: true}
	h.flow.Down(h.fn, func(w *chanflow.Way) bool {
		below[w.Fn] = true
		own[w.Fn] = own[w.Fn] || !gone(w)
		return true
	})
	if !slices.ContainsFunc(h.recvs, func(op *chanflow.Op) bool { return own[op.Fn] }) {
		return true
	}
	for _, op := range h.recvs {
		if !below[op.Fn] || h.o.Kept && !within(op.Fn, h.fn) {
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

// deliver finds the ways on which the function starts what sends.
func (h *handover) deliver() {
	into := make(map[*ssa.Function][]*chanflow.Edge)
	for _, e := range h.flow.Calls(h.fn) {
		if !h.gives[e.Callee] {
			continue
		}
		h.flow.Along(e, func(w *chanflow.Way) bool {
			if !h.gives[w.Fn] || w.Fn == h.fn { // called again it makes a channel of its own
				return false
			}
			if !slices.Contains(into[w.Fn], w.Edge) {
				into[w.Fn] = append(into[w.Fn], w.Edge)
			}
			for _, op := range h.sends {
				if op.Fn == w.Fn && started(w) && h.flow.Possible(w, op.Instr) && h.passed(w, op) {
					h.all = append(h.all, delivery{send: op, way: w, site: e.Site})
				}
			}
			return true
		})
	}
	for i := range h.all {
		d := &h.all[i]
		d.once = counted(d.send.Instr) || onlyOnce(d.way)
		d.many = h.many(d, into)
	}
}

// passed reports whether the channel that op sends to may be this one by the calls of w, if
// it is a parameter of one of the functions on it.
func (h *handover) passed(w *chanflow.Way, op *chanflow.Op) bool {
	p, ok := h.flow.Source(op.Value).(*ssa.Parameter)
	for ; ok && w.Edge != nil; w = w.Prev {
		if w.Fn != p.Parent() {
			continue
		}
		arg := w.Edge.Argument(p)
		if arg == nil {
			return true
		}
		if p, ok = h.flow.Source(arg).(*ssa.Parameter); !ok {
			return h.is(arg)
		}
	}
	return true
}

// gone reports whether a way down leads into another goroutine.
func gone(w *chanflow.Way) bool {
	for ; w.Edge != nil; w = w.Prev {
		if w.Edge.Mode == chanflow.Go {
			return true
		}
	}
	return false
}

// started reports whether a way down leads through a go statement. A timer that may be
// stopped before it fires counts for none.
func started(w *chanflow.Way) bool {
	yes := false
	for ; w.Edge != nil; w = w.Prev {
		if timer(w.Edge.Site) {
			return false
		}
		yes = yes || w.Edge.Mode == chanflow.Go
	}
	return yes
}

// counted reports whether an instruction is for the one that an atomic counter or flag
// has chosen: the last of all, or the first.
func counted(instr ssa.Instruction) bool {
	for blk := instr.Block(); blk != nil; blk = blk.Idom() {
		d := blk.Idom()
		if d == nil || len(blk.Preds) != 1 {
			continue
		}
		cond, outcome, ok := chanflow.Decision(d, blk)
		if cmp, isCmp := cond.(*ssa.BinOp); isCmp && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
			cond = cmp.X
		}
		if ok && outcome && atomic(cond) {
			return true
		}
	}
	return false
}

// atomic reports whether v is what a function changed atomically: of sync/atomic, or of
// another package of that name.
func atomic(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok || call.Call.StaticCallee() == nil {
		return false
	}
	fn := call.Call.StaticCallee().Object()
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Name() != "atomic" {
		return false
	}
	switch name := fn.Name(); {
	case strings.HasPrefix(name, "Add"), strings.HasPrefix(name, "CompareAndSwap"), name == "Inc", name == "Dec", name == "Sub", name == "CAS":
		return true
	}
	return false
}

// onlyOnce reports whether a way leads through a sync.Once.
func onlyOnce(w *chanflow.Way) bool {
	for ; w.Edge != nil; w = w.Prev {
		if onceDo(w.Edge.Site) {
			return true
		}
	}
	return false
}

// timer reports whether site starts a timer, and keeps it.
func timer(site ssa.CallInstruction) bool {
	fn, call := site.Common().StaticCallee(), site.Value()
	return fn != nil && fn.RelString(nil) == "time.AfterFunc" && call != nil && len(*call.Referrers()) > 0
}

// many reports whether d may be done more than once: in a loop, or by a function that
// is called in several places, if it is not for a sync.Once.
func (h *handover) many(d *delivery, into map[*ssa.Function][]*chanflow.Edge) bool {
	if counted(d.send.Instr) {
		return false
	}
	if loops(d.send.Instr) {
		return true
	}
	for w := d.way; w.Edge != nil; w = w.Prev {
		if onceDo(w.Edge.Site) {
			return false
		}
		if w.Edge.Site == d.site && h.turns(d.site) {
			continue
		}
		if loops(w.Edge.Site) || w.Prev.Edge != nil && h.repeated(w.Edge, into[w.Fn]) {
			return true
		}
	}
	return false
}

// turns reports whether what a loop starts in one turn is received before the next.
func (h *handover) turns(site ssa.CallInstruction) bool {
	return loops(site) && !chanflow.Walk{Stop: h.takesHere, Cut: h.chosen}.Reaches(site, site)
}

// repeated reports whether what e calls may be called again by one of others.
func (h *handover) repeated(e *chanflow.Edge, others []*chanflow.Edge) bool {
	for _, o := range others {
		if o.Site != e.Site && !excludes(o.Site, e.Site) {
			return true
		}
	}
	return false
}

// excludes reports whether only one of two instructions of a function is done.
func excludes(a, b ssa.Instruction) bool {
	return a.Parent() == b.Parent() && !(chanflow.Walk{}).Reaches(a, b) && !(chanflow.Walk{}).Reaches(b, a)
}

// judge looks for a way to a return on which a send is never received. It is false if
// that is not what decides.
func (h *handover) judge() bool {
	judged := true
	seen := make(map[ssa.CallInstruction]bool)
	for _, d := range h.all {
		if seen[d.site] {
			continue
		}
		seen[d.site] = true
		many := h.anyMany(d.site)
		if !many && h.total() <= h.room {
			continue
		}
		if h.deferred(d.site) {
			continue
		}
		if h.already(d.site) {
			judged = false
			continue
		}
		if many && h.room > 0 && h.few(d.site, d.send) {
			continue
		}
		if ret := h.without(d.site); ret != nil {
			tier := rule.Likely
			if h.asks(ret) {
				tier = rule.Suspected
			}
			h.leave(d, ret, d.tier(tier))
			return true
		}
		if !many {
			continue
		}
		if ret, sure := h.middle(d.site, d.send); ret != nil {
			tier := rule.Suspected
			if sure {
				tier = rule.Likely
			}
			h.leave(d, ret, d.tier(tier))
			return true
		}
	}
	return judged
}

func (h *handover) anyMany(site ssa.CallInstruction) bool {
	return slices.ContainsFunc(h.all, func(d delivery) bool { return d.site == site && d.many })
}

func loops(instr ssa.Instruction) bool { return chanflow.Walk{}.Reaches(instr, instr) }

// already reports whether a goroutine that receives has been started before site, or
// is by it.
func (h *handover) already(site ssa.CallInstruction) bool {
	for _, e := range h.flow.Calls(h.fn) {
		if h.takes[e.Callee] && (e.Site == site || chanflow.Walk{}.Reaches(e.Site, site)) && h.receives(e, started) {
			return true
		}
	}
	return false
}

// receives reports whether a call leads to a receive, on a way that is as asked for.
func (h *handover) receives(e *chanflow.Edge, as func(*chanflow.Way) bool) bool {
	found := false
	h.flow.Along(e, func(w *chanflow.Way) bool {
		if found || !h.takes[w.Fn] {
			return false
		}
		for _, op := range h.recvs {
			if op.Fn == w.Fn && as(w) && h.flow.Possible(w, op.Instr) {
				found = true
			}
		}
		return !found
	})
	return found
}

// total returns how many values are sent at most if no send is repeated.
func (h *handover) total() (n int64) {
	for i, d := range h.all {
		alone := true
		for _, other := range h.all[:i] {
			if d.site == other.site && excludes(d.send.Instr, other.send.Instr) || d.site != other.site && excludes(d.site, other.site) {
				alone = false // one or the other
			}
			if d.once && other.once && d.send == other.send {
				alone = false
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
	told := h.farewells(site)
	w := chanflow.Walk{
		Stop: func(in ssa.Instruction) bool { return h.takesHere(in) || told[in] != nil && told[in].Select == nil },
		Cut: func(from, to *ssa.BasicBlock) bool {
			if sel, i := chanflow.Chosen(from, to); sel != nil && told[sel] != nil && told[sel].Arm == i {
				return true
			}
			return h.chosen(from, to) || h.done(from, to) || excluded(site, from, to) || h.over(from, to)
		},
	}
	return w.Aware(site)
}

// over reports whether the edge is taken only if a variable has been set that those
// who send set when they send no more: the error for which they gave up.
func (h *handover) over(from, to *ssa.BasicBlock) bool {
	cond, outcome, ok := chanflow.Decision(from, to)
	if !ok {
		return false
	}
	if cmp, isCmp := cond.(*ssa.BinOp); isCmp {
		zero, isConst := cmp.Y.(*ssa.Const)
		if !isConst || zero.Value != nil || cmp.Op != token.EQL && cmp.Op != token.NEQ {
			return false
		}
		cond, outcome = cmp.X, !outcome
	}
	read, ok := cond.(*ssa.UnOp)
	if !ok || !outcome || read.Op != token.MUL {
		return false
	}
	v, ok := read.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	stores := h.flow.Stores(v)
	for _, s := range stores {
		if _, zero := s.Val.(*ssa.Const); zero && s.Parent() == h.fn {
			continue
		}
		if s.Parent() == h.fn || !h.gives[s.Parent()] || h.sendsAfter(s) {
			return false
		}
	}
	return len(stores) > 0
}

// sendsAfter reports whether a function may still send when it has come to instr.
func (h *handover) sendsAfter(instr ssa.Instruction) bool {
	found := false
	chanflow.Walk{}.From(instr, func(in ssa.Instruction) bool {
		for _, op := range h.sends {
			found = found || op.Instr == in
		}
		return !found
	})
	return found
}

// farewells returns the operations by which the function learns that the goroutine
// which site starts has ended, or goes no further: nobody else ends these waits.
func (h *handover) farewells(site ssa.CallInstruction) map[ssa.Instruction]*chanflow.Op {
	below := make(map[*ssa.Function]bool)
	for _, e := range h.flow.Callees(site) {
		h.flow.Along(e, func(w *chanflow.Way) bool {
			below[w.Fn] = true
			return true
		})
	}
	told := make(map[ssa.Instruction]*chanflow.Op)
	for _, op := range h.flow.Of(h.fn) {
		if h.tells(op, below) {
			told[op.Instr] = op
		}
	}
	return told
}

// tells reports whether a wait is over only when one of those below has ended, or when
// others have who wait for a group before they say so.
func (h *handover) tells(op *chanflow.Op, below map[*ssa.Function]bool) bool {
	if op.Kind != chanflow.Recv && op.Kind != chanflow.Range && op.Kind != chanflow.Wait {
		return false
	}
	by, outside := h.flow.Wakers(op)
	if outside || len(by) == 0 {
		return false
	}
	for _, w := range by {
		if !below[w.Fn] && !h.joined(w) {
			return false
		}
	}
	return true
}

// joined reports whether who does w has waited for a wait group before.
func (h *handover) joined(w *chanflow.Op) bool {
	for _, op := range h.flow.Of(w.Fn) {
		if op.Kind != chanflow.Wait || op.Mode != chanflow.Plain {
			continue
		}
		if dominates(op.Instr, w.Instr) || w.Mode == chanflow.Defer && dominates(w.Instr, op.Instr) {
			return true
		}
	}
	return false
}

// deferred reports whether a defer before site receives on the way out.
func (h *handover) deferred(site ssa.CallInstruction) bool {
	for _, blk := range h.fn.Blocks {
		for _, instr := range blk.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && dominates(d, site) && h.takesAt(d) {
				return true
			}
		}
	}
	return false
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
		if !h.takes[e.Callee] {
			continue
		}
		leads, ok := h.leads[e]
		if !ok {
			leads = h.receives(e, func(*chanflow.Way) bool { return true })
			h.leads[e] = leads
		}
		if leads {
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

// done reports whether the edge leaves a loop that receives, or does not enter it,
// where it counts: as many as there are have been received.
func (h *handover) done(from, to *ssa.BasicBlock) bool {
	for _, l := range chanflow.Around(from) {
		if l.Leaves(from, to) && h.receivesIn(l) {
			return true
		}
	}
	l := chanflow.Skips(from, to)
	return l != nil && h.receivesIn(l)
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
				return chanflow.Closed(r, from, to) || h.done(from, to) || h.over(from, to)
			},
		}
		if found := w.Aware(r.Instr); found != nil {
			if r.Kind != chanflow.Range && !loops(r.Instr) {
				return found, loops(site) && !h.asks(found) // one of many
			}
			if !loops(send.Instr) {
				return found, loops(site) && !h.asks(found) // each has but one, and does not know of the others
			}
			return found, onOwn(r, found)
		}
	}
	return nil, false
}

// asks reports whether a condition right before a return decides whether to receive once
// more: it may well ask whether anybody is left who sends.
func (h *handover) asks(ret *ssa.Return) bool {
	cond := ret.Block().Idom()
	if cond == nil || len(cond.Succs) != 2 {
		return false
	}
	for _, pred := range ret.Block().Preds {
		if pred != cond && cond.Dominates(pred) && slices.ContainsFunc(pred.Instrs, h.takesHere) {
			return true
		}
	}
	return false
}

// tier is the tier of a send that is only found by a way which may not be one.
func (d *delivery) tier(t rule.Tier) rule.Tier {
	if d.way.Unsure {
		return rule.Suspected
	}
	return t
}

// start returns the go statement by which the function comes to send, and what is
// called from there.
func (d *delivery) start() *chanflow.Start {
	path := d.way.Path()
	i := slices.IndexFunc(path, func(e *chanflow.Edge) bool { return e.Mode == chanflow.Go })
	calls := slices.Clone(path[:i])
	slices.Reverse(calls) // a way down has the last call first
	return &chanflow.Start{Edge: path[i], Path: calls}
}

// helps reports whether a function is given a test: it is a helper of tests, wherever it
// stands.
func helps(fn *ssa.Function) bool {
	for p := range fn.Signature.Params().Variables() {
		t := p.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing" {
			return true
		}
	}
	return false
}

func (h *handover) leave(d delivery, ret *ssa.Return, tier rule.Tier) {
	send, start := d.send, d.start()
	switch {
	case h.o.Kept: // who finds it there may not have been told of it by then
		tier = rule.Suspected
	case helps(h.fn): // what fails a test does not return, and the process lasts no longer
		tier = rule.Suspected
	case h.room > 0 && h.anyMany(d.site): // often no more are sent at a time than there is room for
		tier = rule.Suspected
	}
	if h.behind[d.site] {
		h.stuck[send.Instr] = true // the same goroutine, by another channel
		return
	}
	h.behind[d.site] = true
	why, cause := "the function that receives may have returned by then", earlyReturn
	if h.room > 0 {
		cause = noRoom
		why = "there is not room for all that is sent when the function that receives has returned"
	}
	h.report(leak{
		at:    send.Instr,
		pos:   send.Pos(),
		what:  h.does(send),
		wait:  wait(send),
		why:   why,
		cause: cause,
		tier:  tier,
		start: start,
		chain: []rule.Step{step(returnAt(ret), "returns here, and nothing receives any more")},
		mend:  "make the channel with room for every value that is sent, or select on a context that ends with the function",
	})
}
