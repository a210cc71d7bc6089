package httpconf

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A node is what may hold a value: a variable or field, or a result of a function.
// The zero node is what comes from out of sight.
type node struct {
	v  types.Object
	fn *funcs.Func
	i  int
}

// An origin is where the value of an expression comes from.
type origin struct {
	nodes  []node
	values []*Value
	open   bool // from out of sight too
}

func (o origin) none() bool { return len(o.nodes) == 0 && len(o.values) == 0 && !o.open }

// A set is an assignment to a field of what comes from an origin.
type set struct {
	to       origin
	field    string
	value    ast.Expr // nil if it is not known
	pos, end token.Pos
}

// A use is what is done with what comes from an origin.
type use struct {
	of   origin
	call Call
}

// A foreignSet is a field of what comes from an origin that a function of another
// package gives something.
type foreignSet struct {
	to    origin
	field fieldFact
}

// A builder gathers what an Index knows.
type builder struct {
	*Index
	edges  map[node][]node
	made   map[ast.Node]*Value
	shared map[string]*Value // http.DefaultClient and DefaultTransport
	zeros  []*Value          // fields without a value, unless one is given
	sets   []set
	uses   []use
	lost   []origin
	out    []origin // what functions of other packages are handed
	// foreignSets are the assignments to fields by functions of other packages.
	foreignSets []foreignSet
	ways        []types.Type // pointers to what is followed, as far as the package knows them
	memo        map[types.Type]bool
	ownerOf     map[*types.Var]string // the full name of the struct that a field is in
}

func newBuilder(x *Index) *builder {
	b := &builder{
		Index:   x,
		edges:   make(map[node][]node),
		made:    make(map[ast.Node]*Value),
		shared:  make(map[string]*Value),
		memo:    make(map[types.Type]bool),
		ownerOf: make(map[*types.Var]string),
	}
	for _, p := range x.pass.Pkg.Imports() {
		for _, name := range []string{"Client", "Transport", "Server", "Dialer"} {
			if tn, ok := p.Scope().Lookup(name).(*types.TypeName); ok && KindOf(tn.Type()) != 0 {
				b.ways = append(b.ways, types.NewPointer(tn.Type()))
			}
		}
	}
	return b
}

// follows reports whether a variable of type t may hold what is followed: by its
// type, or as an interface with methods that it has.
func (b *builder) follows(t types.Type) bool {
	if t == nil {
		return false
	}
	if KindOf(t) != 0 {
		return true
	}
	got, ok := b.memo[t]
	if ok {
		return got
	}
	i, _ := t.Underlying().(*types.Interface)
	if i != nil && i.NumMethods() > 0 {
		for _, w := range b.ways {
			got = got || types.Implements(w, i)
		}
	}
	b.memo[t] = got
	return got
}

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

// source returns where result i of e comes from.
func (b *builder) source(e ast.Expr, i int) origin {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		if k := KindOf(b.info.TypeOf(e)); k != 0 {
			return b.copied(e, e.X, k)
		}
		return b.source(e.X, i)
	case *ast.TypeAssertExpr:
		if i > 0 {
			return origin{}
		}
		return b.source(e.X, 0)
	case *ast.UnaryExpr:
		return b.source(e.X, i)
	case *ast.CompositeLit:
		t := b.info.TypeOf(e)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if k := KindOf(t); k != 0 {
			return origin{values: []*Value{b.value(e, k)}}
		}
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		if tv := b.info.Types[e]; tv.IsNil() {
			return origin{}
		}
		return b.variable(e)
	case *ast.CallExpr:
		return b.result(e, i)
	}
	return origin{open: true}
}

// variable returns what a variable or field holds.
func (b *builder) variable(e ast.Expr) origin {
	key := dataflow.Key(b.info, e)
	v, ok := key.(*types.Var)
	if !ok {
		return origin{open: true}
	}
	o := origin{nodes: []node{{v: v}}}
	if v.Pkg() != b.pass.Pkg && v.Pkg() != nil {
		o.values, o.open = b.foreign(v, e)
	}
	return o
}

// foreign returns what a variable or field of another package holds.
func (b *builder) foreign(v *types.Var, e ast.Expr) (list []*Value, open bool) {
	if v.IsField() {
		// A field of what is followed, as Client.Transport, holds what it is given here.
		return nil, true
	}
	if sharedNames[v.Pkg().Path()+"."+v.Name()] {
		return []*Value{b.common(v.Name(), e)}, false
	}
	var h holds
	if !b.pass.ImportObjectFact(v, &h) {
		return nil, true
	}
	w := b.imported(e, h.Value, v.Pkg().Path()+"."+v.Name())
	return []*Value{w}, false
}

// common returns one of the shared values of net/http.
func (b *builder) common(name string, e ast.Expr) *Value {
	v := b.shared[name]
	if v != nil {
		return v
	}
	v = &Value{Kind: Client, Expr: e, Default: true}
	if name == "DefaultTransport" {
		v.Kind = Transport
		v.fields = make(map[string]Field)
		for _, d := range defaults {
			v.fields[d.name] = d.field
		}
	}
	b.shared[name] = v
	return v
}

