package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
)

// A lockset is a set of mutexes.
type lockset map[*chanflow.Object]bool

// A holding is a mutex that is held at a place, by the function itself or by one
// that calls it.
type holding struct {
	lock   *chanflow.Object
	shared bool
	take   *sections.Section
	path   []*chanflow.Edge
	starts []chanflow.Start // of the one who holds it
}

// locked finds operations that wait, under a lock, for somebody who needs that
// lock first, as surely as least.
func (c *checker) locked(least int) {
	told := c.sides
	c.ops(func(op *chanflow.Op) {
		switch op.Kind {
		case chanflow.Send, chanflow.Recv, chanflow.Range, chanflow.Wait:
		default:
			return
		}
		if op.Mode != chanflow.Plain || !op.Blocks() || told[op.Instr] {
			return
		}
		by, outside := c.flow.Wakers(op)
		if outside || len(by) == 0 {
			return
		}
		for _, h := range c.held(op.Instr) {
			if need := c.needed(op, by, h); need.how >= least && !told[h.take.Take] {
				told[h.take.Take], told[need.then.Instr] = true, true
				c.reportLocked(op, h, need)
				return
			}
		}
	})
}

// held returns the mutexes that are held at instr.
func (c *checker) held(instr ssa.Instruction) []holding {
	type step struct {
		instr ssa.Instruction
		path  []*chanflow.Edge
	}
	var all []holding
	starts, _ := c.startsOf(instr.Parent())
	seen := map[*ssa.Function]bool{instr.Parent(): true}
	for queue := []step{{instr, nil}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		for _, sec := range c.sections.Held(s.instr) {
			if !c.direct(sec) {
				continue
			}
			for _, o := range c.locksOf(sec) {
				all = append(all, holding{o, sec.Shared, sec, s.path, starts})
			}
		}
		if len(s.path) > near {
			continue
		}
		for _, e := range c.flow.In(s.instr.Parent()) {
			if len(s.path) > 0 && !chanflow.Follows(e, s.path[0]) {
				continue
			}
			if e.Mode != chanflow.Go && e.Mode != chanflow.Defer && !seen[e.Caller] {
				seen[e.Caller] = true
				queue = append(queue, step{e.Site, append([]*chanflow.Edge{e}, s.path...)})
			}
		}
	}
	return all
}

// direct reports whether a section begins with the call of Lock itself: what a
// function leaves locked for its caller may be locked on some of its ways only.
func (c *checker) direct(s *sections.Section) bool {
	for _, op := range c.flow.Of(s.Func) {
		if op.Instr == s.Take {
			return true
		}
	}
	return false
}

// locksOf returns the mutexes that a section may hold.
func (c *checker) locksOf(s *sections.Section) []*chanflow.Object {
	if s.Lock.Var != nil {
		return c.flow.Fields(s.Lock.Var, chanflow.Lock)
	}
	call, ok := s.Take.(ssa.CallInstruction)
	if !ok || len(call.Common().Args) == 0 {
		return nil
	}
	objs, _ := c.flow.May(call.Common().Args[0], chanflow.Lock)
	return objs
}

// How somebody needs a lock before an operation.
const (
	perhaps   = iota + 1 // before the wait, or after it began: it cannot be told
	sometimes            // in one turn of a loop, or on one way
	always               // on every way
)

// A need is the place where somebody needs the lock.
type need struct {
	how  int
	at   ssa.Instruction
	then *chanflow.Op
}

// needed tells whether those who end the wait of op need the lock first: one of
// those who are waited for together, every one of those who might.
func (c *checker) needed(op *chanflow.Op, by []*chanflow.Op, h holding) need {
	worst := need{}
	for _, w := range by {
		n := c.before(w, h, make(map[*ssa.Function]bool))
		n.then = w
		if op.Kind == chanflow.Wait {
			if n.how > worst.how {
				worst = n
			}
			continue
		}
		if n.how == 0 {
			return need{}
		}
		if worst.how == 0 || n.how < worst.how {
			worst = n
		}
	}
	return worst
}

// before tells whether the goroutine that does w needs the lock before it does.
func (c *checker) before(w *chanflow.Op, h holding, seen map[*ssa.Function]bool) need {
	return c.beforeInstr(w.Instr, w.Mode == chanflow.Defer, h, seen)
}

func (c *checker) beforeInstr(at ssa.Instruction, deferred bool, h holding, seen map[*ssa.Function]bool) need {
	fn := at.Parent()
	if seen[fn] || len(seen) > 2*near {
		return need{}
	}
	seen[fn] = true
	for _, s := range c.sections.Held(at) {
		for _, o := range c.locksOf(s) {
			if o == h.lock && !(h.shared && s.Shared) {
				return need{how: always, at: s.Take}
			}
		}
	}
	best := c.taken(fn, at, deferred, h)
	if best.how == always {
		return best
	}
	// The callers, if they are all in sight and all need it.
	in := c.flow.In(fn)
	if len(in) == 0 || c.flow.Foreign(fn) {
		return best
	}
	var up need
	for _, e := range in {
		if e.Mode == chanflow.Go {
			return best
		}
		n := c.beforeInstr(e.Site, e.Mode == chanflow.Defer, h, seen)
		if n.how == 0 {
			return best
		}
		if up.how == 0 || n.how < up.how {
			up = n
		}
	}
	if up.how > best.how {
		return up
	}
	return best
}

