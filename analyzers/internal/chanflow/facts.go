package chanflow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A fact is what is known of a value on the way to a place: a bool is true or not,
// anything else is nil or not.
type fact struct {
	of  ssa.Value // of a variable: its address
	set bool      // it is true, or not nil
}

// facts are those that hold at a place, in no order.
type facts []fact

// maxStates bounds how often a walk comes to one block, each time knowing something
// else.
const maxStates = 16

func (fs facts) of(v ssa.Value) (set, known bool) {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			return false, true
		}
		return v.Value.Kind() == constant.Bool && constant.BoolVal(v.Value), v.Value.Kind() == constant.Bool
	case *ssa.MakeInterface, *ssa.Alloc, *ssa.MakeChan, *ssa.MakeClosure, *ssa.MakeMap:
		return true, true
	}
	return fs.about(v)
}

// about returns what is known of a value by the way alone. Of a variable it is what
// it holds, not that it has an address.
func (fs facts) about(v ssa.Value) (set, known bool) {
	for _, f := range fs {
		if f.of == v {
			return f.set, true
		}
	}
	return false, false
}

// with returns the facts with one more, or without any of v.
func (fs facts) with(v ssa.Value, set, known bool) facts {
	i := slices.IndexFunc(fs, func(f fact) bool { return f.of == v })
	switch {
	case i < 0 && !known, i >= 0 && known && fs[i].set == set:
		return fs
	case i >= 0:
		fs = slices.Delete(slices.Clone(fs), i, i+1)
	}
	if known {
		fs = append(slices.Clip(fs), fact{v, set})
	}
	return fs
}

// key tells facts apart.
func (fs facts) key() string {
	names := make([]string, 0, len(fs))
	for _, f := range fs {
		name := f.of.Name()
		if f.set {
			name += "+"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// after returns what is known when instr has been done.
func (fs facts) after(instr ssa.Instruction) facts {
	switch v := instr.(type) {
	case *ssa.Store:
		if private(v.Addr) {
			set, known := fs.of(v.Val)
			return fs.with(v.Addr, set, known)
		}
	case *ssa.Phi, *ssa.Alloc:
	case *ssa.UnOp:
		if v.Op == token.MUL && private(v.X) {
			set, known := fs.about(v.X)
			return fs.with(v, set, known)
		}
		return fs.with(v, false, false)
	case ssa.Value:
		return fs.with(v, false, false) // what it was the last time round
	}
	return fs
}

// private reports whether addr is that of a local variable which only the function
// itself sets. Literals may read it.
func private(addr ssa.Value) bool {
	a, ok := addr.(*ssa.Alloc)
	if !ok || !binary(deref(a.Type())) {
		return false
	}
	for _, ref := range *a.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != a {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			if setIn(ref, a) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// setIn reports whether a literal may set a variable that it shares.
func setIn(lit *ssa.MakeClosure, addr ssa.Value) bool {
	fn := lit.Fn.(*ssa.Function)
	for i, b := range lit.Bindings {
		if b != addr || i >= len(fn.FreeVars) {
			continue
		}
		for _, ref := range *fn.FreeVars[i].Referrers() {
			if load, ok := ref.(*ssa.UnOp); !ok || load.Op != token.MUL {
				return true
			}
		}
	}
	return false
}

// binary reports whether facts are about values of type t.
func binary(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Interface, *types.Pointer, *types.Chan, *types.Signature, *types.Slice, *types.Map:
		return true
	case *types.Basic:
		return t.Info()&types.IsBoolean != 0
	}
	return false
}

// along returns what is known when an edge has been taken, and whether it can be.
func (fs facts) along(from, to *ssa.BasicBlock) (facts, bool) {
	if v, set, ok := question(from, to); ok {
		if was, known := fs.of(v); known {
			if was != set {
				return nil, false
			}
		} else {
			fs = fs.with(v, set, true)
			if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL && private(load.X) && load.Block() == from {
				fs = fs.with(load.X, set, true)
			}
		}
	}
	i := slices.Index(to.Preds, from)
	was := fs
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if binary(phi.Type()) {
			set, known := was.of(phi.Edges[i])
			fs = fs.with(phi, set, known)
		}
	}
	return fs, true
}

// question returns the value whose truth, or being nil, decides for an edge, and
// what it is then.
func question(from, to *ssa.BasicBlock) (v ssa.Value, set, ok bool) {
	cond, outcome, ok := Decision(from, to)
	if !ok {
		return nil, false, false
	}
	cmp, isCmp := cond.(*ssa.BinOp)
	if !isCmp {
		return cond, outcome, true
	}
	if c, isConst := cmp.Y.(*ssa.Const); isConst && c.Value == nil && (cmp.Op == token.EQL || cmp.Op == token.NEQ) {
		return cmp.X, !outcome, true
	}
	return nil, false, false
}

// A visit is a block, and what is known there.
type visit struct {
	blk *ssa.BasicBlock
	key string
}

// Aware returns the return that Return would, on a way that agrees with what local
// variables were found to be on it: of an error that was not nil when a loop was left
// the way does not go on as if it were.
func (w Walk) Aware(instr ssa.Instruction) *ssa.Return {
	s := &search{walk: w, seen: make(map[visit]bool), times: make(map[*ssa.BasicBlock]int)}
	blk := instr.Block()
	return s.block(blk, slices.Index(blk.Instrs, instr)+1, nil)
}

type search struct {
	walk  Walk
	seen  map[visit]bool
	times map[*ssa.BasicBlock]int
}

func (s *search) block(blk *ssa.BasicBlock, at int, fs facts) *ssa.Return {
	for _, in := range blk.Instrs[at:] {
		if s.walk.Stop != nil && s.walk.Stop(in) || exits(in) {
			return nil
		}
		if ret, ok := in.(*ssa.Return); ok {
			return ret
		}
		fs = fs.after(in)
	}
	for i, to := range blk.Succs {
		if s.walk.Cut != nil && s.walk.Cut(blk, to) || ruledOut(blk, i) {
			continue
		}
		next, ok := fs.along(blk, to)
		if !ok {
			continue
		}
		if s.times[to]++; s.times[to] > maxStates {
			next = nil
		}
		at := visit{to, next.key()}
		if s.seen[at] {
			continue
		}
		s.seen[at] = true
		if ret := s.block(to, 0, next); ret != nil {
			return ret
		}
	}
	return nil
}
