package keeps

import (
	"fmt"
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
	Where string // file:line of the place
}

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

// Of returns what becomes of parameter i of a function, and where: file:line.
func (x *Index) Of(fn *types.Func, i int) (Way, string) {
	k := x.keeps(fn.Origin())
	if k == nil {
		return No, ""
	}
	for _, p := range k.Params {
		if p.Index == i {
			return p.Way, p.Where
		}
	}
	return No, ""
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
	holders map[types.Object]int // variables that hold a parameter, or a part of it
	found   map[int]Param
	joins   bool              // it waits for what it starts, or for an answer
	instead map[ast.Node]bool // receives that are tried in place of a send
}

func (s *scan) keeps() *Keeps {
	s.holders, s.instead = make(map[types.Object]int), make(map[ast.Node]bool)
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
			id, ok := ast.Unparen(l).(*ast.Ident)
			if !ok {
				continue
			}
			obj := s.pass.TypesInfo.ObjectOf(id)
			if j, ok := s.holds(n.Rhs[min(i, len(n.Rhs)-1)]); ok && len(n.Lhs) == len(n.Rhs) {
				s.holders[obj] = j
			} else {
				delete(s.holders, obj)
			}
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

func (s *scan) note(e ast.Expr, way Way, at token.Pos) {
	i, ok := s.holds(e)
	if !ok {
		return
	}
	if old, seen := s.found[i]; seen && old.Way <= way {
		return
	}
	posn := s.pass.Fset.Position(at)
	s.found[i] = Param{Index: i, Way: way, Where: fmt.Sprintf("%s:%d", posn.Filename, posn.Line)}
}

func (s *scan) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		return false // it may never run
	case *ast.SendStmt:
		if !s.joins {
			s.note(n.Value, Channel, n.Pos())
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
	s.note(n.Call.Fun, Goroutine, n.Pos())
	for _, a := range n.Call.Args {
		s.note(a, Goroutine, n.Pos())
	}
	if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
		ast.Inspect(lit.Body, func(m ast.Node) bool {
			if id, ok := m.(*ast.Ident); ok {
				s.note(id, Goroutine, n.Pos())
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
		if !s.outlives(l) {
			continue
		}
		switch l := ast.Unparen(l).(type) {
		case *ast.IndexExpr:
			if _, ok := s.pass.TypesInfo.TypeOf(l.X).Underlying().(*types.Map); ok {
				s.note(r, Element, n.Pos())
			}
		case *ast.SelectorExpr, *ast.Ident:
			s.note(r, Field, n.Pos())
			if call, ok := r.(*ast.CallExpr); ok && s.isAppend(call) && !call.Ellipsis.IsValid() {
				for _, a := range call.Args[1:] {
					s.note(a, Element, n.Pos())
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

// outlives reports whether what is assigned to stays when the function returns: a part
// of what the receiver or a parameter points to, or of a package variable.
func (s *scan) outlives(e ast.Expr) bool {
	direct := true
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e, direct = x.X, false
		case *ast.IndexExpr:
			e, direct = x.X, false
		case *ast.StarExpr:
			e, direct = x.X, false
		case *ast.Ident:
			v, ok := s.pass.TypesInfo.ObjectOf(x).(*types.Var)
			if !ok {
				return false
			}
			if v.Parent() == s.pass.Pkg.Scope() {
				return true
			}
			return !direct && s.isParam(v) && pointsOut(v.Type())
		default:
			return false
		}
	}
}

func (s *scan) isParam(v *types.Var) bool {
	if v == s.fn.Sig.Recv() {
		return true
	}
	for i := range s.fn.Sig.Params().Len() {
		if s.fn.Sig.Params().At(i) == v {
			return true
		}
	}
	return false
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
		if way, _ := s.Of(fn, i); way != No {
			s.note(a, way, n.Pos())
		} else if Spawns(fn, i) && !s.joins {
			s.note(a, Goroutine, n.Pos())
		}
	}
}

// Spawns reports whether a function runs argument i as a goroutine, by what is known of
// the standard library and of groups like its own.
func Spawns(fn *types.Func, i int) bool {
	switch fn.FullName() {
	case "time.AfterFunc":
		return i == 1
	case "context.AfterFunc":
		return i == 1
	}
	return fn.Name() == "Go" && fn.Signature().Recv() != nil && i == 0
}
