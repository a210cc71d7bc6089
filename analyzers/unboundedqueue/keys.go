package unboundedqueue

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// fixed reports whether the key is one of a set that the program knows: a constant,
// a type, a value of an enumeration.
func (c *checker) fixed(key ast.Expr) bool {
	tv := c.TypesInfo.Types[key]
	if tv.Value != nil || tv.Type == nil {
		return true
	}
	if isNamed(tv.Type, "reflect", "Type") {
		return true
	}
	if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
		return true
	}
	sel, ok := ast.Unparen(key).(*ast.SelectorExpr)
	if ok && isNamed(c.TypesInfo.TypeOf(sel.X), "net/http", "Request") && (sel.Sel.Name == "Method" || sel.Sel.Name == "Proto" || sel.Sel.Name == "Pattern") {
		return true
	}
	return enumerated(tv.Type)
}

// enumerated reports whether the package of a named type declares constants of it.
func enumerated(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return false
	}
	scope := n.Obj().Pkg().Scope()
	found := 0
	for _, name := range scope.Names() {
		if k, ok := scope.Lookup(name).(*types.Const); ok && types.Identical(k.Type(), n) {
			found++
		}
	}
	return found > 1
}

// made are the names of functions that return what there was not before.
var made = pattern.New(`(?i)uuid|ulid|xid|nanoid|rand|unix(nano|milli|micro)?$|^(new|next|gen|generate|create|make)_?(id|key|token|uuid|request|session|trace|nonce)|^Now$`)

// fresh reports whether the key is made for the call: an identifier, a number that
// goes up, a moment.
func (c *checker) fresh(f *funcs.Func, key ast.Expr) (found bool) {
	fl := c.flows.Of(f)
	look := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch fun := ast.Unparen(call.Fun).(type) {
			case *ast.SelectorExpr:
				name = fun.Sel.Name
			case *ast.Ident:
				name = fun.Name
			}
			k := c.Funcs.Call(call)
			counts := k != nil && k.Func != nil && k.Func.Pkg() != nil && k.Func.Pkg().Path() == "sync/atomic" && len(name) >= 3 && name[:3] == "Add"
			found = found || counts || made.MatchString(name)
			return !found
		})
	}
	look(key)
	for v := range fl.Directly(dataflow.Mentioned(c.TypesInfo, key)) {
		for _, d := range fl.Defs[v] {
			if d.Kind == dataflow.Whole {
				look(d.RHS)
			}
		}
	}
	return found
}

// fromRequest reports whether the key comes from what the client has sent, and whether
// something on the way vouches for it. It is followed through the calls by which the
// request comes to the add.
func (c *checker) fromRequest(a add, root *hotpath.Root) (from, vouched bool) {
	f := a.f
	vars := c.flows.Of(f).From(dataflow.Mentioned(c.TypesInfo, a.key))
	vouched = c.vouched(f, a.node, vars)
	for i := len(root.Via) - 1; i >= 0; i-- {
		call := c.callAt(root.Via[i].Pos, f)
		if call == nil || call.Caller == nil {
			return false, vouched
		}
		args := make(dataflow.Vars)
		for g := f; g != nil; g = g.Parent {
			for j := range g.Sig.Params().Len() {
				if vars[g.Sig.Params().At(j)] && j < len(call.Site.Args) {
					for v := range dataflow.Mentioned(c.TypesInfo, call.Site.Args[j]) {
						args[v] = true
					}
				}
			}
		}
		for v := range vars { // of a literal: what it captures
			args[v] = true
		}
		f = call.Caller
		vars = c.flows.Of(f).From(args)
		vouched = vouched || c.vouched(f, call.Site, vars)
	}
	within := c.served(f)
	for g := f; g != nil; g = g.Parent {
		if within != nil && g == within.Parent {
			break // what makes the handler is given what is configured
		}
		for p := range g.Sig.Params().Variables() {
			if vars[p] && !contexts.Is(p.Type()) && !isNamed(p.Type(), "net/http", "ResponseWriter") {
				return true, vouched
			}
		}
	}
	return false, vouched
}

// served returns the outermost function around f, or f, that runs for requests; nil if
// that is not known of any.
func (c *checker) served(f *funcs.Func) (h *funcs.Func) {
	for ; f != nil; f = f.Parent {
		if c.Hotness.Root(f.Node) != nil {
			h = f
		}
	}
	return h
}

// captured reports whether the key is a variable that the handler has from what makes
// it, as the address of the server that it stands before.
func (c *checker) captured(a add) bool {
	id, ok := ast.Unparen(a.key).(*ast.Ident)
	if !ok {
		return false
	}
	v := dataflow.LocalVar(c.TypesInfo.ObjectOf(id))
	h := c.served(a.f)
	return v != nil && h != nil && v.Pos() < h.Node.Pos() && len(c.flows.Of(a.f).Defs[v]) == 0
}

// callAt returns the call at a step of the way to f.
func (c *checker) callAt(pos token.Pos, f *funcs.Func) *funcs.Call {
	for _, in := range f.In {
		if in.Site.Pos() == pos {
			return in
		}
	}
	return nil
}

// vouched reports whether something that is not the standard library's has been asked
// about what the variables hold before n, which stands in f, and might have said that
// there is no such thing.
func (c *checker) vouched(f *funcs.Func, n ast.Node, from dataflow.Vars) bool {
	cur, ok := c.cursor(n)
	if !ok {
		return false
	}
	fl := c.flows.Of(f)
	for _, cond := range c.guards.Conditions(f, cur) {
		for v := range dataflow.Mentioned(c.TypesInfo, cond.Expr) {
			for _, d := range fl.Defs[v] {
				if d.Pos < n.Pos() && c.asks(d.RHS, from) {
					return true
				}
			}
		}
		if c.asks(cond.Expr, from) {
			return true
		}
	}
	return false
}

// asks reports whether e calls a function that is not the standard library's with
// something of vars, or looks it up in another collection.
func (c *checker) asks(e ast.Expr, vars dataflow.Vars) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		k := c.Funcs.Call(call)
		if k == nil || k.Func != nil && k.Func.Pkg() != nil && modules.IsStd(k.Func.Pkg().Path()) {
			return true
		}
		for _, arg := range call.Args {
			for v := range dataflow.Mentioned(c.TypesInfo, arg) {
				found = found || vars[v] && !contexts.Is(v.Type())
			}
		}
		return !found
	})
	return found
}

// once reports whether a flag lets the add through only so often, other than by what
// is in the collection already.
func (c *checker) once(a add) bool {
	cur, ok := c.cursor(a.node)
	if !ok {
		return false
	}
	if a.key != nil {
		return false
	}
	return c.guards.Flagged(a.f, cur)
}
