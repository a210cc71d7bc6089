package routes

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

func constantText(info *types.Info, e ast.Expr) (string, bool) {
	v := info.Types[ast.Unparen(e)].Value
	if v == nil || v.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(v), true
}

// chained reports whether what is called before or behind the call names a path.
func (x *Index) chained(call *ast.CallExpr) bool {
	_, recv := called(call)
	inner, ok := ast.Unparen(recv).(*ast.CallExpr)
	for ok {
		name, next := called(inner)
		if name == "Path" || name == "PathPrefix" {
			return true
		}
		if next == nil {
			return false
		}
		inner, ok = ast.Unparen(next).(*ast.CallExpr)
	}
	return false
}

// chain completes a route by what it hangs on: the calls in front of it and behind it,
// groups, and the router.
func (x *Index) chain(r *Route, call *ast.CallExpr, recv ast.Expr, pattern string) {
	r.Pattern = pattern
	if recv != nil && x.values.Variable(recv) == nil {
		if _, ok := ast.Unparen(recv).(*ast.Ident); ok {
			recv = nil // http.Handle
		}
	}
	if recv == nil {
		r.Keys = []string{"net/http"}
	} else {
		front := x.router(r, recv, 0)
		r.Pattern = join(front, pattern)
	}
	x.behind(r, call)
}

// join puts a path behind a prefix, with one slash between them.
func join(prefix, path string) string {
	if prefix == "" || path == "" {
		return prefix + path
	}
	return strings.TrimSuffix(prefix, "/") + "/" + strings.TrimPrefix(path, "/")
}

// behind reads what is called on what the call returns: Methods("GET").
func (x *Index) behind(r *Route, call *ast.CallExpr) {
	cur, ok := syntax.Find(x.root, call)
	if !ok {
		return
	}
	for {
		_, sel := values.Outer(cur)
		if _, ok := sel.Node().(*ast.SelectorExpr); !ok {
			return
		}
		_, outer := values.Outer(sel)
		next, ok := outer.Node().(*ast.CallExpr)
		if !ok || ast.Unparen(next.Fun) != sel.Node() {
			return
		}
		name, _ := called(next)
		x.link(r, name, next)
		cur = outer
	}
}

// link takes what one call of a chain says of a route.
func (x *Index) link(r *Route, name string, call *ast.CallExpr) (path string) {
	switch name {
	case "Methods":
		var all []string
		for _, a := range call.Args {
			if s, ok := x.text(a); ok {
				all = append(all, s)
			}
		}
		r.Method = strings.Join(all, "|")
	case "Path", "PathPrefix", "Group", "Route", "Party":
		for _, a := range call.Args {
			if s, ok := x.text(a); ok {
				return s
			}
		}
		if len(call.Args) > 0 && isString(x.info.TypeOf(call.Args[0])) {
			r.Partial = true
		}
	}
	return ""
}

// maxRouters bounds how many groups within each other are followed.
const maxRouters = 12

// router returns the prefix of the router that e is, and notes which it is.
func (x *Index) router(r *Route, e ast.Expr, depth int) string {
	e = ast.Unparen(e)
	if depth > maxRouters {
		r.Partial = true
		return ""
	}
	if call, ok := e.(*ast.CallExpr); ok {
		return x.routerCall(r, call, depth)
	}
	v := x.values.Variable(e)
	if v == nil {
		r.Partial = true
		return ""
	}
	r.Keys = append(r.Keys, x.key(v))
	if f := x.funcs.At(v.Pos()); values.IsParam(f, v) {
		return x.parameter(r, v, depth)
	}
	given, _ := x.values.Given(v)
	if len(given) == 1 {
		return x.router(r, given[0], depth+1)
	}
	switch {
	case len(given) == 0 && !isPointer(v.Type()):
		return "" // var mux http.ServeMux
	case isRoot(v.Type()):
		r.Root = true
	}
	r.Partial = true
	return ""
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok || types.IsInterface(t)
}

// links are the methods, of routers and of the routes that they return, that are called
// one on another.
var links = []string{"Path", "PathPrefix", "Subrouter", "Methods", "Host", "Headers", "Name", "Schemes", "Queries", "Group", "Route"}

