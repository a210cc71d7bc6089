package keeps

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A Way is what a function does with a parameter that outlives the call.
type Way int

// What becomes of a parameter, the surest first.
const (
	No        Way = iota
	Goroutine     // a goroutine goes on with it
	Channel       // it is sent
	Element       // it becomes an element of a map or a slice that stays
	Field         // it becomes the value of a field: perhaps for a moment only
)

// Keeps is the fact of a function that keeps some of its parameters.
type Keeps struct {
	Params []Param
}

// A Param is a parameter that is kept, by its number without the receiver.
type Param struct {
	Index int
	Way   Way
	// Into is the operand of the call that holds it afterwards: Receiver, the number of
	// another parameter, or Elsewhere. If that is the caller's own, nobody else has it.
	Into  int
	Where token.Position
}

// What holds a parameter, if that is none of the others.
const (
	Elsewhere = -1 // a goroutine, a channel, the package
	Receiver  = -2
)

// AFact marks a fact.
func (*Keeps) AFact() {}

func (k *Keeps) String() string { return "keeps" }

// Analyzer finds the functions that keep what they are given. Its result is an
// *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetkeeps",
	Doc:        "find functions that keep what they are given",
	Requires:   []*analysis.Analyzer{funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
	FactTypes:  []analysis.Fact{new(Keeps)},
}

// An Index knows which functions keep what.
type Index struct {
	pass  *analysis.Pass
	local map[*types.Func]*Keeps
}

// Of returns what becomes of parameter i of a function; its way is No if it is not
// known to be kept.
func (x *Index) Of(fn *types.Func, i int) Param {
	if k := x.keeps(fn.Origin()); k != nil {
		for _, p := range k.Params {
			if p.Index == i {
				return p
			}
		}
	}
	return Param{Index: i}
}

func (x *Index) keeps(fn *types.Func) *Keeps {
	if k, ok := x.local[fn]; ok {
		return k
	}
	if fn.Pkg() == nil || fn.Pkg() == x.pass.Pkg {
		return nil
	}
	if k := new(Keeps); x.pass.ImportObjectFact(fn, k) {
		return k
	}
	return nil
}

// maxRounds is how many functions of one package may hand a parameter on.
const maxRounds = 4

func run(pass *analysis.Pass) (any, error) {
	x := &Index{pass: pass, local: make(map[*types.Func]*Keeps)}
	if modules.IsStd(pass.Pkg.Path()) {
		return x, nil // what is known of it stands in the tables of those who ask
	}
	fns := pass.ResultOf[funcs.Analyzer].(*funcs.Index)
	for range maxRounds {
		changed := false
		for _, f := range fns.Funcs {
			if f.Obj == nil {
				continue
			}
			s := &scan{Index: x, fn: f, found: make(map[int]Param)}
			if k := s.keeps(); k != nil && (x.local[f.Obj] == nil || len(x.local[f.Obj].Params) != len(k.Params)) {
				x.local[f.Obj] = k
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	for fn, k := range x.local {
		pass.ExportObjectFact(fn, k)
	}
	return x, nil
}

// A scan looks through one function.
type scan struct {
	*Index
	fn      *funcs.Func
	holders map[types.Object]int  // variables that hold a parameter, or a part of it
	made    map[types.Object]bool // variables that point to what the function has made
	emptied map[string]bool       // lists that it empties
	found   map[int]Param
	joins   bool              // it waits for what it starts, or for an answer
	instead map[ast.Node]bool // receives that are tried in place of a send
}

func (s *scan) keeps() *Keeps {
	s.holders, s.instead = make(map[types.Object]int), make(map[ast.Node]bool)
	s.made, s.emptied = make(map[types.Object]bool), make(map[string]bool)
	params := s.fn.Sig.Params()
	for i := range params.Len() {
		if keepable(params.At(i).Type()) {
			s.holders[params.At(i)] = i
		}
	}
	if len(s.holders) == 0 {
		return nil
	}
	ast.Inspect(s.fn.Body, s.assignments)
	ast.Inspect(s.fn.Body, s.visit)
	k := new(Keeps)
	for i := range params.Len() {
		if p, ok := s.found[i]; ok {
			k.Params = append(k.Params, p)
		}
	}
	if len(k.Params) == 0 {
		return nil
	}
	return k
}

// keepable reports whether it matters that a parameter is kept: it is bytes, or a
// function that may have captured some.
func keepable(t types.Type) bool {
	if _, ok := t.Underlying().(*types.Signature); ok {
		return true
	}
	sl, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := sl.Elem().Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

// assignments finds the variables that hold a parameter, and forgets the parameters
// that are given another value.
func (s *scan) assignments(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			s.assigned(l, n.Rhs[min(i, len(n.Rhs)-1)], len(n.Lhs) == len(n.Rhs))
		}
	case *ast.SelectStmt:
		s.alternatives(n)
	case *ast.UnaryExpr:
		s.joins = s.joins || n.Op == token.ARROW && !s.instead[n]
	case *ast.CallExpr:
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Wait" {
			s.joins = true
		}
	}
	return true
}

// assigned notes what a variable is given; each has a value of its own if single is set.
func (s *scan) assigned(l, r ast.Expr, single bool) {
	if single && empty(r) {
		s.emptied[types.ExprString(l)] = true
	}
	id, ok := ast.Unparen(l).(*ast.Ident)
	if !ok {
		return
	}
	obj := s.pass.TypesInfo.ObjectOf(id)
	s.made[obj] = single && makes(r)
	if j, ok := s.holds(r); ok && single {
		s.holders[obj] = j
	} else {
		delete(s.holders, obj)
	}
}

// makes reports whether an expression is a new object.
func makes(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.AND && makes(e.X)
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && (id.Name == "new" || id.Name == "make")
	}
	return false
}

