package acquires

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// Acquires is the fact of a function that takes locks.
type Acquires struct {
	Locks     []Lock
	Callbacks []Callback
}

// A Lock is one that hangs on a parameter.
type Lock struct {
	Param  int    // the receiver is number 0 of a method
	Path   string // ".inner.mu", pointers on the way left out
	Shared bool   // for reading
	Where  string // file:line
}

// A Callback is a call of a parameter under locks.
type Callback struct {
	Param int
	Held  []Lock
	Where string
}

// AFact marks a fact.
func (*Acquires) AFact() {}

func (a *Acquires) String() string { return "acquires" }

// Analyzer finds the functions that take locks of what they are given. Its result is
// an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetacquires",
	Doc:        "find functions that take locks of what they are given",
	Requires:   []*analysis.Analyzer{funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
	FactTypes:  []analysis.Fact{new(Acquires)},
}

// An Index knows which functions take which locks.
type Index struct {
	pass  *analysis.Pass
	local map[*types.Func]*Acquires
}

// Of returns what a function of this or another package takes, or nil.
func (x *Index) Of(fn *types.Func) *Acquires {
	fn = fn.Origin()
	if a, ok := x.local[fn]; ok {
		return a
	}
	if fn.Pkg() == nil || fn.Pkg() == x.pass.Pkg {
		return nil
	}
	if a := new(Acquires); x.pass.ImportObjectFact(fn, a) {
		return a
	}
	return nil
}

// Limits of a fact: what is more involved is left out.
const (
	maxRounds = 4 // functions of one package that lead to a Lock
	maxLocks  = 8
)

func run(pass *analysis.Pass) (any, error) {
	x := &Index{pass: pass, local: make(map[*types.Func]*Acquires)}
	if modules.IsStd(pass.Pkg.Path()) {
		return x, nil // its locks are its own
	}
	fns := pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs
	for range maxRounds {
		changed := false
		for _, f := range fns {
			if f.Obj == nil {
				continue
			}
			a := x.scan(f)
			old := x.local[f.Obj]
			if a != nil && (old == nil || len(old.Locks) != len(a.Locks) || len(old.Callbacks) != len(a.Callbacks)) {
				x.local[f.Obj] = a
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	for fn, a := range x.local {
		if fn.Exported() {
			pass.ExportObjectFact(fn, a)
		}
	}
	return x, nil
}

// A scan looks through one function.
type scan struct {
	*Index
	fn       *funcs.Func
	params   map[types.Object]int
	released map[string]bool // locks that it gives back before it takes them
	found    Acquires
}

func (x *Index) scan(f *funcs.Func) *Acquires {
	s := &scan{Index: x, fn: f, params: make(map[types.Object]int), released: make(map[string]bool)}
	n := 0
	if r := f.Sig.Recv(); r != nil {
		s.params[r] = 0
		n = 1
	}
	for i := range f.Sig.Params().Len() {
		s.params[f.Sig.Params().At(i)] = i + n
	}
	ast.Inspect(f.Body, s.forget)
	if len(s.params) == 0 {
		return nil
	}
	s.block(f.Body.List, nil)
	if len(s.found.Locks) == 0 && len(s.found.Callbacks) == 0 {
		return nil
	}
	return &s.found
}

// forget drops the parameters that are given another value.
func (s *scan) forget(n ast.Node) bool {
	if a, ok := n.(*ast.AssignStmt); ok {
		for _, l := range a.Lhs {
			if id, ok := ast.Unparen(l).(*ast.Ident); ok {
				delete(s.params, s.pass.TypesInfo.ObjectOf(id))
			}
		}
	}
	return true
}

// block looks through statements with the locks that are held before them, and
// returns those held after.
func (s *scan) block(list []ast.Stmt, held []Lock) []Lock {
	for _, stmt := range list {
		held = s.stmt(stmt, held)
	}
	return held
}

func (s *scan) stmt(stmt ast.Stmt, held []Lock) []Lock {
	switch n := stmt.(type) {
	case *ast.ExprStmt:
		call, ok := ast.Unparen(n.X).(*ast.CallExpr)
		if !ok {
			break
		}
		l, name, ok := s.lock(call)
		if !ok {
			break
		}
		switch name {
		case "Lock", "RLock":
			s.take(l)
			return append(slices.Clip(held), l)
		default:
			if !slices.ContainsFunc(held, l.same) {
				s.released[key(l)] = true
			}
			return slices.DeleteFunc(slices.Clone(held), l.same)
		}
	case *ast.DeferStmt, *ast.GoStmt:
		return held
	case *ast.BlockStmt:
		return s.block(n.List, held)
	case *ast.LabeledStmt:
		return s.stmt(n.Stmt, held)
	case *ast.IfStmt:
		s.parts(held, n.Init, n.Cond)
		if s.decided(n.Cond) {
			return held
		}
		s.block(n.Body.List, held)
		if n.Else != nil {
			s.stmt(n.Else, held)
		}
		return held
	case *ast.ForStmt:
		s.parts(held, n.Init, n.Cond, n.Post)
		s.block(n.Body.List, held)
		return held
	case *ast.RangeStmt:
		s.parts(held, n.X)
		s.block(n.Body.List, held)
		return held
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return held // which case it is, is up to what is given
	}
	s.parts(held, stmt)
	return held
}

// decided reports whether a condition is on a flag that the function was given.
func (s *scan) decided(cond ast.Expr) (yes bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			obj := s.pass.TypesInfo.ObjectOf(id)
			if i, ok := s.params[obj]; ok && (i > 0 || s.fn.Sig.Recv() == nil) {
				yes = true
			}
		}
		return !yes
	})
	return yes
}

