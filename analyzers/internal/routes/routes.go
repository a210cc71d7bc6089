package routes

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetroutes",
	Doc:        "find what a package answers, and the time that it gives an answer",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer, budgets.Analyzer, httpconf.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// A Route is one endpoint.
type Route struct {
	Pos      token.Pos // of what registers it
	Method   string    // "GET"; empty for any
	Pattern  string    // "/orders/{id}"
	Partial  bool      // the pattern may be longer at its front
	Root     bool      // but only if the whole router is mounted below another
	RPC      string    // the full name of a remote method, "shop.Stock/Get"; empty for a route of HTTP
	Handlers []Handler
	Limits   []Limit  // each bounds the whole answer
	Keys     []string // of the routers that it hangs on
}

// A Handler is what runs for a request.
type Handler struct {
	Func *types.Func // of this package or another
	Lit  *funcs.Func // or a literal
	// Returned says that not the function runs but the literals that it returns.
	Returned bool
}

// A Limit is the time that something gives an answer.
type Limit struct {
	Time time.Duration // 0 if no constant says it
	What string        // "http.TimeoutHandler"
	Pos  token.Pos
}

// A Server is one that answers.
type Server struct {
	Pos   token.Pos
	Write Limit    // Time is 0 and What is "" if it has none
	Keys  []string // of the routers that it serves
}

// Index is the result of Analyzer.
type Index struct {
	Routes  []Route
	Servers []Server
	Failed  string // why there are none, though there may be: a fault of lagvet

	pass    *analysis.Pass
	info    *types.Info
	root    inspector.Cursor
	funcs   *funcs.Index
	values  *values.Index
	budgets *budgets.Index
	conf    *httpconf.Index

	uses map[string][]ast.Expr // middlewares by the key of the router
	lits map[ast.Node]bool     // of tables, that were told
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:    pass,
		info:    pass.TypesInfo,
		root:    pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:   pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		budgets: pass.ResultOf[budgets.Analyzer].(*budgets.Index),
		conf:    pass.ResultOf[httpconf.Analyzer].(*httpconf.Index),
		uses:    make(map[string][]ast.Expr),
		lits:    make(map[ast.Node]bool),
	}
	if modules.Std(pass) {
		return x, nil
	}
	x.collect()
	return x, nil
}

// collect looks at every call, and at the literals of tables.
func (x *Index) collect() {
	defer func() {
		if r := recover(); r != nil {
			x.Failed = fmt.Sprint(r)
		}
	}()
	var calls []*funcs.Call
	add := func(list []*funcs.Call) {
		for _, c := range list {
			if !x.values.InTest(c.Site.Pos()) {
				calls = append(calls, c)
			}
		}
	}
	add(x.funcs.Inits)
	for _, f := range x.funcs.Funcs {
		add(f.Out)
	}
	for _, c := range calls {
		x.middleware(c)
	}
	for _, c := range calls {
		x.service(c)
		x.route(c)
		x.serves(c)
	}
	for cur := range x.root.Preorder((*ast.CompositeLit)(nil)) {
		if lit := cur.Node().(*ast.CompositeLit); !x.values.InTest(lit.Pos()) {
			x.row(lit)
		}
	}
	for _, v := range x.conf.Values {
		if v.Kind == httpconf.Server && v.From == nil {
			x.server(v)
		}
	}
	slices.SortStableFunc(x.Routes, func(a, b Route) int { return int(a.Pos - b.Pos) })
}

// verbs are the methods of routers that are named after one of HTTP.
var verbs = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"}

// route notes the route that a call registers, if it does.
func (x *Index) route(c *funcs.Call) {
	name, recv := called(c.Site)
	if name == "" || name == "Mount" || recv == nil && !x.isPlain(c) {
		return
	}
	first := x.firstHandler(c.Site)
	if first < 0 || ownShape(c) {
		return
	}
	r := Route{Pos: c.Site.Pos()}
	switch upper := strings.ToUpper(name); {
	case slices.Contains(verbs, upper):
		r.Method = upper
	case !registers(name):
		return
	}
	pattern, ok := x.pattern(&r, c.Site.Args[:first])
	if !ok && !x.chained(c.Site) {
		return
	}
	if pattern == "" && r.Partial && x.hands(c.Caller) {
		return // a wrapper: its callers say which route it is
	}
	if i := slices.IndexFunc(c.Site.Args[:first], func(a ast.Expr) bool { return isRoot(x.info.TypeOf(a)) }); i >= 0 {
		recv = c.Site.Args[i] // a wrapper that is told the router
	}
	x.chain(&r, c.Site, recv, pattern)
	if !strings.HasPrefix(r.Pattern, "/") && !r.Partial && r.Pattern != "" {
		return
	}
	x.handlers(&r, c.Site.Args[first:])
	if len(r.Handlers) > 0 {
		x.around(&r, c.Callee)
		x.limits(&r)
		x.Routes = append(x.Routes, r)
	}
}

