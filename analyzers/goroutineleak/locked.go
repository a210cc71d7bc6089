package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
)

// A holding is a mutex that is held at a place, by the function itself or by one
// that calls it.
type holding struct {
	lock   *chanflow.Object
	shared bool
	take   *sections.Section
	path   []*chanflow.Edge
	starts []chanflow.Start // of the one who holds it
	waits  *ssa.Function    // where it waits then
	unsure bool             // whether path can be
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
		if outside || len(by) == 0 || c.closed(op, by) || c.takesBack(op, by) || c.fills(op) || c.single(op) {
			return
		}
		needs := c.needsOf(op, by)
		for i, h := range c.held(op.Instr) {
			if need := needs[i]; need.how >= least && !told[h.take.Take] {
				told[h.take.Take], told[need.then.Instr] = true, true
				c.reportLocked(op, h, need)
				return
			}
		}
	})
}

// takesBack reports whether op receives what the same goroutine has sent before: a place among
// so many.
func (c *checker) takesBack(op *chanflow.Op, by []*chanflow.Op) bool {
	return op.Kind == chanflow.Recv && slices.ContainsFunc(by, func(w *chanflow.Op) bool {
		return w.Kind == chanflow.Send && c.after(op.Instr, op.Mode, w)
	})
}

// single reports whether op sends the only value, or one of few, to a channel that has room
// for it: it is sent under a flag that is set then, or the channel is closed after it.
func (c *checker) single(op *chanflow.Op) bool {
	if op.Kind != chanflow.Send {
		return false
	}
	for _, o := range op.Objs {
		if room, known := c.capacity(o); !known || room == 0 {
			return false
		}
	}
	if c.guardedByFlag(op.Instr) {
		return true
	}
	return slices.ContainsFunc(c.flow.Of(op.Fn), func(w *chanflow.Op) bool {
		return w.Kind == chanflow.Close && w.Mode == chanflow.Plain && dominates(op.Instr, w.Instr) && source(w.Value) == source(op.Value)
	})
}

// closed reports whether the same goroutine has closed the channel before it comes to op.
func (c *checker) closed(op *chanflow.Op, by []*chanflow.Op) bool {
	return slices.ContainsFunc(by, func(w *chanflow.Op) bool {
		return w.Kind == chanflow.Close && w.Mode == chanflow.Plain && w.Fn == op.Fn && dominates(w.Instr, op.Instr) && c.sameObject(w, op)
	})
}

// needsOf returns how those who end the wait of op need each of the locks that are held.
func (c *checker) needsOf(op *chanflow.Op, by []*chanflow.Op) []need {
	needs, ok := c.needs[op]
	if !ok {
		for _, h := range c.held(op.Instr) {
			needs = append(needs, c.needed(op, by, h))
		}
		c.needs[op] = needs
	}
	return needs
}

// held returns the mutexes that are held at instr.
func (c *checker) held(instr ssa.Instruction) []holding {
	all, ok := c.holdings[instr]
	if !ok {
		all = c.findHeld(instr)
		c.holdings[instr] = all
	}
	return all
}

func (c *checker) findHeld(instr ssa.Instruction) []holding {
	starts, _ := c.startsAt(instr)
	all := c.heldAt(nil, instr, holding{starts: starts, waits: instr.Parent()})
	c.flow.Up(instr, func(w *chanflow.Way) bool {
		if w.Edge.Mode == chanflow.Go || w.Edge.Mode == chanflow.Defer {
			return false
		}
		path := w.Path()
		all = c.heldAt(all, w.Edge.Site, holding{path: path, starts: starts, waits: instr.Parent(), unsure: w.Unsure})
		return len(path) <= near
	})
	return all
}

