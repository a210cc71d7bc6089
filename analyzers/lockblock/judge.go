package lockblock

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// judge finds out who waits, and what is to be said against the finding.
func (f *finder) judge(h *hold) {
	h.waiter = f.waiterFor(h)
	switch pos := h.place.Pos; {
	case h.wait.doubt != "":
		h.doubt = h.wait.doubt
	case h.wait.rank > byDisk:
		h.doubt = "it may be short"
	case h.waiter == nil:
		h.doubt = "no request is known to wait for the lock"
	case h.place.Cold || h.wait.effect.Cold:
		h.doubt = "it is on the way to an error"
	case f.marginal(h.fn, 0):
		h.doubt = "the program starts, or ends"
	case f.seldom.Why(pos) != "":
		h.doubt = f.seldom.Why(pos)
	case f.serialises(h):
		h.doubt = "the lock serialises this"
	case h.wait.rank == byDisk && isDynamic(h.place.Instr):
		h.doubt = "it is up to the implementation"
	case f.usual(h):
		h.doubt = "the lock is often held over such work"
	case f.far(h.fn, h.wait):
		h.doubt = "it is far away"
	}
}

// waiterFor returns who takes the lock of h on behalf of a request and would be
// done at once.
func (f *finder) waiterFor(h *hold) *taker {
	if h.section.Lock.Var == nil || fresh(h.section) {
		return nil
	}
	takers := f.takers[h.section.Lock.Var]
	var bounded *taker
	for i, t := range takers {
		pos := t.section.Take.Pos()
		if t.fn.Outermost() == h.fn.Outermost() || f.Hotness.Cold(pos) || h.section.Shared && t.section.Shared || f.isLong(t.section) {
			continue
		}
		if root := f.Hotness.RootAt(pos); root != nil && len(root.Via) <= maxHops {
			return &takers[i]
		}
		if bounded == nil && h.wait.rank < byDisk && f.hasContext(t.fn) {
			bounded = &takers[i]
		}
	}
	return bounded
}

// hasContext reports whether others call a function with a context: they want to be
// back when it ends, and who waits for a lock does not look at it.
func (f *finder) hasContext(fn *funcs.Func) bool {
	fn = fn.Outermost()
	if fn.Obj == nil || !fn.Obj.Exported() || f.marginal(fn, 0) && !opens(fn) {
		return false
	}
	for v := range fn.Sig.Params().Variables() {
		if contexts.Is(v.Type()) {
			return true
		}
	}
	return false
}

// opens reports whether a function makes something new with what is there already: a
// stream of a connection.
func opens(fn *funcs.Func) bool {
	return fn.Sig.Recv() != nil && strings.HasPrefix(fn.Obj.Name(), "New")
}

// maxHops is how many calls of this package may lie between a section and what
// waits: the longer the way, the more conditions stand on it.
const maxHops = 3

// far reports whether it takes many calls to come to what waits. A file system
// mostly answers at once, so it has to be near.
func (f *finder) far(fn *funcs.Func, w wait) bool {
	hops := f.hops(w.effect)
	if w.rank == byDisk {
		return hops > 1
	}
	return len(f.witness.Calls(fn.Node, w.effect)) > maxHops || hops > 2*maxHops
}

// usual reports whether the lock of h is held over long work by a good part of the
// functions that take it: that is what it was made for.
func (f *finder) usual(h *hold) bool {
	takers, holders := make(map[*funcs.Func]bool), make(map[*funcs.Func]bool)
	for _, t := range f.takers[h.section.Lock.Var] {
		takers[t.fn.Outermost()] = true
	}
	for _, g := range f.holds {
		if g.section.Lock.Var == h.section.Lock.Var && g.wait.rank <= byDisk && g.wait.doubt == "" && !g.place.Cold && !g.wait.effect.Cold {
			holders[g.fn.Outermost()] = true
		}
	}
	return len(holders) > 1 && len(holders)*3 >= len(takers)
}

// isDynamic reports whether an instruction calls a method of an interface. Whoever
// puts storage behind one may keep it in memory.
func isDynamic(instr ssa.Instruction) bool {
	call, ok := instr.(ssa.CallInstruction)
	return ok && call.Common().IsInvoke()
}

// isLong reports whether something in a section may wait for long.
func (f *finder) isLong(s *sections.Section) bool {
	return slices.ContainsFunc(f.holds, func(h *hold) bool { return h.section == s })
}

// fresh reports whether the lock is part of what the function has just made:
// nobody else has it.
func fresh(s *sections.Section) bool {
	_, local := s.Lock.Owner.(*ssa.Alloc)
	return local
}

// marginalNames are those of functions that run when something starts or ends.
var marginalNames = pattern.New(`^(?i:main|init|initialize|new|setup|start|bootstrap|restore|recover|close|stop|shutdown|cleanup|teardown|destroy|halt|exit|terminate)([^a-z]|$)`)

// marginal reports whether a function runs when something starts or ends, going by
// its name and those of its callers.
func (f *finder) marginal(fn *funcs.Func, depth int) bool {
	fn = fn.Outermost()
	if fn.Obj == nil || marginalNames.MatchString(fn.Obj.Name()) {
		return true
	}
	if len(fn.In) == 0 || depth == 3 || fn.Obj.Exported() {
		return false
	}
	return !slices.ContainsFunc(fn.In, func(c *funcs.Call) bool { return c.Caller != nil && !f.marginal(c.Caller, depth+1) })
}

var purposeNames = pattern.New(`(?i)(io|write|writer|read|reader|send|flush|file|disk|conn|log|sync|save|persist|update|reload|refresh|init|load|op|commit)(mu|mutex|lock|mtx)?$`)

// serialises reports whether what h does is what its lock is for: it says so in
// its name, or the operation is one on a stream that the same struct holds.
func (f *finder) serialises(h *hold) bool {
	if purposeNames.MatchString(h.section.Lock.Var.Name()) {
		return true
	}
	owner := f.owners[h.section.Lock.Var]
	if owner == nil {
		return false
	}
	for _, call := range f.calls(h) {
		if f.worksOnStream(call, owner) {
			return true
		}
	}
	return false
}

// calls returns the calls of this package that lead to the wait.
func (f *finder) calls(h *hold) []*ast.CallExpr {
	return f.witness.Calls(h.fn.Node, h.wait.effect)
}

// worksOnStream reports whether a call is made on, or with, a stream in a field
// of owner.
func (f *finder) worksOnStream(call *ast.CallExpr, owner *types.TypeName) bool {
	found := false
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.SelectorExpr:
			v, ok := f.TypesInfo.Uses[n.Sel].(*types.Var)
			if ok && v.IsField() && f.owners[v.Origin()] == owner && isStream(v.Type()) {
				found = true
			}
		}
		return !found
	})
	return found
}

// isStream reports whether values of type t are read from or written to one after
// the other: callers must take turns.
func isStream(t types.Type) bool {
	if !types.IsInterface(t) {
		if _, ok := t.Underlying().(*types.Pointer); !ok {
			t = types.NewPointer(t)
		}
	}
	for _, name := range []string{"Read", "Write", "Encode", "Decode", "Flush", "ReadMessage", "WriteMessage"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name); obj != nil {
			return true
		}
	}
	return false
}

// hasRoom reports whether a place is a send on a channel that its function has
// made with room.
func (f *finder) hasRoom(p witness.Place) bool {
	send, ok := p.Instr.(*ssa.Send)
	if !ok {
		return false
	}
	made, ok := send.Chan.(*ssa.MakeChan)
	if !ok {
		return false
	}
	c, ok := made.Size.(*ssa.Const)
	return !ok || c.Int64() > 0
}
