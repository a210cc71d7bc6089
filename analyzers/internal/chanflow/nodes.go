package chanflow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A node is a place that holds values: a register, a field, a variable, the
// elements of a collection or of a channel. A pointer and what it points to,
// a collection and its elements are one node: what matters is what can be reached.
type node struct {
	objs  []*Object
	done  int // how many of objs have been passed on
	to    []*node
	each  []func(*Object) // called for every object that arrives
	out   bool            // code out of sight reads it
	queue bool
}

// maxObjects is how many objects a node holds before it counts as holding
// anything: a registry of all channels of a program tells nothing of one.
const maxObjects = 48

// A builder follows values until nothing new is found.
type builder struct {
	pass  *analysis.Pass
	src   *buildssa.SSA
	main  bool // nothing imports the package
	fns   []*ssa.Function
	local map[*ssa.Function]bool

	nodes   map[any]*node // by ssa.Value, *types.Var (a field), result, extract, *Object (what is sent on a channel)
	work    []*node
	made    map[any]*Object
	dones   map[*Object]*Object
	objects []*Object
	nobody  *Object // the unknown
	never   *Object // context.Background

	boxed   map[*types.TypeName]types.Type // the types that are put into interfaces
	invokes []ssa.CallInstruction
	handed  []ssa.CallInstruction // calls of other packages, which may call what they are given
	methods map[method][]*ssa.Function
	edges   []*Edge
	linked  map[link]bool
	foreign map[*ssa.Function]bool // may be called from out of sight
	tracks  map[types.Type]bool
	accepts map[*types.TypeName]bool
	bound   map[*ssa.FreeVar]ssa.Value // what literals share with the function around them
	free    map[ssa.Value][]*ssa.FreeVar
}

type result struct {
	fn *ssa.Function
	i  int
}

type extract struct {
	v ssa.Value
	i int
}

type method struct {
	iface *types.Interface
	name  string
}

type link struct {
	site   ssa.CallInstruction
	callee *ssa.Function
}

func newBuilder(pass *analysis.Pass, src *buildssa.SSA) *builder {
	b := &builder{
		pass:    pass,
		src:     src,
		main:    pass.Pkg.Name() == "main",
		local:   make(map[*ssa.Function]bool),
		nodes:   make(map[any]*node),
		made:    make(map[any]*Object),
		dones:   make(map[*Object]*Object),
		nobody:  &Object{Kind: unknown, Out: true},
		never:   &Object{Kind: context},
		boxed:   make(map[*types.TypeName]types.Type),
		methods: make(map[method][]*ssa.Function),
		linked:  make(map[link]bool),
		foreign: make(map[*ssa.Function]bool),
		tracks:  make(map[types.Type]bool),
		bound:   make(map[*ssa.FreeVar]ssa.Value),
		free:    make(map[ssa.Value][]*ssa.FreeVar),
	}
	fns := src.SrcFuncs
	if init := src.Pkg.Func("init"); init != nil { // the package-level initialisers
		fns = withLiterals(slices.Clip(fns), init)
	}
	for _, fn := range fns {
		if !syntax.InTest(b.pass.Fset, fn.Pos()) {
			b.fns = append(b.fns, fn)
			b.local[fn] = true
		}
	}
	return b
}

// withLiterals adds fn and the literals in it.
func withLiterals(fns []*ssa.Function, fn *ssa.Function) []*ssa.Function {
	fns = append(fns, fn)
	for _, lit := range fn.AnonFuncs {
		fns = withLiterals(fns, lit)
	}
	return fns
}

// concurrent reports whether the package starts goroutines, or has them wait.
func (b *builder) concurrent() bool {
	for _, fn := range b.fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				switch instr.(type) {
				case *ssa.Go, *ssa.MakeChan, *ssa.Select, *ssa.Send:
					return true
				}
			}
		}
	}
	return false
}

// tracked reports whether values of type t are worth following.
func (b *builder) tracked(t types.Type) bool {
	if t == nil {
		return false
	}
	yes, ok := b.tracks[t]
	if !ok {
		b.tracks[t] = false // of a type that holds itself
		yes = b.track(t)
		b.tracks[t] = yes
	}
	return yes
}

func (b *builder) track(t types.Type) bool {
	if syncKind(t) >= 0 || isContext(t) || named(t, "sync", "Locker") {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Pointer:
		return b.tracked(u.Elem())
	case *types.Slice:
		return b.tracked(u.Elem())
	case *types.Array:
		return b.tracked(u.Elem())
	case *types.Map:
		return b.tracked(u.Elem()) || b.tracked(u.Key())
	case *types.Tuple:
		for v := range u.Variables() {
			if b.tracked(v.Type()) {
				return true
			}
		}
	}
	return false
}

// syncKind returns the kind of an object that is a value of type t, or -1.
func syncKind(t types.Type) Kind {
	switch {
	case named(t, "sync", "WaitGroup"):
		return Group
	case named(t, "sync", "Cond"):
		return Cond
	case named(t, "sync", "Mutex"), named(t, "sync", "RWMutex"):
		return Lock
	}
	return -1
}

func named(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path
}

func isContext(t types.Type) bool { return named(t, "context", "Context") }

