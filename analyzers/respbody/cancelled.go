package respbody

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// cancelled reports whether the function that receives v cancels the context of the
// request when it returns, by a defer: the transport closes the connection of a response
// that is not read to its end by then.
func (c *checker) cancelled(v *lifetimes.Value) bool {
	return slices.ContainsFunc(v.Site.Args, func(a ast.Expr) bool {
		t := c.TypesInfo.TypeOf(a)
		switch {
		case contexts.Is(t):
			return c.endsWith(v, a)
		case typeutil.IsPointerToTypeWithName(t, "net/http.Request"):
			return c.sentWith(v, a)
		}
		return false
	})
}

// sentWith reports whether each request that req may be is made with a context that is
// cancelled so.
func (c *checker) sentWith(v *lifetimes.Value, req ast.Expr) bool {
	if call, ok := ast.Unparen(req).(*ast.CallExpr); ok {
		return c.madeWith(v, call)
	}
	w := c.values.Variable(req)
	if w == nil || w.IsField() {
		return false
	}
	given, _ := c.values.Given(w)
	return len(given) > 0 && !slices.ContainsFunc(given, func(e ast.Expr) bool {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		return !ok || !c.madeWith(v, call)
	})
}

// madeWith reports whether call makes a request with such a context.
func (c *checker) madeWith(v *lifetimes.Value, call *ast.CallExpr) bool {
	switch c.callee(call) {
	case "net/http.NewRequestWithContext", "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
		return c.endsWith(v, call.Args[0])
	}
	return false
}

// endsWith reports whether ctx is derived in the function that receives v, which has
// deferred its cancel function by then.
func (c *checker) endsWith(v *lifetimes.Value, ctx ast.Expr) (found bool) {
	derived := c.values.Variable(ctx)
	if derived == nil || derived.IsField() {
		return false
	}
	var cancels []*types.Var
	ast.Inspect(v.Func.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			if len(n.Lhs) == 2 && len(n.Rhs) == 1 && c.values.Variable(n.Lhs[0]) == derived && c.derives(n.Rhs[0]) {
				cancels = append(cancels, c.values.Variable(n.Lhs[1]))
			}
		case *ast.DeferStmt:
			found = found || n.Pos() < v.Site.Pos() && c.calls(n, cancels)
		}
		return !found
	})
	return found
}

// derives reports whether e makes a context that can be cancelled.
func (c *checker) derives(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && strings.HasPrefix(values.Callee(c.TypesInfo, call), "context.With")
}

// calls reports whether what d defers calls one of vars, whatever happens.
func (c *checker) calls(d *ast.DeferStmt, vars []*types.Var) (found bool) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			return false
		case *ast.CallExpr:
			v := c.values.Variable(n.Fun)
			found = found || v != nil && slices.Contains(vars, v)
		}
		return !found
	})
	return found
}
