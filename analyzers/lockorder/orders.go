package lockorder

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// An order is a place where a lock is waited for while another one is held.
type order struct {
	pair
	call  ssa.CallInstruction
	gates []*types.Var // other locks that are held there for writing
	apart bool         // one of the two was taken out of where others find it
}

// A direction is an order of two locks.
type direction struct{ first, second *types.Var }

// maxOrders is how many places are looked at of one direction.
const maxOrders = 24

// orders reports locks that are taken in one order here and in the other there.
func (f *finder) orders() {
	entered := f.entered()
	found := make(map[direction][]order)
	var directions []direction
	for _, fn := range f.fns {
		for _, call := range f.callsOf[fn] {
			for _, p := range f.pairs(call) {
				if p.held.lock == p.then.lock || p.held.object.fresh(call) || p.then.object.fresh(call) || f.nested(call, p) {
					continue
				}
				d := direction{p.held.lock, p.then.lock}
				if len(found[d]) == 0 {
					directions = append(directions, d)
				}
				if len(found[d]) < maxOrders {
					found[d] = append(found[d], order{
						pair: p, call: call, gates: f.gates(call, p, entered[fn]),
						apart: p.held.object.removed(call) || p.then.object.removed(call),
					})
				}
			}
		}
	}
	for _, d := range directions {
		back := direction{d.second, d.first}
		if there := found[back]; len(there) > 0 {
			f.inversion(found[d], there)
			delete(found, d)
			delete(found, back)
		}
	}
}

// nested reports whether the lock that is waited for is held already: that is
// another matter.
func (f *finder) nested(call ssa.CallInstruction, p pair) bool {
	return slices.ContainsFunc(f.held(call), func(h holding) bool {
		return h.lock == p.then.lock && (h.object.same(p.then.object) || p.then.object.base == nil)
	})
}

// gates returns the locks, apart from the pair itself, that nobody else can hold
// while the pair is taken.
func (f *finder) gates(call ssa.CallInstruction, p pair, entered map[*types.Var]bool) (gs []*types.Var) {
	for _, h := range f.held(call) {
		if !h.shared {
			gs = append(gs, h.lock)
		}
	}
	for v := range entered {
		gs = append(gs, v)
	}
	return slices.DeleteFunc(gs, func(v *types.Var) bool { return v == p.held.lock || v == p.then.lock })
}

// entered returns the locks that every visible call of a function is made under,
// for writing, if it is called from this package alone.
func (f *finder) entered() map[*ssa.Function]map[*types.Var]bool {
	type site struct {
		caller *ssa.Function
		held   []*types.Var
	}
	sites := make(map[*ssa.Function][]site)
	for _, fn := range f.fns {
		for _, call := range f.callsOf[fn] {
			var held []*types.Var
			for _, h := range f.held(call) {
				if !h.shared {
					held = append(held, h.lock)
				}
			}
			for _, t := range f.targets[call] {
				sites[t.fn] = append(sites[t.fn], site{fn, held})
			}
		}
	}
	entered := make(map[*ssa.Function]map[*types.Var]bool)
	for range 3 { // a lock is rarely held over more private calls than that
		for _, fn := range f.fns {
			if obj := fn.Object(); obj == nil || obj.Exported() || f.spawned(fn) {
				continue
			}
			var common map[*types.Var]bool
			for i, s := range sites[fn] {
				here := make(map[*types.Var]bool)
				for _, v := range s.held {
					here[v] = i == 0 || common[v]
				}
				for v := range entered[s.caller] {
					here[v] = i == 0 || common[v]
				}
				for v, yes := range here {
					if !yes {
						delete(here, v)
					}
				}
				common = here
			}
			if len(common) > 0 {
				entered[fn] = common
			}
		}
	}
	return entered
}

// spawned reports whether a function is started as a goroutine, or may be, for it
// is handed on as a value.
func (f *finder) spawned(fn *ssa.Function) bool { return f.directory.loose[fn] }

// inversion reports two orders that may meet: those of each direction that are
// most alike in the objects they are about.
func (f *finder) inversion(here, there []order) {
	var best [2]order
	var doubt string
	found := false
	for _, a := range here {
		for _, b := range there {
			if gated(a, b) {
				continue
			}
			why := f.doubtOf(a, b)
			if !found || why == "" && doubt != "" || (why == "") == (doubt == "") && length(a)+length(b) < length(best[0])+length(best[1]) {
				best, doubt, found = [2]order{a, b}, why, true
			}
		}
	}
	if !found || f.told[best[0].call] && f.told[best[1].call] {
		return
	}
	slices.SortFunc(best[:], func(a, b order) int { return cmp.Compare(a.call.Pos(), b.call.Pos()) })
	f.reportOrder(best[0], best[1], doubt)
	f.reportOrder(best[1], best[0], doubt)
}

func length(o order) int { return o.then.via.length() + o.held.via.length() }

