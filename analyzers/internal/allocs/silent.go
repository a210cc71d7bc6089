package allocs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A Hole is a kind of allocation that the compiler's text does not speak of, or
// says less of than the truth. Fingerprints hold it.
type Hole string

// The holes.
const (
	Channel   Hole = "channel"
	HintedMap Hole = "map of a size" // made with more room than the stack has for one
	GrownMap  Hole = "map growth"    // an entry is added
	Sized     Hole = "size not known"
	Grown     Hole = "append"
	Joined    Hole = "concatenation"
	Converted Hole = "conversion"       // string(b), []byte(s)
	Started   Hole = "go statement"     // the closure that holds what it calls and the arguments
	LoopDefer Hole = "defer in a loop"  // package hotdefer's
	Undecided Hole = "compiler decides" // where it was not asked

	noSite Hole = ""
)

const (
	unknownLen = -1
	// stackText is how many bytes of text stay on the stack: tmpstringbufsize
	// in cmd/compile/internal/walk.
	stackText = 32
	// stackArray is how many bytes of a slice of unknown size do: the default of
	// VariableMakeThreshold in cmd/compile/internal/base.
	stackArray = 32
	// inlineElem is the size of a key or element, in bytes, above which a map
	// allocates it apart: MapMaxKeyBytes and MapMaxElemBytes in internal/abi.
	inlineElem = 128
)

// Silent returns the places in fn, literals in it excepted, of which the
// compiler's text does not tell that they allocate, in the order of effects.
// Nothing is returned for a function whose effects are stated.
func (x *Index) Silent(fn ast.Node) []*Site {
	f := x.witness.Of(fn)
	if f == nil || f.Summary.Stated != "" {
		return nil
	}
	var sites []*Site
	for i := range f.Allocs {
		a := &f.Allocs[i]
		s := &Site{Pos: a.Pos, Instr: a.Instr, Tier: rule.Proven, Value: &values.Value{Size: unknownLen}}
		x.judge(s, a)
		if s.Hole == noSite || s.Verdict == None && !s.Grows {
			continue
		}
		if s.Verdict == Suspected || a.Certainty == effects.Suspected && !x.Report.Ran {
			s.Tier = rule.Suspected
		}
		x.rarely(s)
		sites = append(sites, s)
	}
	return sites
}

// judge says what s is; its hole stays empty if the compiler's word is enough.
func (x *Index) judge(s *Site, a *effects.AllocSite) {
	switch v := a.Instr.(type) {
	case *ssa.MakeChan:
		x.set(s, Channel, Proven, "channel", x.source(a.Pos), "runtime.makechan")
	case *ssa.MakeMap:
		x.madeMap(s, v)
	case *ssa.MapUpdate:
		x.updated(s, v)
	case *ssa.MakeSlice:
		x.madeSlice(s, v)
	case *ssa.Call:
		x.added(s, v)
	case *ssa.BinOp:
		x.joined(s, v)
	case *ssa.Convert, *ssa.MultiConvert:
		x.converted(s, v.(ssa.Value))
	case *ssa.Go:
		x.started(s, v)
	case *ssa.Defer:
		x.deferred(s, v)
	default: // variables, literals, closures, interfaces: the compiler's business
		if !x.Report.Ran {
			x.set(s, Undecided, Suspected, values.Other, nil, "runtime.newobject")
			s.Value.Text = a.What
		}
	}
}

func (x *Index) set(s *Site, h Hole, v Verdict, k values.Kind, n ast.Node, primitive string) {
	s.Hole, s.Verdict = h, v
	s.Value.Kind, s.Value.Node, s.Value.Primitive = k, n, primitive
	s.Value.Sized = v == SizeDependent
	if e, ok := n.(ast.Expr); ok {
		s.Value.Text, s.Value.Type = types.ExprString(e), x.pass.TypesInfo.TypeOf(e)
	}
}

// source returns the expression that the compiler knows by pos.
func (x *Index) source(pos token.Pos) ast.Expr {
	for _, cur := range x.Finder.At(pos) {
		switch n := cur.Node().(type) {
		case *ast.CallExpr, *ast.CompositeLit, *ast.BinaryExpr:
			return n.(ast.Expr)
		}
	}
	return nil
}

