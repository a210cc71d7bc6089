package dataflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A Kind says how a variable comes by a value.
type Kind int

const (
	Whole   Kind = iota // v = x
	Element             // for v = range x
	Part                // v.f = x, v[i] = x: some of v is x
	Filled              // f(&v), v.Unmarshal(x): the call writes v
)

// A Def is one place where a local variable is given a value.
type Def struct {
	Pos  token.Pos
	Kind Kind
	RHS  ast.Expr
}

// Vars is a set of variables.
type Vars map[*types.Var]bool

// Objects is a set of variables and fields.
type Objects map[types.Object]bool

// A Flow tells what the local variables of one declaration, literals in it
// included, are computed from.
type Flow struct {
	// Defs are the places where each variable is given a value.
	Defs map[*types.Var][]Def
	// Made are the variables that hold values made in the declaration: by a
	// composite literal, make or new, or the zero value.
	Made Vars

	info *types.Info
}

// An Index holds the flows of a package, each computed when it is asked for.
type Index struct {
	info  *types.Info
	flows map[*funcs.Func]*Flow
}

// New returns the index of the package that info is of.
func New(info *types.Info) *Index {
	return &Index{info, make(map[*funcs.Func]*Flow)}
}

// Of returns the flow of the declaration that fn stands in.
func (x *Index) Of(fn *funcs.Func) *Flow {
	top := fn.Outermost()
	if fl := x.flows[top]; fl != nil {
		return fl
	}
	fl := &Flow{info: x.info, Defs: make(map[*types.Var][]Def), Made: make(Vars)}
	ast.Inspect(top.Body, fl.make)
	ast.Inspect(top.Body, fl.visit)
	x.flows[top] = fl
	return fl
}

func (fl *Flow) visit(n ast.Node) bool {
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
			if v := fl.Local(l); v != nil {
				fl.add(v, Element, n.X)
			}
		}
	case *ast.TypeSwitchStmt:
		fl.typeSwitch(n)
	case *ast.CallExpr:
		fl.call(n)
	}
	return true
}

func (fl *Flow) add(v *types.Var, kind Kind, rhs ast.Expr) {
	fl.Defs[v] = append(fl.Defs[v], Def{rhs.Pos(), kind, rhs})
}

func (fl *Flow) assign(l, r ast.Expr) {
	if v := fl.Local(l); v != nil {
		fl.add(v, Whole, r)
	} else if v := fl.Local(Base(l)); v != nil && fl.Made[v] {
		fl.add(v, Part, r)
	}
}

// make records the variables that hold values made here: what is stored in
// another one, a receiver say, stays where it is and does not travel with it.
func (fl *Flow) make(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if v := fl.Local(l); v != nil && len(n.Lhs) == len(n.Rhs) && fl.fresh(n.Rhs[i]) {
				fl.Made[v] = true
			}
		}
	case *ast.ValueSpec:
		for i, l := range n.Names {
			if v := fl.Local(l); v != nil && (len(n.Values) == 0 || len(n.Names) == len(n.Values) && fl.fresh(n.Values[i])) {
				fl.Made[v] = true
			}
		}
	}
	return true
}

func (fl *Flow) fresh(e ast.Expr) bool {
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
func (fl *Flow) typeSwitch(n *ast.TypeSwitchStmt) {
	as, ok := n.Assign.(*ast.AssignStmt)
	if !ok {
		return
	}
	for _, c := range n.Body.List {
		if v, ok := fl.info.Implicits[c].(*types.Var); ok {
			fl.add(v, Whole, as.Rhs[0])
		}
	}
}

// call records what a call fills in: what it is given the address of, what a
// decoding function is given a pointer to, and the local value whose decoding
// method it is.
func (fl *Flow) call(n *ast.CallExpr) {
	if fn, _ := typeutil.Callee(fl.info, n).(*types.Func); fn != nil && decodes(fn) && len(n.Args) > 1 {
		if v := fl.Local(ast.Unparen(n.Args[len(n.Args)-1])); v != nil && fl.Made[v] {
			fl.add(v, Filled, n)
		}
	}
	for _, a := range n.Args {
		if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND {
			if v := fl.Local(Base(u.X)); v != nil {
				fl.add(v, Filled, n)
			}
		}
	}
	if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && decodes(fl.info.ObjectOf(sel.Sel)) {
		if v := fl.Local(sel.X); v != nil {
			fl.add(v, Filled, n)
		}
	}
}

// Local returns the local variable that e is, or nil.
func (fl *Flow) Local(e ast.Expr) *types.Var {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	return LocalVar(fl.info.ObjectOf(id))
}

func LocalVar(o types.Object) *types.Var {
	v, ok := o.(*types.Var)
	if !ok || v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		return nil
	}
	return v
}

