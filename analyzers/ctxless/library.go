package ctxless

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
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
	if fn.Pkg() == nil || modules.Ours(c.pass.Pass, fn.Pkg()) || modules.IsStd(fn.Pkg().Path()) || !fn.Exported() || dontWait[fn.FullName()] {
		return nil
	}
	form := c.form(fn)
	if form == nil || !contexts.MayFail(fn.Signature()) || strings.HasPrefix(fn.Name(), "New") {
		return nil
	}
	var own, other summary
	if c.pass.ImportObjectFact(form, &other) && other.Use == forValues {
		return nil
	}
	a := &api{name: callers.ShortName(fn, nil), work: library, form: form.Name(), since: "go1.7", rewrite: rename}
	switch {
	case onDatabase(fn):
		a.work = query
	case !c.pass.ImportObjectFact(fn, &own) || !own.Loses || other.Use == forItself:
		a.unsure = true
	}
	return a
}

// form returns the form of fn that takes a context, or nil.
func (c *checker) form(fn *types.Func) *types.Func {
	if contexts.Passed(fn.Signature()) {
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
			if f.Embedded() && typeutil.IsPointerToTypeWithName(f.Type(), "database/sql."+name) {
				return true
			}
		}
	}
	return false
}

// loses reports whether f has a form that takes a context and waits without
// one: f is but that form called with a context made from nothing, or ends in
// I/O without a context or in a function that loses it.
func (c *checker) loses(f *funcs.Func) bool {
	return c.form(f.Obj) != nil && c.losing(f, nil)
}

func (c *checker) losing(f *funcs.Func, seen []*funcs.Func) bool {
	if slices.Contains(seen, f) || len(seen) > maxChain {
		return false
	}
	if c.ends[f] != nil {
		return true
	}
	seen = append(seen, f)
	for _, out := range f.Out {
		if out.Mode != funcs.Plain || out.Func == nil {
			continue
		}
		if out.Callee != nil && out.Callee.Obj != nil {
			if form := c.form(f.Obj); form != nil && out.Func == form.Origin() && madeHere(out.Site) || !contexts.Passed(out.Callee.Sig) && c.losing(out.Callee, seen) {
				return true
			}
			continue
		}
		var s summary
		if c.pass.ImportObjectFact(out.Func, &s) && (s.Loses || s.Wait != nil) {
			return true
		}
	}
	return false
}

// madeHere reports whether the first argument of site is a context that is
// made from nothing: context.Background(), or what a library calls it.
func madeHere(site *ast.CallExpr) bool {
	if len(site.Args) == 0 {
		return false
	}
	call, ok := ast.Unparen(site.Args[0]).(*ast.CallExpr)
	return ok && len(call.Args) == 0
}

// A use is what a function has a context for, the most that it asks of it.
type use int

const (
	forIO     use = iota // it may end I/O: the context is passed on, stored, or asked for its deadline
	forItself            // it is asked whether it is done, so that waiting for something of this process ends
	forValues            // it is asked for its values only, if for anything
)

// useOf returns what f has the context for that is its first parameter; forIO
// if there is none.
func (c *checker) useOf(f *funcs.Func) use {
	if f.Sig.Params().Len() == 0 || !contexts.Is(f.Sig.Params().At(0).Type()) {
		return forIO
	}
	v := f.Sig.Params().At(0)
	if got, ok := c.uses[v]; ok {
		return got
	}
	c.uses[v] = forValues // while it is being found out: recursion adds nothing
	cur, ok := syntax.Find(c.inspect.Root(), f.Body)
	if !ok {
		return forIO
	}
	most := forValues
	for id := range cur.Preorder((*ast.Ident)(nil)) {
		if c.pass.TypesInfo.Uses[id.Node().(*ast.Ident)] == v {
			most = min(most, c.useAt(id))
		}
	}
	c.uses[v] = most
	return most
}

// useAt returns what the context that id denotes is used for there.
func (c *checker) useAt(id inspector.Cursor) use {
	child, parent := values.Outer(id)
	switch n := parent.Node().(type) {
	case *ast.SelectorExpr:
		switch n.Sel.Name {
		case "Value":
			return forValues
		case "Done", "Err":
			return forItself
		}
	case *ast.CallExpr:
		if n.Fun == child.Node() || n.Args[0] != child.Node() {
			return forIO
		}
		call := c.pass.Funcs.Call(n)
		if call != nil && call.Callee != nil {
			return c.useOf(call.Callee)
		}
		var s summary
		if call != nil && call.Func != nil && c.pass.ImportObjectFact(call.Func, &s) {
			return s.Use
		}
	}
	return forIO
}

// queries returns the api that the interface method fn, run by call, is if it has the
// shape of the methods of database/sql, or nil.
func (c *checker) queries(call *ast.CallExpr, fn *types.Func) *api {
	sig := fn.Signature()
	if sig.Recv() == nil || !types.IsInterface(sig.Recv().Type()) || sig.Results().Len() == 0 || contexts.Passed(sig) {
		return nil
	}
	first := sig.Results().At(0).Type()
	switch fn.Name() {
	case "Query", "QueryRow", "Exec", "Prepare":
	default:
		return nil
	}
	if !typeutil.IsPointerToTypeWithName(first, "database/sql.Rows") && !typeutil.IsPointerToTypeWithName(first, "database/sql.Row") && !typeutil.IsPointerToTypeWithName(first, "database/sql.Stmt") && !typeutil.IsTypeWithName(first, "database/sql.Result") {
		return nil
	}
	a := &api{name: callers.ShortName(fn, c.pass.Pkg), work: query, form: fn.Name() + "Context", since: "go1.8"}
	form := c.beside(call, fn, a.form)
	switch {
	case form != nil && takesContext(sig, form.Signature()):
		a.rewrite = rename
	case modules.Ours(c.pass.Pass, fn.Pkg()): // it can be given one
	case asks(sig):
		a.unsure = true // what is behind it may have one
	default:
		return nil // an API of its own, which has none
	}
	return a
}

// beside returns the method name of what call calls fn of, which may have more methods
// than the interface that fn is of.
func (c *checker) beside(call *ast.CallExpr, fn *types.Func, name string) *types.Func {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return c.sibling(fn, name)
	}
	obj, _, _ := types.LookupFieldOrMethod(c.pass.TypesInfo.TypeOf(sel.X), true, fn.Pkg(), name)
	f, _ := obj.(*types.Func)
	return f
}

// asks reports whether sig takes the text of a query first, as the methods of sql.DB do.
func asks(sig *types.Signature) bool {
	return sig.Params().Len() > 0 && types.Identical(sig.Params().At(0).Type(), types.Typ[types.String])
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
	if !contexts.Is(form.Params().At(0).Type()) || sig.Results().Len() != form.Results().Len() {
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
