package values

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Analyzer records what variables are given. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetvalues",
	Doc:        "record what the variables and fields of a package are given",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pkg:   pass.Pkg,
		info:  pass.TypesInfo,
		funcs: pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		given: make(map[*types.Var][]ast.Expr),
	}
	for _, f := range pass.Files {
		if syntax.InTest(pass.Fset, f.FileStart) || importsTesting(f) {
			x.tests = append(x.tests, f)
		}
	}
	in := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector)
	x.mentions = sync.OnceValue(func() map[*types.Func][]inspector.Cursor { return mentions(pass, in) })
	x.collect(in)
	return x, nil
}

func importsTesting(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"testing"` })
}

// Index is the result of Analyzer.
type Index struct {
	pkg   *types.Package
	info  *types.Info
	funcs *funcs.Index
	tests []*ast.File
	given map[*types.Var][]ast.Expr
	// mentions returns the identifiers that denote each function of the package. It
	// walks the package when it is first called, by one of the rules that run in parallel.
	mentions func() map[*types.Func][]inspector.Cursor
}

// Mentions returns the identifiers that denote fn, which this package declares, but for
// that of its declaration, in the order of the source.
func (x *Index) Mentions(fn *types.Func) []inspector.Cursor { return x.mentions()[fn] }

func mentions(pass *analysis.Pass, in *inspector.Inspector) map[*types.Func][]inspector.Cursor {
	found := make(map[*types.Func][]inspector.Cursor)
	for cur := range in.Root().Preorder((*ast.Ident)(nil)) {
		if fn, ok := pass.TypesInfo.Uses[cur.Node().(*ast.Ident)].(*types.Func); ok && fn.Pkg() == pass.Pkg {
			found[fn] = append(found[fn], cur)
		}
	}
	return found
}

// InTest reports whether pos is in a test, or in a file that serves tests and
// so imports testing.
func (x *Index) InTest(pos token.Pos) bool {
	return slices.ContainsFunc(x.tests, func(f *ast.File) bool { return f.FileStart <= pos && pos <= f.FileEnd })
}

// Given returns the expressions that v is given in this package, and whether
// that is all: a variable that is declared in a range clause or a type switch
// is given what no expression says. A variable declared without a value is
// given none, and that is all.
func (x *Index) Given(v *types.Var) (list []ast.Expr, all bool) {
	list, all = x.given[v]
	return list, all
}

// collect records what every variable and field is given.
func (x *Index) collect(in *inspector.Inspector) {
	for cur := range in.Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.CompositeLit)(nil), (*ast.FuncType)(nil)) {
		if x.InTest(cur.Node().Pos()) {
			continue // a stub for tests says nothing of what runs in production
		}
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			x.assign(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			lhs := make([]ast.Expr, len(n.Names))
			for i, id := range n.Names {
				lhs[i] = id
				if v := x.Variable(id); v != nil && len(n.Values) == 0 {
					x.given[v] = nil // the zero value; the entry itself says so
				}
			}
			x.assign(lhs, n.Values)
		case *ast.CompositeLit:
			x.fields(n)
		case *ast.FuncType:
			if n.Results == nil {
				continue
			}
			for _, f := range n.Results.List {
				for _, id := range f.Names {
					if v := x.Variable(id); v != nil {
						x.given[v] = x.given[v]
					}
				}
			}
		}
	}
}

func (x *Index) assign(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		v := x.Variable(l)
		if v == nil {
			continue
		}
		switch {
		case len(lhs) == len(rhs):
			x.given[v] = append(x.given[v], rhs[i])
		case len(rhs) == 1:
			x.given[v] = append(x.given[v], rhs[0])
		}
	}
}

func (x *Index) fields(lit *ast.CompositeLit) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			x.assign([]ast.Expr{id}, []ast.Expr{kv.Value})
		}
	}
}

// Variable returns the variable or field that e denotes, or nil.
func (x *Index) Variable(e ast.Expr) *types.Var {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		e = sel.Sel
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := x.info.ObjectOf(id).(*types.Var); ok {
			return v.Origin() // a field of an instance is the field of the generic type
		}
	}
	return nil
}

// Value returns the one expression that e, if it is a variable, is ever given
// in this package; e itself if it is none; nil if that cannot be known.
func (x *Index) Value(e ast.Expr) ast.Expr {
	for range 4 { // variables of variables
		v := x.Variable(e)
		if v == nil {
			return e
		}
		if len(x.given[v]) != 1 || x.Settable(v) {
			return nil
		}
		e = ast.Unparen(x.given[v][0])
	}
	return nil
}

// Settable reports whether v may be set where this package does not see it.
func (x *Index) Settable(v *types.Var) bool {
	if v.Pkg() != x.pkg || IsParam(x.funcs.At(v.Pos()), v) {
		return true
	}
	return v.Exported() && (v.IsField() || v.Parent() == x.pkg.Scope())
}

// Function returns the declared function that e denotes: by its name, as a
// method value, or through a variable or field that holds only it.
func (x *Index) Function(e ast.Expr) *types.Func {
	if e = x.Value(ast.Unparen(e)); e == nil {
		return nil
	}
	switch n := ast.Unparen(e).(type) {
	case *ast.IndexExpr: // an instance of a generic function
		e = n.X
	case *ast.IndexListExpr:
		e = n.X
	}
	var id *ast.Ident
	switch n := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = n
	case *ast.SelectorExpr:
		id = n.Sel
	default:
		return nil
	}
	if fn, ok := x.info.Uses[id].(*types.Func); ok {
		return fn.Origin()
	}
	return nil
}

// Literal returns the composite literal that makes the struct, or the struct
// pointed to, that e denotes, or nil if that is not seen.
func (x *Index) Literal(e ast.Expr) *ast.CompositeLit {
	e = x.Value(ast.Unparen(e))
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// Element returns what lit gives the field name, or nil.
func Element(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

// Prefix returns what is known when compiling of the start of the string e: all of
// it, the left end of a sum, or the text of a format before its first verb.
func Prefix(info *types.Info, e ast.Expr) string {
	for {
		e = ast.Unparen(e)
		if v := info.Types[e].Value; v != nil && v.Kind() == constant.String {
			return constant.StringVal(v)
		}
		switch x := e.(type) {
		case *ast.BinaryExpr:
			e = x.X
		case *ast.CallExpr:
			if Callee(info, x) != "fmt.Sprintf" || len(x.Args) == 0 {
				return ""
			}
			s, _, _ := strings.Cut(Prefix(info, x.Args[0]), "%")
			return s
		default:
			return ""
		}
	}
}

// IsParam reports whether v is a parameter or the receiver of f.
func IsParam(f *funcs.Func, v *types.Var) bool {
	if f == nil || f.Sig == nil {
		return false
	}
	for p := range f.Sig.Params().Variables() {
		if p == v {
			return true
		}
	}
	return f.Sig.Recv() == v
}

// Callee returns the full name of the function that call names, or the empty string.
func Callee(info *types.Info, call *ast.CallExpr) string {
	if fn, ok := typeutil.Callee(info, call).(*types.Func); ok {
		return fn.FullName()
	}
	return ""
}

// IsBuiltin reports whether call is of one of the built-in functions of these names.
func IsBuiltin(info *types.Info, call *ast.CallExpr, names ...string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && info.Types[id].IsBuiltin() && slices.Contains(names, id.Name)
}

// Outer returns the outermost parentheses around cur, or cur, and what stands around them.
func Outer(cur inspector.Cursor) (child, parent inspector.Cursor) {
	child, parent = cur, cur.Parent()
	for {
		if _, ok := parent.Node().(*ast.ParenExpr); !ok {
			return child, parent
		}
		child, parent = parent, parent.Parent()
	}
}
