package httptimeout

import (
	"go/ast"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// nearby reports whether a request is sent to this machine, as far as a constant
// URL in its call or in the making of its request tells.
func (c *checker) nearby(site *ast.CallExpr) bool {
	for _, a := range site.Args {
		if places.LocalURL(c.text(a)) {
			return true
		}
		if e := c.values.Value(ast.Unparen(a)); e != nil {
			if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && call != site {
				for _, b := range call.Args {
					if places.LocalURL(c.text(b)) {
						return true
					}
				}
			}
			if places.LocalURL(c.text(e)) {
				return true
			}
		}
	}
	return false
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