// taken tells whether fn takes the lock before it comes to at.
func (c *checker) taken(fn *ssa.Function, at ssa.Instruction, deferred bool, h holding) need {
	var best need
	for _, instr := range c.acquisitions(fn, h) {
		how := 0
		switch {
		case instr == at && !loops(at), c.ahead(instr, h):
		case !deferred && dominates(instr, at) && !(chanflow.Walk{}).Reaches(at, instr):
			how = perhaps // to register the channel, say
			if c.follows(instr, h) {
				how = always
			}
		case deferred && c.onEveryWay(instr), !deferred && dominates(instr, at):
			how = always
		case deferred, chanflow.Walk{}.Reaches(instr, at):
			how = sometimes
		}
		if how > best.how {
			best = need{how: how, at: instr}
		}
	}
	return best
}

// ahead reports whether an acquisition is over when the one who holds the lock is
// started.
func (c *checker) ahead(instr ssa.Instruction, h holding) bool {
	for _, s := range h.starts {
		if s.Caller == instr.Parent() && !(chanflow.Walk{}).Reaches(s.Site, instr) {
			return true
		}
	}
	return false
}

// follows reports whether the one who holds the lock is started before an acquisition,
// by the same function.
func (c *checker) follows(instr ssa.Instruction, h holding) bool {
	for _, s := range h.starts {
		if s.Caller == instr.Parent() && (chanflow.Walk{}).Reaches(s.Site, instr) {
			return true
		}
	}
	return false
}

// onEveryWay reports whether every return of its function comes after instr.
func (c *checker) onEveryWay(instr ssa.Instruction) bool {
	w := chanflow.Walk{Stop: func(in ssa.Instruction) bool { return in == instr }}
	return w.Returns(instr.Parent()) == nil
}

func dominates(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return a.Block().Dominates(b.Block())
	}
	for _, instr := range a.Block().Instrs {
		switch instr {
		case a:
			return true
		case b:
			return false
		}
	}
	return false
}

// acquisitions returns where fn takes the lock, or calls what does.
func (c *checker) acquisitions(fn *ssa.Function, h holding) []ssa.Instruction {
	var at []ssa.Instruction
	for _, op := range c.flow.Of(fn) {
		if op.Kind == chanflow.Take && op.Mode == chanflow.Plain && !(h.shared && shared(op)) && has(op.Objs, h.lock) {
			at = append(at, op.Instr)
		}
	}
	for _, e := range c.flow.Calls(fn) {
		if e.Mode == chanflow.Plain && c.acquired(e.Callee)[h.lock] {
			at = append(at, e.Site)
		}
	}
	return at
}

// shared reports whether op takes a lock for reading.
func shared(op *chanflow.Op) bool {
	call := op.Instr.(ssa.CallInstruction).Common()
	return call.StaticCallee() != nil && call.StaticCallee().Name() == "RLock"
}

func has(objs []*chanflow.Object, o *chanflow.Object) bool {
	for _, x := range objs {
		if x == o {
			return true
		}
	}
	return false
}

// acquired returns the locks that fn takes, or what it calls.
func (c *checker) acquired(fn *ssa.Function) lockset {
	set, ok := c.acquires[fn]
	if ok {
		return set
	}
	set = make(lockset)
	for _, f := range c.flow.Under(fn) {
		for _, op := range c.flow.Of(f) {
			if op.Kind == chanflow.Take {
				for _, o := range op.Objs {
					set[o] = true
				}
			}
		}
	}
	c.acquires[fn] = set
	return set
}

func (c *checker) reportLocked(op *chanflow.Op, h holding, n need) {
	tier := rule.Likely
	if n.how == perhaps || !sameOwner(op, h) {
		tier = rule.Suspected
	}
	if n.how == sometimes && op.Kind == chanflow.Send {
		for _, o := range op.Objs {
			if _, ok := c.capacity(o); !ok {
				tier = rule.Suspected // there may be room for all
			}
		}
	}
	name := h.take.Lock.Name
	chain := []rule.Step{step(h.take.Take.Pos(), name+" is taken, and held here")}
	for _, e := range h.path {
		chain = append(chain, step(e.Site.Pos(), "calls "+c.name(e.Callee)+" with it held"))
	}
	chain = append(chain,
		step(n.at.Pos(), "needs "+name+" first"),
		step(n.then.Pos(), "would end the wait"))
	c.report(leak{
		at:    op.Instr,
		pos:   op.Pos(),
		what:  c.does(op),
		wait:  wait(op),
		why:   "it holds " + name + ", which whoever would end that wait needs first",
		cause: "waits under a lock",
		tier:  tier,
		sure:  true,
		chain: chain,
		mend:  "release the lock before waiting",
	})
}

// sameOwner reports whether the lock and the channel are not seen to be fields of two
// objects of one type: of the nodes of a tree each has a lock of its own.
func sameOwner(op *chanflow.Op, h holding) bool {
	take, ok := h.take.Take.(ssa.CallInstruction)
	if !ok || len(take.Common().Args) == 0 {
		return true
	}
	lock, ok := take.Common().Args[0].(*ssa.FieldAddr)
	if !ok {
		return true
	}
	ch, ok := source(op.Value).(*ssa.FieldAddr)
	if !ok || namedOf(ch.X.Type()) == nil || namedOf(ch.X.Type()) != namedOf(lock.X.Type()) {
		return true
	}
	owner := ch.X
	for _, e := range slices.Backward(h.path) {
		p, ok := owner.(*ssa.Parameter)
		j := slices.Index(e.Callee.Params, p)
		args := e.Site.Common().Args
		if !ok || !e.Sure || j < 0 || len(args) != len(e.Callee.Params) {
			return true
		}
		owner = args[j]
	}
	return equal(owner, lock.X, 4)
}