// parts looks for calls in expressions and simple statements.
func (s *scan) parts(held []Lock, nodes ...ast.Node) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				s.call(n, held)
			}
			return true
		})
	}
}

// call notes what a call takes, and a call of a parameter.
func (s *scan) call(call *ast.CallExpr, held []Lock) {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if i, ok := s.params[s.pass.TypesInfo.ObjectOf(id)]; ok {
			s.callback(Callback{Param: i, Held: slices.Clone(held), Where: s.where(call)})
			return
		}
	}
	fn, ok := typeutil.Callee(s.pass.TypesInfo, call).(*types.Func)
	if !ok {
		return
	}
	a := s.Of(fn)
	if a == nil {
		return
	}
	args, embedded := call.Args, ""
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
		args, embedded = append([]ast.Expr{sel.X}, args...), s.embedded(sel)
	}
	for _, l := range a.Locks {
		if l, ok := s.bring(l, args, embedded); ok {
			s.take(l)
		}
	}
	for _, cb := range a.Callbacks {
		if cb.Param >= len(args) {
			continue
		}
		id, ok := ast.Unparen(args[cb.Param]).(*ast.Ident)
		if !ok {
			continue
		}
		i, ok := s.params[s.pass.TypesInfo.ObjectOf(id)]
		if !ok {
			continue
		}
		all := slices.Clone(held)
		for _, l := range cb.Held {
			if l, ok := s.bring(l, args, embedded); ok {
				all = append(all, l)
			}
		}
		s.callback(Callback{Param: i, Held: all, Where: cb.Where})
	}
}

// bring returns a lock of a callee as the function reaches it; embedded are the fields
// on the way to the receiver.
func (s *scan) bring(l Lock, args []ast.Expr, embedded string) (Lock, bool) {
	if l.Param >= len(args) {
		return l, false
	}
	i, path, ok := s.path(args[l.Param])
	if !ok {
		return l, false
	}
	if l.Param == 0 {
		path += embedded
	}
	l.Param, l.Path = i, path+l.Path
	return l, true
}

func (s *scan) take(l Lock) {
	if s.released[key(l)] || len(s.found.Locks) == maxLocks {
		return
	}
	if !slices.ContainsFunc(s.found.Locks, func(m Lock) bool { return l.same(m) && l.Shared == m.Shared }) {
		s.found.Locks = append(s.found.Locks, l)
	}
}

func (s *scan) callback(cb Callback) {
	for i, old := range s.found.Callbacks {
		if old.Param == cb.Param {
			if len(cb.Held) > len(old.Held) {
				s.found.Callbacks[i] = cb
			}
			return
		}
	}
	s.found.Callbacks = append(s.found.Callbacks, cb)
}

func (l Lock) same(m Lock) bool { return key(l) == key(m) }

func key(l Lock) string { return fmt.Sprintf("%d%s", l.Param, l.Path) }

// lock returns the lock of a parameter that a call of one of the methods of sync's
// locks is about, and the method.
func (s *scan) lock(call *ast.CallExpr) (l Lock, name string, ok bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return l, "", false
	}
	fn, ok := s.pass.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync" {
		return l, "", false
	}
	switch name = fn.Name(); name {
	case "Lock", "RLock", "Unlock", "RUnlock":
	default:
		return l, "", false
	}
	i, path, ok := s.path(sel.X)
	if !ok {
		return l, "", false
	}
	path += s.embedded(sel)
	if path == "" {
		return l, "", false
	}
	return Lock{Param: i, Path: path, Shared: name[0] == 'R', Where: s.where(call)}, name, true
}

// embedded returns the path of the embedded fields that a selection passes.
func (s *scan) embedded(sel *ast.SelectorExpr) (path string) {
	selection := s.pass.TypesInfo.Selections[sel]
	if selection == nil {
		return ""
	}
	t := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] {
		st, ok := structOf(t)
		if !ok {
			return ""
		}
		path += "." + st.Field(i).Name()
		t = st.Field(i).Type()
	}
	return path
}

// path returns the parameter that an expression hangs on, and the fields between.
func (s *scan) path(e ast.Expr) (param int, path string, ok bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		i, ok := s.params[s.pass.TypesInfo.ObjectOf(e)]
		return i, "", ok
	case *ast.SelectorExpr:
		if sel := s.pass.TypesInfo.Selections[e]; sel == nil || sel.Kind() != types.FieldVal {
			return 0, "", false
		}
		i, path, ok := s.path(e.X)
		return i, path + s.embedded(e) + "." + e.Sel.Name, ok
	case *ast.StarExpr:
		return s.path(e.X)
	case *ast.UnaryExpr:
		return s.path(e.X)
	}
	return 0, "", false
}

func (s *scan) where(n ast.Node) string {
	p := s.pass.Fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func structOf(t types.Type) (*types.Struct, bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}
