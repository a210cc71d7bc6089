package sections

import (
	"go/token"
	"maps"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"
)

// A held lock is one that is held on every way to a place.
type held struct {
	lock     Lock
	shared   bool
	takes    []ssa.Instruction // where it was taken, one of them
	deferred *ssa.Defer        // what will release it at the end
	atEnd    bool              // it is not held yet: a deferred call takes it
}

// A state is what is held at one place of a function. It is never changed once
// it is stored.
type state map[key]*held

// sorted returns what is held, in a fixed order.
func (s state) sorted() []*held {
	if len(s) == 0 {
		return nil
	}
	hs := make([]*held, 0, len(s))
	for _, h := range s {
		if !h.atEnd {
			hs = append(hs, h)
		}
	}
	sort.Slice(hs, func(i, j int) bool { return less(hs[i].lock.key, hs[j].lock.key) })
	return hs
}

// meet returns what is held on both of two ways.
func meet(a, b state) state {
	out := make(state)
	for k, h := range a {
		g := b[k]
		if g == nil || g.atEnd != h.atEnd {
			continue
		}
		m := *h
		m.shared = h.shared || g.shared
		m.takes = union(h.takes, g.takes)
		if g.deferred == nil {
			m.deferred = nil
		}
		out[k] = &m
	}
	return out
}

func union(a, b []ssa.Instruction) []ssa.Instruction {
	out := slices.Clip(a)
	for _, i := range b {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

func equal(a, b state) bool {
	return maps.EqualFunc(a, b, func(g, h *held) bool {
		return g.shared == h.shared && g.deferred == h.deferred && g.atEnd == h.atEnd && len(g.takes) == len(h.takes)
	})
}

// A flow is what is known of a function that has to do with locks.
type flow struct {
	b     *builder
	fn    *ssa.Function
	calls map[ssa.CallInstruction]*effect // those that do something to locks
	tries map[ssa.Value]take
	in    map[*ssa.BasicBlock]state
}

// flow follows the locks of a function, or returns nil if it has none.
func (b *builder) flow(fn *ssa.Function) *flow {
	f := &flow{b: b, fn: fn, calls: make(map[ssa.CallInstruction]*effect), tries: make(map[ssa.Value]take)}
	f.scan()
	if len(f.calls) == 0 && len(f.tries) == 0 {
		return nil
	}
	f.solve()
	return f
}

// scan finds the calls that do something to locks.
func (f *flow) scan() {
	for _, blk := range f.fn.Blocks {
		for _, instr := range blk.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			c := call.Common()
			if t, ok := tries(c); ok && call.Value() != nil {
				f.tries[call.Value()] = t
				continue
			}
			e := f.b.call(c)
			if rel := f.handed(c); len(rel) > 0 {
				e = &effect{releases: append(slices.Clip(e.releases), rel...), takes: e.takes}
			}
			if e != none {
				f.calls[call] = e
			}
		}
	}
}

// handed returns the locks that what a call is given may release: closures that do
// so, and the lock itself.
func (f *flow) handed(c *ssa.CallCommon) []Lock {
	if fn, _ := callee(c); fn == nil && !c.IsInvoke() {
		if _, builtin := c.Value.(*ssa.Builtin); !builtin {
			return f.own() // it may be any of them
		}
	}
	var locks []Lock
	for _, a := range c.Args {
		if m, ok := a.(*ssa.MakeClosure); ok {
			fn := m.Fn.(*ssa.Function)
			locks = append(locks, f.b.of(fn).within(fn, nil, m).releases...)
		}
	}
	if fn := c.StaticCallee(); fn != nil && (f.b.knows(fn) || fn.Signature.Recv() != nil && isLock(fn.Signature.Recv().Type())) {
		return locks
	}
	for _, a := range c.Args {
		if isBare(a.Type()) {
			locks = append(locks, lockAt(a))
		}
	}
	return locks
}

// own returns what the literals of the function, and of those around it, release.
func (f *flow) own() []Lock {
	var locks []Lock
	for fn := f.fn; fn != nil; fn = fn.Parent() {
		for _, lit := range fn.AnonFuncs {
			locks = append(locks, f.b.of(lit).within(lit, nil, nil).releases...)
		}
	}
	return locks
}

// solve finds what is held at the start of each block.
func (f *flow) solve() {
	f.in = map[*ssa.BasicBlock]state{f.fn.Blocks[0]: {}}
	for work := []*ssa.BasicBlock{f.fn.Blocks[0]}; len(work) > 0; work = work[1:] {
		blk := work[0]
		out := f.through(blk, f.in[blk], nil)
		for i, succ := range blk.Succs {
			next := f.taken(blk, i, out)
			old, seen := f.in[succ]
			if seen {
				next = meet(old, next)
			}
			if !seen || !equal(old, next) {
				f.in[succ] = next
				work = append(work, succ)
			}
		}
	}
}

// replay visits every instruction that is reached, with what is held while it
// runs and after it.
func (f *flow) replay(visit func(instr ssa.Instruction, before, after state)) {
	for _, blk := range f.fn.Blocks {
		if s, ok := f.in[blk]; ok {
			f.through(blk, s, visit)
		}
	}
}

// through returns what is held at the end of a block.
func (f *flow) through(blk *ssa.BasicBlock, s state, visit func(ssa.Instruction, state, state)) state {
	for _, instr := range blk.Instrs {
		before, after := s, s
		call, ok := instr.(ssa.CallInstruction)
		if e := f.calls[call]; ok && e != nil {
			before, after = f.apply(call, e, s)
		}
		switch instr.(type) {
		case *ssa.Go:
			before = nil
		case *ssa.Defer:
			before = releasedLater(before)
		}
		if visit != nil {
			visit(instr, before, after)
		}
		s = after
	}
	return s
}

// releasedLater returns what of s a deferred call finds held: what was deferred
// before it runs after it.
func releasedLater(s state) state {
	out := make(state)
	for k, h := range s {
		if h.deferred != nil {
			out[k] = h
		}
	}
	return out
}

// apply returns what of s is held while a call runs, and what is held after it.
func (f *flow) apply(call ssa.CallInstruction, e *effect, s state) (during, after state) {
	during, after = maps.Clone(s), maps.Clone(s)
	d, isDefer := call.(*ssa.Defer)
	for _, l := range e.releases {
		for _, k := range matching(s, l) {
			if !isDefer {
				delete(during, k)
				delete(after, k)
			} else if h := *s[k]; h.deferred == nil {
				h.deferred = d
				after[k] = &h
			}
		}
	}
	if _, ok := call.(*ssa.Go); ok {
		return nil, after // what the goroutine takes, it holds itself
	}
	for _, t := range e.takes {
		k := t.lock.key
		if was := s[k]; was != nil && !isDefer {
			after[k] = was // released for a while
			continue
		}
		after[k] = &held{lock: t.lock, shared: t.shared, takes: []ssa.Instruction{call}, atEnd: isDefer}
	}
	return during, after
}

// matching returns what of s may be the lock l: l itself, or, if that is not
// held, what may be l by another name.
func matching(s state, l Lock) []key {
	if h := s[l.key]; h != nil && !h.atEnd {
		return []key{l.key}
	}
	var ks []key
	for k, h := range s {
		if !h.atEnd && (h.lock.Var == l.Var || h.lock.Var == nil || l.Var == nil) {
			ks = append(ks, k)
		}
	}
	return ks
}

// taken returns what is held on the way from a block to its successor i, where
// out is held at its end: on one of the two a lock that was tried is.
func (f *flow) taken(blk *ssa.BasicBlock, i int, out state) state {
	cond, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.If)
	if !ok {
		return out
	}
	v, yes := cond.Cond, i == 0
	for u, ok := v.(*ssa.UnOp); ok && u.Op == token.NOT; u, ok = v.(*ssa.UnOp) {
		v, yes = u.X, !yes
	}
	t, ok := f.tries[v]
	if !ok || !yes {
		return out
	}
	out = maps.Clone(out)
	out[t.lock.key] = &held{lock: t.lock, shared: t.shared, takes: []ssa.Instruction{v.(ssa.Instruction)}}
	return out
}

