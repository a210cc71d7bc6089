// Package fates tells what becomes of a value that a function builds: whether it is
// gone when the function returns, handed to the caller, or kept.
//
// It follows the value through the variables of one declaration, into literals, and
// through calls by their names: what a function called New or Wrap is given, its result
// holds; what one called Add or Register is given is kept.
package fates

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A Fate says what becomes of what was built.
type Fate int

// The fates.
const (
	Used     Fate = iota // in the function, and then it is gone
	Returned             // the caller decides
	Kept                 // in something that outlives the call
)

// An Index answers for one package.
type Index struct {
	info  *types.Info
	funcs *funcs.Index
	flows *dataflow.Index
	root  inspector.Cursor
}

// New returns the index of the package that info is of, whose syntax root is the root of.
func New(info *types.Info, fs *funcs.Index, flows *dataflow.Index, root inspector.Cursor) *Index {
	return &Index{info, fs, flows, root}
}

// A follower follows a value through one declaration.
type follower struct {
	x    *Index
	f    *funcs.Func // where it is built
	seen map[types.Object]bool
}

// Of returns what becomes of the value at n, in f: an expression, or the variable of
// that name.
func (x *Index) Of(f *funcs.Func, n ast.Expr) Fate {
	fo := &follower{x, f, make(map[types.Object]bool)}
	if id, ok := n.(*ast.Ident); ok {
		return fo.variable(x.info.ObjectOf(id))
	}
	cur, ok := syntax.Find(x.root, n)
	if !ok {
		return Used
	}
	return fo.value(cur)
}

// value returns the fate of the expression at cur.
func (fo *follower) value(cur inspector.Cursor) Fate {
	child, parent := cur, cur.Parent()
	switch n := parent.Node().(type) {
	case *ast.ParenExpr, *ast.UnaryExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.KeyValueExpr, *ast.CompositeLit:
		return fo.value(parent)
	case *ast.SelectorExpr:
		if call, ok := parent.Parent().Node().(*ast.CallExpr); ok && call.Fun == n && fo.same(call, n.X) {
			return fo.value(parent.Parent()) // t.Funcs(m) is t
		}
		return Used
	case *ast.CallExpr:
		if n.Fun == child.Node() {
			return Used
		}
		return fo.argument(parent, n)
	case *ast.AssignStmt:
		for i, r := range n.Rhs {
			if r == child.Node() {
				return fo.stored(n.Lhs[i])
			}
		}
		return Used
	case *ast.ValueSpec:
		for i, r := range n.Values {
			if r == child.Node() && i < len(n.Names) {
				return fo.variable(fo.x.info.ObjectOf(n.Names[i]))
			}
		}
		return Used
	case *ast.ReturnStmt:
		return Returned
	case *ast.SendStmt:
		return Kept
	}
	return Used
}

// same reports whether the call of a method of x returns x in another form.
func (fo *follower) same(call *ast.CallExpr, x ast.Expr) bool {
	t := fo.x.info.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(0).Type()
	}
	return t != nil && types.Identical(t, fo.x.info.TypeOf(x))
}

var (
	carrying = pattern.New(`^(?i:must|new|with|wrap|instrument|make|build)|Transport$|^append$`)
	keeping  = pattern.New(`^(?i:set|add|put|store|register|install|use|insert|save|swap|mount|handle|append|push)`)
)

// argument returns the fate of what a call is given: what it returns may hold
// it, it may keep it, and otherwise it uses it. It goes by its name.
func (fo *follower) argument(cur inspector.Cursor, call *ast.CallExpr) Fate {
	if fo.x.info.Types[call.Fun].IsType() {
		return fo.value(cur)
	}
	name := calleeName(call)
	switch {
	case carrying.MatchString(name) && !fo.onlyError(call):
		return fo.value(cur)
	case keeping.MatchString(name):
		return Kept
	}
	return Used
}

// onlyError reports whether the call returns nothing but an error: that holds
// nothing.
func (fo *follower) onlyError(call *ast.CallExpr) bool {
	t := fo.x.info.TypeOf(call)
	return t == nil || types.Identical(t, types.Universe.Lookup("error").Type())
}

// stored returns the fate of what is assigned to l.
func (fo *follower) stored(l ast.Expr) Fate {
	id, ok := ast.Unparen(l).(*ast.Ident)
	if !ok {
		if id, ok = dataflow.Base(l).(*ast.Ident); !ok {
			return Kept
		}
		if v := dataflow.LocalVar(fo.x.info.ObjectOf(id)); v == nil || !fo.made(v) {
			return Kept
		}
	}
	return fo.variable(fo.x.info.ObjectOf(id))
}

// made reports whether the variable holds what is made in the function: then
// what is stored in it lives no longer.
func (fo *follower) made(v *types.Var) bool {
	fl := fo.x.flows.Of(fo.f)
	if fl.Made[v] {
		return true
	}
	for _, d := range fl.Defs[v] {
		if call, ok := ast.Unparen(d.RHS).(*ast.CallExpr); ok && d.Kind == dataflow.Whole && carrying.MatchString(calleeName(call)) {
			return true
		}
	}
	return false
}

func calleeName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// variable returns the worst fate of what a variable holds.
func (fo *follower) variable(obj types.Object) Fate {
	if obj == nil || fo.seen[obj] { // the blank identifier, or a cycle
		return Used
	}
	fo.seen[obj] = true
	v := dataflow.LocalVar(obj)
	if v == nil {
		return Kept
	}
	body, ok := syntax.Find(fo.x.root, fo.f.Outermost().Body)
	if !ok {
		return Used
	}
	worst := Used
	if sig := fo.f.Outermost().Sig; sig != nil {
		for r := range sig.Results().Variables() {
			if r == v {
				return Returned
			}
		}
	}
	for cur := range body.Preorder((*ast.Ident)(nil)) {
		if fo.x.info.Uses[cur.Node().(*ast.Ident)] != v {
			continue
		}
		if as, ok := cur.Parent().Node().(*ast.AssignStmt); ok && isLeft(as, cur.Node()) {
			continue
		}
		worst = max(worst, fo.value(cur), fo.captured(cur))
	}
	return worst
}

func isLeft(as *ast.AssignStmt, n ast.Node) bool {
	for _, l := range as.Lhs {
		if l == n {
			return true
		}
	}
	return false
}

// captured returns Kept if the variable is used in a literal that may run later
// and more often than what builds it.
func (fo *follower) captured(cur inspector.Cursor) Fate {
	for g := fo.x.funcs.At(cur.Node().Pos()); g != nil && g != fo.f; g = g.Parent {
		switch g.Use {
		case funcs.Called, funcs.Deferred, funcs.Spawned:
		default:
			return Kept
		}
	}
	return Used
}
