package effects

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// An index knows where the values of a package come from: what is stored in its
// variables and fields, and who calls its functions.
type index struct {
	globals  map[*ssa.Global]*stores
	fields   map[*types.Var]*stores
	closures map[*ssa.Function][]*ssa.MakeClosure
	calls    map[*ssa.Function][]*ssa.CallCommon // static ones
	taken    []ssa.Value                         // functions used as values: *ssa.Function or *ssa.MakeClosure
	escaped  map[*ssa.Function]bool              // the same, by the function
}

// stores are the values that a variable or a field is given.
type stores struct {
	values []ssa.Value
	open   bool // or others, that this package does not show
}

func (x *inference) newIndex() *index {
	ix := &index{
		globals:  make(map[*ssa.Global]*stores),
		fields:   make(map[*types.Var]*stores),
		closures: make(map[*ssa.Function][]*ssa.MakeClosure),
		calls:    make(map[*ssa.Function][]*ssa.CallCommon),
		escaped:  make(map[*ssa.Function]bool),
	}
	var operands [16]*ssa.Value
	for _, f := range x.funcs {
		for _, b := range f.ssa.Blocks {
			for _, instr := range b.Instrs {
				x.indexInstr(ix, instr, operands[:0])
			}
		}
	}
	return ix
}

func (x *inference) indexInstr(ix *index, instr ssa.Instruction, space []*ssa.Value) {
	var callee ssa.Value
	switch instr := instr.(type) {
	case *ssa.MakeClosure:
		fn := instr.Fn.(*ssa.Function)
		ix.closures[fn] = append(ix.closures[fn], instr)
		callee = instr.Fn
		if !onlyCalled(instr) {
			ix.taken = append(ix.taken, instr)
			ix.escaped[fn] = true
		}
	case *ssa.FieldAddr:
		ix.field(instr)
	case *ssa.ChangeType:
		ix.converted(instr.X.Type(), instr.Type())
	case *ssa.Convert:
		ix.converted(instr.X.Type(), instr.Type())
	case *ssa.DebugRef:
		return
	case ssa.CallInstruction:
		if c := instr.Common(); !c.IsInvoke() {
			callee = c.Value
			if fn, ok := c.Value.(*ssa.Function); ok {
				fn = ssavalue.Origin(fn)
				ix.calls[fn] = append(ix.calls[fn], c)
			}
		}
	}
	for _, op := range instr.Operands(space) {
		switch v := (*op).(type) {
		case *ssa.Function:
			if v != callee && !ix.escaped[v] {
				ix.taken = append(ix.taken, v)
				ix.escaped[v] = true
			}
		case *ssa.Global:
			x.global(ix, v, instr)
		}
	}
}

// onlyCalled reports whether a closure is never a value: it is called, spawned
// or deferred where it stands.
func onlyCalled(c *ssa.MakeClosure) bool {
	for _, ref := range *c.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok || call.Common().Value != c {
			return false
		}
		for _, arg := range call.Common().Args {
			if arg == c {
				return false
			}
		}
	}
	return true
}

// global notes one use of a package-level variable.
func (x *inference) global(ix *index, g *ssa.Global, instr ssa.Instruction) {
	if g.Pkg != x.ssa.Pkg {
		return
	}
	s := ix.globals[g]
	if s == nil {
		s = &stores{open: token.IsExported(g.Name()) || x.pushed(g.Name())}
		ix.globals[g] = s
	}
	s.use(g, instr)
}

// pushed reports whether a linkname lets others see a name of this package.
func (x *inference) pushed(name string) bool {
	_, ok := x.linknames[name]
	return ok
}

// use notes what an instruction does with the variable at addr.
func (s *stores) use(addr ssa.Value, instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Store:
		if instr.Val == addr {
			s.open = true
		} else {
			s.values = append(s.values, instr.Val)
		}
	case *ssa.UnOp, *ssa.DebugRef:
	case *ssa.FieldAddr, *ssa.IndexAddr:
		// A part of it: of no interest, for only whole functions,
		// interfaces and flags are asked about.
	default:
		s.open = true
	}
}

// converted notes a conversion by which the fields of one struct get what was
// stored in those of another, or what unsafe code put there.
func (ix *index) converted(from, to types.Type) {
	st, ok := structOf(to)
	if !ok {
		return
	}
	if was, ok := structOf(from); ok && was == st {
		return
	}
	for f := range st.Fields() {
		if callable(f.Type()) {
			ix.fields[f.Origin()] = &stores{open: true}
		}
	}
}

// structOf returns the struct that t is, or points to.
func structOf(t types.Type) (*types.Struct, bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// field notes the uses of one address of a field that can hold a function or
// an interface.
func (ix *index) field(fa *ssa.FieldAddr) {
	f, owner := fieldOf(fa.X.Type(), fa.Field)
	if f == nil || !callable(f.Type()) {
		return
	}
	s := ix.fields[f]
	if s == nil {
		// Fields of a type without a name are another type's as well.
		s = &stores{open: owner == nil || f.Exported() && owner.Exported()}
		ix.fields[f] = s
	}
	for _, ref := range *fa.Referrers() {
		s.use(fa, ref)
	}
}

// callable reports whether values of type t are functions or have methods that
// are found when the program runs.
func callable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	}
	return false
}

// fieldOf returns the field number i of the struct that t is or points to, as it
// is declared, and the name of the struct's type, nil if it has none.
func fieldOf(t types.Type, i int) (*types.Var, *types.TypeName) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	var owner *types.TypeName
	if n, ok := types.Unalias(t).(*types.Named); ok {
		owner = n.Obj()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return nil, nil
	}
	return st.Field(i).Origin(), owner
}
