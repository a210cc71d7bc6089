package chanflow

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Walk follows the control flow of one function.
type Walk struct {
	// Stop, if not nil, tells what the walk does not go past.
	Stop func(ssa.Instruction) bool
	// Cut, if not nil, tells what edges it does not take.
	Cut func(from, to *ssa.BasicBlock) bool
}

// From visits what can come after instr, until visit is false. Calls that end the
// process, and panics, end the walk; so does what a constant rules out.
func (w Walk) From(instr ssa.Instruction, visit func(ssa.Instruction) bool) {
	blk := instr.Block()
	for i, in := range blk.Instrs {
		if in == instr {
			w.walk(blk, i+1, make(map[*ssa.BasicBlock]bool), visit)
			return
		}
	}
}

// Entry visits what can be reached in fn.
func (w Walk) Entry(fn *ssa.Function, visit func(ssa.Instruction) bool) {
	if len(fn.Blocks) > 0 {
		w.walk(fn.Blocks[0], 0, map[*ssa.BasicBlock]bool{fn.Blocks[0]: true}, visit)
	}
}

func (w Walk) walk(blk *ssa.BasicBlock, at int, seen map[*ssa.BasicBlock]bool, visit func(ssa.Instruction) bool) bool {
	for _, in := range blk.Instrs[at:] {
		if w.Stop != nil && w.Stop(in) {
			return true
		}
		if !visit(in) {
			return false
		}
		if exits(in) {
			return true
		}
	}
	for i, to := range blk.Succs {
		if seen[to] || w.Cut != nil && w.Cut(blk, to) || ruledOut(blk, i) {
			continue
		}
		seen[to] = true
		if !w.walk(to, 0, seen, visit) {
			return false
		}
	}
	return true
}

// Return returns a return that can come after instr, or nil.
func (w Walk) Return(instr ssa.Instruction) (found *ssa.Return) {
	w.From(instr, func(in ssa.Instruction) bool {
		found, _ = in.(*ssa.Return)
		return found == nil
	})
	return found
}

// Returns returns a return that can be reached in fn, or nil.
func (w Walk) Returns(fn *ssa.Function) (found *ssa.Return) {
	w.Entry(fn, func(in ssa.Instruction) bool {
		found, _ = in.(*ssa.Return)
		return found == nil
	})
	return found
}

// Reaches reports whether to can come after from.
func (w Walk) Reaches(from, to ssa.Instruction) (found bool) {
	w.From(from, func(in ssa.Instruction) bool {
		found = in == to
		return !found
	})
	return found
}

// exits reports whether instr does not return.
func exits(instr ssa.Instruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	fn := call.Call.StaticCallee()
	if fn == nil || fn.Pkg == nil && fn.Object() == nil {
		return false
	}
	name := fn.RelString(nil)
	switch name {
	case "os.Exit", "runtime.Goexit", "syscall.Exit":
		return true
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		switch name = name[i+1:]; name {
		case "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln":
			return true
		}
	}
	return false
}

// ruledOut reports whether a constant condition rules out the i'th way on.
func ruledOut(blk *ssa.BasicBlock, i int) bool {
	branch, ok := last(blk).(*ssa.If)
	if !ok {
		return false
	}
	c, ok := branch.Cond.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
		return false
	}
	return constant.BoolVal(c.Value) == (i == 1)
}

func last(blk *ssa.BasicBlock) ssa.Instruction {
	if len(blk.Instrs) == 0 {
		return nil
	}
	return blk.Instrs[len(blk.Instrs)-1]
}

// Chosen returns the select, and its case, that is known to have been chosen on
// the edge between two blocks.
func Chosen(from, to *ssa.BasicBlock) (*ssa.Select, int) {
	branch, ok := last(from).(*ssa.If)
	if !ok || from.Succs[0] != to {
		return nil, -1
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return nil, -1
	}
	ex, ok := cmp.X.(*ssa.Extract)
	if !ok || ex.Index != 0 {
		return nil, -1
	}
	sel, ok := ex.Tuple.(*ssa.Select)
	n, isConst := cmp.Y.(*ssa.Const)
	if !ok || !isConst {
		return nil, -1
	}
	return sel, int(n.Int64())
}

// Decision returns the condition that decides for an edge, and its outcome.
func Decision(from, to *ssa.BasicBlock) (ssa.Value, bool, bool) {
	if len(from.Instrs) == 0 {
		return nil, false, false
	}
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return nil, false, false
	}
	cond, outcome := branch.Cond, to == from.Succs[0]
	for {
		switch c := cond.(type) {
		case *ssa.UnOp:
			if c.Op == token.NOT {
				cond, outcome = c.X, !outcome
				continue
			}
		case *ssa.BinOp:
			if c.Op == token.NEQ {
				return c, !outcome, true
			}
		}
		return cond, outcome, true
	}
}

// Closed reports whether the edge is taken when the channel that op receives from
// is closed: the end of a range, or what a check of the second result finds.
func Closed(op *Op, from, to *ssa.BasicBlock) bool {
	branch, ok := last(from).(*ssa.If)
	if !ok || len(from.Succs) != 2 {
		return false
	}
	cond, outcome := branch.Cond, to == from.Succs[0]
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, outcome = not.X, !outcome
	}
	ex, ok := cond.(*ssa.Extract)
	if !ok || outcome {
		return false
	}
	v, _ := op.Instr.(ssa.Value)
	return ex.Tuple == v && ex.Index == 1
}