// said reports whether the compiler says that what is made at pos is on the
// heap, and stays whether it says that it is not: it may say neither.
func (x *Index) said(pos token.Pos) (escapes, stays bool, subject string) {
	for _, d := range x.Report.At(pos) {
		switch {
		case d.Static:
		case d.Kind == escape.Escapes:
			escapes = true
		case d.Kind == escape.Stays:
			stays, subject = true, d.Subject
		}
	}
	return escapes, stays, subject
}

// madeMap judges a map that is made, by make or a literal. On the stack it has
// room for eight entries, which costs nothing.
func (x *Index) madeMap(s *Site, v *ssa.MakeMap) {
	if escapes, _, _ := x.said(v.Pos()); escapes {
		return
	}
	verdict := None
	switch hint := v.Reserve.(type) {
	case nil:
	case *ssa.Const:
		if hint.Int64() > room {
			verdict = Proven
		}
	default:
		verdict = SizeDependent
	}
	if verdict == None && !x.Report.Ran {
		verdict = Suspected
	}
	x.set(s, HintedMap, verdict, values.Map, x.source(v.Pos()), "runtime.makemap")
}

// updated judges an entry that may be new to a map.
func (x *Index) updated(s *Site, v *ssa.MapUpdate) {
	x.set(s, GrownMap, SizeDependent, "map entry", nil, "runtime.mapassign")
	s.Value.Text = "room for a new entry"
	made, ok := localMap(v.Map)
	if !ok {
		s.Kept = true
		return
	}
	if made == nil {
		return
	}
	if x.reserved(made) {
		s.Hole = noSite // the room was asked for: see madeMap
		return
	}
	escapes, _, _ := x.said(made.Pos())
	loops := comesBack(v.Block(), made.Block())
	switch {
	case !loops && !escapes && x.fits(made):
		s.Hole = noSite
	case loops && !x.short(v.Pos()):
		s.Grows = true
	}
	if escapes && !s.Grows {
		s.Hole = noSite // part of what is said of the map
	}
}

// localMap returns the map that is made in the function, nil if there are
// several, and whether it is made there at all.
func localMap(v ssa.Value) (*ssa.MakeMap, bool) {
	switch v := v.(type) {
	case *ssa.MakeMap:
		return v, true
	case *ssa.ChangeType:
		return localMap(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if _, ok := e.(*ssa.MakeMap); !ok {
				return nil, false
			}
		}
		return nil, true
	}
	return nil, false
}

// reserved reports whether the map is made with a size that counts.
func (x *Index) reserved(v *ssa.MakeMap) bool {
	if lit, ok := x.source(v.Pos()).(*ast.CompositeLit); ok && lit != nil {
		return false
	}
	if v.Reserve == nil {
		return false
	}
	c, ok := v.Reserve.(*ssa.Const)
	return !ok || c.Int64() > room
}

// fits reports whether all entries that are ever added to a map fit into the room
// on the stack.
func (x *Index) fits(made *ssa.MakeMap) bool {
	m, ok := made.Type().Underlying().(*types.Map)
	if !ok || x.sizeof(m.Key()) > inlineElem || x.sizeof(m.Elem()) > inlineElem {
		return false
	}
	n := 0
	for _, ref := range *made.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Map != made || comesBack(ref.Block(), made.Block()) {
				return false
			}
			n++
		case *ssa.Lookup, *ssa.Range, *ssa.DebugRef:
		case *ssa.Call:
			if b, ok := ref.Call.Value.(*ssa.Builtin); !ok || b.Name() == "append" {
				return false
			}
		default:
			return false // what it is handed to may add to it
		}
	}
	return n <= room
}

// sizeof returns the size of t; what depends on a type parameter may be large.
func (x *Index) sizeof(t types.Type) int64 {
	if n := x.Finder.Sizeof(t); n >= 0 {
		return n
	}
	return inlineElem + 1
}

// madeSlice judges a slice whose size is known at run time only.
func (x *Index) madeSlice(s *Site, v *ssa.MakeSlice) {
	escapes, _, subject := x.said(v.Pos())
	if escapes || constantSize.MatchString(subject) {
		return
	}
	elem := v.Type().Underlying().(*types.Slice).Elem()
	if x.Finder.Sizeof(elem) == 0 {
		return
	}
	x.set(s, Sized, SizeDependent, values.Array, x.source(v.Pos()), "runtime.makeslice")
}

var constantSize = pattern.New(`, \d+\)$`)

