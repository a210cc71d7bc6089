package poolmisuse

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// deferred looks at a deferred call that gives back v: what f returns, and whether
// that is what v holds by then.
func (c *checker) deferred(f *funcs.Func, call *funcs.Call, e ast.Expr, v *types.Var) {
	if ret := c.returned(f, call, v); ret != nil {
		c.Report(rule.Finding{
			Pos:       call.Site.Pos(),
			End:       call.Site.End(),
			Tier:      rule.Likely,
			Message:   "this object is returned, and given back to its pool at the same time: another goroutine may get it while the caller still uses it",
			Cause:     "returned and put",
			Primitive: "(*sync.Pool).Put",
			Chain:     []rule.Step{step(ret, "returns it")},
			Mend:      "return a copy, or let the caller give it back",
		})
		return
	}
	if _, slice := v.Type().Underlying().(*types.Slice); !slice || c.byAddress(e) {
		return
	}
	grown, text := c.grown(f, call, v)
	if grown == nil {
		return
	}
	tier := rule.Likely
	if c.sized(f, v) {
		tier = rule.Suspected // it may never grow beyond what was asked for
	}
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      tier,
		Message:   "a deferred call has its arguments from when it is deferred: the slice is given back as it was then, and what it has grown to is lost, so that each call grows it anew",
		Cause:     "put before it grew",
		Primitive: "(*sync.Pool).Put",
		Chain:     []rule.Step{step(grown, text)},
		Mend:      "give it back in a deferred closure, which sees the slice as it is at the end: defer func() { pool.Put(s) }()",
	})
}

// sized reports whether v is what a call returns that is told a size.
func (c *checker) sized(f *funcs.Func, v *types.Var) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return !found
		}
		for i, l := range a.Lhs {
			id, ok := l.(*ast.Ident)
			call, made := ast.Unparen(a.Rhs[i]).(*ast.CallExpr)
			if !ok || !made || c.TypesInfo.Defs[id] != v {
				continue
			}
			for _, arg := range call.Args {
				b, ok := c.TypesInfo.TypeOf(arg).Underlying().(*types.Basic)
				found = found || ok && b.Info()&types.IsInteger != 0
			}
		}
		return !found
	})
	return found
}

// byAddress reports whether e is a pointer to the variable, and so to what it
// will hold.
func (c *checker) byAddress(e ast.Expr) bool {
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	return ok && u.Op == token.AND
}

// returned returns the statement by which f, after the deferred call, returns v
// itself, or nil.
func (c *checker) returned(f *funcs.Func, call *funcs.Call, v *types.Var) (found ast.Node) {
	c.lives.After(f, call.Site, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			for _, e := range r.Results {
				if id, ok := ast.Unparen(e).(*ast.Ident); ok && c.TypesInfo.Uses[id] == v && (found == nil || r.Pos() < found.Pos()) {
					found = r
				}
			}
		}
		_, set := c.mention(n, v)
		return !set
	})
	return found
}

// grown returns where f, after the deferred call, makes v longer: it is given what
// comes of itself, or somebody its address.
func (c *checker) grown(f *funcs.Func, call *funcs.Call, v *types.Var) (found ast.Node, text string) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if found != nil {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) != len(n.Rhs) || n.Pos() < call.Site.End() {
				return true
			}
			for i, l := range n.Lhs {
				id, ok := ast.Unparen(l).(*ast.Ident)
				if ok && c.TypesInfo.Uses[id] == v && c.grows(n.Rhs[i], v) {
					found, text = n, "gives it another slice"
				}
			}
		case *ast.CallExpr:
			for _, a := range n.Args {
				if u, ok := ast.Unparen(a).(*ast.UnaryExpr); ok && u.Op == token.AND && u.Pos() > call.Site.End() {
					if id, ok := ast.Unparen(u.X).(*ast.Ident); ok && c.TypesInfo.Uses[id] == v {
						found, text = n, "may make it grow, by its address"
					}
				}
			}
		}
		return true
	})
	return found, text
}

// grows reports whether e, which v is given, is a call that may return v with more
// in it.
func (c *checker) grows(e ast.Expr, v *types.Var) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	for _, a := range call.Args {
		if id, ok := dataflow.Base(a).(*ast.Ident); ok && c.TypesInfo.Uses[id] == v {
			return true
		}
	}
	return false
}
