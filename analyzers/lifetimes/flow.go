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

// A holder is a variable or field that holds a handle, or what stands for it: a
// channel, a part.
type holder struct {
	v    *types.Var
	view bool
}

// A param is a parameter that holds a resource of some kind.
type param struct {
	holder
	kind *Kind
}

// A walk finds what is done with a resource. It knows no order of things: a
// variable that ever held the resource holds it wherever it is named. Fields are
// told apart by their declaration, not by the object that they are part of.
type walk struct {
	x    *Index
	kind *Kind
	uses []Use
	seen []holder
	oks  []*types.Var // that tell of an assertion whether it holds
}

// follow returns what is done with the resource that c creates.
func (x *Index) follow(c creation) []Use {
	w := &walk{x: x, kind: c.Kind}
	cur, ok := syntax.Find(x.root, c.Site)
	if !ok {
		return nil
	}
	cur = unparen(cur)
	view := c.View || !c.Kind.hasHandle()
	c.Err = x.errorOf(cur)
	w.created(c, cur, view)
	w.close()
	c.oks = w.oks
	return w.uses
}

// created notes where the result of the call at cur goes.
func (w *walk) created(c creation, cur inspector.Cursor, view bool) {
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 && len(n.Lhs) > c.result {
			w.assign(n.Lhs[c.result], cur, nil, view)
			return
		}
	case *ast.ValueSpec:
		if len(n.Values) == 1 && len(n.Names) > c.result {
			w.assign(n.Names[c.result], cur, nil, view)
			return
		}
	}
	if call, ok := cur.Parent().Node().(*ast.CallExpr); ok && c.result > 0 {
		w.argument(call, c.result, cur.Parent(), cur, nil, view) // f(g()), with the results of g
		return
	}
	w.value(cur, nil, view)
	for i := range w.uses {
		if w.uses[i].Op == Return && w.uses[i].Node == c.Site && c.result > 0 {
			w.uses[i].Result = c.result // return f(), with the results of f
		}
	}
}

// errorOf returns the variable that takes the error of the call at cur, or nil.
func (x *Index) errorOf(cur inspector.Cursor) *types.Var {
	var last ast.Expr
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 && len(n.Lhs) > 1 {
			last = n.Lhs[len(n.Lhs)-1]
		}
	case *ast.ValueSpec:
		if len(n.Values) == 1 && len(n.Names) > 1 {
			last = n.Names[len(n.Names)-1]
		}
	}
	id, ok := last.(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := x.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || !isError(v.Type()) {
		return nil
	}
	return v
}

// param returns what a function does with its parameter.
func (x *Index) param(h holder, k *Kind) []Use {
	p := param{h, k}
	if n := len(x.asking); k.anyType() && n > 0 && x.asking[n-1] != p && slices.Contains(x.asking, p) {
		return []Use{{Op: Store}} // it waits for what is asked now, and may yet turn out to keep it
	}
	if uses, ok := x.params[p]; ok {
		return uses
	}
	x.params[p] = nil // a recursive call adds nothing
	x.asking = append(x.asking, p)
	w := &walk{x: x, kind: k, seen: []holder{h}}
	w.close()
	x.asking = x.asking[:len(x.asking)-1]
	x.params[p] = w.uses
	return w.uses
}

