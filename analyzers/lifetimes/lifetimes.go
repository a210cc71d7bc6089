package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// An Op says what is done with a resource at one place.
type Op int

// What is done with a resource.
const (
	Release   Op = iota // v.Stop(), pool.Put(v), or the call of a function of another package that does it
	Rearm               // v.Reset(d)
	Wait                // <-v.C, range v.C
	Own                 // put into To: a field, or a variable of an enclosing function
	Return              // handed to the caller
	Store               // put where it is not followed: a map, a channel, a global, a callee that keeps it
	Overwrite           // what held it is given another value, or v itself
	Hand                // passed to a function of this package that ends it or keeps it; what that one does are uses of their own
	Read                // a part that stands for it is read, by a method or by who is given it
	Exhaust             // the call of a method that ends it when it returns false: rows.Next()
	Touch               // the call of a method that its kind has noted, or any of a pooled object
)

// A Use is one place where a resource, or its channel, is used.
type Use struct {
	Op     Op
	Node   ast.Node        // what is done: the call, the receive, the expression that is stored
	Func   *funcs.Func     // where; nil in a package-level initialiser
	Via    *types.Var      // the variable or field that held it; nil at the creation itself
	To     *types.Var      // of an Own, and of a Store into a package-level variable
	Call   *ast.CallExpr   // of a Release, Rearm, Hand, Read, Exhaust or Touch, and of a Store by a function that is known to do no more
	Mode   funcs.Mode      // of that call
	Comm   *ast.CommClause // of a Wait: the select case it stands in, if any
	Result int             // of a Return: which result
	View   bool            // it is the channel, or the part, that is used, not the handle
	Name   string          // of a Touch: the method
}

// A Value is a resource, from its creation on.
type Value struct {
	Kind *Kind
	New  string        // full name of the primitive that created it
	Site *ast.CallExpr // the creation; the call of a function that returns a new one counts
	Func *funcs.Func   // where; nil in a package-level initialiser
	View bool          // what was returned is the part that stands for it, not the handle
	Err  *types.Var    // the error that came with it: if that is not nil there is no resource
	Uses []Use         // what the package is known to do with it

	oks []*types.Var // variables that are false if it is of another type, and so not in view
}

// Any returns the first use with the given operation, or nil.
func (v *Value) Any(op Op) *Use {
	i := slices.IndexFunc(v.Uses, func(u Use) bool { return u.Op == op })
	if i < 0 {
		return nil
	}
	return &v.Uses[i]
}

// Index holds the resources that a package creates.
type Index struct {
	Values []*Value // in source order, by function

	pass   *analysis.Pass
	funcs  *funcs.Index
	root   inspector.Cursor
	vars   map[*types.Var][]inspector.Cursor  // identifiers that denote handles and channels
	refs   map[*types.Func][]inspector.Cursor // identifiers that denote functions without calling them
	params map[param][]Use                    // what a function does with its parameter
	asking []param                            // those that are being found out about, each for the sake of the one before
	iface  map[string]bool                    // names of the interface methods that are called
	takers map[*funcs.Func]bool               // functions that may give something back to a pool
	gives  map[*funcs.Func][]int              // the parameters that these give back
	puts   []ast.Node                         // the calls that give back themselves
	// everything is set if a variable of any type may be a handle.
	everything bool

	mu     sync.Mutex // guards graphs and dead: several rules may ask at a time
	graphs map[*funcs.Func]*graph
	dead   map[*funcs.Func]bool // functions that are known to return, or not to
}

// Analyzer follows the resources of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetlifetimes",
	Doc:        "follow resources from their creation to their release",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer},
	FactTypes:  []analysis.Fact{new(Summary)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:   pass,
		funcs:  pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		vars:   make(map[*types.Var][]inspector.Cursor),
		refs:   make(map[*types.Func][]inspector.Cursor),
		params: make(map[param][]Use),
		iface:  make(map[string]bool),
		takers: make(map[*funcs.Func]bool),
		gives:  make(map[*funcs.Func][]int),
		graphs: make(map[*funcs.Func]*graph),
		dead:   make(map[*funcs.Func]bool),
	}
	work := x.primitives()
	if len(work) == 0 && len(x.takers) == 0 && len(x.handled()) == 0 {
		return x, nil // nearly every package
	}
	x.everything = slices.ContainsFunc(work, func(c creation) bool { return c.Kind.anyType() }) || len(x.takers) > 0
	x.locate()
	x.spread()
	x.export(x.values(work), x.handled())
	return x, nil
}

// A creation is a value that is yet to be followed, and the result of its
// call that holds it.
type creation struct {
	*Value
	result int
}