// heldAt adds the mutexes that a function holds itself at instr.
func (c *checker) heldAt(all []holding, instr ssa.Instruction, h holding) []holding {
	for _, sec := range c.sections.Held(instr) {
		if !c.direct(sec) {
			continue
		}
		for _, o := range c.locksOf(sec) {
			h.lock, h.shared, h.take = o, sec.Shared, sec
			all = append(all, h)
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
	how    int
	at     ssa.Instruction
	then   *chanflow.Op
	lock   place
	ends   place // of what it does then
	unsure bool  // whether it is that lock, or taken at all
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
	return c.beforeInstr(w, w.Instr, w.Mode == chanflow.Defer, nil, h, seen)
}

// beforeInstr tells the same of what w does by way of at, on the calls of path.
func (c *checker) beforeInstr(w *chanflow.Op, at ssa.Instruction, deferred bool, path []*chanflow.Edge, h holding, seen map[*ssa.Function]bool) need {
	fn := at.Parent()
	if seen[fn] || len(seen) > 2*near {
		return need{}
	}
	seen[fn] = true
	counted := c.counted(w, at)
	for _, s := range c.sections.Held(at) {
		for _, o := range c.locksOf(s) {
			if o == h.lock && !(h.shared && s.Shared) && since(counted, s.Take) {
				return need{how: always, at: s.Take, lock: c.taking(s.Take, nil, h), ends: c.placeOf(w.Value, path)}
			}
		}
	}
	best := c.taken(at, deferred, counted, h)
	best.ends = c.placeOf(w.Value, path)
	if best.how == always {
		return best
	}
	// The callers, if they are all in sight and all need it.
	in := c.flow.In(fn)
	if len(in) == 0 || c.flow.Foreign(fn) || counted != nil {
		return best
	}
	var up need
	for _, e := range in {
		if e.Mode == chanflow.Go {
			return best
		}
		n := c.beforeInstr(w, e.Site, e.Mode == chanflow.Defer, append([]*chanflow.Edge{e}, path...), h, seen)
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

// counted returns what adds the goroutine that w ends the wait for to its group, if
// that is in the function of at and surely before it: nobody waits until then.
func (c *checker) counted(w *chanflow.Op, at ssa.Instruction) ssa.Instruction {
	if w.Kind != chanflow.Finish {
		return nil
	}
	for _, op := range c.flow.Of(at.Parent()) {
		if op.Kind == chanflow.Add && op.Instr != at && op.Mode == chanflow.Plain && shareObject(op, w) && dominates(op.Instr, at) {
			return op.Instr
		}
	}
	for _, e := range c.flow.Calls(at.Parent()) {
		if e.Mode == chanflow.Plain && e.Sure && e.Site != at && dominates(e.Site, at) && c.adds(e.Callee, w) {
			return e.Site
		}
	}
	return nil
}

// adds reports whether fn adds to the group that w ends the wait for.
func (c *checker) adds(fn *ssa.Function, w *chanflow.Op) bool {
	return slices.ContainsFunc(c.flow.Of(fn), func(op *chanflow.Op) bool {
		return op.Kind == chanflow.Add && op.Mode == chanflow.Plain && shareObject(op, w)
	})
}

func shareObject(a, b *chanflow.Op) bool {
	return slices.ContainsFunc(a.Objs, func(o *chanflow.Object) bool { return has(b.Objs, o) })
}

// since reports whether instr comes after a place, if there is one.
func since(place, instr ssa.Instruction) bool {
	return place == nil || chanflow.Walk{}.Reaches(place, instr)
}

// taken tells whether the function of at takes the lock before it comes there.
func (c *checker) taken(at ssa.Instruction, deferred bool, counted ssa.Instruction, h holding) need {
	var best need
	for _, a := range c.acquisitions(at.Parent(), h) {
		how, instr := 0, a.at
		switch {
		case instr == at && !loops(at), c.ahead(instr, h), !since(counted, instr):
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
			best = need{how: how, at: instr, lock: a.lock, unsure: a.unsure}
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

// An acquisition is a place where a function takes a lock, or calls what does.
type acquisition struct {
	at     ssa.Instruction
	lock   place
	unsure bool
}

// acquisitions returns where fn takes the lock, or calls what does.
func (c *checker) acquisitions(fn *ssa.Function, h holding) []acquisition {
	var all []acquisition
	for _, op := range c.flow.Of(fn) {
		if c.takes(op, h) {
			all = append(all, acquisition{at: op.Instr, lock: c.taking(op.Instr, nil, h)})
		}
	}
	from := c.flow.Into(c.passing(fn, h), fn)
	for _, e := range c.flow.Calls(fn) {
		if e.Mode != chanflow.Plain || !c.takers(h)[e.Callee] {
			continue
		}
		if a, ok := c.acquiredBy(from, e, h); ok {
			all = append(all, a)
		}
	}
	return all
}

// passing returns the calls that lead to fn from the one who waits, if it has started that
// itself, or to the one who waits: those that tell what fn was passed.
func (c *checker) passing(fn *ssa.Function, h holding) []*chanflow.Edge {
	var found []*chanflow.Edge
	c.flow.Up(fn.Blocks[0].Instrs[0], func(w *chanflow.Way) bool {
		path := w.Path()
		if found == nil && w.Fn == h.waits {
			found = path
		}
		return found == nil && len(path) <= near
	})
	return slices.Concat(h.path, found)
}

// takes reports whether op waits for the lock: also one who waits for a condition
// cannot go on without it.
func (c *checker) takes(op *chanflow.Op, h holding) bool {
	if op.Kind == chanflow.Sleep {
		return op.Mode == chanflow.Plain && slices.ContainsFunc(op.Objs, func(o *chanflow.Object) bool { return has(o.Lockers(), h.lock) })
	}
	return op.Kind == chanflow.Take && op.Mode == chanflow.Plain && !(h.shared && shared(op)) && has(op.Objs, h.lock)
}

// taking returns which lock a call of Lock takes, as the caller of path sees it. A
// condition stands beside its lock.
func (c *checker) taking(take ssa.Instruction, path []*chanflow.Edge, h holding) place {
	call, ok := take.(ssa.CallInstruction)
	if !ok || len(call.Common().Args) == 0 {
		return place{}
	}
	p := c.placeOf(call.Common().Args[0], path)
	if last := len(p.fields) - 1; last >= 0 && h.lock.Var != nil && p.fields[last] != h.lock.Var && isCond(p.fields[last]) {
		p.fields[last] = h.lock.Var
	}
	return p
}

// isCond reports whether a field holds a condition variable.
func isCond(v *types.Var) bool { return types.TypeString(deref(v.Type()), nil) == "sync.Cond" }

// acquiredBy tells how a call takes the lock, on the surest way to that.
func (c *checker) acquiredBy(from *chanflow.Way, e *chanflow.Edge, h holding) (found acquisition, ok bool) {
	takers := c.takers(h)
	c.flow.Beyond(from, e, func(w *chanflow.Way) bool {
		if ok && !found.unsure || w.Edge.Mode == chanflow.Go || w.Edge.Mode == chanflow.Passed || !takers[w.Fn] {
			return false
		}
		for _, op := range c.flow.Of(w.Fn) {
			if c.takes(op, h) && c.flow.Possible(w, op.Instr) && (!ok || found.unsure && !w.Unsure) {
				path := w.Path()
				slices.Reverse(path)
				found, ok = acquisition{at: e.Site, lock: c.taking(op.Instr, path, h), unsure: w.Unsure}, true
			}
		}
		return true
	})
	return found, ok
}

// waitsFor returns the operations that wait for a lock.
func (c *checker) waitsFor(lock *chanflow.Object) (ops []*chanflow.Op) {
	for _, op := range lock.Ops {
		if op.Kind == chanflow.Take {
			ops = append(ops, op)
		}
	}
	for _, o := range c.flow.Objects {
		if o.Kind != chanflow.Cond || !has(o.Lockers(), lock) {
			continue
		}
		for _, op := range o.Ops {
			if op.Kind == chanflow.Sleep {
				ops = append(ops, op)
			}
		}
	}
	return ops
}

// takers returns the functions that take the lock of h, or may call what does, whatever
// they are passed.
func (c *checker) takers(h holding) map[*ssa.Function]bool {
	if fns, ok := c.lockers[h.lock]; ok {
		return fns
	}
	fns := make(map[*ssa.Function]bool)
	c.lockers[h.lock] = fns
	var todo []*ssa.Function
	add := func(fn *ssa.Function) {
		if !fns[fn] {
			fns[fn] = true
			todo = append(todo, fn)
		}
	}
	for _, op := range c.waitsFor(h.lock) {
		add(op.Fn)
	}
	for ; len(todo) > 0; todo = todo[1:] {
		for _, e := range c.flow.In(todo[0]) {
			if e.Mode != chanflow.Go && e.Mode != chanflow.Passed {
				add(e.Caller)
			}
		}
	}
	return fns
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

func (c *checker) reportLocked(op *chanflow.Op, h holding, n need) {
	tier := rule.Likely
	held, waits := c.taking(h.take.Take, nil, h), c.placeOf(op.Value, h.path)
	if n.how == perhaps || n.unsure || h.unsure || !c.sameLock(held, waits, n.lock, n.ends) {
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
		start: c.startAlong(h.path),
		path:  h.path,
		mend:  "release the lock before waiting",
	})
}

// startAlong returns the nearest go statement under which the calls of path are made, if
// there are any.
func (c *checker) startAlong(path []*chanflow.Edge) *chanflow.Start {
	if len(path) == 0 {
		return nil
	}
	starts, _ := c.startsAt(path[0].Site)
	if len(starts) == 0 {
		return nil
	}
	return &chanflow.Start{Edge: starts[0].Edge, Path: slices.Concat(starts[0].Path, path)}
}
