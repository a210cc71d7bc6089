package lockorder

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
)

// again reports calls under a lock that come to take the same lock of the same
// object.
func (f *finder) again() {
	for _, fn := range f.fns {
		for _, call := range f.callsOf[fn] {
			if f.told[call] {
				continue
			}
			if h, a, ok := f.repeated(call); ok {
				f.told[call] = true
				f.reportAgain(call, h, a)
			}
		}
	}
}

// repeated returns a lock that is held at a call and waited for by it: the pair
// that is surest to end in a deadlock.
func (f *finder) repeated(call ssa.CallInstruction) (h holding, a acquisition, ok bool) {
	direct := len(f.sections.Acquires(call)) > 0
	for _, p := range f.pairs(call) {
		if direct || p.then.again || p.held.lock != p.then.lock || !p.held.object.same(p.then.object) || !p.held.object.fixed() || p.held.object.replaced(call.Parent()) {
			continue // a direct one is one of the ways of kept
		}
		if !ok || worse(p, pair{h, a}) {
			h, a, ok = p.held, p.then, true
		}
	}
	return h, a, ok
}

// worse reports whether p tells more than q.
func worse(p, q pair) bool {
	if p.then.unsure != q.then.unsure {
		return !p.then.unsure
	}
	if s, t := len(p.then.guards), len(q.then.guards); s != t {
		return s < t
	}
	if s, t := p.held.shared && p.then.shared, q.held.shared && q.then.shared; s != t {
		return !s
	}
	return p.then.via.length() < q.then.via.length()
}

// A pair is a lock that is held, and one that is waited for meanwhile.
type pair struct {
	held holding
	then acquisition
}

// pairs returns the locks that are held over a call with those that it waits for:
// what its function holds, and what a function that it calls holds over a callback.
func (f *finder) pairs(call ssa.CallInstruction) (ps []pair) {
	held := f.held(call)
	for _, l := range f.owed(call) {
		if l.Var != nil {
			held = append(held, holding{lock: l.Var, name: l.Name, object: objectOf(l), via: lent(call.Parent(), l)})
		}
	}
	if len(held) > 0 {
		for _, a := range f.acquired(call) {
			for _, h := range held {
				ps = append(ps, pair{h, a})
			}
		}
	}
	for _, t := range f.targets[call] {
		s := f.summaries[t.fn]
		if s == nil {
			continue
		}
		for _, cb := range s.callbacks {
			if len(cb.held) == 0 {
				continue
			}
			for _, g := range f.given(t, cb) {
				for _, a := range f.ofTarget(g) {
					a, ok := g.bring(a, call, f.name(t.fn)+", which calls "+f.name(g.fn))
					if !ok {
						continue
					}
					a.unsure = a.unsure || t.unsure
					for _, h := range cb.held {
						h.object = t.translate(h.object)
						ps = append(ps, pair{h, a})
					}
				}
			}
		}
	}
	return ps
}

// lent says where a function has a lock from that it releases and never takes.
func lent(fn *ssa.Function, l sections.Lock) *link {
	if from := giver(l); from != nil {
		return &link{pos: from.Pos(), text: "gets it with " + l.Name + " held, and releases that later"}
	}
	return &link{pos: fn.Pos(), text: "is called with " + l.Name + ", and releases it later"}
}

func (f *finder) reportAgain(call ssa.CallInstruction, h holding, a acquisition) {
	doubt := ""
	switch {
	case slices.ContainsFunc(a.guards, guard.decides):
		doubt = "it depends on an argument"
	case h.helper:
		doubt = helped
	case a.unsure:
		doubt = "the interface may stand for another type"
	case a.last:
		doubt = counted
	}
	f.tellAgain(call, doubt, h.lock, h.name, h.shared, a.shared, append(steps(h.via), steps(a.via)...))
}

const (
	helped  = "what takes it may release it as well"
	counted = "only whoever gives back the last reference takes it, and there may be another one"
)

// tellAgain reports that a lock is taken again at a call.
func (f *finder) tellAgain(call ssa.CallInstruction, doubt string, lock *types.Var, name string, held, then bool, chain []rule.Step) {
	message := fmt.Sprintf("%s is taken again while it is held: it waits for itself, for ever, and so does whoever wants the lock after it", name)
	cause := "taken again"
	mend := "release it before, or call a variant of the function that expects the lock to be held"
	switch {
	case held && then:
		message = fmt.Sprintf("%s is taken for reading again while it is held for reading: once a writer waits in between, neither goes on, and nobody after them", name)
		cause = "read again"
		if !f.writers[lock] {
			doubt = "nobody here takes it for writing"
		}
	case held:
		message = fmt.Sprintf("%s is taken for writing while it is held for reading: the writer waits for its own reader, for ever", name)
		cause = "upgraded"
		mend = "release it for reading before, and look again at what was read once it is held for writing"
	}
	tier := rule.Likely
	if doubt != "" {
		tier = rule.Suspected
		message += "; only suspected: " + doubt
	}
	pos, end := f.place(call)
	f.Report(rule.Finding{
		Pos: pos, End: end,
		Tier:      tier,
		Message:   message,
		Cause:     cause + ": " + name,
		Primitive: primitive(then),
		Chain:     chain,
		Mend:      mend,
	})
}

func primitive(shared bool) string {
	if shared {
		return "RLock"
	}
	return "Lock"
}

// steps returns the links as steps of a chain.
func steps(l *link) (ss []rule.Step) {
	for ; l != nil; l = l.next {
		ss = append(ss, rule.Step{Pos: l.pos, Posn: l.posn, Text: l.text})
	}
	return ss
}

// place returns where a call stands in the source.
func (f *finder) place(instr ssa.Instruction) (pos, end token.Pos) {
	pos = instr.Pos()
	if call, ok := instr.(ssa.CallInstruction); ok {
		pos = call.Common().Pos()
	}
	if fn := f.Funcs.At(pos); fn != nil {
		for _, c := range fn.Out {
			if c.Site.Lparen == pos || c.Site.Pos() == pos {
				return c.Site.Pos(), c.Site.End()
			}
		}
	}
	return pos, pos
}