// effect reports whether the uses of a parameter end or keep what it holds. Who
// keeps a channel has not got what fills it.
func effect(k *Kind, uses []Use) (ends, keeps bool) {
	for _, u := range uses {
		switch u.Op {
		case Release, Exhaust:
			ends = true
		case Own, Return, Store:
			keeps = keeps || !u.View || !k.byChannel()
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

// value notes what is done with the handle, or what stands for it, at cur.
func (w *walk) value(cur inspector.Cursor, via *types.Var, view bool) {
	parent := cur.Parent()
	switch n := parent.Node().(type) {
	case *ast.SelectorExpr:
		w.selected(unparen(parent), n, via, view)
	case *ast.UnaryExpr:
		switch {
		case n.Op == token.ARROW:
			w.use(Wait, parent, via, view).Comm = comm(parent)
		case w.kind.anyType():
			w.value(unparen(parent), via, view) // pool.Put(&b)
		default:
			w.use(Store, cur, via, view) // its address is taken
		}
	case *ast.TypeAssertExpr:
		w.asserted(n, unparen(parent), cur, via, view)
	case *ast.SliceExpr:
		if w.kind.anyType() {
			w.value(unparen(parent), via, view)
		} else {
			w.use(Store, cur, via, view)
		}
	case *ast.StarExpr:
		if w.kind.anyType() {
			w.value(unparen(parent), via, view) // b := *p, and p is given back
		} else {
			w.use(Store, cur, via, view)
		}
	case *ast.IndexExpr:
		if !w.kind.anyType() {
			w.use(Store, cur, via, view)
		}
	case *ast.RangeStmt:
		if n.X == cur.Node() && !w.kind.anyType() {
			w.use(Wait, parent, via, view)
		}
	case *ast.AssignStmt:
		if i := slices.Index(n.Rhs, cur.Node().(ast.Expr)); i >= 0 && len(n.Lhs) == len(n.Rhs) {
			w.assign(n.Lhs[i], cur, via, view)
		} else if i := slices.Index(n.Lhs, cur.Node().(ast.Expr)); i >= 0 && !w.regrown(n, i, via) {
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

// regrown reports whether the i'th variable that n assigns to is given what it
// holds already, or that with more in it: b = append(b, x).
func (w *walk) regrown(n *ast.AssignStmt, i int, via *types.Var) (found bool) {
	if !w.kind.anyType() || len(n.Lhs) != len(n.Rhs) {
		return false
	}
	ast.Inspect(n.Rhs[i], func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && w.x.pass.TypesInfo.Uses[id] == via
		return !found
	})
	return found
}

// asserted notes what is done with v.(T), at parent: it is v.
func (w *walk) asserted(n *ast.TypeAssertExpr, parent, cur inspector.Cursor, via *types.Var, view bool) {
	if n.Type == nil || !w.kind.anyType() && !view {
		w.use(Store, cur, via, view)
		return
	}
	switch s := parent.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 && len(s.Lhs) == 2 {
			w.assign(s.Lhs[0], parent, via, view)
			w.ok(s.Lhs[1])
			return
		}
	case *ast.ValueSpec:
		if len(s.Values) == 1 && len(s.Names) == 2 {
			w.assign(s.Names[0], parent, via, view)
			w.ok(s.Names[1])
			return
		}
	}
	w.value(parent, via, view)
}

func (w *walk) ok(e ast.Expr) {
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := w.x.pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
			w.oks = append(w.oks, v)
		}
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
func (w *walk) selected(cur inspector.Cursor, sel *ast.SelectorExpr, via *types.Var, view bool) {
	call, _ := cur.Parent().Node().(*ast.CallExpr)
	if call != nil && call.Fun != cur.Node() {
		call = nil
	}
	k, name := w.kind, sel.Sel.Name
	if view {
		switch {
		case k.Shut != "" && name == k.Shut:
			w.method(Release, cur, call, via, view)
		case !k.byChannel() && call != nil:
			w.method(Read, cur, call, via, view)
		case !k.byChannel():
			w.use(Store, cur, via, view)
		}
		return
	}
	if k.anyType() {
		w.pooledMember(cur, sel, call, via)
		return
	}
	if at := kindOf(w.x.pass.TypesInfo.TypeOf(sel.X)); at != nil && at != closer {
		k = at // a parameter that may be a timer or a ticker
	}
	switch {
	case name == k.Chan, name == k.Part:
		w.value(cur, via, true)
	case slices.Contains(k.Release, name):
		w.method(Release, cur, call, via, false) // a method value is released by whoever is given it
	case name == k.Rearm && call != nil:
		w.method(Rearm, cur, call, via, false)
	case name == k.Last && call != nil:
		w.method(Exhaust, cur, call, via, false)
	case slices.Contains(k.Touch, name):
		w.method(Touch, cur, call, via, false).Name = name
	case kindOf(w.x.pass.TypesInfo.TypeOf(sel)) != nil && call == nil:
		w.value(cur, via, false) // what it is wrapped around
	}
}

// method notes the call, at cur, of a method; or its mention, if call is nil.
func (w *walk) method(op Op, cur inspector.Cursor, call *ast.CallExpr, via *types.Var, view bool) *Use {
	u := w.use(op, cur, via, view)
	if call != nil {
		u.Node, u.Call, u.Mode = call, call, w.mode(call)
	}
	return u
}

// pooledMember notes what v.name does where v may be of any type: its own methods
// may give it back to its pool, and keep it.
func (w *walk) pooledMember(cur inspector.Cursor, sel *ast.SelectorExpr, call *ast.CallExpr, via *types.Var) {
	fn, ok := w.x.pass.TypesInfo.Uses[sel.Sel].(*types.Func)
	if !ok {
		return // one of its fields
	}
	if call == nil {
		w.use(Store, cur, via, false)
		return
	}
	if fn.Pkg() != nil && fn.Pkg().Path() == "reflect" {
		w.value(unparen(cur.Parent()), via, false) // reflect.ValueOf(b).Slice(0, 0).Interface()
		return
	}
	op := Touch
	if c := w.x.funcs.Call(call); c != nil && c.Dynamic {
		op = Store // whoever it is may give itself back
	} else if c != nil && c.Callee != nil && c.Callee.Sig.Recv() != nil {
		ends, keeps := effect(w.kind, w.x.param(holder{c.Callee.Sig.Recv(), false}, w.kind))
		switch {
		case ends:
			op = Release
		case keeps:
			op = Store
		}
	} else {
		var s Summary
		if w.x.pass.ImportObjectFact(fn.Origin(), &s) && slices.Contains(s.Releases, Receiver) {
			op = Release
		}
	}
	w.method(op, cur, call, via, false).Name = sel.Sel.Name
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
	case *ast.StarExpr:
		if v := w.x.named(lhs.X); v != nil && w.kind.anyType() && v.Kind() == types.LocalVar {
			w.variable(v, cur, via, view) // *p = b, and p is given back
			return
		}
		w.use(Store, cur, via, view)
	default:
		w.use(Store, cur, via, view)
	}
}

// holds reports whether what is followed is still known for what it is in a
// variable of type t.
func (w *walk) holds(t types.Type, view bool) bool {
	switch {
	case w.kind.anyType():
		return true
	case w.kind.byChannel():
		return kindOf(t) != nil || isChan(t)
	case view:
		return isReader(t)
	}
	k := kindOf(t)
	return k != nil && k != closer
}

func (w *walk) variable(v *types.Var, cur inspector.Cursor, via *types.Var, view bool) {
	global := v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
	if global || !w.holds(v.Type(), view) {
		u := w.use(Store, cur, via, view)
		if !global {
			return
		}
		u.To = v
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
	if v.Embedded() || !w.holds(v.Type(), view) {
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
