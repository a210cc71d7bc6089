package ctxless

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// collect records what the variables that the rule asks about are given:
// contexts, functions, and the clients and dialers that start the I/O.
func (c *checker) collect() {
	c.assigned = make(map[*types.Var][]ast.Expr)
	for cur := range c.inspect.Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.CompositeLit)(nil), (*ast.FuncType)(nil)) {
		if c.inTest(cur.Node().Pos()) {
			continue // a stub for tests says nothing of what runs in production
		}
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			c.assign(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			lhs := make([]ast.Expr, len(n.Names))
			for i, id := range n.Names {
				lhs[i] = id
				if v := c.variable(id); v != nil && len(n.Values) == 0 {
					c.assigned[v] = nil // the zero value; the entry itself says so
				}
			}
			c.assign(lhs, n.Values)
		case *ast.CompositeLit:
			c.fields(n)
		case *ast.FuncType:
			if n.Results == nil {
				continue
			}
			for _, f := range n.Results.List {
				for _, id := range f.Names {
					if v := c.variable(id); v != nil {
						c.assigned[v] = c.assigned[v]
					}
				}
			}
		}
	}
}

func (c *checker) assign(lhs, rhs []ast.Expr) {
	for i, l := range lhs {
		v := c.variable(l)
		if v == nil || !tracked(v.Type()) {
			continue
		}
		switch {
		case len(lhs) == len(rhs):
			c.assigned[v] = append(c.assigned[v], rhs[i])
		case len(rhs) == 1:
			c.assigned[v] = append(c.assigned[v], rhs[0])
		}
	}
}

func (c *checker) fields(lit *ast.CompositeLit) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if id, ok := kv.Key.(*ast.Ident); ok {
			c.assign([]ast.Expr{id}, []ast.Expr{kv.Value})
		}
	}
}

// tracked reports whether the rule asks what a variable of type t is given.
func tracked(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	}
	return isContext(t) || isNamed(t, "net/http.Client") || isNamed(t, "net.Dialer") || isNamed(t, "crypto/tls.Dialer")
}

// variable returns the variable or field that e denotes, or nil.
func (c *checker) variable(e ast.Expr) *types.Var {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		e = sel.Sel
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
			return v.Origin() // a field of an instance is the field of the generic type
		}
	}
	return nil
}

// value returns the one expression that e, if it is a variable, is ever given
// in this package; e itself if it is none; nil if that cannot be known.
func (c *checker) value(e ast.Expr) ast.Expr {
	for range 4 { // variables of variables
		v := c.variable(e)
		if v == nil {
			return e
		}
		if len(c.assigned[v]) != 1 || c.settable(v) {
			return nil
		}
		e = ast.Unparen(c.assigned[v][0])
	}
	return nil
}

// settable reports whether v may be set where this package does not see it.
func (c *checker) settable(v *types.Var) bool {
	if v.Pkg() != c.pass.Pkg || isParam(c.pass.Funcs.At(v.Pos()), v) {
		return true
	}
	return v.Exported() && (v.IsField() || v.Parent() == c.pass.Pkg.Scope())
}

// function returns the declared function that e denotes: by its name, as a
// method value, or through a variable or field that holds only it.
func (c *checker) function(e ast.Expr) *types.Func {
	if e = c.value(ast.Unparen(e)); e == nil {
		return nil
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr: // an instance of a generic function
		e = x.X
	case *ast.IndexListExpr:
		e = x.X
	}
	var id *ast.Ident
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	if fn, ok := c.pass.TypesInfo.Uses[id].(*types.Func); ok {
		return fn.Origin()
	}
	return nil
}

// literalOf returns the composite literal that makes the struct, or the struct
// pointed to, that e denotes, or nil if that is not seen.
func (c *checker) literalOf(e ast.Expr) *ast.CompositeLit {
	e = c.value(ast.Unparen(e))
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = ast.Unparen(u.X)
	}
	lit, _ := e.(*ast.CompositeLit)
	return lit
}

// element returns what lit gives the field name, or nil.
func element(lit *ast.CompositeLit, name string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return kv.Value
			}
		}
	}
	return nil
}

func calleeName(info *types.Info, call *ast.CallExpr) string {
	if fn, ok := typeutil.Callee(info, call).(*types.Func); ok {
		return fn.FullName()
	}
	return ""
}
