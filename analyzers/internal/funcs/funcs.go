// Package funcs indexes the functions of a package, declared and literal, and
// the calls between them that can be told without running the program. Every
// analysis that follows callers or callees inside a package walks this index.
package funcs

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A Func is a function with a body.
type Func struct {
	Node   ast.Node    // *ast.FuncDecl or *ast.FuncLit
	Obj    *types.Func // nil for a literal
	Sig    *types.Signature
	Body   *ast.BlockStmt
	Parent *Func // the function that a literal stands in; nil at package level

	// Out are the calls in the body, those in nested literals excepted.
	Out []*Call
	// In are the calls of this function in the package that could be resolved.
	In []*Call
	// Use is where a literal goes: called in place, spawned, deferred,
	// assigned, or handed to another function (then UseCall is that call).
	Use     Use
	UseCall *ast.CallExpr
}

// Use says what is done with a function literal where it stands.
type Use int

// What becomes of a function literal.
const (
	Declared  Use = iota // not a literal
	Called               // func() {…}()
	Spawned              // go func() {…}()
	Deferred             // defer func() {…}()
	Assigned             // v := func() {…}, and v is never assigned again
	Passed               // f(func() {…})
	Elsewhere            // stored, returned, assigned more than once
)

// Mode is how a call is made.
type Mode int

// How a call is made.
const (
	Plain Mode = iota
	Go
	Defer
)

// A Call is one call expression.
type Call struct {
	Site   *ast.CallExpr
	Mode   Mode
	Caller *Func       // nil for a call in a package-level initialiser
	Func   *types.Func // the declared function called, its origin if generic; nil if unknown. An interface method is given too: see Dynamic
	Callee *Func       // the body called, if it is in this package
	// Dynamic is set if Func is an interface method.
	Dynamic bool

	name string
}

// FullName returns the full name of Func, or "" if that is nil. Rules go by names at each
// call, so they are put together once.
func (c *Call) FullName() string { return c.name }

// Index is the result of Analyzer.
type Index struct {
	Funcs  []*Func // in source order
	Inits  []*Call // calls in package-level initialisers
	sorted []*Func // by position: a driver may parse files in any order
	byNode map[ast.Node]*Func
	byObj  map[*types.Func]*Func
	byVar  map[*types.Var]*Func
	bySite map[*ast.CallExpr]*Call
}

// Of returns the function that is node, an *ast.FuncDecl or *ast.FuncLit, or nil.
func (x *Index) Of(node ast.Node) *Func { return x.byNode[node] }

// Declared returns the function that obj denotes, or nil if its body is not in this package.
func (x *Index) Declared(obj *types.Func) *Func { return x.byObj[obj.Origin()] }

// Assigned returns the literal that v always holds, or nil.
func (x *Index) Assigned(v *types.Var) *Func { return x.byVar[v] }

// Call returns what is known of the call expression, or nil if it is a conversion or a builtin.
func (x *Index) Call(site *ast.CallExpr) *Call { return x.bySite[site] }

// At returns the innermost function whose body or signature holds pos, or nil.
func (x *Index) At(pos token.Pos) *Func {
	// Functions nest, so one that holds pos is the last to start before it, or stands around that one.
	i := sort.Search(len(x.sorted), func(i int) bool { return x.sorted[i].Node.Pos() > pos })
	if i == 0 {
		return nil
	}
	for f := x.sorted[i-1]; f != nil; f = f.Parent {
		if pos < f.Node.End() {
			return f
		}
	}
	return nil
}

// Outermost returns the declaration that f stands in, or the outermost
// literal of a package-level initialiser.
func (f *Func) Outermost() *Func {
	for f.Parent != nil {
		f = f.Parent
	}
	return f
}

// StartsUp reports whether f is or stands in an init function, which has run before
// there is traffic.
func (f *Func) StartsUp() bool {
	f = f.Outermost()
	return f.Obj != nil && f.Obj.Name() == "init" && f.Sig.Recv() == nil
}

// Heading returns where the name of f stands, or the head of a literal: the place
// of a finding about the whole function.
func (f *Func) Heading() (pos, end token.Pos) {
	if decl, ok := f.Node.(*ast.FuncDecl); ok {
		return decl.Name.Pos(), decl.Name.End()
	}
	lit := f.Node.(*ast.FuncLit)
	return lit.Type.Pos(), lit.Type.End()
}

// Name returns the full name of the declared function that f is or stands in,
// as [types.Func.FullName] prints it; "init" of the package for a literal
// outside every function.
func (f *Func) Name(pkg *types.Package) string {
	if o := f.Outermost(); o.Obj != nil {
		return o.Obj.FullName()
	}
	return pkg.Path() + ".init"
}

// Analyzer builds the index. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetfuncs",
	Doc:        "index the functions of a package and the calls between them",
	Requires:   []*analysis.Analyzer{syntax.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	in := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector)
	b := &builder{
		info: pass.TypesInfo,
		x: &Index{
			byNode: make(map[ast.Node]*Func),
			byObj:  make(map[*types.Func]*Func),
			byVar:  make(map[*types.Var]*Func),
			bySite: make(map[*ast.CallExpr]*Call),
		},
		sets:  make(map[*types.Var]int),
		names: make(map[*types.Func]string),
	}
	b.functions(in)
	b.calls(in)
	return b.x, nil
}

type builder struct {
	info  *types.Info
	x     *Index
	sets  map[*types.Var]int     // how often a variable is given a value
	names map[*types.Func]string // full names
}