// hands reports whether f is given a handler.
func (x *Index) hands(f *funcs.Func) bool {
	if f == nil || f.Obj == nil {
		return false
	}
	return slices.ContainsFunc(slices.Collect(f.Sig.Params().Variables()), func(p *types.Var) bool { return x.isHandler(p.Type()) })
}

// around notes the literals that a function of the package registers around a handler
// that it is given.
func (x *Index) around(r *Route, registers *funcs.Func) {
	if registers == nil {
		return
	}
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil && f.Parent == registers && f.Sig != nil && shaped(f.Sig) {
			r.Handlers = append(r.Handlers, Handler{Lit: f})
		}
	}
}

// handlers notes what the arguments from the first handler on say of a route: what runs,
// and behind it, for some, the methods.
func (x *Index) handlers(r *Route, args []ast.Expr) {
	var behind []string
	for _, a := range args {
		x.handler(r, a, 0)
		if s, ok := x.text(a); ok && slices.Contains(verbs, s) {
			behind = append(behind, s)
		}
	}
	if r.Method == "" {
		r.Method = strings.Join(behind, "|")
	}
}

func registers(name string) bool {
	switch strings.ToLower(name) {
	case "handle", "handlefunc", "handler", "handlerfunc", "method", "methodfunc", "add", "any", "all", "match", "route":
		return true
	}
	return false
}

// called returns the name of what is called, and what it is a method of.
func called(call *ast.CallExpr) (name string, recv ast.Expr) {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name, fun.X
	case *ast.Ident:
		return fun.Name, nil
	}
	return "", nil
}

// isPlain reports whether c calls a function of net/http.
func (x *Index) isPlain(c *funcs.Call) bool {
	return c.Func != nil && c.Func.Pkg() != nil && c.Func.Pkg().Path() == "net/http"
}

// ownShape reports whether c calls what is a handler itself.
func ownShape(c *funcs.Call) bool { return c.Func != nil && shaped(c.Func.Signature()) }

// firstHandler returns the index of the first argument that is a handler, or -1.
func (x *Index) firstHandler(call *ast.CallExpr) int {
	return slices.IndexFunc(call.Args, func(a ast.Expr) bool { return x.isHandler(x.info.TypeOf(a)) })
}

// isHandler reports whether a value of type t answers requests. A router does, by what
// hangs on it.
func (x *Index) isHandler(t types.Type) bool {
	if t == nil {
		return false
	}
	if sig, ok := t.Underlying().(*types.Signature); ok {
		return shaped(sig)
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "ServeHTTP")
	fn, ok := obj.(*types.Func)
	return ok && shaped(fn.Signature()) && !isRouter(t)
}

// isRouter reports whether handlers can be registered with a value of type t.
func isRouter(t types.Type) bool {
	for _, name := range []string{"Handle", "HandleFunc", "GET", "Get"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		fn, ok := obj.(*types.Func)
		if ok && fn.Signature().Params().Len() >= 2 {
			return true
		}
	}
	return false
}

// frameworks are the types, by the path of their package without a version, by which a
// handler is known alone.
var frameworks = map[string]string{
	"github.com/gin-gonic/gin":    "Context",
	"github.com/labstack/echo":    "Context",
	"github.com/gofiber/fiber":    "Ctx",
	"github.com/valyala/fasthttp": "RequestCtx",
}

// shaped reports whether a function of that signature answers a request.
func shaped(sig *types.Signature) bool {
	var writer, request bool
	for p := range sig.Params().Variables() {
		path, name := named(p.Type())
		if want := frameworks[path]; want != "" && want == name {
			return true
		}
		writer = writer || path == "net/http" && name == "ResponseWriter"
		request = request || path == "net/http" && name == "Request"
	}
	return writer && request
}

// named returns the package, without a version, and the name of t or what it points to.
func named(t types.Type) (path, name string) {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return "", ""
	}
	path = n.Obj().Pkg().Path()
	if i := strings.LastIndex(path, "/v"); i > 0 && strings.Trim(path[i+2:], "0123456789") == "" {
		path = path[:i]
	}
	return path, n.Obj().Name()
}

// pattern reads the strings in front of the handler: a path, or a method and a path. It
// reports false if none of them is one.
func (x *Index) pattern(r *Route, args []ast.Expr) (path string, ok bool) {
	var texts []string
	for _, a := range args {
		s, known := x.text(a)
		if t := x.info.TypeOf(a); !known && t != nil && isString(t) {
			// What stands in front of it is not known, nor may be any of it.
			s, known = x.tail(a), true
			r.Partial, ok = true, true
		}
		if known {
			texts = append(texts, s)
		}
	}
	for _, s := range texts {
		method, rest, two := strings.Cut(s, " ")
		switch {
		case slices.Contains(verbs, s):
			r.Method = s
		case two && slices.Contains(verbs, method):
			r.Method, path, ok = method, strings.TrimSpace(rest), true
		case strings.HasPrefix(s, "/") || s == "" || s == "*" || strings.Contains(s, "/"):
			path, ok = s, true
		}
	}
	if strings.Contains(path, "/") && !strings.HasPrefix(path, "/") { // a host in front of it
		path = path[strings.IndexByte(path, '/'):]
	}
	return path, ok
}