// added judges elements that are added to a slice.
func (x *Index) added(s *Site, v *ssa.Call) {
	if _, _, ok := lenCap(v); ok {
		return
	}
	o := origins(v, v.Call.Args[0])
	if o.onlySized() {
		return // the room was asked for: see madeSlice
	}
	escapes, stays, _ := x.said(v.Pos())
	if stays && x.fitsFirst(v) {
		return
	}
	x.set(s, Grown, SizeDependent, values.Grown, x.source(v.Pos()), "runtime.growslice")
	s.Kept = o.onlyKept()
	s.Grows = o.empty && !o.kept && !o.sized && o.again && !x.short(v.Pos())
	s.Spoken = escapes
	x.leave(s)
}

// fitsFirst reports whether an append makes the first array of a slice, of so few
// elements that the compiler, which says that it stays, has it on the stack.
func (x *Index) fitsFirst(v *ssa.Call) bool {
	if c, ok := v.Call.Args[0].(*ssa.Const); !ok || c.Value != nil {
		return false
	}
	n, _, ok := lenCap(v.Call.Args[1])
	slice, isSlice := v.Type().Underlying().(*types.Slice)
	if !ok || !isSlice {
		return false
	}
	size := x.Finder.Sizeof(slice.Elem())
	return size >= 0 && n*size <= stackArray
}

// leave leaves a site to what the compiler says, but for growth.
func (x *Index) leave(s *Site) {
	switch {
	case s.Spoken && s.Grows:
		s.Verdict = None
	case s.Spoken:
		s.Hole = noSite
	}
}

// joined judges strings that are joined. Of a + b + c only the whole is made.
func (x *Index) joined(s *Site, v *ssa.BinOp) {
	refs := *v.Referrers()
	if len(refs) == 1 {
		if outer, ok := refs[0].(*ssa.BinOp); ok && outer.Op == token.ADD && x.withinSum(v.Pos()) {
			return
		}
	}
	escapes, _, _ := x.said(v.Pos())
	x.set(s, Joined, SizeDependent, values.Joined, x.source(v.Pos()), "runtime.concatstrings")
	if s.Value.Node == nil {
		s.Value.Text = "the string that += makes"
	}
	o := origins(v, v.X)
	s.Grows = o.again && !x.short(v.Pos())
	s.Spoken = escapes
	x.leave(s)
}

// withinSum reports whether the sum whose operator is at pos is an operand of
// another.
func (x *Index) withinSum(pos token.Pos) bool {
	for _, cur := range x.Finder.At(pos) {
		if outer := operandOf(cur); outer.Valid() {
			n, ok := outer.Node().(*ast.BinaryExpr)
			return ok && n.Op == token.ADD
		}
	}
	return false
}

// operandOf returns what stands around cur, parentheses excepted.
func operandOf(cur inspector.Cursor) inspector.Cursor {
	for cur = cur.Parent(); cur.Valid(); cur = cur.Parent() {
		if _, ok := cur.Node().(*ast.ParenExpr); !ok {
			return cur
		}
	}
	return cur
}

// converted judges text that is converted, which copies it unless the compiler
// sees that nobody can tell.
func (x *Index) converted(s *Site, v ssa.Value) {
	cur, ok := x.conversion(v.Pos())
	if !ok { // of a type parameter, whose place SSA does not know
		x.set(s, Converted, SizeDependent, values.Copied, nil, primitiveOf(v))
		s.Value.Text = "text converted for a type parameter"
		return
	}
	call := cur.Node().(*ast.CallExpr)
	for _, d := range x.Report.At(values.Place(call.Args[0])) {
		switch {
		case d.Kind == escape.Escapes && !d.Static, d.Kind == escape.ZeroCopy:
			return
		}
	}
	constant := x.pass.TypesInfo.Types[call.Args[0]].Value != nil
	if constant && x.Report.Ran || x.unneeded(cur) || x.fitsText(call, v) {
		return
	}
	x.set(s, Converted, SizeDependent, values.Copied, call, primitiveOf(v))
}

func primitiveOf(v ssa.Value) string {
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return "runtime.slicebytetostring"
	}
	return "runtime.stringtoslicebyte"
}

// conversion returns the conversion whose parenthesis is at pos.
func (x *Index) conversion(pos token.Pos) (inspector.Cursor, bool) {
	for _, cur := range x.Finder.At(pos) {
		if call, ok := cur.Node().(*ast.CallExpr); ok && len(call.Args) == 1 && x.pass.TypesInfo.Types[call.Fun].IsType() {
			return cur, true
		}
	}
	return inspector.Cursor{}, false
}