// empty reports whether a list is cut to nothing, or given up: list[:0], nil.
func empty(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.SliceExpr:
		return e.High != nil
	case *ast.Ident:
		return e.Name == "nil"
	}
	return false
}

// alternatives notes the receives of a select that also sends.
func (s *scan) alternatives(n *ast.SelectStmt) {
	var receives []ast.Node
	sends := false
	for _, c := range n.Body.List {
		switch comm := c.(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt:
			sends = true
		case *ast.ExprStmt:
			receives = append(receives, ast.Unparen(comm.X))
		case *ast.AssignStmt:
			receives = append(receives, ast.Unparen(comm.Rhs[0]))
		}
	}
	if sends {
		for _, r := range receives {
			s.instead[r] = true
		}
	}
}

// holds returns the parameter that an expression is, is a part of, or is a struct
// around.
func (s *scan) holds(e ast.Expr) (int, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := s.pass.TypesInfo.ObjectOf(e)
		i, ok := s.holders[obj]
		return i, ok
	case *ast.SliceExpr:
		return s.holds(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return s.holds(e.X)
		}
	case *ast.CompositeLit:
		for _, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				el = kv.Value
			}
			if i, ok := s.holds(el); ok {
				return i, true
			}
		}
	}
	return 0, false
}

func (s *scan) note(e ast.Expr, way Way, into int, at token.Pos) {
	i, ok := s.holds(e)
	if !ok {
		return
	}
	if old, seen := s.found[i]; seen && old.Way <= way {
		return
	}
	s.found[i] = Param{Index: i, Way: way, Into: into, Where: s.pass.Fset.Position(at)}
}

func (s *scan) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		return false // it may never run
	case *ast.SendStmt:
		if !s.joins {
			s.note(n.Value, Channel, Elsewhere, n.Pos())
		}
	case *ast.GoStmt:
		s.spawn(n)
		return false
	case *ast.AssignStmt:
		s.assign(n)
	case *ast.CallExpr:
		s.call(n)
	}
	return true
}

// spawn notes what a goroutine is given, unless the function waits for it.
func (s *scan) spawn(n *ast.GoStmt) {
	if s.joins {
		return
	}
	s.note(n.Call.Fun, Goroutine, Elsewhere, n.Pos())
	for _, a := range n.Call.Args {
		s.note(a, Goroutine, Elsewhere, n.Pos())
	}
	if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
		ast.Inspect(lit.Body, func(m ast.Node) bool {
			if id, ok := m.(*ast.Ident); ok {
				s.note(id, Goroutine, Elsewhere, n.Pos())
			}
			return true
		})
	}
}