// A Loop is a loop around an instruction.
type Loop struct {
	Head   *ssa.BasicBlock
	Blocks map[*ssa.BasicBlock]bool
}

// Around returns the loops around a block, the innermost first.
func Around(blk *ssa.BasicBlock) []*Loop {
	var loops []*Loop
	for head := blk; head != nil; head = head.Idom() {
		l := &Loop{head, map[*ssa.BasicBlock]bool{head: true}}
		for _, p := range head.Preds {
			if head.Dominates(p) {
				l.fill(p)
			}
		}
		if len(l.Blocks) > 1 && l.Blocks[blk] || len(l.Blocks) == 1 && contains(head.Preds, head) && head == blk {
			loops = append(loops, l)
		}
	}
	return loops
}

func (l *Loop) fill(blk *ssa.BasicBlock) {
	if l.Blocks[blk] {
		return
	}
	l.Blocks[blk] = true
	for _, p := range blk.Preds {
		l.fill(p)
	}
}

func contains(blocks []*ssa.BasicBlock, b *ssa.BasicBlock) bool {
	for _, x := range blocks {
		if x == b {
			return true
		}
	}
	return false
}

// Bounded reports whether the loop ends by itself: over the elements of a
// collection, or counting.
func (l *Loop) Bounded() bool {
	if strings.HasPrefix(l.Head.Comment, "range") {
		return !strings.HasPrefix(l.Head.Comment, "rangechan")
	}
	branch, ok := last(l.Head).(*ssa.If)
	if !ok || l.Blocks[l.Head.Succs[0]] && l.Blocks[l.Head.Succs[1]] {
		return false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	return ok && (counts(l, cmp.X) || counts(l, cmp.Y))
}

// counts reports whether v is a number that changes from one turn to the next.
func counts(l *Loop, v ssa.Value) bool {
	phi, ok := v.(*ssa.Phi)
	if !ok || phi.Block() != l.Head {
		return false
	}
	t, ok := phi.Type().Underlying().(*types.Basic)
	return ok && t.Info()&types.IsInteger != 0
}

// Leaves reports whether the edge goes out of the loop where it asks whether to go
// on: the condition or the range of the loop is done. The range over a number asks
// that at its end, and before it begins.
func (l *Loop) Leaves(from, to *ssa.BasicBlock) bool {
	if !l.Blocks[from] || l.Blocks[to] {
		return false
	}
	if l.again(from) {
		return true
	}
	return from == l.Head && (l.Head.Comment == "for.loop" || strings.HasPrefix(l.Head.Comment, "range"))
}

// again reports whether a block asks at the end of the loop whether to go on.
func (l *Loop) again(blk *ssa.BasicBlock) bool {
	return blk.Comment == "rangeint.loop" && len(blk.Succs) == 2 && blk.Succs[0] == l.Head
}

// Skips returns the loop that is not entered at all where the edge is taken, or nil: a
// range over a number that is none.
func Skips(from, to *ssa.BasicBlock) *Loop {
	if len(from.Succs) != 2 || from.Succs[1] != to || from.Comment == "rangeint.loop" || from.Succs[0].Comment != "rangeint.body" {
		return nil
	}
	body := from.Succs[0]
	for _, l := range Around(body) {
		if l.Head == body {
			return l
		}
	}
	return nil
}

// Turns returns how often the loop turns, if it counts to a constant.
func (l *Loop) Turns() (int64, bool) {
	for blk := range l.Blocks {
		if blk != l.Head && !l.again(blk) {
			continue
		}
		if n, ok := turns(blk); ok {
			return n, true
		}
	}
	return 0, false
}

// Limits returns the values that the loop counts to.
func (l *Loop) Limits() (to []ssa.Value) {
	for blk := range l.Blocks {
		if blk != l.Head && !l.again(blk) {
			continue
		}
		if cmp := comparison(blk); cmp != nil && cmp.Op == token.LSS {
			to = append(to, cmp.Y)
		}
	}
	return to
}

// comparison returns that of two numbers which decides at the end of a block whether a loop
// goes on, or nil.
func comparison(blk *ssa.BasicBlock) *ssa.BinOp {
	branch, ok := last(blk).(*ssa.If)
	if !ok {
		return nil
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.LSS && cmp.Op != token.LEQ {
		return nil
	}
	return cmp
}

func turns(blk *ssa.BasicBlock) (int64, bool) {
	cmp := comparison(blk)
	if cmp == nil {
		return 0, false
	}
	c, ok := cmp.Y.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	n := c.Int64()
	if cmp.Op == token.LEQ {
		n++
	}
	return n, true
}

// Closes reports whether the branch asks whether the channel that op receives
// from is closed.
func Closes(op *Op, branch *ssa.If) bool {
	cond := branch.Cond
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond = not.X
	}
	ex, ok := cond.(*ssa.Extract)
	v, _ := op.Instr.(ssa.Value)
	return ok && ex.Tuple == v && ex.Index == 1
}

// Exits reports whether a call ends the goroutine or the process.
func Exits(call *ssa.Call) bool { return exits(call) }
