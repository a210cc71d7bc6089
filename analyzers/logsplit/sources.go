package logsplit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A source is what a value is made of, as far as that matters to a label.
type source struct {
	what  string // what nothing bounds: "the text of an error"; empty if it is none such
	mend  string
	tier  rule.Tier
	expr  ast.Expr   // the part that has no bound
	param *types.Var // or the parameter that the value is
}

const maxDepth = 6

const (
	mendError = "label with a class of errors, of which there are a few, and log the text"
	mendPath  = "label with the pattern of the route (http.Request.Pattern), and log the path"
	mendID    = "log it, or put it into an exemplar or a trace; label with what there are a few of"
)

// source returns what e, in f, is made of.
func (c *checker) source(f *funcs.Func, e ast.Expr, depth int) source {
	e = ast.Unparen(e)
	if depth > maxDepth || c.TypesInfo.Types[e].Value != nil {
		return source{}
	}
	switch e := e.(type) {
	case *ast.Ident:
		return c.fromVar(f, e, depth)
	case *ast.SelectorExpr:
		return c.fromField(e)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return c.first(f, []ast.Expr{e.X, e.Y}, depth)
		}
	case *ast.IndexExpr:
		if call, ok := ast.Unparen(e.X).(*ast.CallExpr); ok && values.Callee(c.TypesInfo, call) == "github.com/gorilla/mux.Vars" {
			return source{what: "a part of the path of the request", mend: mendPath, tier: rule.Likely, expr: e}
		}
	case *ast.CallExpr:
		return c.fromCall(f, e, depth)
	}
	return source{}
}

// first returns the source of the first of list that has no bound, or else that is a
// parameter.
func (c *checker) first(f *funcs.Func, list []ast.Expr, depth int) (s source) {
	for _, e := range list {
		got := c.source(f, e, depth+1)
		if got.what != "" {
			return got
		}
		if s.param == nil {
			s = got
		}
	}
	return s
}

// fromVar follows a variable to the one value that it is given.
func (c *checker) fromVar(f *funcs.Func, id *ast.Ident, depth int) source {
	v, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok || dataflow.LocalVar(v) == nil {
		return source{}
	}
	if isError(v.Type()) {
		return source{}
	}
	given, _ := c.values.Given(v)
	if values.IsParam(c.Funcs.At(v.Pos()), v) {
		if len(given) > 0 {
			return source{} // something is made of it first
		}
		return source{param: v}
	}
	if len(given) != 1 {
		return c.identified(id, v)
	}
	s := c.source(f, given[0], depth+1)
	if s.what == "" && s.param == nil {
		return c.identified(id, v)
	}
	return s
}

// identified is the source of what is named as an identity.
func (c *checker) identified(e ast.Expr, v *types.Var) source {
	name := v.Name()
	for _, id := range []string{"ID", "Id", "UUID", "Uuid"} {
		if strings.HasSuffix(name, id) && len(name) > len(id) || strings.EqualFold(name, "uuid") {
			return source{what: "an identity (" + name + ")", mend: mendID, tier: rule.Suspected, expr: e}
		}
	}
	return source{}
}

// fromField returns the source of a field of a request, or of its URL.
func (c *checker) fromField(e *ast.SelectorExpr) source {
	v, ok := c.TypesInfo.Uses[e.Sel].(*types.Var)
	if !ok || !v.IsField() {
		return source{}
	}
	of := c.TypesInfo.TypeOf(e.X)
	switch {
	case isType(of, "net/url.URL") && c.ofRequest(e.X):
		switch v.Name() {
		case "Path", "RawPath", "RawQuery", "Opaque", "Fragment":
			return source{what: "the " + described(v.Name()) + " of a request", mend: mendPath, tier: rule.Likely, expr: e}
		}
	case isType(of, "net/http.Request"):
		switch v.Name() {
		case "RequestURI":
			return source{what: "the address that a request asks for", mend: mendPath, tier: rule.Likely, expr: e}
		case "RemoteAddr":
			return source{what: "the client's address", mend: mendID, tier: rule.Likely, expr: e}
		}
	default:
		return c.identified(e, v)
	}
	return source{}
}

func described(field string) string {
	switch field {
	case "RawQuery":
		return "query"
	case "Fragment":
		return "fragment"
	}
	return "path"
}

func isType(t types.Type, name string) bool {
	return t != nil && (typeutil.IsTypeWithName(t, name) || typeutil.IsPointerToTypeWithName(t, name))
}

// ofRequest reports whether e is a part of a request that came in or goes out, or a
// variable that holds one.
func (c *checker) ofRequest(e ast.Expr) (found bool) {
	if v := c.values.Variable(e); v != nil && !v.IsField() {
		if given, _ := c.values.Given(v); len(given) == 1 {
			e = given[0]
		}
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok {
			found = found || isType(c.TypesInfo.TypeOf(x), "net/http.Request")
		}
		return !found
	})
	return found
}

// ways are functions whose results are as many as what they are given.
var ways = map[string]bool{
	"fmt.Sprint": true, "fmt.Sprintf": true, "fmt.Sprintln": true,
	"strings.ToLower": true, "strings.ToUpper": true, "strings.TrimSpace": true, "strings.Trim": true, "strings.TrimPrefix": true,
	"strings.TrimSuffix": true, "strings.TrimLeft": true, "strings.TrimRight": true, "strings.Replace": true, "strings.ReplaceAll": true, "strings.Join": true,
	"strings.ToValidUTF8": true, "path.Clean": true, "path.Join": true, "net/url.PathEscape": true, "net/url.QueryEscape": true,
	"strconv.Itoa": true, "strconv.FormatInt": true, "strconv.FormatUint": true, "strconv.Quote": true,
}

