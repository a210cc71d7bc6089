package httpconf

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// collect walks the package.
func (b *builder) collect() {
	for _, f := range b.funcs.Funcs {
		b.parameters(f)
	}
	for cur := range b.root.Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.CompositeLit)(nil), (*ast.ReturnStmt)(nil), (*ast.CallExpr)(nil), (*ast.RangeStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.StructType)(nil)) {
		n := cur.Node()
		if b.values.InTest(n.Pos()) {
			continue
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				r, res := n.Rhs[min(i, len(n.Rhs)-1)], i
				if len(n.Lhs) == len(n.Rhs) {
					res = 0
				}
				b.assign(n, l, r, res)
			}
		case *ast.ValueSpec:
			b.declare(n)
		case *ast.CompositeLit:
			b.literal(n)
		case *ast.ReturnStmt:
			if f := b.funcs.At(n.Pos()); f != nil {
				b.returns(f, n)
			}
		case *ast.CallExpr:
			b.call(cur, n)
		case *ast.RangeStmt:
			if id, ok := n.Value.(*ast.Ident); ok && b.follows(b.info.TypeOf(id)) {
				b.flow(n.X, 0, node{v: b.info.ObjectOf(id)})
			}
		case *ast.UnaryExpr:
			// What is given the address of a field sets it: flag.DurationVar.
			if sel, ok := ast.Unparen(n.X).(*ast.SelectorExpr); ok && n.Op == token.AND {
				b.setField(sel, nil, n.Pos(), n.End())
			}
		case *ast.StructType:
			b.zeroFields(n)
		}
	}
}

// parameters notes the named results of f, and what its parameters hold.
func (b *builder) parameters(f *funcs.Func) {
	if f.Sig == nil || b.values.InTest(f.Node.Pos()) {
		return
	}
	for i := range f.Sig.Results().Len() {
		if v := f.Sig.Results().At(i); v.Name() != "" && b.follows(v.Type()) {
			b.edge(node{v: v}, node{fn: f, i: i})
		}
	}
	if f.Obj == nil || !f.Obj.Exported() {
		return
	}
	for p := range f.Sig.Params().Variables() {
		if _, ok := types.Unalias(p.Type()).(*types.Pointer); ok && KindOf(p.Type()) != 0 {
			b.params = append(b.params, &Value{Kind: KindOf(p.Type()), Func: f, starts: []node{{v: p}}})
		}
	}
}

func (b *builder) edge(from, to node) { b.edges[from] = append(b.edges[from], to) }

// flow lets to hold what result i of e may be.
func (b *builder) flow(e ast.Expr, i int, to node) {
	o := b.source(e, i)
	for _, n := range o.nodes {
		b.edge(n, to)
	}
	for _, v := range o.values {
		v.starts = append(v.starts, to)
	}
	if o.open {
		b.edge(node{}, to)
	}
}

func (b *builder) assign(n *ast.AssignStmt, l, r ast.Expr, res int) {
	if star, ok := ast.Unparen(l).(*ast.StarExpr); ok && KindOf(b.info.TypeOf(star)) != 0 {
		b.overwrite(star.X, r)
		return
	}
	if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok {
		value := r
		if len(n.Lhs) != len(n.Rhs) || n.Tok != token.ASSIGN {
			value = nil
		}
		b.setField(sel, value, n.Pos(), n.End())
	}
	if !b.follows(b.info.TypeOf(l)) {
		return
	}
	if to := dataflow.Key(b.info, l); to != nil {
		b.own(l)
		b.flow(r, res, node{v: to})
		b.replaced(n, to)
	} else {
		b.lost = append(b.lost, b.source(r, res))
	}
}

// own notes the struct whose field e selects.
func (b *builder) own(e ast.Expr) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return
	}
	if s := b.info.Selections[sel]; s != nil && len(s.Index()) == 1 {
		if f, ok := s.Obj().(*types.Var); ok {
			b.ownerOf[f.Origin()] = typeName(s.Recv())
		}
	}
}

