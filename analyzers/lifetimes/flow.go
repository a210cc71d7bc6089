package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A holder is a variable or field that holds a handle, or a channel of one.
type holder struct {
	v    *types.Var
	view bool
}

// A walk finds what is done with a resource. It knows no order of things: a
// variable that ever held the resource holds it wherever it is named. Fields are
// told apart by their declaration, not by the object that they are part of.
type walk struct {
	x    *Index
	uses []Use
	seen []holder
}

// follow returns what is done with the resource that c creates.
func (x *Index) follow(c creation) []Use {
	w := &walk{x: x}
	cur, ok := syntax.Find(x.root, c.Site)
	if !ok {
		return nil
	}
	cur = unparen(cur)
	view := c.Kind.Type == ""
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 && len(n.Lhs) > c.result {
			w.assign(n.Lhs[c.result], cur, nil, view)
			w.close()
			return w.uses
		}
	case *ast.ValueSpec:
		if len(n.Values) == 1 && len(n.Names) > c.result {
			w.assign(n.Names[c.result], cur, nil, view)
			w.close()
			return w.uses
		}
	}
	w.value(cur, nil, view)
	for i := range w.uses {
		if w.uses[i].Op == Return && w.uses[i].Node == c.Site && c.result > 0 {
			w.uses[i].Result = c.result // return f(), with the results of f
		}
	}
	w.close()
	return w.uses
}

// param returns what a function does with its parameter.
func (x *Index) param(h holder) []Use {
	if uses, ok := x.params[h]; ok {
		return uses
	}
	x.params[h] = nil // a recursive call adds nothing
	w := &walk{x: x, seen: []holder{h}}
	w.close()
	x.params[h] = w.uses
	return w.uses
}

// effect reports whether the uses of a parameter end or keep what it holds.
func effect(uses []Use) (ends, keeps bool) {
	for _, u := range uses {
		switch u.Op {
		case Release:
			ends = true
		case Own, Return, Store:
			keeps = keeps || !u.View
		}
	}
	return ends, keeps
}

// close follows every holder until no new one turns up.
func (w *walk) close() {
	for i := 0; i < len(w.seen); i++ {
		h := w.seen[i]
		for _, cur := range w.x.vars[h.v] {
			w.value(operand(cur), h.v, h.view)
		}
	}
}

func (w *walk) hold(v *types.Var, view bool) {
	if h := (holder{v.Origin(), view}); !slices.Contains(w.seen, h) {
		w.seen = append(w.seen, h)
	}
}

func (w *walk) use(op Op, cur inspector.Cursor, via *types.Var, view bool) *Use {
	w.uses = append(w.uses, Use{Op: op, Node: cur.Node(), Func: w.x.enclosing(cur), Via: via, View: view})
	return &w.uses[len(w.uses)-1]
}

// value notes what is done with the handle, or the channel, that stands at cur.
func (w *walk) value(cur inspector.Cursor, via *types.Var, view bool) {
	parent := cur.Parent()
	switch n := parent.Node().(type) {
	case *ast.SelectorExpr:
		w.selected(unparen(parent), n.Sel.Name, via)
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			w.use(Wait, parent, via, view).Comm = comm(parent)
		} else {
			w.use(Store, cur, via, view) // its address is taken
		}
	case *ast.RangeStmt:
		if n.X == cur.Node() {
			w.use(Wait, parent, via, view)
		}
	case *ast.AssignStmt:
		if i := slices.Index(n.Rhs, cur.Node().(ast.Expr)); i >= 0 && len(n.Lhs) == len(n.Rhs) {
			w.assign(n.Lhs[i], cur, via, view)
		} else if slices.Contains(n.Lhs, cur.Node().(ast.Expr)) {
			w.use(Overwrite, cur, via, view)
		}
	case *ast.ValueSpec:
		if i := slices.Index(n.Values, cur.Node().(ast.Expr)); i >= 0 && len(n.Names) == len(n.Values) {
			w.assign(n.Names[i], cur, via, view)
		}
	case *ast.KeyValueExpr:
		if n.Value == cur.Node() {
			w.element(parent.Parent().Node(), n.Key, cur, via, view)
		}
	case *ast.CompositeLit:
		w.element(n, nil, cur, via, view)
	case *ast.ReturnStmt:
		w.use(Return, cur, via, view).Result = slices.Index(n.Results, cur.Node().(ast.Expr))
	case *ast.CallExpr:
		w.passed(n, parent, cur, via, view)
	case *ast.BinaryExpr, *ast.ExprStmt:
		// Compared with nil, or dropped.
	default:
		w.use(Store, cur, via, view)
	}
}

// comm returns the select case whose communication is the receive at cur.
func comm(cur inspector.Cursor) *ast.CommClause {
	c, _ := unparen(cur).Parent().Parent().Node().(*ast.CommClause)
	if c == nil || c.Comm == nil || c.Comm != unparen(cur).Parent().Node() {
		return nil
	}
	return c
}

// selected notes what v.name does, where cur is that selector.
func (w *walk) selected(cur inspector.Cursor, name string, via *types.Var) {
	k := w.kind(cur.Node())
	if k == nil {
		return
	}
	call, _ := cur.Parent().Node().(*ast.CallExpr)
	if call != nil && call.Fun != cur.Node() {
		call = nil
	}
	switch name {
	case k.Chan:
		w.value(cur, via, true)
	case k.Release:
		// A method value is released by whoever is given it.
		u := w.use(Release, cur, via, false)
		if call != nil {
			u.Node, u.Call, u.Mode = call, call, w.mode(call)
		}
	case k.Rearm:
		if call != nil {
			u := w.use(Rearm, cur, via, false)
			u.Node, u.Call, u.Mode = call, call, w.mode(call)
		}
	}
}

