package effects

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// An AllocSite is a place where a function may allocate.
type AllocSite struct {
	Pos       token.Pos
	What      string // "make(chan)", "append", "string concatenation"
	Certainty Certainty
	Cold      bool
	// Escapes is set if the value outlives the function as far as this
	// analysis sees; the compiler, which sees through inlining, may know better.
	Escapes bool
	Instr   ssa.Instruction
}

// opAlloc holds an allocation of each certainty, as a primitive.
var opAlloc = func() (ops [3]*Summary) {
	for c := range ops {
		ops[c] = &Summary{Stated: "an allocation", Effects: []Effect{{Kind: Alloc, Certainty: Certainty(c)}}}
	}
	return ops
}()

// allocation notes what an instruction may allocate.
func (x *inference) allocation(f *function, instr ssa.Instruction) {
	what, c, escapes := x.allocates(instr)
	if what == "" {
		return
	}
	pos := whereabouts(f, instr)
	if e := x.excuseAt(pos); e != nil && !f.bare && !e.sum.Kinds().Has(Alloc) {
		return
	}
	f.allocs = append(f.allocs, AllocSite{Pos: pos, What: what, Certainty: c, Cold: x.cold(pos), Escapes: escapes, Instr: instr})
}

// whereabouts returns the place of an instruction or, of one that stands for
// nothing in the source, as an implicit conversion, that of what follows in its
// block, or else precedes it: what is on the way to an error should be seen to be.
func whereabouts(f *function, instr ssa.Instruction) token.Pos {
	if pos := instr.Pos(); pos.IsValid() {
		return pos
	}
	pos, passed := f.ssa.Pos(), false
	for _, other := range instr.Block().Instrs {
		passed = passed || other == instr
		if other.Pos().IsValid() {
			pos = other.Pos()
			if passed {
				break
			}
		}
	}
	return pos
}

// allocates tells what an instruction may allocate, "" if nothing.
func (x *inference) allocates(instr ssa.Instruction) (what string, c Certainty, escapes bool) {
	switch v := instr.(type) {
	case *ssa.MakeChan:
		return "make(chan)", Proven, true
	case *ssa.MakeMap:
		if x.escapes(v) {
			return "make(map)", Proven, true
		}
		return "make(map)", SizeDependent, false
	case *ssa.MakeSlice:
		if x.escapes(v) {
			return "make([]T)", Proven, true
		}
		return "make([]T)", SizeDependent, false
	case *ssa.MapUpdate:
		return "map assignment", SizeDependent, true
	case *ssa.Alloc:
		if v.Heap && !capturedByValue(v) && x.escapes(v) || x.tooLarge(v) {
			return newOf(v), Suspected, true
		}
	case *ssa.MakeClosure:
		if len(v.Bindings) > 0 && !onlyCalledHere(v) && x.escapes(v) {
			return "closure", Suspected, true
		}
	case *ssa.MakeInterface:
		if boxes(v) && x.escapes(v) {
			return "conversion to an interface", boxed(v.X.Type()), true
		}
	case *ssa.ChangeType:
		// SSA converts a type parameter to an interface so.
		_, param := types.Unalias(v.X.Type()).(*types.TypeParam)
		_, paramToo := types.Unalias(v.Type()).(*types.TypeParam)
		if param && !paramToo && types.IsInterface(v.Type()) && x.escapes(v) {
			return "conversion to an interface", Suspected, true
		}
	case *ssa.BinOp:
		if v.Op == token.ADD && isString(v.Type()) {
			return "string concatenation", SizeDependent, true
		}
	case *ssa.Convert:
		if isString(v.Type()) && isInteger(v.X.Type().Underlying()) && !x.escapes(v) {
			return "", 0, false // one rune fits the stack
		}
		if copies(v) && !x.switchedOn(v) {
			return "conversion of a string", SizeDependent, true
		}
	case *ssa.MultiConvert:
		if textual(v.X.Type()) && textual(v.Type()) && copied(v) {
			return "conversion of a string", SizeDependent, true
		}
	case *ssa.Go:
		if _, closed := v.Call.Value.(*ssa.MakeClosure); !closed && (len(v.Call.Args) > 0 || v.Call.IsInvoke()) {
			return "arguments of a go statement", Proven, true
		}
	case *ssa.Defer:
		if ssavalue.InLoop(v.Block()) {
			return "defer in a loop", Proven, true
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" && len(v.Call.Args) > 1 {
			return "append", SizeDependent, true
		}
	}
	return "", 0, false
}

// The largest variables that stay on the stack, in bytes: those with a name, and
// others (see cmd/compile/internal/ir/cfg.go).
const (
	largestNamed = 128 << 10
	largestOther = 64 << 10
)

// tooLarge reports whether a variable does not fit the stack.
func (x *inference) tooLarge(v *ssa.Alloc) bool {
	for fn := v.Parent(); fn != nil; fn = fn.Parent() {
		if fn.TypeParams().Len() > 0 {
			return false // its size may not be known
		}
	}
	size := x.pass.TypesSizes.Sizeof(v.Type().Underlying().(*types.Pointer).Elem())
	switch v.Comment {
	case "new", "complit", "slicelit", "makeslice", "varargs":
		return size > largestOther
	}
	return size > largestNamed
}

// capturedByValue reports whether a variable is in memory only because literals
// read it: it is set once, so the compiler copies it into them.
func capturedByValue(v *ssa.Alloc) bool {
	stores := 0
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if stores++; ref.Val == v {
				return false
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for i, b := range ref.Bindings {
				if b == v && !onlyRead(ref.Fn.(*ssa.Function), i) {
					return false
				}
			}
		default:
			return false
		}
	}
	return stores <= 1
}

