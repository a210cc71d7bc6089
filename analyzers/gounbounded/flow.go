package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A defKind says how a variable comes by a value.
type defKind int

const (
	whole   defKind = iota // v = x
	element                // for v = range x
	part                   // v.f = x, v[i] = x: some of v is x
	filled                 // f(&v), v.Unmarshal(x): the call writes v
)

// A def is one place where a local variable is given a value.
type def struct {
	pos  token.Pos
	kind defKind
	rhs  ast.Expr
}

// A flow tells what the local variables of one declaration, literals in it
// included, are computed from. It knows no order: a variable depends on
// everything that it is ever given, which is what "can one message reach this
// goroutine" asks.
type flow struct {
	info *types.Info
	defs map[*types.Var][]def
	made varSet // variables that hold values made in the declaration
}

type varSet map[*types.Var]bool

// flow returns the flow of the declaration that fn stands in.
func (f *finder) flow(fn *funcs.Func) *flow {
	top := fn.Outermost()
	if fl := f.flows[top]; fl != nil {
		return fl
	}
	fl := &flow{info: f.TypesInfo, defs: make(map[*types.Var][]def), made: make(varSet)}
	ast.Inspect(top.Body, fl.make)
	ast.Inspect(top.Body, fl.visit)
	f.flows[top] = fl
	return fl
}

func (fl *flow) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			fl.assign(l, n.Rhs[min(i, len(n.Rhs)-1)])
		}
	case *ast.ValueSpec:
		for i, l := range n.Names {
			if len(n.Values) > 0 {
				fl.assign(l, n.Values[min(i, len(n.Values)-1)])
			}
		}
	case *ast.RangeStmt:
		for _, l := range []ast.Expr{n.Key, n.Value} {
			if v := fl.local(l); v != nil {
				fl.add(v, element, n.X)
			}
		}
	case *ast.TypeSwitchStmt:
		fl.typeSwitch(n)
	case *ast.CallExpr:
		fl.call(n)
	}
	return true
}

func (fl *flow) add(v *types.Var, kind defKind, rhs ast.Expr) {
	fl.defs[v] = append(fl.defs[v], def{rhs.Pos(), kind, rhs})
}

func (fl *flow) assign(l, r ast.Expr) {
	if v := fl.local(l); v != nil {
		fl.add(v, whole, r)
	} else if v := fl.local(base(l)); v != nil && fl.made[v] {
		fl.add(v, part, r)
	}
}

// make records the variables that hold values made here: what is stored in
// another one, a receiver say, stays where it is and does not travel with it.
func (fl *flow) make(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if v := fl.local(l); v != nil && len(n.Lhs) == len(n.Rhs) && fl.fresh(n.Rhs[i]) {
				fl.made[v] = true
			}
		}
	case *ast.ValueSpec:
		for i, l := range n.Names {
			if v := fl.local(l); v != nil && (len(n.Values) == 0 || len(n.Names) == len(n.Values) && fl.fresh(n.Values[i])) {
				fl.made[v] = true
			}
		}
	}
	return true
}

func (fl *flow) fresh(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.AND && fl.fresh(e.X)
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && fl.info.Types[id].IsBuiltin()
	}
	return false
}

// typeSwitch gives the variable that each clause declares the operand's value.
func (fl *flow) typeSwitch(n *ast.TypeSwitchStmt) {
	as, ok := n.Assign.(*ast.AssignStmt)
	if !ok {
		return
	}
	for _, c := range n.Body.List {
		if v, ok := fl.info.Implicits[c].(*types.Var); ok {
			fl.add(v, whole, as.Rhs[0])
		}
	}
}

// call records what a call fills in: what it is given the address of, what a
// decoding function is given a pointer to, and the local value whose decoding
// method it is.
func (fl *flow) call(n *ast.CallExpr) {
	if fn, _ := typeutil.Callee(fl.info, n).(*types.Func); fn != nil && decodes(fn.Name()) && len(n.Args) > 1 {
		if v := fl.local(ast.Unparen(n.Args[len(n.Args)-1])); v != nil && fl.made[v] {
			fl.add(v, filled, n)
		}
	}
	for _, a := range n.Args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
			if v := fl.local(base(u.X)); v != nil {
				fl.add(v, filled, n)
			}
		}
	}
	if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && decodes(sel.Sel.Name) {
		if v := fl.local(sel.X); v != nil {
			fl.add(v, filled, n)
		}
	}
}

// local returns the local variable that e is, or nil.
func (fl *flow) local(e ast.Expr) *types.Var {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	return localVar(fl.info.ObjectOf(id))
}

func localVar(o types.Object) *types.Var {
	v, ok := o.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return nil
	}
	return v
}

// from returns vars and every variable that their values are computed from.
func (fl *flow) from(vars varSet) varSet {
	return fl.closure(vars, func(e ast.Expr) varSet { return mentioned(fl.info, e) })
}

// directly returns vars and every variable that their values are part of,
// contain, or are a conversion, decoding or copy of by the standard library's
// means. What another function makes of a value is a value of its own.
func (fl *flow) directly(vars varSet) varSet {
	return fl.closure(vars, func(e ast.Expr) varSet {
		all := make(varSet)
		fl.parts(e, all)
		return all
	})
}

// parts adds to vars the variables that e directly contains or is a part of.
func (fl *flow) parts(e ast.Expr, vars varSet) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v := localVar(fl.info.Uses[n]); v != nil {
				vars[v] = true
			}
		case *ast.CallExpr:
			fn, _ := typeutil.Callee(fl.info, n).(*types.Func)
			if fn == nil || fn.Pkg() == nil || isStd(fn.Pkg()) {
				return true
			}
			if fn.Signature().Recv() != nil && len(n.Args) == 0 { // a getter
				fl.parts(n.Fun, vars)
			}
			for _, a := range n.Args { // a decoder of what it is given
				if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
					return true
				}
			}
			return false
		}
		return true
	})
}

// closure returns vars and the variables that they are computed from, of those
// that next finds in an expression.
func (fl *flow) closure(vars varSet, next func(ast.Expr) varSet) varSet {
	all := make(varSet)
	var visit func(v *types.Var)
	visit = func(v *types.Var) {
		if all[v] {
			return
		}
		all[v] = true
		for _, d := range fl.defs[v] {
			for w := range next(d.rhs) {
				visit(w)
			}
		}
	}
	for v := range vars {
		visit(v)
	}
	return all
}

// mentioned returns the local variables that n names and does not declare.
func mentioned(info *types.Info, n ast.Node) varSet {
	vars := make(varSet)
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if v := localVar(info.Uses[id]); v != nil && (v.Pos() < n.Pos() || v.Pos() >= n.End()) {
				vars[v] = true
			}
		}
		return true
	})
	return vars
}

// base strips selectors, indices, dereferences and the like off e.
func base(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		default:
			return e
		}
	}
}

// key returns the variable or field that e denotes whatever path leads to it:
// two mentions of s.sem are the same semaphore to this rule. It is nil where e
// is something else.
func key(info *types.Info, e ast.Expr) types.Object {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.ObjectOf(x).(*types.Var); ok {
			return v
		}
	case *ast.SelectorExpr:
		if v, ok := info.ObjectOf(x.Sel).(*types.Var); ok {
			return v.Origin()
		}
	case *ast.StarExpr:
		return key(info, x.X)
	case *ast.IndexExpr:
		return key(info, x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return key(info, x.X)
		}
	}
	return nil
}
