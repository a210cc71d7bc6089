package httptimeout

import (
	"go/ast"
	"go/constant"
	"go/types"
	"net"
	"net/url"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// constantText returns what is known when compiling of the start of a string: all of
// it, the left end of a sum, or the text of a format before its first verb.
func constantText(info *types.Info, e ast.Expr) string {
	e = ast.Unparen(e)
	if v := info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return constantText(info, e.X)
	case *ast.CallExpr:
		if values.Callee(info, e) == "fmt.Sprintf" && len(e.Args) > 0 {
			s, _, _ := strings.Cut(constantText(info, e.Args[0]), "%")
			return s
		}
	}
	return ""
}

// nearby reports whether a request is sent to this machine, as far as a constant
// URL in its call or in the making of its request tells.
func (c *checker) nearby(site *ast.CallExpr) bool {
	for _, a := range site.Args {
		if isLocalURL(c.text(a)) {
			return true
		}
		if e := c.values.Value(ast.Unparen(a)); e != nil {
			if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && call != site {
				for _, b := range call.Args {
					if isLocalURL(c.text(b)) {
						return true
					}
				}
			}
			if isLocalURL(c.text(e)) {
				return true
			}
		}
	}
	return false
}

func isLocalURL(s string) bool {
	u, err := url.Parse(strings.TrimSuffix(s, ":"))
	if err != nil || u.Host == "" {
		return false
	}
	return isLocal(u.Hostname())
}

func isLocal(host string) bool {
	return host == "localhost" || host == "unix" || net.ParseIP(host).IsLoopback()
}

// isLocalAddress reports whether an address "host:port", which may be cut short,
// is on this machine.
func isLocalAddress(s string) bool {
	host, _, ok := strings.Cut(s, ":")
	if strings.HasPrefix(s, "[::1]") {
		return true
	}
	return ok && isLocal(host) || isLocal(s)
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
				found = found || strings.HasPrefix(s, "unix") || isLocalAddress(s)
			}
		case "net.ListenUnix":
			found = true
		}
		return !found
	})
	return found
}