// wide are functions and methods whose results nothing bounds.
var wide = map[string]source{
	"(*net/http.Request).UserAgent":                   {what: "the client's name for itself", mend: mendID},
	"(*net/http.Request).Referer":                     {what: "the page that a request comes from", mend: mendID},
	"(*net/http.Request).FormValue":                   {what: "what a request says", mend: mendID},
	"(*net/http.Request).PostFormValue":               {what: "what a request says", mend: mendID},
	"(*net/http.Request).PathValue":                   {what: "a part of the path of the request", mend: mendPath},
	"github.com/go-chi/chi.URLParam":                  {what: "a part of the path of the request", mend: mendPath},
	"github.com/go-chi/chi/v5.URLParam":               {what: "a part of the path of the request", mend: mendPath},
	"(time.Time).String":                              {what: "a time", mend: mendID},
	"(time.Time).Format":                              {what: "a time", mend: mendID},
	"(time.Time).Unix":                                {what: "a time", mend: mendID},
	"(time.Time).UnixNano":                            {what: "a time", mend: mendID},
	"github.com/google/uuid.NewString":                {what: "a new identity", mend: mendID},
	"github.com/google/uuid.New":                      {what: "a new identity", mend: mendID},
	"(github.com/google/uuid.UUID).String":            {what: "an identity", mend: mendID},
	"(go.opentelemetry.io/otel/trace.TraceID).String": {what: "the identity of a trace", mend: mendID},
	"(go.opentelemetry.io/otel/trace.SpanID).String":  {what: "the identity of a span", mend: mendID},
}

// asked are methods by which the contexts of web frameworks give what a request says.
var asked = []string{"Param", "Params", "Query", "QueryParam", "PostForm", "FormValue", "GetHeader", "ClientIP", "RealIP", "OriginalURL"}

// fromCall returns the source of what a call returns.
func (c *checker) fromCall(f *funcs.Func, e *ast.CallExpr, depth int) source {
	if c.TypesInfo.Types[ast.Unparen(e.Fun)].IsType() && len(e.Args) == 1 {
		return c.source(f, e.Args[0], depth+1)
	}
	name := values.Callee(c.TypesInfo, e)
	if s, ok := wide[name]; ok {
		s.tier, s.expr = rule.Likely, e
		return s
	}
	if ways[name] {
		if s := c.textOfError(e.Args); s.what != "" {
			return s
		}
		s := c.first(f, e.Args, depth)
		s.param = nil // of what it makes of a parameter, nobody knows how many there are
		return s
	}
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return c.fromGetter(f, e, depth)
	}
	t := c.TypesInfo.TypeOf(sel.X)
	switch {
	case sel.Sel.Name == "Error" && isError(t):
		return c.errorText(sel.X, e)
	case sel.Sel.Name == "Get" && isType(t, "net/http.Header") && c.ofRequest(sel.X):
		return source{what: "a header of the request", mend: mendID, tier: rule.Likely, expr: e}
	case sel.Sel.Name == "Get" && isType(t, "net/url.Values") && c.ofRequest(sel.X):
		return source{what: "what a request says", mend: mendID, tier: rule.Likely, expr: e}
	case isType(t, "net/url.URL") && c.ofRequest(sel.X) && slices.Contains([]string{"String", "RequestURI", "EscapedPath", "Query"}, sel.Sel.Name):
		return source{what: "the address that a request asks for", mend: mendPath, tier: rule.Likely, expr: e}
	case slices.Contains(asked, sel.Sel.Name) && ofFramework(t):
		return source{what: "what a request says", mend: mendID, tier: rule.Likely, expr: e}
	}
	return c.fromGetter(f, e, depth)
}

// ofFramework reports whether t is the context of a web framework, by its name and
// what it has: of a dependency, and not that of package context.
func ofFramework(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || modules.IsStd(n.Obj().Pkg().Path()) {
		return false
	}
	return slices.Contains([]string{"Context", "Ctx", "RequestCtx"}, n.Obj().Name())
}

// textOfError returns the source of a text that one of args, an error, is formatted into.
func (c *checker) textOfError(args []ast.Expr) source {
	for _, a := range args {
		if isError(c.TypesInfo.TypeOf(a)) {
			return c.errorText(a, a)
		}
	}
	return source{}
}

// errorText returns the source of the text of err: one of a package's own has one text.
func (c *checker) errorText(err, at ast.Expr) source {
	if v, ok := dataflow.Key(c.TypesInfo, err).(*types.Var); ok && !v.IsField() && dataflow.LocalVar(v) == nil {
		return source{}
	}
	return source{what: "the text of an error", mend: mendError, tier: rule.Likely, expr: at}
}

// fromGetter follows a call of a function of the package that is one expression of
// its receiver and parameters.
func (c *checker) fromGetter(f *funcs.Func, e *ast.CallExpr, depth int) source {
	call := c.Funcs.Call(e)
	if call == nil || call.Callee == nil || len(call.Callee.Body.List) != 1 {
		return source{}
	}
	r, ok := call.Callee.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(r.Results) != 1 {
		return source{}
	}
	s := c.source(call.Callee, r.Results[0], depth+1)
	s.param = nil
	if s.what != "" {
		s.expr = e
	}
	return s
}
