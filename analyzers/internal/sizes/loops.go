package sizes

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Core returns the type that all of t's type set has underneath, if t is a type parameter.
func Core(t types.Type) types.Type {
	if tp, ok := types.Unalias(t).(*types.TypeParam); ok {
		if i, ok := tp.Constraint().Underlying().(*types.Interface); ok && i.NumEmbeddeds() == 1 {
			if u, ok := i.EmbeddedType(0).(*types.Union); ok && u.Len() == 1 {
				return u.Term(0).Type().Underlying()
			}
			return i.EmbeddedType(0).Underlying()
		}
	}
	return t.Underlying()
}

// Counted returns the bound of a loop that counts up to it.
func Counted(n *ast.ForStmt) ast.Expr {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if n.Cond == nil || !ok {
		return nil
	}
	switch cond.Op {
	case token.LSS, token.LEQ, token.NEQ:
		return cond.Y
	case token.GTR, token.GEQ:
		return cond.X
	}
	return nil
}

// LengthOf returns x if the bound is len(x), itself or by way of a variable; else nil.
func (x *Index) LengthOf(fn *funcs.Func, e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return x.LengthOf(fn, e.X)
	case *ast.Ident:
		v := x.flows.Of(fn).Local(e)
		if v == nil {
			return nil
		}
		if defs := x.flows.Of(fn).Defs[v]; len(defs) == 1 && defs[0].Kind == dataflow.Whole {
			if _, ok := ast.Unparen(defs[0].RHS).(*ast.CallExpr); ok {
				return x.LengthOf(fn, defs[0].RHS)
			}
		}
	case *ast.CallExpr:
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok && id.Name == "len" && len(e.Args) == 1 {
			return e.Args[0]
		}
	}
	return nil
}
