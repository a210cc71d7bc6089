package witness

import (
	"go/ast"
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
)

// Possible reports whether fn can come to an effect by its chain. What a function
// does, it may do only if its caller asks for it by a constant, and effects are
// inferred whatever the arguments: "flush(false)" does not flush. It follows
// constants through the functions of the package.
func (x *Index) Possible(fn ast.Node, e effects.Effect) bool {
	at := x.byNode[fn]
	var known constants
	for s := range e.Chain.All {
		if at == nil {
			break
		}
		instrs := x.instrsAt(at.SSA, s.Pos)
		if len(instrs) > 0 && !known.reach(at.SSA, instrs) {
			return false
		}
		next := x.byNode[x.byName[s.Func]]
		if len(instrs) != 1 || next == nil {
			break
		}
		known = known.passed(instrs[0], next.SSA)
		at = next
	}
	return true
}

// instrsAt returns the instructions of fn that stand at p.
func (x *Index) instrsAt(fn *ssa.Function, p effects.Position) []ssa.Instruction {
	x.mu.Lock()
	defer x.mu.Unlock()
	at, known := x.instrs[fn]
	if !known {
		at = x.placed(fn)
		x.instrs[fn] = at
	}
	return at[p]
}

// placed returns the instructions of fn by where they stand.
func (x *Index) placed(fn *ssa.Function) map[effects.Position][]ssa.Instruction {
	at := make(map[effects.Position][]ssa.Instruction)
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			pos := instr.Pos()
			if call, ok := instr.(ssa.CallInstruction); ok {
				pos = call.Common().Pos()
			}
			if pos.IsValid() {
				p := x.position(pos)
				at[p] = append(at[p], instr)
			}
		}
	}
	return at
}

// constants are the parameters of a function whose values are known.
type constants map[ssa.Value]constant.Value

// passed returns what is known of the parameters of callee, which instr calls.
func (k constants) passed(instr ssa.Instruction, callee *ssa.Function) constants {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return nil
	}
	params, args := callee.Params, call.Common().Args
	if call.Common().IsInvoke() && len(params) > 0 {
		params = params[1:]
	}
	if len(params) != len(args) {
		return nil
	}
	out := make(constants)
	for i, p := range params {
		if v := k.value(args[i]); v != nil {
			out[p] = v
		}
	}
	return out
}

// reach reports whether one of the instructions can be reached from the start
// of fn.
func (k constants) reach(fn *ssa.Function, instrs []ssa.Instruction) bool {
	if len(k) == 0 {
		return true
	}
	seen := make([]bool, len(fn.Blocks))
	for work := []*ssa.BasicBlock{fn.Blocks[0]}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b.Index] {
			continue
		}
		seen[b.Index] = true
		succs := b.Succs
		if cond, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok {
			if v := k.value(cond.Cond); v != nil && constant.BoolVal(v) {
				succs = succs[:1]
			} else if v != nil {
				succs = succs[1:]
			}
		}
		work = append(work, succs...)
	}
	for _, instr := range instrs {
		if seen[instr.Block().Index] || instr.Block() == fn.Recover {
			return true
		}
	}
	return false
}

// value returns the value of v, or nil if it is not known.
func (k constants) value(v ssa.Value) constant.Value {
	switch v := v.(type) {
	case *ssa.Const:
		return v.Value
	case *ssa.UnOp:
		if x := k.value(v.X); x != nil && v.Op == token.NOT {
			return constant.MakeBool(!constant.BoolVal(x))
		}
	case *ssa.BinOp:
		x, y := k.value(v.X), k.value(v.Y)
		switch v.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			if x != nil && y != nil {
				return constant.MakeBool(constant.Compare(x, v.Op, y))
			}
		}
	}
	return k[v]
}
