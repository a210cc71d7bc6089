package initperreq

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// inputs are what a value is computed from.
type inputs struct {
	// params are the parameters of the function, bit by bit, the receiver not
	// among them.
	params uint64
	// fixed is set if something counts that the function does not show and that
	// stays the same as far as it shows: a field, a variable of the package.
	fixed bool
	// varies is set if something counts that can differ from call to call.
	varies bool
}

func (in *inputs) add(more inputs) {
	in.params |= more.params
	in.fixed = in.fixed || more.fixed
	in.varies = in.varies || more.varies
}

// A source finds the inputs of expressions in one function.
type source struct {
	c    *checker
	f    *funcs.Func
	fl   *dataflow.Flow
	loop ast.Node // what changes in it varies, if not nil
	seen map[*types.Var]bool
}

// inputs returns what the expressions in f are computed from. If loop is not
// nil, what it changes varies.
func (c *checker) inputs(f *funcs.Func, loop ast.Node, es ...ast.Expr) inputs {
	s := &source{c: c, f: f, fl: c.flows.Of(f), loop: loop, seen: make(map[*types.Var]bool)}
	var all inputs
	for _, e := range es {
		all.add(s.of(e))
	}
	return all
}

func (s *source) of(e ast.Expr) (in inputs) {
	if e == nil || s.c.TypesInfo.Types[e].Value != nil || s.context(e) {
		return in
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return s.object(s.c.TypesInfo.ObjectOf(e))
	case *ast.SelectorExpr:
		if sel := s.c.TypesInfo.Selections[e]; sel == nil {
			return s.object(s.c.TypesInfo.ObjectOf(e.Sel)) // of another package
		}
		return s.of(e.X)
	case *ast.CallExpr:
		return s.call(e)
	case *ast.FuncLit:
		for v := range dataflow.Mentioned(s.c.TypesInfo, e) {
			in.add(s.variable(v))
		}
		return in
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				if _, field := kv.Key.(*ast.Ident); !field {
					in.add(s.of(kv.Key))
				}
				x = kv.Value
			}
			in.add(s.of(x))
		}
		return in
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			return inputs{varies: true}
		}
		return s.of(e.X)
	case *ast.BinaryExpr:
		in = s.of(e.X)
		in.add(s.of(e.Y))
		return in
	case *ast.IndexExpr:
		in = s.of(e.X)
		in.add(s.of(e.Index))
		return in
	case *ast.SliceExpr:
		return s.of(e.X)
	case *ast.StarExpr:
		return s.of(e.X)
	case *ast.TypeAssertExpr:
		return s.of(e.X)
	case *ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.StructType, *ast.InterfaceType, *ast.ChanType:
		return in
	}
	return inputs{varies: true}
}

// context reports whether e is a context: it ends what is built, and does not
// make it another thing.
func (s *source) context(e ast.Expr) bool {
	n, ok := types.Unalias(s.c.TypesInfo.TypeOf(e)).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && n.Obj().Name() == "Context"
}

// call returns the inputs of what a call returns.
func (s *source) call(e *ast.CallExpr) (in inputs) {
	for _, a := range e.Args {
		in.add(s.of(a))
	}
	k := s.c.Funcs.Call(e)
	if k == nil { // a conversion, or a builtin
		return in
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok {
		in.add(s.of(sel.X))
	}
	switch {
	case k.Func == nil || k.Func.Pkg() == nil:
		in.varies = true
	case changing(k.Func.Pkg().Path()):
		in.varies = true
	case !modules.IsStd(k.Func.Pkg().Path()):
		in.fixed = true
	case k.Func.Pkg().Path() == "os":
		in.fixed = true
	}
	return in
}

// changing reports whether functions of the package return something else each
// time.
func changing(path string) bool {
	switch path {
	case "math/rand", "math/rand/v2", "crypto/rand", "github.com/google/uuid", "io", "bufio", "net":
		return true
	}
	return false
}

func (s *source) object(obj types.Object) (in inputs) {
	v, ok := obj.(*types.Var)
	if !ok {
		return in // a constant, a function, a package, nil
	}
	if v.IsField() || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
		in.fixed = !s.c.constant(v)
		return in
	}
	return s.variable(v)
}

// constant reports whether a variable of the package is never given another value
// than its first, or holds embedded files.
func (c *checker) constant(v *types.Var) bool {
	if n, ok := types.Unalias(v.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "embed" {
		return true
	}
	if v.IsField() || v.Pkg() != c.Pkg || v.Exported() {
		return false
	}
	given, all := c.values.Given(v)
	return all && len(given) <= 1
}

// variable returns the inputs of a local variable.
func (s *source) variable(v *types.Var) (in inputs) {
	if s.seen[v] {
		return in
	}
	s.seen[v] = true
	if owner, i := s.param(v); owner != nil {
		return s.parameter(owner, i)
	}
	in.varies = s.turns(v)
	for _, d := range s.fl.Defs[v] {
		in.add(s.of(d.RHS))
	}
	return in
}

// turns reports whether the loop gives v another value in each turn: v belongs to
// its head, or is declared before it and set in it.
func (s *source) turns(v *types.Var) bool {
	if s.loop == nil {
		return false
	}
	if within(s.loop, v.Pos()) {
		return v.Pos() < body(s.loop).Pos()
	}
	return slices.ContainsFunc(s.fl.Defs[v], func(d dataflow.Def) bool { return within(s.loop, d.Pos) })
}

func body(loop ast.Node) *ast.BlockStmt {
	if f, ok := loop.(*ast.ForStmt); ok {
		return f.Body
	}
	return loop.(*ast.RangeStmt).Body
}

// param returns the function around that v is a parameter of, and its number;
// -1 for the receiver.
func (s *source) param(v *types.Var) (*funcs.Func, int) {
	for f := s.f; f != nil; f = f.Parent {
		if f.Sig == nil {
			continue
		}
		if f.Sig.Recv() == v {
			return f, -1
		}
		for i := range f.Sig.Params().Len() {
			if f.Sig.Params().At(i) == v {
				return f, i
			}
		}
	}
	return nil, 0
}

// parameter returns the inputs of a parameter of f, or of a function around it:
// that one ran before, for the closure to be made, and what it was given stays.
func (s *source) parameter(owner *funcs.Func, i int) inputs {
	switch {
	case i < 0:
		return inputs{fixed: true}
	case owner != s.f && s.c.Hotness.Root(owner.Node) == nil:
		return inputs{fixed: true}
	case owner == s.f && owner.Obj != nil && i < 64:
		return inputs{params: 1 << i}
	}
	return inputs{varies: true}
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
