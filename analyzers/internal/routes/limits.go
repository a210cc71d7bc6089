package routes

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// middleware notes what a router is told to do with all requests.
func (x *Index) middleware(c *funcs.Call) {
	name, recv := called(c.Site)
	if name != "Use" || recv == nil {
		return
	}
	v := x.values.Variable(recv)
	if v == nil {
		return
	}
	for _, a := range c.Site.Args {
		x.uses[x.key(v)] = append(x.uses[x.key(v)], a)
	}
}

// limits completes a route by what the routers that it hangs on do with all requests,
// and by what stands between the path and the handler.
func (x *Index) limits(r *Route) {
	for _, k := range r.Keys {
		for _, e := range x.uses[k] {
			if l, ok := x.limitIn(e); ok {
				r.Limits = append(r.Limits, l)
			}
		}
	}
	slices.SortFunc(r.Limits, func(a, b Limit) int { return int(a.Pos - b.Pos) })
	r.Limits = slices.Compact(r.Limits)
}

// timing is how functions that end an answer by a clock are called.
var timing = pattern.New(`(?i)timeout|deadline`)

// limitIn returns the limit that e, a middleware, gives: a call, or a literal that
// calls for one.
func (x *Index) limitIn(e ast.Expr) (Limit, bool) {
	e = ast.Unparen(e)
	if v := x.values.Value(e); v != nil {
		e = ast.Unparen(v)
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		return x.limit(e)
	case *ast.FuncLit:
		for _, c := range x.funcs.Of(e).Out {
			if c.FullName() == "net/http.TimeoutHandler" {
				return x.limit(c.Site)
			}
		}
	}
	return Limit{}, false
}

// limit returns the limit that a call gives an answer: one of http.TimeoutHandler, or of
// a function that returns a middleware or a handler, is named after a timeout and is
// given one.
func (x *Index) limit(call *ast.CallExpr) (Limit, bool) {
	full := values.Callee(x.info, call)
	short := full[strings.LastIndexByte(full, '/')+1:]
	if full == "" || !timing.MatchString(short) || !x.wraps(x.info.TypeOf(call)) {
		return Limit{}, false
	}
	l := Limit{What: rule.Brief(types.ExprString(call.Fun)), Pos: call.Pos()}
	given := x.durations(call)
	if len(given) != 1 {
		return l, len(given) > 1
	}
	l.Time = x.budgets.Duration(given[0])
	return l, true
}

// wraps reports whether a value of type t is a handler, or makes one of another.
func (x *Index) wraps(t types.Type) bool {
	if t == nil || x.isHandler(t) {
		return t != nil
	}
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.Results().Len() == 1 && x.isHandler(sig.Results().At(0).Type())
}

// durations returns the expressions of a duration that a call is given, itself, in an
// option or in a literal. A handler that is among the arguments has its own.
func (x *Index) durations(call *ast.CallExpr) (list []ast.Expr) {
	for _, a := range call.Args {
		if t := x.info.TypeOf(a); t != nil && x.wraps(t) {
			continue
		}
		ast.Inspect(a, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if path, name := named(typeOf(x.info, e)); path == "time" && name == "Duration" {
				if id, isKey := e.(*ast.Ident); isKey && x.isKey(a, id) {
					return false
				}
				list = append(list, e)
				return false
			}
			return true
		})
	}
	return list
}

// isKey reports whether id is the key of an element within e.
func (x *Index) isKey(e ast.Expr, id *ast.Ident) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if kv, ok := n.(*ast.KeyValueExpr); ok && kv.Key == id {
			found = true
		}
		return !found
	})
	return found
}

func typeOf(info *types.Info, e ast.Expr) types.Type {
	if t := info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// server notes a server of net/http and what it serves.
func (x *Index) server(v *httpconf.Value) {
	s := Server{Pos: v.Expr.Pos()}
	switch f := v.Field("WriteTimeout"); {
	case f.Duration() > 0:
		s.Write = Limit{Time: f.Duration(), What: "WriteTimeout", Pos: v.Expr.Pos()}
	case f.Given() && f.Duration() == 0 && !f.Const:
		s.Write = Limit{What: "WriteTimeout", Pos: v.Expr.Pos()}
	}
	if given := v.Given("WriteTimeout"); len(given) == 1 {
		s.Write.Pos = given[0].Pos()
	}
	for _, e := range v.Given("Handler") {
		s.Keys = append(s.Keys, x.mentions(e, 0)...)
	}
	if len(v.Given("Handler")) == 0 && v.Field("Handler").State == httpconf.Unset {
		s.Keys = []string{"net/http"}
	}
	x.Servers = append(x.Servers, s)
}

// mentions returns the keys of the variables that an expression is made of.
func (x *Index) mentions(e ast.Expr, depth int) (keys []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v := x.values.Variable(id)
		if v == nil {
			return true
		}
		keys = append(keys, x.key(v))
		if given, _ := x.values.Given(v); depth < 4 {
			for _, g := range given {
				keys = append(keys, x.mentions(g, depth+1)...)
			}
		}
		return true
	})
	return keys
}

// serves notes the servers without a value of net/http's type: those of
// http.ListenAndServe and of frameworks.
func (x *Index) serves(c *funcs.Call) {
	name, recv := called(c.Site)
	if c.Func == nil || c.Func.Pkg() == nil {
		return
	}
	s := Server{Pos: c.Site.Pos()}
	path, _ := named(typeOf(x.info, recvOr(recv)))
	_, framework := frameworks[path]
	switch {
	case recv != nil && framework && (strings.HasPrefix(name, "Run") || strings.HasPrefix(name, "Start") || strings.HasPrefix(name, "Listen")):
		if v := x.values.Variable(recv); v != nil {
			s.Keys = []string{x.key(v)}
		}
	case c.Func.Signature().Recv() == nil && x.isPlain(c) && httpconf.Serves(name):
		handler := c.Site.Args[1]
		if name == "ListenAndServeTLS" && len(c.Site.Args) > 3 {
			handler = c.Site.Args[3]
		}
		if x.info.Types[handler].IsNil() {
			s.Keys = []string{"net/http"}
		} else {
			s.Keys = x.mentions(handler, 0)
		}
	default:
		return
	}
	x.Servers = append(x.Servers, s)
}

// recvOr returns e, or an expression without a type.
func recvOr(e ast.Expr) ast.Expr {
	if e == nil {
		return &ast.BadExpr{}
	}
	return e
}