// routerCall returns the prefix of the router that a call returns.
func (x *Index) routerCall(r *Route, call *ast.CallExpr, depth int) string {
	name, recv := called(call)
	if recv != nil && x.values.Variable(recv) == nil {
		if _, ok := ast.Unparen(recv).(*ast.Ident); ok {
			recv = nil // a function of a package
		}
	}
	c := x.funcs.Call(call)
	groups := recv != nil && (isRouter(x.info.TypeOf(recv)) || slices.Contains(links, name))
	switch {
	case groups:
	case c != nil && c.Callee != nil:
		return x.returned(r, c.Callee.Body, depth)
	case recv == nil:
		return x.mounted(r, call) // chi.NewRouter()
	default:
		r.Partial = true
		return ""
	}
	path := x.link(r, name, call)
	for _, a := range call.Args {
		if l, ok := x.limitIn(a); ok {
			r.Limits = append(r.Limits, l)
		}
	}
	return join(x.router(r, recv, depth+1), path)
}

// returned returns the prefix of the router that a function of the package returns.
func (x *Index) returned(r *Route, body *ast.BlockStmt, depth int) string {
	var last ast.Expr
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) > 0 {
				last = n.Results[0]
			}
		}
		return true
	})
	if last == nil {
		r.Partial = true
		return ""
	}
	return x.router(r, last, depth+1)
}

// parameter returns the prefix of the router that a function is given: by a call that
// opens a group, or by the only call of it that is seen.
func (x *Index) parameter(r *Route, v *types.Var, depth int) string {
	f := x.funcs.At(v.Pos())
	if f.Obj == nil && f.UseCall != nil {
		name, recv := called(f.UseCall)
		if recv != nil && (name == "Group" || name == "Route") {
			return join(x.router(r, recv, depth+1), x.link(r, name, f.UseCall))
		}
	}
	if isRoot(v.Type()) {
		r.Partial, r.Root = true, true
		return ""
	}
	i := slices.Index(slices.Collect(f.Sig.Params().Variables()), v)
	if i < 0 || len(f.In) != 1 || i >= len(f.In[0].Site.Args) || f.Obj != nil && f.Obj.Exported() && x.pass.Pkg.Name() != "main" {
		r.Partial = true
		return ""
	}
	return x.router(r, f.In[0].Site.Args[i], depth+1)
}

// isRoot reports whether routers of type t are no group of another one.
func isRoot(t types.Type) bool {
	path, name := named(t)
	switch path {
	case "net/http":
		return name == "ServeMux"
	case "github.com/gin-gonic/gin":
		return name == "Engine"
	case "github.com/labstack/echo":
		return name == "Echo"
	case "github.com/gofiber/fiber":
		return name == "App"
	case "github.com/julienschmidt/httprouter", "github.com/fasthttp/router":
		return name == "Router"
	}
	return false
}

// mounted returns the prefix under which the router that a call makes hangs on another,
// where the function that makes it is called for that.
func (x *Index) mounted(r *Route, call *ast.CallExpr) string {
	f := x.funcs.At(call.Pos())
	if f == nil {
		return ""
	}
	if !x.Mounts() {
		return ""
	}
	for _, in := range f.In {
		cur, ok := syntax.Find(x.root, in.Site)
		if !ok {
			continue
		}
		outer, ok := cur.Parent().Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		if name, _ := called(outer); name == "Mount" && len(outer.Args) == 2 {
			if s, ok := x.text(outer.Args[0]); ok && len(f.In) == 1 {
				return s
			}
		}
		r.Partial = true
	}
	return ""
}

// Mounts reports whether the package mounts routers below others.
func (x *Index) Mounts() bool {
	for _, f := range x.funcs.Funcs {
		for _, c := range f.Out {
			if name, _ := called(c.Site); name == "Mount" || name == "StripPrefix" {
				return true
			}
		}
	}
	return false
}

// key names a router across the functions of the package.
func (x *Index) key(v *types.Var) string {
	if v.Pkg() != nil && !v.IsField() && dataflow.LocalVar(v) == nil {
		return v.Pkg().Path() + "." + v.Name()
	}
	p := x.pass.Fset.Position(v.Pos())
	return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
}
