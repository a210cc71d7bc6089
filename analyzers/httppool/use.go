package httppool

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A use is what is done with a transport.
type use struct {
	// concurrent says why requests are sent by it at the same time; empty if nothing
	// shows that.
	concurrent string
	apart      bool      // they may go to a host each
	at         token.Pos // where
	plain      bool      // a request goes to a constant URL without TLS
	// dropped is set if nothing but local variables of the function that makes it
	// ever holds it, or the client that it is the transport of.
	dropped bool
	closed  bool // CloseIdleConnections is called on it, or on its client
	sends   bool
}

func (u *use) step() []rule.Step {
	if u.concurrent == "" || !u.at.IsValid() {
		return nil
	}
	return []rule.Step{step(u.at, u.concurrent)}
}

// useOf returns what is done with v, by itself or through a client.
func (c *checker) useOf(v *httpconf.Value) *use {
	u := &use{dropped: c.conf.Local(v)}
	if c.conf.In(v, "net/http/httputil.ReverseProxy", "Transport") {
		u.concurrent, u.at, u.dropped = "a reverse proxy sends requests by it as they come in", v.Expr.Pos(), false
	}
	c.calls(u, v)
	for _, w := range c.conf.Values {
		if w.Kind != httpconf.Client || w.Default {
			continue
		}
		if t, _ := c.conf.Transport(w); t != v {
			continue
		}
		c.calls(u, w)
		u.dropped = u.dropped && c.conf.Local(w)
	}
	return u
}

// calls notes what the calls of w's methods tell.
func (c *checker) calls(u *use, w *httpconf.Value) {
	for _, call := range w.Calls {
		if call.Method == "CloseIdleConnections" {
			u.closed = true
		}
		if !httpconf.Sends(call.Method) {
			continue
		}
		u.sends = true
		u.plain = u.plain || c.plain(call.Site)
		if u.concurrent == "" {
			u.concurrent, u.at, u.apart = c.concurrent(call.Call)
		}
	}
}

// plain reports whether a call, or what makes its request, names a URL without TLS.
func (c *checker) plain(site *ast.CallExpr) bool {
	args := site.Args
	for _, a := range site.Args {
		if e := c.values.Value(ast.Unparen(a)); e != nil {
			if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
				args = append(args[:len(args):len(args)], call.Args...)
			}
		}
	}
	for _, a := range args {
		if s := places.Text(c.TypesInfo, a); strings.HasPrefix(s, "http://") && !places.LocalURL(s) {
			return true
		}
	}
	return false
}

// concurrent says why what call does is done several times at once, and where that
// shows: for each request, or in goroutines that a loop starts, which may be apart. It is
// empty if nothing shows it.
func (c *checker) concurrent(call *funcs.Call) (why string, at token.Pos, apart bool) {
	if call.Caller == nil {
		return "", token.NoPos, false
	}
	if root := c.Hotness.RootAt(call.Site.Pos()); root != nil {
		return "sends a request for each that comes in (" + root.Detail + ")", call.Site.Pos(), false
	}
	if at := c.fannedOut(call.Site, 0); at.IsValid() {
		return "sends requests from goroutines that a loop starts", at, true
	}
	return "", token.NoPos, false
}

// maxCallers bounds how many calls lead to a request at most.
const maxCallers = 4

// fannedOut returns where a loop starts goroutines that reach n, or token.NoPos.
func (c *checker) fannedOut(n ast.Node, depth int) token.Pos {
	cur, ok := syntax.Find(c.root, n)
	if !ok || depth > maxCallers {
		return token.NoPos
	}
	spawned := false
	for e := range cur.Enclosing((*ast.GoStmt)(nil), (*ast.CallExpr)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil)) {
		switch m := e.Node().(type) {
		case *ast.GoStmt:
			spawned = true
		case *ast.CallExpr:
			sel, ok := ast.Unparen(m.Fun).(*ast.SelectorExpr)
			spawned = spawned || ok && sel.Sel.Name == "Go" && m != n
		case *ast.ForStmt, *ast.RangeStmt:
			if spawned {
				return m.Pos()
			}
		}
	}
	f := c.Funcs.At(n.Pos())
	if f == nil {
		return token.NoPos
	}
	for _, in := range f.Outermost().In {
		if c.values.InTest(in.Site.Pos()) {
			continue
		}
		if at := c.fannedOut(in.Site, depth+1); at.IsValid() {
			return at
		}
	}
	return token.NoPos
}

// inLoop returns the innermost loop of its function that n stands in, or nil.
func (c *checker) inLoop(n ast.Node) ast.Node {
	cur, ok := syntax.Find(c.root, n)
	if !ok {
		return nil
	}
	return loopAround(cur)
}

func loopAround(cur inspector.Cursor) ast.Node {
	for e := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch e.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return e.Node()
		}
		return nil
	}
	return nil
}
