package gounbounded

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// connection is the accept loop of a server: as many goroutines as it has
// connections, which is what Go servers are made of.
func (f *finder) connection(at ast.Node, what string) *source {
	if !f.accept {
		return nil
	}
	return &source{"connection", rule.Likely, at.Pos(), "once per " + what}
}

func isPath(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// isConn reports whether t is a connection or a stream of one, by its methods.
func (f *finder) isConn(t types.Type) bool {
	return hasMethods(t, "Accept") || hasMethods(t, "Close", "Read", "Write") || hasMethods(t, "Close", "RemoteAddr")
}

// holdsConn reports whether t is a struct with a connection in it.
func (f *finder) holdsConn(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if f.isConn(v.Type()) {
			return true
		}
	}
	return false
}

// isStream reports whether t is a stream that a handler serves as long as it lasts.
func (f *finder) isStream(t types.Type) bool {
	return hasMethods(t, "Context", "SendMsg", "RecvMsg")
}

// hasMethods reports whether a variable of type t has exported methods of these names.
func hasMethods(t types.Type, names ...string) bool {
	if t == nil {
		return false
	}
	for _, name := range names {
		o, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := o.(*types.Func); !ok {
			return false
		}
	}
	return true
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
