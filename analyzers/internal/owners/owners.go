// Package owners tells by which method an object ends, so that what it started
// can be expected to end with it.
//
// It goes by names, as a reader does: Close, Stop, Shutdown.
package owners

import (
	"go/types"
	"strings"
)

// End returns the method that ends the object which f, a function of pkg, is a
// method or the constructor of, or nil.
func End(pkg *types.Package, f *types.Func) *types.Func {
	if f == nil {
		return nil
	}
	if recv := f.Signature().Recv(); recv != nil {
		return EndOf(pkg, recv.Type())
	}
	for res := range f.Signature().Results().Variables() {
		if end := EndOf(pkg, res.Type()); end != nil {
			return end
		}
	}
	return nil
}

// EndOf returns the method of t, or of what it points to, that ends it, or nil.
func EndOf(pkg *types.Package, t types.Type) *types.Func {
	if t == nil {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() != pkg {
		return nil
	}
	if i, ok := n.Underlying().(*types.Interface); ok {
		for m := range i.Methods() {
			if Ends(m.Name()) {
				return m
			}
		}
		return nil
	}
	for m := range n.Methods() {
		if Ends(m.Name()) {
			return m
		}
	}
	return nil
}

// Ends reports whether a method of that name is meant to end its object.
func Ends(name string) bool {
	switch strings.ToLower(name) {
	case "close", "stop", "shutdown", "destroy", "dispose", "terminate", "gracefulstop", "halt", "teardown":
		return true
	}
	return false
}

// Connection reports whether a function of that signature is given a connection
// to serve: there are as many of it as there are clients.
func Connection(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		switch types.TypeString(p.Type(), nil) {
		case "net.Conn", "*net.TCPConn", "*net.UnixConn", "*crypto/tls.Conn", "net/http.ResponseWriter":
			return true
		}
	}
	return false
}