// effect returns what the function does to the locks of its callers.
func (f *flow) effect() *effect {
	e := new(effect)
	seen := make(map[key]bool)
	var left state
	returns := false
	f.replay(func(instr ssa.Instruction, before, after state) {
		if _, ok := instr.(*ssa.Return); ok {
			if returns {
				after = meet(left, after)
			}
			left, returns = after, true
		}
	})
	for _, blk := range f.fn.Blocks {
		if s, ok := f.in[blk]; ok {
			f.foreign(blk, s, func(l Lock) {
				if !seen[l.key] {
					seen[l.key] = true
					e.releases = append(e.releases, l)
				}
			})
		}
	}
	for _, h := range left {
		if h.deferred == nil {
			e.takes = append(e.takes, take{h.lock, h.shared})
		}
	}
	sort.Slice(e.takes, func(i, j int) bool { return less(e.takes[i].lock.key, e.takes[j].lock.key) })
	if len(e.takes) == 0 && len(e.releases) == 0 {
		return none
	}
	return e
}

// foreign calls found with each lock that a block releases and the function did
// not take.
func (f *flow) foreign(blk *ssa.BasicBlock, s state, found func(Lock)) {
	f.through(blk, s, func(instr ssa.Instruction, _, after state) {
		if call, ok := instr.(ssa.CallInstruction); ok && f.calls[call] != nil {
			for _, l := range f.calls[call].releases {
				if h := s[l.key]; h == nil || h.atEnd {
					found(l)
				}
			}
		}
		s = after
	})
}