func newCreation(c *funcs.Call, f Fresh) creation {
	return creation{&Value{Kind: createdBy(f.New), New: f.New, Site: c.Site, Func: c.Caller, View: f.View}, f.Result}
}

// primitives returns the calls that create a resource, by themselves or
// through a function of another package.
func (x *Index) primitives() []creation {
	var cs []creation
	look := func(c *funcs.Call) {
		if c.Func == nil || c.Func.Pkg() == nil {
			return
		}
		local := c.Func.Pkg() == x.pass.Pkg && !c.Dynamic
		if isPut(c.Func) {
			x.taker(c.Caller)
			return
		}
		if !local && !c.Dynamic && x.imported(c, &cs) {
			return
		}
		if creates(c.Func, local) != nil {
			cs = append(cs, newCreation(c, Fresh{New: c.FullName()}))
		}
	}
	for _, c := range x.funcs.Inits {
		look(c)
	}
	for _, f := range x.funcs.Funcs {
		for _, c := range f.Out {
			look(c)
		}
	}
	return cs
}

// imported adds what a function of another package is known to create for
// its caller, and reports whether there is a fact of it. What a library pools is its
// own matter: loggers hand out such things by the thousand. But where it keeps
// whatever it is given, the pool is its user's.
func (x *Index) imported(c *funcs.Call, cs *[]creation) bool {
	var s Summary
	if !x.pass.ImportObjectFact(c.Func, &s) {
		return false
	}
	ours := modules.Ours(x.pass, c.Func.Pkg())
	for _, f := range s.Fresh {
		if n := newCreation(c, f); ours || !n.Kind.anyType() {
			*cs = append(*cs, n)
		}
	}
	if given := pooledOf(c.Func, &s); len(given) > 0 && (ours || slices.ContainsFunc(given, func(i int) bool { return ofAnyType(c.Func, i) })) {
		x.taker(c.Caller)
	}
	return len(s.Fresh) > 0
}

// pooledOf returns the parameters of a function of another package that it gives
// back to a pool.
func pooledOf(fn *types.Func, s *Summary) []int {
	var is []int
	for _, i := range s.Releases {
		if i == Receiver || kindOf(fn.Signature().Params().At(i).Type()) == nil {
			is = append(is, i)
		}
	}
	return is
}

