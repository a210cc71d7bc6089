// Package places tells where addresses lead, as far as constants say: what stays on
// this machine is no other machine's trouble.
package places

import (
	"go/ast"
	"go/constant"
	"go/types"
	"net"
	"net/url"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Text returns what is known when compiling of the start of a string: all of it, the
// left end of a sum, or the text of a format before its first verb.
func Text(info *types.Info, e ast.Expr) string {
	e = ast.Unparen(e)
	if v := info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return Text(info, e.X)
	case *ast.CallExpr:
		if values.Callee(info, e) == "fmt.Sprintf" && len(e.Args) > 0 {
			s, _, _ := strings.Cut(Text(info, e.Args[0]), "%")
			return s
		}
	}
	return ""
}

// LocalURL reports whether a URL, which may be cut short, leads to this machine.
func LocalURL(s string) bool {
	u, err := url.Parse(strings.TrimSuffix(s, ":"))
	return err == nil && u.Host != "" && local(u.Hostname())
}

// LocalAddress reports whether an address "host:port", which may be cut short, leads
// to this machine.
func LocalAddress(s string) bool {
	host, _, ok := strings.Cut(s, ":")
	return strings.HasPrefix(s, "[::1]") || ok && local(host) || local(s)
}

func local(host string) bool {
	return host == "localhost" || host == "unix" || net.ParseIP(host).IsLoopback()
}

// Socket reports whether a network of package net stays on this machine.
func Socket(network string) bool { return strings.HasPrefix(network, "unix") || network == "npipe" }
