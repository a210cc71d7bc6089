package ctxless

import (
	"go/ast"
	"go/token"
	"go/types"
	"net"
	"net/url"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/embedded"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A limit is what bounds the I/O even without a context.
type limit int

const (
	unlimited limit = iota
	timed           // a timeout of its own
	deadlined       // a transport that gives each request a deadline
	nearby          // it stays on this machine
	none            // it does not wait at all
)

// limitOf says what bounds the call of a.
func (c *checker) limitOf(a *api, call *ast.CallExpr) limit {
	network := c.constant(call, a.network)
	host := hostOf(c.constant(call, a.address), a.work)
	switch {
	case strings.HasPrefix(network, "udp") && net.ParseIP(host) != nil:
		return none // no packet is sent: this is how programs learn their own address
	case strings.HasPrefix(network, "unix"), strings.HasPrefix(network, "udp"): // at most a name is looked up
		return nearby
	case host == "localhost" || net.ParseIP(host).IsLoopback():
		return nearby
	case c.ended(call):
		return none
	}
	if a.work == query && c.embedded() {
		return nearby
	}
	switch a.name {
	case "net.DialTimeout":
		return timed
	case "(*net.Dialer).Dial", "(*tls.Dialer).Dial":
		return c.dialerLimit(call.Fun.(*ast.SelectorExpr).X)
	case "tls.DialWithDialer":
		return c.dialerLimit(call.Args[0])
	case "(*http.Client).Get", "(*http.Client).Head", "(*http.Client).Post", "(*http.Client).PostForm":
		return c.clientLimit(call.Fun.(*ast.SelectorExpr).X)
	}
	return unlimited
}

// ended reports whether the function around call has what it is a method of closed once a
// context is done: in a goroutine that waits for that, or by context.AfterFunc.
func (c *checker) ended(call *ast.CallExpr) (found bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	v, f := c.values.Variable(sel.X), c.pass.Funcs.At(call.Pos())
	if v == nil || f == nil {
		return false
	}
	ast.Inspect(f.Outermost().Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if lit, ok := ast.Unparen(n.Call.Fun).(*ast.FuncLit); ok {
				found = found || c.closes(lit, v, c.done(lit))
			}
		case *ast.CallExpr:
			if values.Callee(c.pass.TypesInfo, n) == "context.AfterFunc" {
				found = found || c.closes(n.Args[1], v, n.Pos())
			}
		}
		return !found
	})
	return found
}

// done returns where n waits for the end of a context.
func (c *checker) done(n ast.Node) (at token.Pos) {
	ast.Inspect(n, func(n ast.Node) bool {
		u, ok := n.(*ast.UnaryExpr)
		if !ok || u.Op != token.ARROW {
			return at == token.NoPos
		}
		if call, ok := ast.Unparen(u.X).(*ast.CallExpr); ok && values.Callee(c.pass.TypesInfo, call) == "(context.Context).Done" {
			at = u.Pos()
		}
		return at == token.NoPos
	})
	return at
}

// closes reports whether n names a method after at, by its name one that ends v.
func (c *checker) closes(n ast.Node, v *types.Var, at token.Pos) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if ok && at.IsValid() && sel.Pos() > at && c.values.Variable(sel.X) == v {
			switch sel.Sel.Name {
			case "Close", "Shutdown", "Stop":
				found = true
			}
		}
		return !found
	})
	return found
}

// constant returns what is known when compiling of the start of the argument
// that at counts from 1.
func (c *checker) constant(call *ast.CallExpr, at int) string {
	if at == 0 || at > len(call.Args) {
		return ""
	}
	return values.Prefix(c.pass.TypesInfo, call.Args[at-1])
}

// hostOf returns the host of a URL, or of an address "host:port", that may be
// cut short.
func hostOf(s string, w work) string {
	if w == request {
		u, err := url.Parse(strings.TrimSuffix(s, ":"))
		if err != nil {
			return ""
		}
		return u.Hostname()
	}
	if h, _, err := net.SplitHostPort(s); err == nil {
		return h
	}
	return strings.TrimSuffix(s, ":")
}

// dialerLimit says whether a dialer has a timeout. One that is made out of
// sight is taken to have one.
func (c *checker) dialerLimit(dialer ast.Expr) limit {
	lit := c.values.Literal(dialer)
	if lit == nil {
		if c.zero(c.values.Variable(dialer)) && !c.setsField(c.values.Variable(dialer), "Timeout", "Deadline") {
			return unlimited // var d net.Dialer
		}
		return timed
	}
	if nested := values.Element(lit, "NetDialer"); nested != nil {
		return c.dialerLimit(nested)
	}
	if values.Element(lit, "Timeout") != nil || values.Element(lit, "Deadline") != nil || c.setsField(c.values.Variable(dialer), "Timeout", "Deadline") {
		return timed
	}
	return unlimited
}

// zero reports whether v is a variable that is given nothing.
func (c *checker) zero(v *types.Var) bool {
	if v == nil || v.IsField() || c.values.Settable(v) {
		return false
	}
	given, _ := c.values.Given(v)
	return len(given) == 0
}

// setsField reports whether one of the fields of v is assigned somewhere.
func (c *checker) setsField(v *types.Var, fields ...string) (found bool) {
	if v == nil {
		return false
	}
	for cur := range c.inspect.Root().Preorder((*ast.AssignStmt)(nil)) {
		for _, l := range cur.Node().(*ast.AssignStmt).Lhs {
			sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
			if !ok || c.values.Variable(sel.X) != v {
				continue
			}
			for _, f := range fields {
				found = found || sel.Sel.Name == f
			}
		}
	}
	return found
}

// sentLimit says what bounds the request that call sends.
func (c *checker) sentLimit(call *ast.CallExpr) limit {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return unlimited
	}
	if fn, ok := c.pass.TypesInfo.Uses[sel.Sel].(*types.Func); ok && fn.FullName() == "(*net/http.Client).Do" {
		return c.clientLimit(sel.X)
	}
	return unlimited
}

// clientLimit says whether the transport of an [net/http.Client] gives every
// request a deadline.
func (c *checker) clientLimit(client ast.Expr) limit {
	lit := c.values.Literal(client)
	if lit == nil {
		return unlimited
	}
	transport := values.Element(lit, "Transport")
	if transport == nil {
		return unlimited
	}
	t := c.pass.TypesInfo.TypeOf(transport)
	if e := c.values.Value(ast.Unparen(transport)); e != nil {
		t = c.pass.TypesInfo.TypeOf(e)
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.pass.Pkg, "RoundTrip")
	rt, ok := obj.(*types.Func)
	if ok && c.deadlined(rt.Origin()) {
		return deadlined
	}
	return unlimited
}

// deadlined reports whether the RoundTrip method rt bounds its requests.
func (c *checker) deadlined(rt *types.Func) bool {
	f := c.pass.Funcs.Declared(rt)
	if f == nil {
		var s summary
		return c.pass.ImportObjectFact(rt, &s) && s.Bounds
	}
	for _, out := range f.Out {
		if out.Func == nil {
			continue
		}
		switch out.FullName() {
		case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
			return true
		}
	}
	return false
}

// embedded reports whether the package's database is part of the program.
func (c *checker) embedded() bool {
	if c.local == nil {
		local := embedded.Database(c.pass.Pkg, c.pass.TypesInfo, c.pass.Funcs, c.values)
		c.local = &local
	}
	return *c.local
}
