package ctxless

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// dontWait are functions of well-known dependencies whose forms with a context
// do not use it to bound a wait.
var dontWait = map[string]bool{
	"google.golang.org/grpc.Dial": true, // without WithBlock it only begins to connect
}

// twin returns the api that fn of a dependency is, if its author wrote a form
// of it that takes a context: F with FContext or FWithContext beside it, with
// a context first and the same results, the last of them an error. That the
// call waits is sure of a database handle, and where F is but its form with
// context.Background; elsewhere it is suspected.
func (c *checker) twin(fn *types.Func) *api {
	if fn.Pkg() == nil || c.ours(fn.Pkg()) || isStd(fn.Pkg().Path()) || !fn.Exported() || dontWait[fn.FullName()] {
		return nil
	}
	form := c.form(fn)
	if form == nil || !lastIsError(fn.Signature()) || strings.HasPrefix(fn.Name(), "New") {
		return nil
	}
	var own, other summary
	if c.pass.ImportObjectFact(form, &other) && other.Idle {
		return nil
	}
	a := &api{name: shortName(fn, nil), work: library, form: form.Name(), since: "go1.7", rewrite: rename}
	switch {
	case onDatabase(fn):
		a.work = query
	case !c.pass.ImportObjectFact(fn, &own) || !own.Loses:
		a.unsure = true
	}
	return a
}

// form returns the form of fn that takes a context, or nil.
func (c *checker) form(fn *types.Func) *types.Func {
	if hasContext(fn.Signature()) {
		return nil
	}
	for _, suffix := range []string{"Context", "WithContext"} {
		if f := c.sibling(fn, fn.Name()+suffix); f != nil && takesContext(fn.Signature(), f.Signature()) {
			return f
		}
	}
	return nil
}

// onDatabase reports whether fn is a method of a struct around a handle of database/sql.
func onDatabase(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		for _, name := range []string{"DB", "Tx", "Stmt", "Conn"} {
			if f.Embedded() && pointerTo(f.Type(), "database/sql."+name) {
				return true
			}
		}
	}
	return false
}

// loses reports whether f is but its form that takes a context, called with
// one that is made from nothing.
func (c *checker) loses(f *funcs.Func) bool {
	form := c.form(f.Obj)
	if form == nil {
		return false
	}
	for _, out := range f.Out {
		if out.Func != form.Origin() || len(out.Site.Args) == 0 {
			continue
		}
		call, ok := ast.Unparen(out.Site.Args[0]).(*ast.CallExpr)
		if ok && len(call.Args) == 0 {
			return true // context.Background(), or what the library calls it
		}
	}
	return false
}

// idle reports whether f is the form with a context of another function and
// never looks at the context.
func (c *checker) idle(f *funcs.Func) bool {
	name, ok := strings.CutSuffix(f.Obj.Name(), "Context")
	if !ok || f.Sig.Params().Len() == 0 || !isContext(f.Sig.Params().At(0).Type()) {
		return false
	}
	name = strings.TrimSuffix(name, "With")
	ctx := f.Sig.Params().At(0)
	return c.sibling(f.Obj, name) != nil && !c.mentions(f.Body, ctx)
}

// queries returns the api that the interface method fn is if it has the shape
// of the methods of database/sql, or nil.
func (c *checker) queries(fn *types.Func) *api {
	sig := fn.Signature()
	if sig.Recv() == nil || !types.IsInterface(sig.Recv().Type()) || sig.Results().Len() == 0 || hasContext(sig) {
		return nil
	}
	first := sig.Results().At(0).Type()
	switch fn.Name() {
	case "Query", "QueryRow", "Exec", "Prepare":
	default:
		return nil
	}
	if !pointerTo(first, "database/sql.Rows") && !pointerTo(first, "database/sql.Row") && !pointerTo(first, "database/sql.Stmt") && !isNamed(first, "database/sql.Result") {
		return nil
	}
	a := &api{name: shortName(fn, c.pass.Pkg), work: query, form: fn.Name() + "Context", since: "go1.8"}
	if form := c.sibling(fn, a.form); form != nil && takesContext(sig, form.Signature()) {
		a.rewrite = rename
	}
	return a
}

// sibling returns the function name of fn's package or receiver.
func (c *checker) sibling(fn *types.Func, name string) *types.Func {
	recv := fn.Signature().Recv()
	var obj types.Object
	if recv == nil {
		obj = fn.Pkg().Scope().Lookup(name)
	} else {
		obj, _, _ = types.LookupFieldOrMethod(recv.Type(), true, fn.Pkg(), name)
	}
	f, _ := obj.(*types.Func)
	return f
}

// takesContext reports whether form has the parameters of sig after a context,
// perhaps with variadic options behind them, and the same results.
func takesContext(sig, form *types.Signature) bool {
	n := sig.Params().Len()
	switch form.Params().Len() {
	case n + 1:
		if sig.Variadic() != form.Variadic() {
			return false
		}
	case n + 2:
		if sig.Variadic() || !form.Variadic() {
			return false
		}
	default:
		return false
	}
	if !isContext(form.Params().At(0).Type()) || sig.Results().Len() != form.Results().Len() {
		return false
	}
	for i := range n {
		if !types.Identical(sig.Params().At(i).Type(), form.Params().At(i+1).Type()) {
			return false
		}
	}
	for i := range sig.Results().Len() {
		if !types.Identical(sig.Results().At(i).Type(), form.Results().At(i).Type()) {
			return false
		}
	}
	return true
}

// hasContext reports whether a parameter of sig carries a context.
func hasContext(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if isContext(p.Type()) || pointerTo(p.Type(), requests.typ) {
			return true
		}
	}
	return false
}

// isStd reports whether path is that of a package of the standard library.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
