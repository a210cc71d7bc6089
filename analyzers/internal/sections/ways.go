package sections

import (
	"go/constant"
	"go/token"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Way leads from where a function takes a lock to where it returns, or takes
// the same lock again, without having released it.
type Way struct {
	Lock   Lock
	Take   ssa.Instruction
	Shared bool
	// End is the *ssa.Return, or the call that takes the lock again.
	End ssa.Instruction
	// Elsewhere is set if the function releases the lock on another way.
	Elsewhere bool
}

// Ways returns the ways on which a function keeps what it takes: of each call
// that takes a lock the first that ends in a return, and the first that comes to
// take it again. Here a lock may be held, where [Index.Held] tells what surely is:
// a way does not contradict itself in the conditions that it passes twice, but it
// may be one that is never gone.
//
// A lock that the function has released for its caller before, that a deferred call or a function literal releases, whose address goes
// elsewhere, or that the process ends with, is not kept.
func (x *Index) Ways(fn *ssa.Function) (ways []Way) {
	f := x.b.flows[fn]
	if f == nil {
		return nil
	}
	for _, blk := range fn.Blocks {
		if _, reached := f.in[blk]; !reached {
			continue
		}
		for i, instr := range blk.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || f.calls[call] == nil {
				continue
			}
			for _, t := range f.calls[call].takes {
				ways = append(ways, f.ways(t, call, i)...)
			}
		}
	}
	return ways
}

// ways returns the ways that begin at a call, the instruction number i of its block.
func (f *flow) ways(t take, call *ssa.Call, i int) (ways []Way) {
	if f.deferredBefore(t.lock, call.Block(), i) || f.exposed(t.lock) {
		return nil
	}
	w := &walk{flow: f, lock: t.lock, seen: make(map[string]bool), tested: f.tested()}
	w.from(call.Block(), i+1, w.before(call.Block()))
	elsewhere, restores := f.released(t.lock), f.b.effects[f.fn].loses(t.lock)
	returns, again := false, false
	for _, end := range w.ends {
		if _, ok := end.(*ssa.Return); ok && (returns || restores) || !ok && again {
			continue
		} else if ok {
			returns = true
		} else {
			again = true
		}
		ways = append(ways, Way{Lock: t.lock, Take: call, Shared: t.shared, End: end, Elsewhere: elsewhere})
	}
	return ways
}

// deferredBefore reports whether what will release the lock may have been deferred
// before instruction i of a block.
func (f *flow) deferredBefore(l Lock, blk *ssa.BasicBlock, i int) bool {
	for call, e := range f.calls {
		d, ok := call.(*ssa.Defer)
		if !ok || !e.frees(l) {
			continue
		}
		if !blk.Dominates(d.Block()) || d.Block() == blk && slices.Index(blk.Instrs, ssa.Instruction(d)) < i {
			return true
		}
	}
	return false
}

// released reports whether the function releases the lock anywhere.
func (f *flow) released(l Lock) bool {
	for _, e := range f.calls {
		if e.frees(l) {
			return true
		}
	}
	return false
}

// loses reports whether an effect takes the lock away from the caller, be it for a
// while: then a function that returns with it gives it back.
func (e *effect) loses(l Lock) bool {
	return e != nil && slices.ContainsFunc(e.releases, func(r release) bool {
		return r.lock.key == l.key || r.lock.Var != nil && r.lock.Var == l.Var
	})
}

// frees reports whether an effect may release the lock, for good.
func (e *effect) frees(l Lock) bool {
	return slices.ContainsFunc(e.releases, func(r release) bool {
		return !r.taken && (r.lock.key == l.key || r.lock.Var == l.Var || r.lock.Var == nil || l.Var == nil)
	})
}

// exposed reports whether the address of the lock goes elsewhere than to its own
// methods, so that others may release it.
func (f *flow) exposed(l Lock) bool {
	for _, blk := range f.fn.Blocks {
		for _, instr := range blk.Instrs {
			v, ok := instr.(ssa.Value)
			if !ok || v.Referrers() == nil || !isBare(v.Type()) || keyOf(v) != l.key {
				continue
			}
			for _, ref := range *v.Referrers() {
				switch ref.(type) {
				case ssa.CallInstruction, *ssa.UnOp, *ssa.DebugRef, *ssa.FieldAddr:
				case *ssa.MakeInterface, *ssa.MakeClosure: // these are values themselves
				default:
					return true
				}
			}
		}
	}
	return false
}

// maxSteps is how many blocks are looked at, for one lock.
const maxSteps = 2000

// A walk follows the ways on which a lock is kept.
type walk struct {
	*flow
	lock   Lock
	seen   map[string]bool
	tested map[string]int // how often a condition is asked
	ends   []ssa.Instruction
	steps  int
}

// A guess is what the conditions on a way are taken to be, by their names.
type guess map[string]bool

// from follows the way that goes on with instruction i of a block.
func (w *walk) from(blk *ssa.BasicBlock, i int, g guess) {
	at := string(rune(blk.Index)) + g.String()
	if w.steps++; w.steps > maxSteps || i == 0 && w.seen[at] {
		return
	}
	if i == 0 {
		w.seen[at] = true
	}
	for _, instr := range blk.Instrs[i:] {
		if w.ended(instr) {
			return
		}
	}
	cond, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.If)
	if !ok {
		for _, succ := range blk.Succs {
			w.from(succ, 0, w.into(blk, succ, g))
		}
		return
	}
	name, negated := condition(cond.Cond)
	if t, ok := w.flow.tries[strip(cond.Cond)]; ok && t.lock.key == w.lock.key {
		return // whether somebody holds it is asked here
	}
	known, sure := g[name]
	for i, succ := range blk.Succs {
		yes := i == 0 != negated
		if sure && known != yes {
			continue
		}
		next := w.into(blk, succ, g)
		if w.tested[name] > 1 {
			next[name] = yes
		}
		w.from(succ, 0, next)
	}
}