// node returns the node of a value. Its key decides what else is the same place.
func (b *builder) node(v ssa.Value) *node {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return b.field(v.X.Type(), v.Field)
	case *ssa.Field:
		return b.field(v.X.Type(), v.Field)
	}
	n := b.nodes[v]
	if n != nil {
		return n
	}
	n = new(node)
	b.nodes[v] = n
	switch v := v.(type) {
	case *ssa.Function:
		b.add(n, b.funcObject(v, false))
	case *ssa.Global:
		obj, _ := v.Object().(*types.Var)
		b.holder(n, deref(v.Type()), v, obj)
		if v.Pkg != b.src.Pkg || !b.main && obj != nil && obj.Exported() {
			b.open(n)
		}
	case *ssa.Alloc:
		b.holder(n, deref(v.Type()), v, nil)
	}
	return n
}

// field returns the node of a field, whatever object it is one of.
func (b *builder) field(owner types.Type, i int) *node {
	f := fieldOf(owner, i)
	n := b.nodes[f]
	if n != nil {
		return n
	}
	n = new(node)
	b.nodes[f] = n
	b.holder(n, f.Type(), nil, f)
	if f.Pkg() != b.pass.Pkg || !b.main && f.Exported() && exported(owner) {
		b.open(n)
	}
	return n
}

func exported(owner types.Type) bool {
	n, ok := types.Unalias(deref(owner)).(*types.Named)
	return !ok || n.Obj().Exported()
}

// fieldOf returns field i of the struct that t is or points to; that of the generic
// type for one of an instance.
func fieldOf(t types.Type, i int) *types.Var {
	if st, ok := deref(t).Underlying().(*types.Struct); ok {
		return st.Field(i).Origin()
	}
	return nil
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// holder gives the node of a variable or field the object that this itself is.
func (b *builder) holder(n *node, t types.Type, site ssa.Value, v *types.Var) {
	if k := syncKind(t); k >= 0 {
		var key any = v
		if site != nil {
			key = site
		}
		b.add(n, b.object(key, k, site, v))
	}
}

func (b *builder) object(key any, k Kind, site ssa.Value, v *types.Var) *Object {
	o := b.made[key]
	if o == nil {
		o = &Object{Kind: k, Site: site, Var: v}
		b.made[key] = o
		b.objects = append(b.objects, o)
	}
	return o
}

func (b *builder) funcObject(fn *ssa.Function, bound bool) *Object {
	type key struct {
		fn    *ssa.Function
		bound bool
	}
	o := b.made[key{fn, bound}]
	if o == nil {
		o = &Object{Kind: function, fn: fn, bound: bound}
		b.made[key{fn, bound}] = o
	}
	return o
}

// open marks a node that code out of sight reads and writes.
func (b *builder) open(n *node) {
	b.leave(n)
	b.add(n, b.nobody)
}

// leave marks a node that code out of sight reads.
func (b *builder) leave(n *node) {
	if n.out {
		return
	}
	n.out = true
	for _, o := range n.objs {
		b.left(o)
	}
}

// left notes that o is out of sight, and what can be reached by it.
func (b *builder) left(o *Object) {
	switch {
	case o.Kind == function:
		b.calledFromOutside(o.fn)
	case o.Kind == cancel:
		o.of.Out = true
	case o.Kind == context, o.Kind == Done: // who has it can only wait
	case !o.Out:
		o.Out = true
		if o.Kind == Chan {
			b.open(b.content(o))
		}
	}
}

// content returns the node of what is sent on a channel.
func (b *builder) content(o *Object) *node {
	n := b.nodes[o]
	if n == nil {
		n = new(node)
		b.nodes[o] = n
		if o.Out {
			b.open(n)
		}
	}
	return n
}

func (b *builder) add(n *node, o *Object) {
	if slices.Contains(n.objs, o) {
		return
	}
	if len(n.objs) >= maxObjects && o.Kind != unknown {
		for _, have := range n.objs {
			b.left(have)
		}
		b.left(o)
		o = b.nobody
		if slices.Contains(n.objs, o) {
			return
		}
	}
	n.objs = append(n.objs, o)
	if n.out {
		b.left(o)
	}
	if !n.queue {
		n.queue = true
		b.work = append(b.work, n)
	}
}

// edge has whatever arrives at from arrive at to.
func (b *builder) edge(from, to *node) {
	if from == to || slices.Contains(from.to, to) {
		return
	}
	from.to = append(from.to, to)
	for _, o := range from.objs[:from.done] {
		b.add(to, o)
	}
}

// watch has f called for every object that arrives at n.
func (b *builder) watch(n *node, f func(*Object)) {
	n.each = append(n.each, f)
	for _, o := range n.objs[:n.done] {
		f(o)
	}
}

// same makes two nodes hold the same.
func (b *builder) same(x, y *node) {
	b.edge(x, y)
	b.edge(y, x)
}

// flow passes a value on to another. What is shared by reference flows back too:
// what is put into a slice by one name is found in it by the other.
func (b *builder) flow(from ssa.Value, to *node) {
	if !b.tracked(from.Type()) {
		return
	}
	if _, ok := from.(*ssa.Const); ok {
		return // nil
	}
	n := b.node(from)
	b.edge(n, to)
	switch from.Type().Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		b.edge(to, n)
	}
}

// solve passes everything on until nothing is new.
func (b *builder) solve() {
	for _, fn := range b.fns {
		b.visit(fn)
	}
	b.dispatch()
	b.drain()
}

func (b *builder) drain() {
	for len(b.work) > 0 {
		n := b.work[len(b.work)-1]
		b.work = b.work[:len(b.work)-1]
		n.queue = false
		for n.done < len(n.objs) {
			o := n.objs[n.done]
			n.done++
			for _, to := range n.to {
				b.add(to, o)
			}
			for _, f := range n.each {
				f(o)
			}
		}
	}
}