// onlyRead reports whether a literal only reads its free variable i.
func onlyRead(fn *ssa.Function, i int) bool {
	if i >= len(fn.FreeVars) {
		return false
	}
	for _, ref := range *fn.FreeVars[i].Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			for j, b := range ref.Bindings {
				if b == fn.FreeVars[i] && !onlyRead(ref.Fn.(*ssa.Function), j) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// newOf says what a variable on the heap is.
func newOf(v *ssa.Alloc) string {
	switch v.Comment {
	case "new":
		return "new"
	case "complit":
		return "composite literal"
	case "slicelit":
		return "slice literal"
	case "varargs":
		return "variadic arguments"
	case "makeslice":
		return "make([]T)"
	}
	return "variable " + v.Comment
}

// onlyCalledHere reports whether a closure is called or deferred where it
// stands, and nothing else.
func onlyCalledHere(c *ssa.MakeClosure) bool {
	for _, ref := range *c.Referrers() {
		if _, spawned := ref.(*ssa.Go); spawned {
			return false
		}
	}
	return onlyCalled(c)
}

// boxes reports whether a conversion to an interface must put the value into
// memory: not of a pointer or what is represented by one, of a constant, which
// is in read-only memory, or of a value without a size.
func boxes(v *ssa.MakeInterface) bool {
	if _, ok := v.X.(*ssa.Const); ok {
		return false
	}
	return !pointerShaped(v.X.Type()) && !empty(v.X.Type())
}

func pointerShaped(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Struct:
		return u.NumFields() == 1 && pointerShaped(u.Field(0).Type())
	case *types.Array:
		return u.Len() == 1 && pointerShaped(u.Elem())
	}
	return false
}

func empty(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for f := range u.Fields() {
			if !empty(f.Type()) {
				return false
			}
		}
		return true
	case *types.Array:
		return u.Len() == 0 || empty(u.Elem())
	}
	return false
}

// boxed says how sure it is that a value is put on the heap: one byte never
// is, a small number may be found in a table of the runtime's.
func boxed(t types.Type) Certainty {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0 {
		return SizeDependent
	}
	return Suspected
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// copies reports whether a conversion copies text: between strings and slices,
// unless the compiler sees that the copy is only compared, looked up or, byte by
// byte, ranged over.
func copies(v *ssa.Convert) bool {
	from, to := v.X.Type().Underlying(), v.Type().Underlying()
	_, fromSlice := from.(*types.Slice)
	_, toSlice := to.(*types.Slice)
	if !isString(v.Type()) && !toSlice || !isString(v.X.Type()) && !fromSlice && !isInteger(from) {
		return false
	}
	if isString(v.Type()) && isString(v.X.Type()) || isInteger(from) && !isString(v.Type()) {
		return false
	}
	if _, ok := v.X.(*ssa.Const); ok && isString(v.Type()) {
		return false
	}
	return copied(v)
}

// copied reports whether some use of converted text needs memory of its own.
func copied(v ssa.Value) bool {
	reads := 0
	for _, ref := range *v.Referrers() {
		switch {
		case readsByte(ref):
		case !readsOnce(v, ref):
			return true
		default:
			reads++
		}
	}
	return reads > 1 && isString(v.Type()) // it is given a name, and memory of its own
}

// switchedOn reports whether converted text is only the tag of a switch over
// constants: the compiler compares the bytes where they are.
func (x *inference) switchedOn(v *ssa.Convert) bool {
	for _, ref := range *v.Referrers() {
		b, ok := ref.(*ssa.BinOp)
		if !ok || b.Op != token.EQL {
			return false
		}
		if _, ok := b.Y.(*ssa.Const); !ok {
			return false
		}
	}
	for _, f := range x.pass.Files {
		if f.FileStart <= v.Pos() && v.Pos() <= f.FileEnd {
			return tagAt(f, v.Pos())
		}
	}
	return false
}

// tagAt reports whether the conversion whose parenthesis is at pos is the tag of
// a switch.
func tagAt(f *ast.File, pos token.Pos) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil || found || pos < n.Pos() || n.End() <= pos {
			return false
		}
		if s, ok := n.(*ast.SwitchStmt); ok && s.Tag != nil {
			call, ok := ast.Unparen(s.Tag).(*ast.CallExpr)
			found = ok && call.Lparen == pos
		}
		return !found
	})
	return found
}

// readsByte reports whether ref only looks at bytes of converted text, as a
// range over it does.
func readsByte(ref ssa.Instruction) bool {
	at, ok := ref.(*ssa.IndexAddr)
	if !ok || !isByte(at.Type().Underlying().(*types.Pointer).Elem()) {
		return false
	}
	for _, r := range *at.Referrers() {
		if load, ok := r.(*ssa.UnOp); !ok || load.Op != token.MUL {
			return false
		}
	}
	return true
}

// textual reports whether a type, or one that a type parameter stands for, is a
// string or a slice.
func textual(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.TypeParam); ok {
		return textual(p.Constraint().Underlying())
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return true
	case *types.Interface:
		for e := range u.EmbeddedTypes() {
			if textual(e) {
				return true
			}
		}
	case *types.Union:
		for term := range u.Terms() {
			if textual(term.Type()) {
				return true
			}
		}
	}
	return isString(t)
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

func isInteger(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// readsOnce reports whether ref is a use of converted text for which the
// compiler makes no copy.
func readsOnce(v ssa.Value, ref ssa.Instruction) bool {
	switch ref := ref.(type) {
	case *ssa.Lookup:
		return ref.Index == v
	case *ssa.BinOp:
		return ref.Op != token.ADD
	case *ssa.DebugRef:
		return true
	case *ssa.Call:
		b, ok := ref.Call.Value.(*ssa.Builtin)
		return ok && b.Name() == "len"
	}
	return false
}