// replaced notes the assignment n to one of the shared values of net/http.
func (b *builder) replaced(n *ast.AssignStmt, to types.Object) {
	if to.Pkg() == nil || to.Pkg() == b.pass.Pkg || !sharedNames[to.Pkg().Path()+"."+to.Name()] {
		return
	}
	shared := b.common(to.Name(), n.Lhs[0])
	b.sets = append(b.sets, set{to: origin{values: []*Value{shared}}, pos: n.Pos(), end: n.End()})
}

// sharedNames are the variables of net/http that all packages share.
var sharedNames = map[string]bool{"net/http.DefaultClient": true, "net/http.DefaultTransport": true}

// overwrite gives all fields of what e points to those of r.
func (b *builder) overwrite(e, r ast.Expr) {
	to := b.source(e, 0)
	if lit, ok := ast.Unparen(r).(*ast.CompositeLit); ok {
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					b.sets = append(b.sets, set{to, id.Name, kv.Value, kv.Pos(), kv.End()})
				}
			}
		}
		return
	}
	b.lost = append(b.lost, to)
}

// setField notes that the field that sel names is given value, if it is one of what
// is followed.
func (b *builder) setField(sel *ast.SelectorExpr, value ast.Expr, pos, end token.Pos) {
	s := b.info.Selections[sel]
	if s == nil || s.Kind() != types.FieldVal {
		return
	}
	owner, of := b.owner(sel, s)
	if KindOf(owner) == 0 {
		return
	}
	b.sets = append(b.sets, set{of, s.Obj().Name(), value, pos, end})
}

// owner returns the type whose field or method sel selects, behind embedded
// fields, and where the value of that type comes from.
func (b *builder) owner(sel *ast.SelectorExpr, s *types.Selection) (types.Type, origin) {
	t := s.Recv()
	path := s.Index()[:len(s.Index())-1]
	if len(path) == 0 {
		if !b.follows(t) {
			return t, origin{}
		}
		x := ast.Unparen(sel.X)
		if star, ok := x.(*ast.StarExpr); ok { // (*p).f is no copy
			x = star.X
		}
		return t, b.source(x, 0)
	}
	var f *types.Var
	for _, i := range path {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return nil, origin{open: true}
		}
		f = st.Field(i)
		t = f.Type()
	}
	return t, origin{nodes: []node{{v: f.Origin()}}}
}

func (b *builder) declare(n *ast.ValueSpec) {
	for i, id := range n.Names {
		v, ok := b.info.Defs[id].(*types.Var)
		if !ok || !b.follows(v.Type()) {
			continue
		}
		switch {
		case len(n.Values) == len(n.Names):
			b.flow(n.Values[i], 0, node{v: v})
		case len(n.Values) == 1:
			b.flow(n.Values[0], i, node{v: v})
		case len(n.Values) == 0 && isStruct(v.Type()):
			b.value(id, KindOf(v.Type())).starts = []node{{v: v}}
		}
	}
}

// isStruct reports whether a variable of type t is the value itself.
func isStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// zeroFields notes the fields that are values themselves. Those that other
// packages may set are theirs.
func (b *builder) zeroFields(n *ast.StructType) {
	for _, f := range n.Fields.List {
		for _, id := range f.Names {
			v, ok := b.info.Defs[id].(*types.Var)
			if !ok || v.Exported() || KindOf(v.Type()) == 0 || !isStruct(v.Type()) {
				continue
			}
			z := &Value{Kind: KindOf(v.Type()), Expr: id, starts: []node{{v: v}}}
			b.zeros = append(b.zeros, z)
		}
	}
}

// value returns the value that is made at e.
func (b *builder) value(e ast.Expr, k Kind) *Value {
	v := b.made[e]
	if v == nil {
		v = &Value{Kind: k, Expr: e, Func: b.funcs.At(e.Pos())}
		v.Lit, _ = e.(*ast.CompositeLit)
		b.made[e] = v
		b.Values = append(b.Values, v)
	}
	return v
}