// From returns vars and every variable that their values are computed from.
func (fl *Flow) From(vars Vars) Vars {
	return fl.closure(vars, func(e ast.Expr) Vars { return Mentioned(fl.info, e) })
}

// Directly returns vars and every variable that their values are part of,
// contain, or are a conversion, decoding or copy of by the standard library's
// means. What another function makes of a value is a value of its own.
func (fl *Flow) Directly(vars Vars) Vars {
	return fl.closure(vars, func(e ast.Expr) Vars {
		all := make(Vars)
		fl.Parts(e, all)
		return all
	})
}

// Parts adds to vars the variables that e directly contains or is a part of.
func (fl *Flow) Parts(e ast.Expr, vars Vars) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v := LocalVar(fl.info.Uses[n]); v != nil {
				vars[v] = true
			}
		case *ast.CallExpr:
			fn, _ := typeutil.Callee(fl.info, n).(*types.Func)
			if fn == nil || fn.Pkg() == nil || modules.IsStd(fn.Pkg().Path()) || decodes(fn) {
				return true
			}
			if fn.Signature().Recv() != nil && len(n.Args) == 0 { // a getter
				fl.Parts(n.Fun, vars)
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
func (fl *Flow) closure(vars Vars, next func(ast.Expr) Vars) Vars {
	all := make(Vars)
	var visit func(v *types.Var)
	visit = func(v *types.Var) {
		if all[v] {
			return
		}
		all[v] = true
		for _, d := range fl.Defs[v] {
			for w := range next(d.RHS) {
				visit(w)
			}
		}
	}
	for v := range vars {
		visit(v)
	}
	return all
}

// Mentioned returns the local variables that n names and does not declare.
func Mentioned(info *types.Info, n ast.Node) Vars {
	vars := make(Vars)
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if v := LocalVar(info.Uses[id]); v != nil && (v.Pos() < n.Pos() || v.Pos() >= n.End()) {
				vars[v] = true
			}
		}
		return true
	})
	return vars
}

// Base strips selectors, indices, dereferences and the like off e.
func Base(e ast.Expr) ast.Expr {
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

// Root returns the variable that e is, or that it is a field of, or nil.
func Root(info *types.Info, e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return info.Uses[e]
	case *ast.SelectorExpr:
		return Root(info, e.X)
	case *ast.StarExpr:
		return Root(info, e.X)
	case *ast.UnaryExpr:
		return Root(info, e.X)
	}
	return nil
}

// Key returns the variable or field that e denotes whatever path leads to it:
// two mentions of s.sem are the same semaphore. It is nil where e
// is something else.
func Key(info *types.Info, e ast.Expr) types.Object {
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
		return Key(info, x.X)
	case *ast.IndexExpr:
		return Key(info, x.X)
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return Key(info, x.X)
		}
	}
	return nil
}

// decodes reports whether the function makes a value of what it is given, by
// the name that such functions have.
func decodes(fn types.Object) bool {
	if fn == nil {
		return false
	}
	for _, p := range []string{"Unmarshal", "Decode", "Parse", "ReadFrom", "Scan"} {
		if name := fn.Name(); len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) {
			return true
		}
	}
	return false
}

// Brief reports whether the function is short enough to be a getter or a
// setter, locks included.
func Brief(fn *funcs.Func) bool { return len(fn.Body.List) <= 8 }

// IsParam reports whether v is a parameter of fn itself.
func IsParam(fn *funcs.Func, v *types.Var) bool {
	for i := range fn.Sig.Params().Len() {
		if fn.Sig.Params().At(i) == v {
			return true
		}
	}
	return false
}
