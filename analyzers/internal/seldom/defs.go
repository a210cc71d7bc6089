package seldom

import (
	"go/ast"
	"go/token"
	"go/types"
)

// commaOk returns the assignment v, ok = … that sets id, or nil.
func (ix *Index) commaOk(id *ast.Ident) *ast.AssignStmt {
	as := ix.definition(id)
	if as == nil || len(as.Lhs) != 2 || len(as.Rhs) != 1 || !sameIdent(as.Lhs[1], id) {
		return nil
	}
	return as
}

func sameIdent(e ast.Expr, id *ast.Ident) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == id.Name
}

// definition returns the last statement before id that sets its variable.
func (ix *Index) definition(id *ast.Ident) *ast.AssignStmt {
	all := ix.settings(id)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// settings returns the statements before id that set its variable to anything
// but nil.
func (ix *Index) settings(id *ast.Ident) (all []*ast.AssignStmt) {
	obj, ok := ix.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || obj.IsField() {
		return nil
	}
	g := ix.funcs.At(id.Pos())
	if g == nil {
		return nil
	}
	ast.Inspect(g.Outermost().Body, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Pos() >= id.Pos() {
			return n == nil || n.Pos() < id.Pos()
		}
		for i, l := range as.Lhs {
			x, ok := l.(*ast.Ident)
			if !ok || ix.pass.TypesInfo.ObjectOf(x) != obj {
				continue
			}
			if len(as.Rhs) != len(as.Lhs) || !ix.pass.TypesInfo.Types[as.Rhs[i]].IsNil() {
				all = append(all, as)
			}
		}
		return true
	})
	return all
}

// assigns reports whether body assigns to what e denotes.
func assigns(body ast.Node, e ast.Expr) bool {
	want := types.ExprString(e)
	return setsWhere(body, func(l ast.Expr) bool { return types.ExprString(l) == want })
}

func assignsElement(body ast.Node, m ast.Expr) bool {
	want := types.ExprString(m)
	return setsWhere(body, func(l ast.Expr) bool {
		x, ok := l.(*ast.IndexExpr)
		return ok && types.ExprString(x.X) == want
	})
}

func setsWhere(body ast.Node, match func(ast.Expr) bool) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok {
			for _, l := range as.Lhs {
				found = found || match(ast.Unparen(l))
			}
		}
		return !found
	})
	return found
}

func mentions(n ast.Node, e ast.Expr) bool { return mentionsAny(n, []ast.Expr{e}) }

func mentionsAny(n ast.Node, es []ast.Expr) (found bool) {
	for _, e := range es {
		want := types.ExprString(e)
		ast.Inspect(n, func(n ast.Node) bool {
			if x, ok := n.(ast.Expr); ok && types.ExprString(x) == want {
				found = true
			}
			return !found
		})
	}
	return found
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
