package sections

import (
	"cmp"
	"go/token"
	"maps"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"
)

// A held lock is one of which something is known at a place: on every way
// there it is held, unless status says otherwise.
type held struct {
	lock     Lock
	status   status
	shared   bool
	takes    []ssa.Instruction // where it was taken, one of them
	deferred *ssa.Defer        // what will release it at the end
	later    *ssa.Defer        // the same, deferred before it was released by hand and taken again
	atEnd    bool              // a deferred call takes it
}

type status int

const (
	taken    status = iota // by this function
	released               // on some way: the caller held it
	restored               // released, and taken again
	awaited                // not held yet: a deferred call takes it
	dropped                // released, though a deferred call will do so again: it is to be taken before
)

// ends returns the deferred call that releases the lock when the function returns.
func (h *held) ends() *ssa.Defer { return cmp.Or(h.deferred, h.later) }

func (h *held) holds() bool { return h.status == taken || h.status == restored }

// A state is what is known at one place of a function. It is never changed once
// it is stored.
type state map[key]*held

// sorted returns what is held, in a fixed order.
func (s state) sorted() []*held {
	if len(s) == 0 {
		return nil
	}
	hs := make([]*held, 0, len(s))
	for _, h := range s {
		if h.holds() {
			hs = append(hs, h)
		}
	}
	sort.Slice(hs, func(i, j int) bool { return less(hs[i].lock.key, hs[j].lock.key) })
	return hs
}

// meet returns what is known on both of two ways: what is held on both, and what
// the caller lost on either.
func meet(a, b state) state {
	if same(a, b) {
		return a
	}
	out := make(state)
	for k, h := range a {
		g := b[k]
		switch {
		case h.status == released:
			out[k] = h
			if g != nil && g.status == released && g.atEnd != h.atEnd {
				lost := *h
				lost.atEnd = false
				out[k] = &lost
			}
		case g == nil || h.status != g.status:
		default:
			m := *h
			m.shared = h.shared || g.shared
			m.takes = union(h.takes, g.takes)
			if g.deferred == nil {
				m.deferred = nil
			}
			m.later = nil
			if h.ends() != nil && g.ends() != nil {
				m.later = h.ends()
			}
			out[k] = &m
		}
	}
	for k, g := range b {
		if g.status == released && (a[k] == nil || a[k].status != released) {
			out[k] = g
		}
	}
	return out
}

// same reports whether a and b tell of the same.
func same(a, b state) bool {
	return maps.EqualFunc(a, b, func(g, h *held) bool { return g == h })
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
		return g.status == h.status && g.shared == h.shared && g.deferred == h.deferred && g.later == h.later && g.atEnd == h.atEnd && len(g.takes) == len(h.takes)
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
			if t, ok := f.b.tries(c); ok && call.Value() != nil {
				f.tries[call.Value()] = t
				continue
			}
			e := f.b.call(c)
			if rel := f.handed(c); len(rel) > 0 {
				e = &effect{append(slices.Clip(e.releases), rel...), e.takes}
			}
			if e != none {
				f.calls[call] = e
			}
		}
	}
}

// handed returns the locks that what a call is given may release: functions that do
// so, and the lock itself.
func (f *flow) handed(c *ssa.CallCommon) []release {
	if fn, _ := callee(c); fn == nil && !c.IsInvoke() {
		if _, builtin := c.Value.(*ssa.Builtin); !builtin {
			return f.own(c.Value) // it may be any of them
		}
	}
	var rs []release
	for _, a := range c.Args {
		switch a := a.(type) {
		case *ssa.MakeClosure:
			rs = append(rs, f.b.value(a.Fn.(*ssa.Function), a, nil).releases...)
		case *ssa.Function:
			rs = append(rs, f.b.value(a, nil, nil).releases...)
		}
	}
	if fn := c.StaticCallee(); fn != nil && (f.b.knows(fn) || fn.Signature.Recv() != nil && isLock(fn.Signature.Recv().Type())) {
		return rs
	}
	for _, a := range c.Args {
		if isBare(a.Type()) {
			l, _ := f.b.lockAt(a)
			rs = append(rs, release{lock: l})
		}
	}
	return rs
}

// own returns what the literals of the function, and of those around it, release
// that v may be.
func (f *flow) own(v ssa.Value) []release {
	inField := false
	if u, ok := v.(*ssa.UnOp); ok {
		_, inField = u.X.(*ssa.FieldAddr)
	}
	var rs []release
	for fn := f.fn; fn != nil; fn = fn.Parent() {
		for _, lit := range fn.AnonFuncs {
			if inField && staysLocal(lit) {
				continue
			}
			rs = append(rs, f.b.of(lit).within(lit, nil, nil).releases...)
		}
	}
	return rs
}