// gated reports whether a third lock keeps two orders from meeting.
func gated(a, b order) bool {
	return slices.ContainsFunc(a.gates, func(v *types.Var) bool { return slices.Contains(b.gates, v) })
}

// maxNear is how many steps may lead to a lock: each adds conditions that nobody sees.
const maxNear = 5

// doubtOf says why two opposite orders may never meet, or returns "".
func (f *finder) doubtOf(a, b order) string {
	switch {
	case a.held.shared && b.then.shared || a.then.shared && b.held.shared:
		return "it takes a writer that waits in between"
	case slices.ContainsFunc(a.then.guards, guard.decides) || slices.ContainsFunc(b.then.guards, guard.decides):
		return "it depends on an argument"
	}
	if a.held.helper || b.held.helper {
		return helped
	}
	if a.then.unsure || b.then.unsure {
		return "the interface may stand for another type"
	}
	if a.then.last || b.then.last {
		return counted
	}
	if a.then.via.length() > maxNear || b.then.via.length() > maxNear {
		return "it is far away"
	}
	if a.apart || b.apart {
		return "one of them was taken out of a map before, where the other order may look for it"
	}
	if f.after(a, b) || f.after(b, a) {
		return "one of them waits for a flag that the other sets when it is through"
	}
	if starts(a) || starts(b) {
		return "one of them runs when something starts"
	}
	if bound(a) == unrelated && bound(b) == unrelated || bound(a)+bound(b) < within {
		return "they may never be about the same two objects"
	}
	return ""
}

// starting are the names of functions that run before there is anybody to wait.
var starting = pattern.New(`^(?i:main|init|new|setup)([^a-z]|$)`)

func starts(o order) bool {
	fn := outermost(o.call.Parent())
	return o.call.Parent() == fn && starting.MatchString(fn.Name())
}

// bound tells how the two locks of an order come together. What is called through
// a field was put there for the object that holds it.
func bound(o order) relation {
	if r := relate(o.held.object, o.then.object); r != unrelated || !o.then.stored {
		return r
	}
	return aside
}

func (f *finder) reportOrder(o, other order, doubt string) {
	tier := rule.Likely
	message := fmt.Sprintf("%s is taken while %s is held, and %s takes them in the opposite order: when both run, each waits for the other, for ever",
		o.then.name, o.held.name, f.name(other.call.Parent()))
	if doubt != "" {
		tier = rule.Suspected
		message += "; only suspected: " + doubt
	}
	chain := append(steps(o.held.via), steps(o.then.via)...)
	for _, s := range append(steps(other.held.via), steps(other.then.via)...) {
		s.Text = "the other order: " + s.Text
		chain = append(chain, s)
	}
	names := []string{o.held.name, o.then.name}
	slices.Sort(names)
	pos, end := f.place(o.call)
	f.Report(rule.Finding{
		Pos: pos, End: end,
		Tier:      tier,
		Message:   message,
		Cause:     "opposite orders of " + names[0] + " and " + names[1],
		Primitive: primitive(o.then.shared),
		Chain:     chain,
		Mend:      "take them in one order everywhere, or release " + o.held.name + " before; if they can never meet: //lagvet:allow lockorder -- why",
	})
}

// operands reports functions that lock two objects of one type in the order in
// which they are given.
func (f *finder) operands() {
	for _, fn := range f.fns {
		for _, call := range f.callsOf[fn] {
			as := f.sections.Acquires(call)
			if len(as) != 1 || f.told[call] {
				continue
			}
			then := objectOf(as[0].Lock)
			for _, h := range f.held(call) {
				if h.lock != as[0].Lock.Var || !operand(h.object) || !operand(then) || h.object == then || h.object.path != then.path || compares(fn) {
					continue
				}
				if h.shared && as[0].Shared {
					continue
				}
				pos, end := f.place(call)
				f.Report(rule.Finding{
					Pos: pos, End: end,
					Tier: rule.Suspected,
					Message: fmt.Sprintf("%s of two objects is taken in the order in which they are given: called with the same two the other way round, each call waits for the other; only suspected: nobody may call it so",
						h.name),
					Cause:     "order of operands: " + h.name,
					Primitive: primitive(as[0].Shared),
					Chain:     append(steps(h.via), rule.Step{Pos: call.Pos(), Text: "waits for that of the other"}),
					Mend:      "lock them in an order of their own: by an id, or by address",
				})
			}
		}
	}
}

func operand(o object) bool {
	_, ok := o.base.(*ssa.Parameter)
	return ok
}

// compares reports whether a function looks which of two things is less: it may
// choose an order by it.
func compares(fn *ssa.Function) bool {
	for _, blk := range fn.Blocks {
		cond, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if b, ok := cond.Cond.(*ssa.BinOp); ok && slices.Contains([]token.Token{token.LSS, token.GTR, token.LEQ, token.GEQ}, b.Op) {
			return true
		}
		if call, ok := cond.Cond.(*ssa.Call); ok && len(call.Call.Args) == 2 {
			return true // less(a, b)
		}
	}
	return false
}