// unneeded reports whether a conversion stands where the compiler reads the bytes
// in place: within the key that a map is looked up by, or joined with a constant.
func (x *Index) unneeded(cur inspector.Cursor) bool {
	outer := operandOf(cur)
	if sum, ok := outer.Node().(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return x.hasConstant(outer)
	}
	for outer.Valid() {
		switch n := outer.Node().(type) {
		case *ast.CompositeLit, *ast.KeyValueExpr:
			outer = operandOf(outer)
			continue
		case *ast.IndexExpr:
			_, isMap := x.pass.TypesInfo.TypeOf(n.X).Underlying().(*types.Map)
			return isMap && !assignedTo(outer)
		}
		return false
	}
	return false
}

// hasConstant reports whether an operand of the whole sum around cur is a
// constant that is not empty.
func (x *Index) hasConstant(cur inspector.Cursor) bool {
	for outer := operandOf(cur); outer.Valid(); outer = operandOf(cur) {
		if n, ok := outer.Node().(*ast.BinaryExpr); !ok || n.Op != token.ADD {
			break
		}
		cur = outer
	}
	found := false
	var visit func(e ast.Expr)
	visit = func(e ast.Expr) {
		e = ast.Unparen(e)
		if v := x.pass.TypesInfo.Types[e].Value; v != nil && v.Kind() == constant.String {
			found = found || constant.StringVal(v) != ""
		} else if b, ok := e.(*ast.BinaryExpr); ok && b.Op == token.ADD {
			visit(b.X)
			visit(b.Y)
		}
	}
	visit(cur.Node().(ast.Expr))
	return found
}

// assignedTo reports whether the expression at cur is set.
func assignedTo(cur inspector.Cursor) bool {
	switch n := operandOf(cur).Node().(type) {
	case *ast.AssignStmt:
		for _, l := range n.Lhs {
			if ast.Unparen(l) == cur.Node() {
				return true
			}
		}
	case *ast.IncDecStmt:
		return true
	case *ast.UnaryExpr:
		return n.Op == token.AND
	}
	return false
}

// fitsText reports whether converted text does not leave the function and fits
// the room that the stack has for it.
func (x *Index) fitsText(call *ast.CallExpr, v ssa.Value) bool {
	_, stays, _ := x.said(values.Place(call.Args[0]))
	if !stays {
		return false
	}
	conv, ok := v.(*ssa.Convert)
	if !ok {
		return false
	}
	if b, ok := conv.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
		return true // one rune
	}
	from, ok := conv.X.Type().Underlying().(*types.Slice)
	if !ok || x.Finder.Sizeof(from.Elem()) != 1 {
		return false
	}
	slice, ok := conv.X.(*ssa.Slice)
	if !ok {
		return false
	}
	if p, ok := slice.X.Type().Underlying().(*types.Pointer); ok {
		if a, ok := p.Elem().Underlying().(*types.Array); ok && a.Len() <= stackText {
			return true
		}
	}
	low, high := int64(0), int64(-1)
	if c, ok := slice.Low.(*ssa.Const); ok {
		low = c.Int64()
	} else if slice.Low != nil {
		return false
	}
	if c, ok := slice.High.(*ssa.Const); ok {
		high = c.Int64()
	}
	return high >= 0 && high-low <= stackText
}

// started judges the closure that a go statement makes of a call with arguments.
func (x *Index) started(s *Site, v *ssa.Go) {
	heap := !x.Report.Ran
	for _, d := range x.Report.At(v.Pos()) {
		heap = heap || d.Kind == escape.Closure && d.Detail == "heap"
	}
	if !heap {
		return
	}
	x.set(s, Started, Proven, values.Closure, nil, "runtime.newobject")
	s.Value.Text = "the closure of the go statement"
}

// deferred judges a defer in a loop: its record comes from a pool, its closure
// does not.
func (x *Index) deferred(s *Site, v *ssa.Defer) {
	verdict := SizeDependent
	for _, d := range x.Report.At(v.Pos()) {
		if d.Kind == escape.Closure && d.Detail == "heap" {
			verdict = Proven
		}
	}
	x.set(s, LoopDefer, verdict, values.Closure, nil, "runtime.deferproc")
	s.Value.Text = "the record of the defer"
}