// functions finds every function, and what becomes of each literal.
func (b *builder) functions(in *inspector.Inspector) {
	for cur := range in.Root().Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil), (*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.FuncDecl:
			obj, _ := b.info.Defs[n.Name].(*types.Func)
			if n.Body == nil || obj == nil {
				continue
			}
			f := &Func{Node: n, Obj: obj, Sig: obj.Signature(), Body: n.Body}
			b.x.byObj[obj] = f
			b.add(f)
		case *ast.FuncLit:
			f := &Func{Node: n, Body: n.Body, Parent: b.enclosing(cur)}
			f.Sig, _ = b.info.TypeOf(n).(*types.Signature)
			b.use(f, cur)
			b.add(f)
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				b.set(l)
			}
		case *ast.ValueSpec:
			if len(n.Values) > 0 {
				for _, l := range n.Names {
					b.set(l)
				}
			}
		case *ast.RangeStmt:
			b.set(n.Key)
			b.set(n.Value)
		case *ast.UnaryExpr:
			if n.Op == token.AND { // may be set through the pointer
				b.set(n.X)
			}
		}
	}
	b.x.sorted = slices.Clone(b.x.Funcs)
	slices.SortFunc(b.x.sorted, func(f, g *Func) int { return int(f.Node.Pos() - g.Node.Pos()) })
	for v, f := range b.x.byVar {
		if b.sets[v] != 1 {
			f.Use = Elsewhere
			delete(b.x.byVar, v)
		}
	}
}

func (b *builder) add(f *Func) {
	b.x.Funcs = append(b.x.Funcs, f)
	b.x.byNode[f.Node] = f
}

func (b *builder) set(e ast.Expr) {
	if e == nil { // a range without a value
		return
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := b.info.ObjectOf(id).(*types.Var); ok {
			b.sets[v]++
		}
	}
}

func (b *builder) enclosing(cur inspector.Cursor) *Func {
	for c := range cur.Parent().Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return b.x.byNode[c.Node()]
	}
	return nil
}

// use records what becomes of the literal at cur.
func (b *builder) use(f *Func, cur inspector.Cursor) {
	child, parent := cur, cur.Parent()
	for {
		if _, ok := parent.Node().(*ast.ParenExpr); !ok {
			break
		}
		child, parent = parent, parent.Parent()
	}
	f.Use = Elsewhere
	switch n := parent.Node().(type) {
	case *ast.CallExpr:
		f.UseCall = n
		if n.Fun != child.Node() {
			f.Use = Passed
			return
		}
		f.Use = Called
		switch s := parent.Parent().Node().(type) {
		case *ast.GoStmt:
			if s.Call == n {
				f.Use = Spawned
			}
		case *ast.DeferStmt:
			if s.Call == n {
				f.Use = Deferred
			}
		}
	case *ast.AssignStmt:
		if len(n.Lhs) != len(n.Rhs) {
			return
		}
		for i, r := range n.Rhs {
			if r == child.Node() {
				b.assigned(f, n.Lhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, r := range n.Values {
			if r == child.Node() && i < len(n.Names) {
				b.assigned(f, n.Names[i])
			}
		}
	}
}

func (b *builder) assigned(f *Func, lhs ast.Expr) {
	id, ok := ast.Unparen(lhs).(*ast.Ident)
	if !ok {
		return
	}
	v, ok := b.info.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() || comesFromOutside(v) {
		return
	}
	f.Use = Assigned
	b.x.byVar[v] = f
}

// comesFromOutside reports whether v may hold a value that this package does
// not give it: that of an argument, or of an importer's assignment.
func comesFromOutside(v *types.Var) bool {
	return v.Kind() == types.ParamVar || v.Kind() == types.PackageVar && v.Exported()
}

// calls finds every call and what it calls.
func (b *builder) calls(in *inspector.Inspector) {
	for cur := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		site := cur.Node().(*ast.CallExpr)
		if tv := b.info.Types[ast.Unparen(site.Fun)]; tv.IsType() || tv.IsBuiltin() {
			continue
		}
		c := &Call{Site: site, Mode: mode(cur, site), Caller: b.enclosing(cur)}
		b.resolve(c)
		b.x.bySite[site] = c
		if c.Caller == nil {
			b.x.Inits = append(b.x.Inits, c)
		} else {
			c.Caller.Out = append(c.Caller.Out, c)
		}
		if c.Callee != nil {
			c.Callee.In = append(c.Callee.In, c)
		}
	}
}

func mode(cur inspector.Cursor, site *ast.CallExpr) Mode {
	switch s := cur.Parent().Node().(type) {
	case *ast.GoStmt:
		if s.Call == site {
			return Go
		}
	case *ast.DeferStmt:
		if s.Call == site {
			return Defer
		}
	}
	return Plain
}

func (b *builder) fullName(fn *types.Func) string {
	name, known := b.names[fn]
	if !known {
		name = fn.FullName()
		b.names[fn] = name
	}
	return name
}

func (b *builder) resolve(c *Call) {
	switch fun := ast.Unparen(c.Site.Fun).(type) {
	case *ast.FuncLit:
		c.Callee = b.x.byNode[fun]
		return
	case *ast.Ident:
		if v, ok := b.info.Uses[fun].(*types.Var); ok {
			c.Callee = b.x.byVar[v]
			return
		}
	}
	fn, _ := typeutil.Callee(b.info, c.Site).(*types.Func)
	if fn == nil {
		return
	}
	c.Func = fn.Origin()
	c.name = b.fullName(c.Func)
	if recv := c.Func.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		c.Dynamic = true
		return
	}
	c.Callee = b.x.byObj[c.Func]
}
