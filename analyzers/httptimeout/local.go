package httptimeout

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// nearby reports whether a request is sent to this machine, as far as constants tell
// where its URL is made.
func (c *checker) nearby(site *ast.CallExpr) bool {
	return slices.ContainsFunc(site.Args, func(a ast.Expr) bool { return c.local(a, 0) })
}

// farthest is how many variables and callers away a URL may be made.
const farthest = 4

// local reports whether e is a URL that leads to this machine, or is made with one: it
// is followed through variables, and parameters of functions of this package to what
// each caller gives.
func (c *checker) local(e ast.Expr, depth int) bool {
	e = ast.Unparen(e)
	if places.LocalURL(c.text(e)) || c.ofTestServer(e) {
		return true
	}
	if depth > farthest {
		return false
	}
	if made := c.values.Value(e); made != nil && made != e {
		if call, ok := ast.Unparen(made).(*ast.CallExpr); ok && slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return c.local(a, depth+1) }) {
			return true
		}
		return c.local(made, depth+1)
	}
	f, i := c.parameter(e)
	return f != nil && len(f.In) > 0 && !slices.ContainsFunc(f.In, func(in *funcs.Call) bool {
		return i >= len(in.Site.Args) || !c.local(in.Site.Args[i], depth+1)
	})
}

// ofTestServer reports whether e begins with the URL of an httptest.Server, which is part
// of this process.
func (c *checker) ofTestServer(e ast.Expr) bool {
	for {
		sum, ok := ast.Unparen(e).(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = sum.X
	}
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "URL" && typeutil.IsPointerToTypeWithName(c.TypesInfo.TypeOf(sel.X), "net/http/httptest.Server")
}

// parameter returns the function of which e is a parameter that keeps its value, if
// other packages do not call it, and which one.
func (c *checker) parameter(e ast.Expr) (*funcs.Func, int) {
	v := c.values.Variable(e)
	if v == nil {
		return nil, 0
	}
	f := c.Funcs.At(v.Pos())
	if f == nil || f.Obj == nil || f.Obj.Exported() || len(c.flows.Of(f).Defs[v]) > 0 {
		return nil, 0
	}
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) == v {
			return f, i
		}
	}
	return nil, 0
}

// loopback reports whether e is made of a call that by its name returns an address of this
// machine alone: netip.AddrPortFrom(ips.Localhost(), port).String().
func (c *checker) loopback(e ast.Expr, depth int) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := strings.ToLower(values.Callee(c.TypesInfo, n))
			name = name[strings.LastIndexByte(name, '.')+1:]
			found = found || strings.Contains(name, "localhost") || strings.Contains(name, "loopback")
		case *ast.Ident:
			if made := c.values.Value(n); made != nil && made != ast.Expr(n) && depth < farthest {
				found = found || c.loopback(made, depth+1)
			}
		}
		return !found
	})
	return found
}

// listensHere reports whether f, or a function around it, listens on a unix socket or
// on an address of this machine.
func (c *checker) listensHere(f *funcs.Func) (found bool) {
	if f == nil {
		return false
	}
	ast.Inspect(f.Outermost().Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || len(call.Args) < 2 {
			return !found
		}
		switch values.Callee(c.TypesInfo, call) {
		case "net.Listen", "crypto/tls.Listen", "(*net.ListenConfig).Listen":
			for _, a := range call.Args {
				s := c.text(a)
				found = found || places.Socket(s) || places.LocalAddress(s)
			}
		case "net.ListenUnix":
			found = true
		}
		return !found
	})
	return found
}

// oneClient reports whether what l accepts are the streams of one connection, which a
// type of this package makes a listener of: one client, who hurts nobody else.
func (c *checker) oneClient(l ast.Expr) bool {
	t := c.TypesInfo.TypeOf(l)
	if made := c.values.Value(l); made != nil { // of a variable of type net.Listener
		t = c.TypesInfo.TypeOf(made)
	}
	if t == nil {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.Pkg, "Accept")
	accept, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	f := c.Funcs.Declared(accept)
	return f != nil && slices.ContainsFunc(f.Out, func(call *funcs.Call) bool {
		return call.Func != nil && strings.HasPrefix(call.Func.Name(), "AcceptStream")
	})
}