// literal notes what the fields of a struct are given.
func (b *builder) literal(n *ast.CompositeLit) {
	t := b.info.TypeOf(n)
	k := 0
	if _, ok := types.Unalias(t).(*types.Pointer); !ok && KindOf(t) != 0 {
		b.value(n, KindOf(t))
		k = 1
	}
	if p, ok := t.Underlying().(*types.Pointer); ok { // an element of []*T
		t = p.Elem()
		if KindOf(t) != 0 {
			b.value(n, KindOf(t))
			k = 1
		}
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	name := typeName(t)
	for i, el := range n.Elts {
		var f *types.Var
		value := el
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			value = kv.Value
			if id, ok := kv.Key.(*ast.Ident); ok {
				f, _ = b.info.ObjectOf(id).(*types.Var)
			}
		} else if i < st.NumFields() {
			f = st.Field(i)
		}
		if f == nil {
			continue
		}
		if k == 1 {
			b.sets = append(b.sets, set{origin{values: []*Value{b.made[n]}}, f.Name(), value, token.NoPos, token.NoPos})
		}
		if b.follows(b.info.TypeOf(value)) && b.follows(f.Type()) {
			b.ownerOf[f.Origin()] = name
			b.flow(value, 0, node{v: f.Origin()})
		} else if b.follows(b.info.TypeOf(value)) {
			b.lost = append(b.lost, b.source(value, 0))
		}
	}
}

func (b *builder) returns(f *funcs.Func, n *ast.ReturnStmt) {
	if f.Sig == nil {
		return
	}
	for i := range f.Sig.Results().Len() {
		if !b.follows(f.Sig.Results().At(i).Type()) {
			continue
		}
		switch {
		case len(n.Results) == f.Sig.Results().Len():
			b.flow(n.Results[i], 0, node{fn: f, i: i})
		case len(n.Results) == 1:
			b.flow(n.Results[0], i, node{fn: f, i: i})
		}
	}
}

// callee returns the function of this package that site calls, through a variable
// or field that holds only it too, or nil.
func (b *builder) callee(call *funcs.Call) *funcs.Func {
	if call.Callee != nil {
		return call.Callee
	}
	if call.Func != nil {
		return nil
	}
	if fn := b.values.Function(call.Site.Fun); fn != nil {
		return b.funcs.Declared(fn)
	}
	return nil
}

// call notes what a call does to its receiver and its arguments.
func (b *builder) call(cur inspector.Cursor, site *ast.CallExpr) {
	call := b.funcs.Call(site)
	if call == nil {
		return // a conversion or a builtin
	}
	if sel, ok := ast.Unparen(site.Fun).(*ast.SelectorExpr); ok {
		if s := b.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if owner, of := b.owner(sel, s); b.follows(owner) && !of.none() {
				b.uses = append(b.uses, use{of, Call{Call: call, Method: sel.Sel.Name}})
			}
		}
	}
	f := b.callee(call)
	for i, a := range site.Args {
		if !b.follows(b.info.TypeOf(a)) {
			continue
		}
		switch {
		case f != nil && f.Sig != nil && i < f.Sig.Params().Len() && !(f.Sig.Variadic() && i == f.Sig.Params().Len()-1):
			b.flow(a, 0, node{v: f.Sig.Params().At(i)})
		case f == nil && call.Func != nil && !call.Dynamic:
			b.out = append(b.out, b.source(a, 0))
			b.handed(call, i, a)
		default:
			b.out = append(b.out, b.source(a, 0))
			b.lose(a)
		}
	}
}

// lose notes that code out of sight is given e, and may set its fields unless it
// has a copy.
func (b *builder) lose(e ast.Expr) {
	if !isStruct(b.info.TypeOf(e)) {
		b.lost = append(b.lost, b.source(e, 0))
	}
}