// assign notes what is put into a map, a list or a field that is not a local one.
func (s *scan) assign(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, l := range n.Lhs {
		r := ast.Unparen(n.Rhs[i])
		v, whole := s.root(l)
		into, ok := s.outlives(v)
		if !ok || whole && into != Elsewhere {
			continue
		}
		switch l := ast.Unparen(l).(type) {
		case *ast.IndexExpr:
			if _, ok := s.pass.TypesInfo.TypeOf(l.X).Underlying().(*types.Map); ok {
				s.note(r, Element, into, n.Pos())
			}
		case *ast.SelectorExpr, *ast.Ident:
			s.note(r, Field, into, n.Pos())
			if call, ok := r.(*ast.CallExpr); ok && s.isAppend(call) && !call.Ellipsis.IsValid() {
				way := Element
				if empty(call.Args[0]) || s.emptied[types.ExprString(call.Args[0])] {
					way = Field // until it is emptied again
				}
				for _, a := range call.Args[1:] {
					s.note(a, way, into, n.Pos())
				}
			}
		}
	}
}

func (s *scan) isAppend(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	b, builtin := s.pass.TypesInfo.Uses[id].(*types.Builtin)
	return ok && builtin && b.Name() == "append" && len(call.Args) > 1
}

// root returns the variable that an expression is a part of, and whether it is the
// variable itself; nil if there is none.
func (s *scan) root(e ast.Expr) (v *types.Var, whole bool) {
	whole = true
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok {
				if _, ok := s.pass.TypesInfo.Uses[id].(*types.PkgName); ok {
					e = x.Sel
					continue
				}
			}
			e, whole = x.X, false
		case *ast.IndexExpr:
			e, whole = x.X, false
		case *ast.StarExpr:
			e, whole = x.X, false
		case *ast.UnaryExpr:
			if x.Op != token.AND {
				return nil, false
			}
			e, whole = x.X, false
		case *ast.Ident:
			v, _ = s.pass.TypesInfo.ObjectOf(x).(*types.Var)
			return v, whole
		default:
			return nil, false
		}
	}
}

// outlives reports whether what is put into a variable stays when the function
// returns, and says who has it then: it is a variable of a package, or the receiver or
// a parameter, and points to something.
func (s *scan) outlives(v *types.Var) (into int, ok bool) {
	if v == nil {
		return 0, false
	}
	if v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return Elsewhere, true
	}
	if !pointsOut(v.Type()) {
		return 0, false
	}
	if v == s.fn.Sig.Recv() {
		return Receiver, true
	}
	for i := range s.fn.Sig.Params().Len() {
		if s.fn.Sig.Params().At(i) == v {
			return i, true
		}
	}
	return 0, false
}

func pointsOut(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	}
	return false
}

// call notes what is handed to a function that keeps it.
func (s *scan) call(n *ast.CallExpr) {
	fn, ok := typeutil.Callee(s.pass.TypesInfo, n).(*types.Func)
	if !ok {
		return
	}
	for i, a := range n.Args {
		if p := s.Of(fn, i); p.Way != No {
			s.hand(n, a, p)
		} else if Spawns(fn, i) && !s.joins {
			s.note(a, Goroutine, Elsewhere, n.Pos())
		}
	}
}

// hand notes what a function that is called keeps. What it puts into a variable of
// this function is held by that.
func (s *scan) hand(n *ast.CallExpr, a ast.Expr, p Param) {
	operand := operandOf(n, p.Into)
	if operand == nil {
		s.note(a, p.Way, Elsewhere, n.Pos())
		return
	}
	v, _ := s.root(operand)
	into, ok := s.outlives(v)
	switch {
	case ok:
		s.note(a, p.Way, into, n.Pos())
	case v != nil && (s.made[v] || !pointsOut(v.Type())):
		if i, ok := s.holds(a); ok {
			s.holders[v] = i
		}
	default:
		s.note(a, p.Way, Elsewhere, n.Pos())
	}
}

// operandOf returns the operand of a call that holds what is kept, or nil.
func operandOf(call *ast.CallExpr, into int) ast.Expr {
	switch {
	case into == Elsewhere:
		return nil
	case into != Receiver && into < len(call.Args):
		return call.Args[into]
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && into == Receiver {
		return sel.X
	}
	return nil
}

// Spawns reports whether a function runs argument i as a goroutine, by what is known of
// the standard library and of groups like its own.
func Spawns(fn *types.Func, i int) bool {
	if fn.Name() == "AfterFunc" && fn.Signature().Recv() == nil && fn.Pkg() != nil && (fn.Pkg().Path() == "time" || fn.Pkg().Path() == "context") {
		return i == 1
	}
	return fn.Name() == "Go" && fn.Signature().Recv() != nil && i == 0
}
