package poolmisuse

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// uncleared reports a slice that is cut to nothing when it is given back, while
// what lies behind its end still refers to what was in it.
func (c *checker) uncleared(call *funcs.Call, e ast.Expr) {
	cut, ok := ast.Unparen(e).(*ast.SliceExpr)
	if !ok || cut.High == nil || !isZero(c.TypesInfo.Types[cut.High]) {
		return
	}
	s, ok := c.TypesInfo.TypeOf(cut.X).Underlying().(*types.Slice)
	if !ok || !points(s.Elem(), 0) || c.clears(call, cut.X) || c.regrown(call) {
		return
	}
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   "this slice is cut and not cleared: what its elements pointed to stays reachable, behind its end, for as long as it lies in the pool or is less full than before",
		Cause:     "cut and not cleared",
		Primitive: "(*sync.Pool).Put",
		Mend:      "clear it first: clear(s) (before Go 1.21 a loop that sets each element to its zero value)",
	})
}

func isZero(tv types.TypeAndValue) bool { return tv.Value != nil && tv.Value.ExactString() == "0" }

// maxNesting is how deep structs in structs are looked into.
const maxNesting = 3

// points reports whether a value of type t refers to something that is worth
// more than the value: strings do not count.
func points(t types.Type, depth int) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface, *types.Signature:
		_, param := t.(*types.TypeParam)
		return !param
	case *types.Array:
		return points(u.Elem(), depth)
	case *types.Struct:
		for f := range u.Fields() {
			if depth < maxNesting && points(f.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

// clears reports whether the function of call sets the elements of the slice e, or
// hands it to somebody who may.
func (c *checker) clears(call *funcs.Call, e ast.Expr) (found bool) {
	text := types.ExprString(ast.Unparen(e))
	same := func(e ast.Expr) bool {
		for {
			switch x := ast.Unparen(e).(type) {
			case *ast.SliceExpr:
				e = x.X
			default:
				return types.ExprString(x) == text
			}
		}
	}
	ast.Inspect(call.Caller.Outermost().Body, func(n ast.Node) bool {
		if n == call.Site || found {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				x, ok := c.element(l)
				found = found || ok && same(x)
			}
		case *ast.CallExpr:
			for _, a := range n.Args {
				found = found || same(a) && !c.builtin(n, "len", "cap", "append")
			}
		case *ast.RangeStmt:
			found = found || same(n.X) && c.resets(n)
		}
		return true
	})
	return found
}

// element returns the slice whose element, or a part of whose element, l is.
func (c *checker) element(l ast.Expr) (ast.Expr, bool) {
	for {
		switch x := ast.Unparen(l).(type) {
		case *ast.IndexExpr:
			return x.X, true
		case *ast.SelectorExpr:
			l = x.X
		case *ast.StarExpr:
			l = x.X
		default:
			return nil, false
		}
	}
}

func (c *checker) builtin(call *ast.CallExpr, names ...string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	if _, ok := c.TypesInfo.Uses[id].(*types.Builtin); !ok {
		return false
	}
	for _, name := range names {
		if id.Name == name {
			return true
		}
	}
	return false
}

// resets reports whether the loop sets something of each element, by a method or a
// field of the element.
func (c *checker) resets(n *ast.RangeStmt) (found bool) {
	id, ok := n.Value.(*ast.Ident)
	if !ok {
		return false
	}
	v := c.TypesInfo.ObjectOf(id)
	ast.Inspect(n.Body, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.AssignStmt:
			for _, l := range m.Lhs {
				sel, ok := l.(*ast.SelectorExpr)
				found = found || m.Tok == token.ASSIGN && ok && c.is(sel.X, v)
			}
		case *ast.CallExpr:
			sel, ok := m.Fun.(*ast.SelectorExpr)
			found = found || ok && c.is(sel.X, v)
		}
		return !found
	})
	return found
}

func (c *checker) is(e ast.Expr, o types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && o != nil && c.TypesInfo.Uses[id] == o
}