// ended reports whether the way ends at an instruction, and notes it if the lock
// is kept there.
func (w *walk) ended(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Return:
		w.ends = append(w.ends, instr)
		return true
	case *ssa.Panic:
		return true
	case *ssa.MakeClosure:
		return w.b.value(instr.Fn.(*ssa.Function), instr, nil).frees(w.lock)
	case ssa.CallInstruction:
		e := w.calls[instr]
		if e == nil {
			_, plain := instr.(*ssa.Call)
			return plain && exits(instr.Common())
		}
		if e.frees(w.lock) {
			return true
		}
		if _, plain := instr.(*ssa.Call); plain && named(instr.Common(), "Lock", "RLock") && len(e.takes) > 0 && e.takes[0].lock.key == w.lock.key {
			w.ends = append(w.ends, instr)
			return true
		}
	}
	return false
}

// exits reports whether a call ends the process or the goroutine, going by what is
// called or by its name: loggers have methods that do.
func exits(c *ssa.CallCommon) bool {
	name := ""
	if c.IsInvoke() {
		name = c.Method.Name()
	} else if fn := c.StaticCallee(); fn != nil {
		name = fn.Name()
		if len(fn.Blocks) > 0 && !returns(fn) {
			return true
		}
	}
	return name == "Exit" || name == "Goexit" || strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")
}

func returns(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		_, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		return ok && b != fn.Recover
	})
}

// before returns what must be so for a block to be reached.
func (w *walk) before(blk *ssa.BasicBlock) guess {
	g := make(guess)
	for d := blk.Idom(); d != nil; d = d.Idom() {
		cond, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range d.Succs {
			if len(succ.Preds) == 1 && (succ == blk || succ.Dominates(blk)) {
				name, negated := condition(cond.Cond)
				if w.tested[name] > 1 {
					g[name] = i == 0 != negated
				}
			}
		}
	}
	return g
}

// into returns what is known when a block is entered from another one: which
// constant a flag has, and of what is computed anew nothing.
func (w *walk) into(from, to *ssa.BasicBlock, g guess) guess {
	next := maps.Clone(g)
	if to.Dominates(from) { // once more around the loop
		maps.DeleteFunc(next, func(name string, _ bool) bool { return !strings.HasPrefix(name, given) })
	}
	edge := slices.Index(to.Preds, from)
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		name, negated := condition(phi)
		delete(next, name)
		if c, ok := phi.Edges[edge].(*ssa.Const); ok && c.Value != nil && isBool(c) {
			next[name] = (c.Value.ExactString() == "true") != negated
			continue
		}
		if of, not := condition(phi.Edges[edge]); of != "" {
			if known, ok := g[of]; ok {
				next[name] = (known != not) != negated
			}
		}
	}
	return next
}

// tested counts the questions that the branches of the function ask.
func (f *flow) tested() map[string]int {
	n := make(map[string]int)
	for _, blk := range f.fn.Blocks {
		if cond, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.If); ok {
			name, _ := condition(cond.Cond)
			n[name]++
			if phi, ok := strip(cond.Cond).(*ssa.Phi); ok {
				n[name]++
				for _, e := range phi.Edges {
					of, _ := condition(e)
					n[of]++
				}
			}
		}
	}
	return n
}

// given begins the names of conditions that do not change while a function runs.
const given = "given "

// condition names what a branch goes by, so that the same question has the same
// name, and tells whether it is asked the other way round.
func condition(v ssa.Value) (name string, negated bool) {
	if u := strip(v); u != v {
		name, negated = condition(u)
		return name, negated != odd(v)
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		return given + v.Name(), false
	case *ssa.BinOp:
		op := v.Op
		switch op {
		case token.NEQ:
			op, negated = token.EQL, true
		case token.GEQ:
			op, negated = token.LSS, true
		case token.GTR:
			op, negated = token.LEQ, true
		}
		x, y := operand(v.X), operand(v.Y)
		if strings.HasPrefix(x, given) && strings.HasPrefix(y, given) {
			return given + op.String() + x + y, negated
		}
		return op.String() + " " + x + " " + y, negated
	}
	return operand(v), false
}

// operand names a value: two loads of the same field are taken to give the same.
func operand(v ssa.Value) string {
	switch u := v.(type) {
	case *ssa.Const:
		return given + u.Name()
	case *ssa.Parameter:
		return given + u.Name()
	case *ssa.UnOp:
		if u.Op == token.MUL {
			k := keyOf(u)
			return k.base.Name() + k.path
		}
	case *ssa.Call:
		if b, ok := u.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
			return "len " + operand(u.Call.Args[0])
		}
	}
	return v.Name()
}

// strip removes negations.
func strip(v ssa.Value) ssa.Value {
	for {
		u, ok := v.(*ssa.UnOp)
		if !ok || u.Op != token.NOT {
			return v
		}
		v = u.X
	}
}

// odd reports whether v is negated an odd number of times.
func odd(v ssa.Value) bool {
	u, ok := v.(*ssa.UnOp)
	return ok && u.Op == token.NOT && !odd(u.X)
}

func isBool(c *ssa.Const) bool { return c.Value.Kind() == constant.Bool }

// String lists what is known in a fixed order.
func (g guess) String() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(g)) {
		b.WriteString("|" + name)
		if g[name] {
			b.WriteByte('+')
		}
	}
	return b.String()
}
