package ctxless

import (
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// twin returns the api that fn of a dependency is, if its author wrote a form
// of it that takes a context: F with FContext or FWithContext beside it, with
// a context first and the same results. That the author wrote one says that
// the call waits for something; that it returns an error, that it may fail.
func (c *checker) twin(fn *types.Func) *api {
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		if a := c.queries(fn); a != nil {
			return a
		}
	}
	if fn.Pkg() == nil || c.ours(fn.Pkg()) || isStd(fn.Pkg().Path()) || !fn.Exported() {
		return nil
	}
	sig := fn.Signature()
	if !lastIsError(sig) || strings.HasPrefix(fn.Name(), "New") || hasContext(sig) {
		return nil
	}
	for _, suffix := range []string{"Context", "WithContext"} {
		form := c.sibling(fn, fn.Name()+suffix)
		if form == nil || !takesContext(sig, form.Signature()) {
			continue
		}
		var s summary
		if c.pass.ImportObjectFact(form, &s) && s.Idle {
			continue
		}
		return &api{name: shortName(fn, nil), work: library, form: form.Name(), since: "go1.7", rewrite: rename}
	}
	return nil
}

// idle reports whether f is the form with a context of another function and
// never looks at the context.
func (c *checker) idle(f *funcs.Func) bool {
	name, ok := strings.CutSuffix(f.Obj.Name(), "Context")
	if !ok || f.Sig.Params().Len() == 0 || !isNamed(f.Sig.Params().At(0).Type(), "context.Context") {
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
	if hasContext(sig) || sig.Results().Len() == 0 {
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
	if !isNamed(form.Params().At(0).Type(), "context.Context") || sig.Results().Len() != form.Results().Len() {
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