// text returns the constant string that e is, here or by the one value of a variable.
func (x *Index) text(e ast.Expr) (string, bool) {
	if v := x.values.Value(ast.Unparen(e)); v != nil {
		e = v
	}
	return constantText(x.info, e)
}

// tail returns the constant end of a string, from a slash on; "" if there is none.
func (x *Index) tail(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if s, known := x.text(e.Y); known && strings.HasPrefix(s, "/") {
			return s
		}
	case *ast.CallExpr:
		if values.Callee(x.info, e) != "fmt.Sprintf" {
			return ""
		}
		f, _ := x.text(e.Args[0])
		if i := strings.LastIndexByte(f, '%'); i >= 0 && i+2 < len(f) && f[i+2] == '/' {
			return f[i+2:]
		}
	}
	return ""
}

// row notes the route of a literal that holds a path and a handler: one of a table.
func (x *Index) row(lit *ast.CompositeLit) {
	if _, ok := x.info.TypeOf(lit).Underlying().(*types.Struct); !ok || x.lits[lit] {
		return
	}
	r := Route{Pos: lit.Pos()}
	var strs, handlers []ast.Expr
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		t := x.info.TypeOf(e)
		switch {
		case t == nil:
		case isString(t):
			strs = append(strs, e)
		case x.isHandler(t):
			handlers = append(handlers, e)
		}
	}
	if len(strs) == 0 || len(handlers) != 1 {
		return
	}
	path, ok := x.pattern(&r, strs)
	if !ok || !strings.HasPrefix(path, "/") {
		return
	}
	r.Pattern, r.Partial = path, true
	x.handler(&r, handlers[0], 0)
	if len(r.Handlers) > 0 {
		x.Routes = append(x.Routes, r)
	}
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// maxWrappers bounds how many functions around a handler are looked through.
const maxWrappers = 6

// handler notes what e, a handler or a call that returns one, runs.
func (x *Index) handler(r *Route, e ast.Expr, depth int) {
	e = ast.Unparen(e)
	if depth > maxWrappers {
		return
	}
	if fn := x.function(e); fn != nil {
		r.Handlers = append(r.Handlers, Handler{Func: fn})
		return
	}
	if v := x.values.Value(e); v != nil {
		e = ast.Unparen(v)
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		r.Handlers = append(r.Handlers, Handler{Lit: x.funcs.Of(e)})
		return
	case *ast.CallExpr:
		x.wrapped(r, e, depth)
		return
	}
	x.serveHTTP(r, e)
}

// function returns the declared function that e denotes, or nil.
func (x *Index) function(e ast.Expr) *types.Func {
	fn := x.values.Function(e)
	if fn == nil || !shaped(fn.Signature()) {
		return nil
	}
	return fn
}

// wrapped notes what a call that returns a handler runs: what it wraps, and what it
// returns itself.
func (x *Index) wrapped(r *Route, call *ast.CallExpr, depth int) {
	if tv := x.info.Types[call.Fun]; tv.IsType() {
		x.handler(r, call.Args[0], depth+1) // http.HandlerFunc(f)
		return
	}
	if l, ok := x.limit(call); ok {
		r.Limits = append(r.Limits, l)
	}
	for _, a := range call.Args {
		if x.isHandler(x.info.TypeOf(a)) {
			x.handler(r, a, depth+1)
		}
	}
	c := x.funcs.Call(call)
	if c == nil {
		return
	}
	if recv := ast.Unparen(call.Fun); c.Func == nil {
		if inner, ok := recv.(*ast.CallExpr); ok { // chain(a, b)(h)
			x.wrapped(r, inner, depth+1)
		}
		return
	}
	switch {
	case c.Dynamic || c.Func.Pkg() == nil:
	case c.Callee != nil || modules.Ours(x.pass, c.Func.Pkg()):
		r.Handlers = append(r.Handlers, Handler{Func: c.Func, Returned: true})
	}
}

// serveHTTP notes the method by which a value answers.
func (x *Index) serveHTTP(r *Route, e ast.Expr) {
	t := x.info.TypeOf(e)
	if t == nil {
		return
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, x.pass.Pkg, "ServeHTTP")
	fn, ok := obj.(*types.Func)
	if !ok || !modules.Ours(x.pass, fn.Pkg()) {
		return
	}
	if recv := fn.Signature().Recv(); recv == nil || types.IsInterface(recv.Type()) {
		return
	}
	r.Handlers = append(r.Handlers, Handler{Func: fn.Origin()})
}