// result returns where result i of a call comes from.
func (b *builder) result(e *ast.CallExpr, i int) origin {
	fun := ast.Unparen(e.Fun)
	if tv := b.info.Types[fun]; tv.IsType() && len(e.Args) == 1 {
		return b.source(e.Args[0], 0)
	}
	if id, ok := fun.(*ast.Ident); ok && b.info.Types[fun].IsBuiltin() {
		return b.builtin(id.Name, e)
	}
	call := b.funcs.Call(e)
	if call == nil {
		return origin{open: true}
	}
	if f := b.callee(call); f != nil {
		return origin{nodes: []node{{fn: f, i: i}}}
	}
	if call.Func == nil || call.Dynamic {
		return origin{open: true}
	}
	if call.Func.FullName() == "(*net/http.Transport).Clone" {
		return b.copied(e, fun.(*ast.SelectorExpr).X, Transport)
	}
	var h handles
	if b.pass.ImportObjectFact(call.Func, &h) {
		for _, r := range h.Results {
			if r.Index == i {
				return origin{values: []*Value{b.imported(e, r.Value, call.Func.FullName())}}
			}
		}
	}
	return origin{open: true}
}

// copied returns the copy that e makes of what of points to: it begins with the same
// fields.
func (b *builder) copied(e, of ast.Expr, k Kind) origin {
	v := b.made[e]
	if v == nil {
		v = b.value(e, k)
		v.base = b.source(of, 0)
	}
	return origin{values: []*Value{v}}
}

func (b *builder) builtin(name string, e *ast.CallExpr) origin {
	switch name {
	case "new":
		if k := KindOf(b.info.TypeOf(e)); k != 0 {
			return origin{values: []*Value{b.value(e, k)}}
		}
	case "append":
		var all origin
		for _, a := range e.Args[1:] {
			o := b.source(a, 0)
			all.nodes, all.values, all.open = append(all.nodes, o.nodes...), append(all.values, o.values...), all.open || o.open
		}
		return all
	}
	return origin{open: true}
}

// spread carries each value to all that may hold it, and joins what is done there.
func (b *builder) spread() {
	for _, z := range b.zeros {
		if !b.given(z.starts[0]) {
			b.Values = append(b.Values, z)
		}
	}
	for _, name := range []string{"DefaultClient", "DefaultTransport"} {
		if v := b.shared[name]; v != nil {
			b.Values = append(b.Values, v)
		}
	}
	for n := range b.reach([]node{{}}) {
		b.open[n] = true
	}
	for _, list := range [][]*Value{b.Values, b.params} {
		for _, v := range list {
			v.nodes = b.reach(v.starts)
			for n := range v.nodes {
				b.holder[n] = append(b.holder[n], v)
			}
		}
	}
	for _, v := range b.Values {
		v.base.values = b.held(v.base)
		v.base.open = b.isOpen(v.base)
	}
	for _, s := range b.sets {
		for _, v := range b.held(s.to) {
			v.give(s, b.constant(s.value))
		}
	}
	for _, s := range b.foreignSets {
		f := Field{s.field.State, s.field.Const, s.field.Int}
		for _, v := range b.held(s.to) {
			if v.fields == nil {
				v.fields = make(map[string]Field)
			}
			v.fields[s.field.Name] = v.fields[s.field.Name].or(f)
		}
	}
	for _, u := range b.uses {
		for _, v := range b.held(u.of) {
			v.Calls = append(v.Calls, u.call)
		}
	}
	for _, o := range b.out {
		for _, v := range b.held(o) {
			v.out = true
		}
	}
	for _, o := range b.lost {
		for _, v := range b.held(o) {
			v.Lost = true
		}
	}
}

// given reports whether anything is given to n.
func (b *builder) given(n node) bool {
	for _, tos := range b.edges {
		for _, to := range tos {
			if to == n {
				return true
			}
		}
	}
	for _, v := range b.Values {
		for _, s := range v.starts {
			if s == n {
				return true
			}
		}
	}
	return false
}

func (b *builder) reach(from []node) map[node]bool {
	seen := make(map[node]bool)
	queue := append([]node(nil), from...)
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if seen[n] {
			continue
		}
		seen[n] = true
		queue = append(queue, b.edges[n]...)
	}
	return seen
}

// give notes that a field of v is given something.
func (v *Value) give(s set, f Field) {
	if v.fields == nil {
		v.fields = make(map[string]Field)
	}
	v.fields[s.field] = v.fields[s.field].or(f)
	if s.value != nil {
		if v.exprs == nil {
			v.exprs = make(map[string][]ast.Expr)
		}
		v.exprs[s.field] = append(v.exprs[s.field], s.value)
	}
	if s.pos.IsValid() {
		v.Sets = append(v.Sets, Assignment{s.pos, s.end, s.field})
	}
}

// constant returns what a field is that is given e.
func (b *builder) constant(e ast.Expr) Field {
	if e == nil {
		return Field{State: Set}
	}
	c := b.info.Types[e].Value
	if c == nil {
		if b.info.Types[e].IsNil() {
			return Field{}
		}
		// A variable that is only ever given one constant.
		if w := b.values.Value(ast.Unparen(e)); w != nil {
			c = b.info.Types[w].Value
		}
	}
	if c == nil {
		return Field{State: Set}
	}
	n := int64(0)
	switch c.Kind() {
	case constant.Bool:
		if constant.BoolVal(c) {
			n = 1
		}
	case constant.Int, constant.Float:
		var exact bool
		if n, exact = constant.Int64Val(constant.ToInt(c)); !exact {
			return Field{State: Set}
		}
	default:
		return Field{State: Set}
	}
	if n == 0 {
		return Field{State: Zero, Const: true}
	}
	return Field{State: Set, Const: true, Int: n}
}

// Constant returns the constant that e, an expression of this package, is or
// always holds: a number, a duration in nanoseconds, or 1 for true.
func (x *Index) Constant(e ast.Expr) (n int64, ok bool) {
	f := (&builder{Index: x}).constant(e)
	return f.Int, f.Const
}
