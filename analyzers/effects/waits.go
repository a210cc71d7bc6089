package effects

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// waits adds to f what its goroutines do if it waits for them: the wait itself
// is one for a channel or a lock, and what the user wants to hear is why it
// takes long.
func (x *inference) waits(f *function) {
	if f.fixed != nil || f.ssa == nil {
		return
	}
	var spawns []*spawn
	for _, s := range f.sites {
		for _, t := range s.targets {
			if (s.spawned || t.spawned) && t.given == nil {
				spawns = append(spawns, x.spawnOf(f, s, t))
			}
		}
	}
	if len(spawns) == 0 {
		return
	}
	for _, w := range x.waitsOf(f) {
		for _, s := range spawns {
			if s.joined || !s.signals[w.on] || !follows(w.instr, s.instr) {
				continue
			}
			s.joined = true
			f.ops = append(f.ops, edge{instr: w.instr, pos: w.pos, cold: w.cold || s.cold, to: s.target.fn, sum: s.target.sum, label: s.target.label, only: s.target.only})
		}
	}
}

// follows reports whether b can run after a: a function that waits for the
// goroutine of an earlier call before it starts one does not wait for this one.
func follows(b, a ssa.Instruction) bool {
	if a.Block() == b.Block() && slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b) {
		return true
	}
	seen := make(map[*ssa.BasicBlock]bool)
	work := slices.Clone(a.Block().Succs)
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		if block == b.Block() {
			return true
		}
		if !seen[block] {
			seen[block] = true
			work = append(work, block.Succs...)
		}
	}
	return false
}

// A spawn is a goroutine that a function starts, with what can be waited on to
// know that it has ended: channels and groups, by where they come from.
type spawn struct {
	target  *target
	instr   ssa.Instruction
	cold    bool
	joined  bool
	signals map[root]bool
}

// A wait is an operation that waits for others.
type wait struct {
	instr ssa.Instruction
	pos   token.Pos
	cold  bool
	on    root
}

// A root says where a channel or a group comes from: a value of the function,
// and the fields that lead from there to it.
type root struct {
	base ssa.Value
	path string
}

// waitsOf lists what f waits for.
func (x *inference) waitsOf(f *function) []wait {
	var ws []wait
	add := func(instr ssa.Instruction, v ssa.Value) {
		ws = append(ws, wait{instr, instr.Pos(), x.cold(instr.Pos()), rootOf(v, nil)})
	}
	for _, b := range x.live(f) {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					add(instr, instr.X)
				}
			case *ssa.Select:
				for _, st := range instr.States {
					if instr.Blocking && st.Dir == types.RecvOnly {
						add(instr, st.Chan)
					}
				}
			case *ssa.Call:
				if fn, ok := instr.Call.Value.(*ssa.Function); ok && fn.Name() == "Wait" && len(instr.Call.Args) == 1 {
					add(instr, instr.Call.Args[0])
				}
			}
		}
	}
	return ws
}

// spawnOf finds out what signals the end of a goroutine.
func (x *inference) spawnOf(f *function, s *site, t *target) *spawn {
	sp := &spawn{target: t, instr: s.instr, cold: s.cold || t.cold, signals: make(map[root]bool)}
	if t.spawner != nil {
		sp.signals[rootOf(t.spawner, nil)] = true
	}
	if t.fn == nil || t.fn.ssa == nil {
		for _, a := range t.args {
			sp.signal(a, nil)
		}
		return sp
	}
	bound := make(map[ssa.Value]ssa.Value)
	for i, p := range t.fn.ssa.Params {
		if i < len(t.args) && t.args[i] != nil {
			bound[p] = t.args[i]
		}
	}
	x.bindFree(t.fn.ssa, bound)
	sp.signalsOf(x, t.fn.ssa, bound)
	return sp
}

// bindFree notes what the free variables of fn stand for.
func (x *inference) bindFree(fn *ssa.Function, bound map[ssa.Value]ssa.Value) {
	made := x.index.closures[fn]
	if len(made) != 1 {
		return
	}
	for i, fv := range fn.FreeVars {
		bound[fv] = made[0].Bindings[i]
	}
}

// signalsOf notes what fn, and the literals in it, send to, close, or mark as
// done.
func (sp *spawn) signalsOf(x *inference, fn *ssa.Function, bound map[ssa.Value]ssa.Value) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send:
				sp.signal(instr.Chan, bound)
			case *ssa.Select:
				for _, st := range instr.States {
					if st.Dir == types.SendOnly {
						sp.signal(st.Chan, bound)
					}
				}
			case ssa.CallInstruction:
				for _, a := range instr.Common().Args {
					sp.signal(a, bound)
				}
			}
		}
	}
	for _, lit := range fn.AnonFuncs {
		x.bindFree(lit, bound)
		sp.signalsOf(x, lit, bound)
	}
}

// signal notes v if one can wait on it.
func (sp *spawn) signal(v ssa.Value, bound map[ssa.Value]ssa.Value) {
	if v == nil {
		return
	}
	t := v.Type().Underlying()
	if p, ok := t.(*types.Pointer); ok {
		if n, ok := types.Unalias(p.Elem()).(*types.Named); !ok || n.Obj().Name() != "WaitGroup" {
			return
		}
	} else if _, ok := t.(*types.Chan); !ok {
		return
	}
	sp.signals[rootOf(v, bound)] = true
}

// rootOf follows v to where it comes from; bound says what the variables of a
// literal, or the parameters of a spawned function, stand for.
func rootOf(v ssa.Value, bound map[ssa.Value]ssa.Value) root {
	path := ""
	for range 32 {
		if to, ok := bound[v]; ok {
			v = to
			continue
		}
		switch u := v.(type) {
		case *ssa.ChangeType:
			v = u.X
		case *ssa.FieldAddr:
			if f, _ := fieldOf(u.X.Type(), u.Field); f != nil {
				path = "." + f.Name() + path
			}
			v = u.X
		case *ssa.UnOp:
			if u.Op != token.MUL {
				return root{v, path}
			}
			addr := u.X
			for range 8 {
				to, ok := bound[addr]
				if !ok {
					break
				}
				addr = to
			}
			if stored := ssavalue.OnlyStore(addr); stored != nil {
				v = stored
				continue
			}
			v = addr
		default:
			return root{v, path}
		}
	}
	return root{v, path}
}