// kind returns the kind of the handle that the selector at n selects from.
func (w *walk) kind(n ast.Node) *Kind {
	sel, ok := ast.Unparen(n.(ast.Expr)).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	t := w.x.pass.TypesInfo.TypeOf(sel.X)
	for _, k := range kinds {
		if k.Type != "" && types.TypeString(t, nil) == "*"+k.Type {
			return k
		}
	}
	return nil
}

func (w *walk) mode(call *ast.CallExpr) funcs.Mode {
	if c := w.x.funcs.Call(call); c != nil {
		return c.Mode
	}
	return funcs.Plain
}

// assign notes that the value at cur is given to lhs.
func (w *walk) assign(lhs ast.Expr, cur inspector.Cursor, via *types.Var, view bool) {
	switch lhs := ast.Unparen(lhs).(type) {
	case *ast.Ident:
		if v, ok := w.x.pass.TypesInfo.ObjectOf(lhs).(*types.Var); ok && lhs.Name != "_" {
			w.variable(v, cur, via, view)
		}
	case *ast.SelectorExpr:
		if v, ok := w.x.pass.TypesInfo.Uses[lhs.Sel].(*types.Var); ok && v.IsField() {
			w.field(v, cur, via, view)
			return
		}
		w.use(Store, cur, via, view)
	default:
		w.use(Store, cur, via, view)
	}
}

func (w *walk) variable(v *types.Var, cur inspector.Cursor, via *types.Var, view bool) {
	global := v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
	if global || !handle(v.Type()) && !view || view && !isChan(v.Type()) {
		w.use(Store, cur, via, view)
		if !global {
			return
		}
	}
	w.hold(v, view)
	f := w.x.enclosing(cur)
	switch {
	case f == nil || global:
	case v.Pos() < f.Node.Pos() || f.Node.End() <= v.Pos():
		w.use(Own, cur, via, view).To = v // of an enclosing function, whose end is not f's
	default:
		res := f.Sig.Results()
		for i := range res.Len() {
			if res.At(i) == v {
				w.use(Return, cur, via, view).Result = i
			}
		}
	}
}

func (w *walk) field(v *types.Var, cur inspector.Cursor, via *types.Var, view bool) {
	if v.Embedded() || !handle(v.Type()) && !isChan(v.Type()) {
		w.use(Store, cur, via, view) // its methods are those of the struct
		return
	}
	w.use(Own, cur, via, view).To = v.Origin()
	w.hold(v, view)
}

// element notes that the value at cur is an element of a composite literal.
func (w *walk) element(lit ast.Node, key ast.Expr, cur inspector.Cursor, via *types.Var, view bool) {
	cl, ok := lit.(*ast.CompositeLit)
	if !ok {
		w.use(Store, cur, via, view)
		return
	}
	t := w.x.pass.TypesInfo.TypeOf(cl)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		w.use(Store, cur, via, view)
		return
	}
	if id, ok := key.(*ast.Ident); ok {
		if v, ok := w.x.pass.TypesInfo.Uses[id].(*types.Var); ok {
			w.field(v, cur, via, view)
		}
		return
	}
	if i := slices.Index(cl.Elts, cur.Node().(ast.Expr)); i >= 0 && i < st.NumFields() {
		w.field(st.Field(i), cur, via, view)
	}
}

// passed notes that the value at cur is an argument of call.
func (w *walk) passed(call *ast.CallExpr, site, cur inspector.Cursor, via *types.Var, view bool) {
	arg := slices.Index(call.Args, cur.Node().(ast.Expr))
	c := w.x.funcs.Call(call)
	switch {
	case arg < 0:
	case c == nil, c.Callee == nil && (c.Func == nil || c.Dynamic):
		w.use(Store, cur, via, view) // append, a conversion, or nobody knows
	case c.Callee != nil:
		w.callee(c, arg, site, cur, via, view)
	default:
		var s Summary
		if !w.x.pass.ImportObjectFact(c.Func, &s) && view {
			w.use(Store, cur, via, view) // facts tell of handles only
			return
		}
		if slices.Contains(s.Releases, arg) {
			u := w.use(Release, site, via, view)
			u.Call, u.Mode = call, c.Mode
		}
		if slices.Contains(s.Keeps, arg) {
			w.use(Store, cur, via, view)
		}
	}
}

// callee follows the value into the parameter of a function of the package.
func (w *walk) callee(c *funcs.Call, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	sig := c.Callee.Sig
	if sig.Variadic() && arg >= sig.Params().Len()-1 || arg >= sig.Params().Len() {
		w.use(Store, cur, via, view)
		return
	}
	p := sig.Params().At(arg)
	if !handle(p.Type()) && !isChan(p.Type()) {
		w.use(Store, cur, via, view)
		return
	}
	inner := w.x.param(holder{p, view})
	if ends, keeps := effect(inner); ends || keeps {
		u := w.use(Hand, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
	}
	for _, u := range inner {
		if u.Op == Return {
			u.Op = Store
		}
		if u.Op != Hand && u.Op != Overwrite {
			w.uses = append(w.uses, u)
		}
	}
}