// ofAnyType reports whether the user of fn says what the type of its parameter is:
// any, T or []T.
func ofAnyType(fn *types.Func, param int) bool {
	if param == Receiver {
		return false
	}
	t := types.Unalias(fn.Signature().Params().At(param).Type())
	if s, ok := t.(*types.Slice); ok {
		t = types.Unalias(s.Elem())
	}
	if _, ok := t.(*types.TypeParam); ok {
		return true
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// taker notes that f gives something back to a pool, or hands it to a function of
// another package that does.
func (x *Index) taker(f *funcs.Func) {
	for ; f != nil; f = f.Parent {
		x.takers[f] = true
	}
}

// values follows the creations, and those that come of functions which return
// what they created. It returns what these functions return.
func (x *Index) values(work []creation) map[*funcs.Func][]Fresh {
	fresh := make(map[*funcs.Func][]Fresh)
	for len(work) > 0 {
		c := work[0]
		work = work[1:]
		c.Uses = x.follow(c)
		x.Values = append(x.Values, c.Value)
		for _, made := range x.returned(c.Value) {
			if slices.Contains(fresh[c.Func], made) {
				continue
			}
			fresh[c.Func] = append(fresh[c.Func], made)
			for _, in := range c.Func.In {
				work = append(work, newCreation(in, made))
			}
		}
	}
	return fresh
}

// returned returns the results by which the caller of its function comes to
// hold v. A result that may be something else, the caller's own argument for
// one, is none; nor is one that comes with a function which ends it, or that has
// been ended on the way.
func (x *Index) returned(v *Value) []Fresh {
	if v.Func == nil || v.Func.Obj == nil || x.handsStop(v) {
		return nil
	}
	var made []Fresh
	for _, u := range v.Uses {
		if u.Op != Return || u.Func != v.Func || u.Result >= v.Func.Sig.Results().Len() {
			continue
		}
		f := Fresh{Result: u.Result, New: v.New, View: u.View && v.Kind.Part != ""}
		if u.View != (f.View || !v.Kind.hasHandle()) || f.View && kindOf(v.Func.Sig.Results().At(f.Result).Type()) != closer {
			continue
		}
		if !slices.Contains(made, f) && x.always(v, u.Result) && x.open(v, u) {
			made = append(made, f)
		}
	}
	return made
}

// handsStop reports whether the function of v returns a function, and makes one
// that ends v.
func (x *Index) handsStop(v *Value) bool {
	returnsFunc := false
	for r := range v.Func.Sig.Results().Variables() {
		_, ok := r.Type().Underlying().(*types.Signature)
		returnsFunc = returnsFunc || ok
	}
	return returnsFunc && slices.ContainsFunc(v.Uses, func(u Use) bool {
		if u.Op != Release {
			return false
		}
		lit := inside(v.Func, u.Func)
		return u.Call == nil || lit != nil && (lit.Use == funcs.Assigned || lit.Use == funcs.Elsewhere)
	})
}

// always reports whether the function of v returns v, or nil, or another new
// resource wherever it returns.
func (x *Index) always(v *Value, result int) bool {
	body, ok := syntax.Find(x.root, v.Func.Body)
	if !ok {
		return false
	}
	for cur := range body.Preorder((*ast.ReturnStmt)(nil)) {
		ret := cur.Node().(*ast.ReturnStmt)
		if x.enclosing(cur) != v.Func || len(ret.Results) <= result {
			continue // of a literal, or without operands
		}
		e := ast.Unparen(ret.Results[result])
		if _, ok := e.(*ast.CallExpr); ok || x.pass.TypesInfo.Types[e].IsNil() || v.Kind.anyType() && x.isNew(e) {
			continue
		}
		if !slices.ContainsFunc(v.Uses, func(u Use) bool { return u.Op == Return && u.Node == e }) {
			return false
		}
	}
	return true
}

// isNew reports whether e is a new value, or none: &T{}, T{}, or a variable that is
// declared and not given one.
func (x *Index) isNew(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		_, ok := e.X.(*ast.CompositeLit)
		return ok && e.Op == token.AND
	case *ast.Ident:
		v, ok := x.pass.TypesInfo.Uses[e].(*types.Var)
		if !ok || v.IsField() {
			return false
		}
		value, declared := x.definition(v)
		return declared && value == nil
	}
	return false
}

// locate notes where variables that can hold a handle or a channel are named,
// where functions are named but not called, and which methods are called without
// saying whose.
func (x *Index) locate() {
	for _, f := range x.funcs.Funcs {
		for _, c := range f.Out {
			if c.Dynamic {
				x.iface[c.Func.Name()] = true
			}
		}
	}
	for cur := range x.root.Preorder((*ast.Ident)(nil)) {
		switch obj := x.pass.TypesInfo.Uses[cur.Node().(*ast.Ident)].(type) {
		case *types.Var:
			if x.everything || kindOf(obj.Type()) != nil || isChan(obj.Type()) || isReader(obj.Type()) || isContext(obj.Type()) {
				x.vars[obj.Origin()] = append(x.vars[obj.Origin()], cur)
			}
		case *types.Func:
			if !called(cur) {
				x.refs[obj.Origin()] = append(x.refs[obj.Origin()], cur)
			}
		}
	}
}

// isReader reports whether t is an interface by which a part, or anything with a
// Close method, may be held.
func isReader(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range i.Methods() {
		if m.Name() == "Read" || m.Name() == "Close" {
			return true
		}
	}
	return false
}

func isChan(t types.Type) bool {
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// called reports whether the function named at cur is called there.
func called(cur inspector.Cursor) bool {
	cur = operand(cur)
	for {
		switch n := cur.Parent().Node().(type) {
		case *ast.CallExpr:
			return n.Fun == cur.Node()
		case *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
			cur = cur.Parent()
		default:
			return false
		}
	}
}

// operand returns the whole of an operand named by the identifier at cur:
// x.f for f, without its parentheses.
func operand(cur inspector.Cursor) inspector.Cursor {
	if s, ok := cur.Parent().Node().(*ast.SelectorExpr); ok && s.Sel == cur.Node() {
		cur = cur.Parent()
	}
	return unparen(cur)
}

func unparen(cur inspector.Cursor) inspector.Cursor {
	for {
		if _, ok := cur.Parent().Node().(*ast.ParenExpr); !ok {
			return cur
		}
		cur = cur.Parent()
	}
}

// enclosing returns the function that cur stands in, or nil.
func (x *Index) enclosing(cur inspector.Cursor) *funcs.Func {
	for c := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return x.funcs.Of(c.Node())
	}
	return nil
}

func isContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && n.Obj().Name() == "Context"
}

// hidden reports whether f may be called from where it cannot be seen: from
// another package, or as the method of an interface.
func (x *Index) hidden(f *types.Func) bool {
	return f.Exported() && x.pass.Pkg.Name() != "main" || f.Signature().Recv() != nil && x.iface[f.Name()]
}