// staysLocal reports whether a literal is only called, or held in local variables.
func staysLocal(lit *ssa.Function) bool {
	for _, blk := range lit.Parent().Blocks {
		for _, instr := range blk.Instrs {
			c, ok := instr.(*ssa.MakeClosure)
			if !ok || c.Fn != lit {
				continue
			}
			for _, ref := range *c.Referrers() {
				switch ref := ref.(type) {
				case *ssa.Store:
					if _, ok := ref.Addr.(*ssa.Alloc); !ok {
						return false
					}
				case ssa.CallInstruction:
					if ref.Common().Value != c {
						return false
					}
				case *ssa.DebugRef:
				default:
					return false
				}
			}
		}
	}
	return true
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
			if before = nil; visit != nil {
				before = maps.Clone(s)
			}
			after = f.apply(call, e, s, before)
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

// apply returns what of s is held after a call. Of during, a copy of s or nil, it leaves
// what is held while the call runs.
func (f *flow) apply(call ssa.CallInstruction, e *effect, s, during state) state {
	after := make(state, len(s)+len(e.takes))
	maps.Copy(after, s)
	d, deferred := call.(*ssa.Defer)
	for _, r := range e.releases {
		for _, k := range matching(s, r.lock) {
			h := *s[k]
			switch {
			case deferred && r.taken:
				continue
			case deferred:
				h.deferred = cmp.Or(h.deferred, d)
				after[k] = &h
				continue
			case r.taken:
			case h.status == restored:
				h.status = released
				after[k] = &h
			case h.ends() != nil:
				h.status = dropped
				after[k] = &h
			default:
				delete(after, k)
			}
			delete(during, k)
		}
		if k := r.lock.key; k.base != nil && s[k] == nil && !r.taken {
			after[k] = &held{lock: r.lock, status: released}
		}
	}
	if _, ok := call.(*ssa.Go); ok {
		return after // what the goroutine takes, it holds itself
	}
	for _, t := range e.takes {
		k := t.lock.key
		was := after[k]
		h := &held{lock: t.lock, shared: t.shared, takes: []ssa.Instruction{call}}
		switch {
		case was != nil && was.holds():
			continue // a deadlock, unless it is another lock by the same name
		case was != nil && was.status == released && deferred:
			*h = *was
			h.atEnd = true
		case was != nil && was.status == released:
			h.status = restored
		case was != nil && was.status == dropped:
			h.later = was.ends()
		case deferred:
			h.status = awaited
		}
		after[k] = h
	}
	return after
}

// matching returns what of s may be the lock l: l itself, or, if that is not
// held, what may be l by another name.
func matching(s state, l Lock) []key {
	if h := s[l.key]; h != nil && h.holds() {
		return []key{l.key}
	}
	var ks []key
	for k, h := range s {
		if h.holds() && (h.lock.Var == l.Var || h.lock.Var == nil || l.Var == nil) {
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
	left := f.left()
	e := &effect{releases: f.foreign()}
	for i, r := range e.releases {
		h := left[r.lock.key]
		e.releases[i].taken = r.lock.key.base != nil && (h == nil || h.status != released || h.atEnd) && (h == nil || h.deferred == nil)
	}
	for _, h := range left.sorted() {
		if h.status == taken && h.ends() == nil {
			e.takes = append(e.takes, take{h.lock, h.shared})
		}
	}
	if len(e.takes) == 0 && len(e.releases) == 0 {
		return none
	}
	return e
}

// left returns what is known where the function returns.
func (f *flow) left() state {
	var left state
	for _, blk := range f.fn.Blocks {
		s, ok := f.in[blk]
		if _, returns := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return); !ok || !returns {
			continue
		}
		s = f.through(blk, s, nil)
		if left != nil {
			s = meet(left, s)
		}
		left = s
	}
	return left
}

// foreign returns each lock that the function releases and did not take.
func (f *flow) foreign() []release {
	var rs []release
	seen := make(map[key]bool)
	for _, blk := range f.fn.Blocks {
		s, ok := f.in[blk]
		if !ok {
			continue
		}
		f.through(blk, s, func(instr ssa.Instruction, _, after state) {
			call, _ := instr.(ssa.CallInstruction)
			if e := f.calls[call]; e != nil {
				for _, r := range e.releases {
					if h := s[r.lock.key]; (h == nil || h.status != taken) && !seen[r.lock.key] {
						seen[r.lock.key] = true
						rs = append(rs, release{lock: r.lock})
					}
				}
			}
			s = after
		})
	}
	return rs
}
