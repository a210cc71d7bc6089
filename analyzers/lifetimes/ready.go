package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// neverReady reports whether the case of a select receives from a channel that
// nothing sends on and nothing closes.
func (x *Index) neverReady(c *ast.CommClause) bool {
	ch := received(c)
	if call, ok := ch.(*ast.CallExpr); ok { // ctx.Done()
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Done" && x.background(sel.X)
	}
	v := x.named(ch)
	return v != nil && x.mute(v)
}

// received returns the channel that a select case receives from, or nil.
func received(c *ast.CommClause) ast.Expr {
	var e ast.Expr
	switch s := c.Comm.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	default:
		return nil
	}
	if r, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && r.Op == token.ARROW {
		return ast.Unparen(r.X)
	}
	return nil
}

// mute reports whether every place that names a channel is in view, and does no
// more than make it and wait for it.
func (x *Index) mute(v *types.Var) bool {
	if v.Exported() || v.Embedded() || v.Pkg() != x.pass.Pkg {
		return false
	}
	made := false
	if !v.IsField() {
		value, ok := x.definition(v)
		if !ok || value != nil && !x.isMake(value) {
			return false // a parameter, or a channel that someone else has too
		}
		made = value != nil
	}
	for _, cur := range x.vars[v] {
		value, ok := written(cur)
		switch {
		case ok && x.isMake(value):
			made = true
		case ok && x.pass.TypesInfo.Types[value].IsNil():
		case ok || !waited(operand(cur)):
			return false
		}
	}
	return made
}

// definition returns the value that a variable is declared with, nil if none.
// It is false for what is not declared by an assignment or var: parameters.
func (x *Index) definition(v *types.Var) (ast.Expr, bool) {
	cur, ok := x.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok {
		return nil, false
	}
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		return matching(n.Lhs, n.Rhs, cur.Node())
	case *ast.ValueSpec:
		if len(n.Values) == 0 {
			return nil, true
		}
		for i, name := range n.Names {
			if name == cur.Node() && len(n.Values) == len(n.Names) {
				return n.Values[i], true
			}
		}
	}
	return nil, false
}

// written returns the value that the variable or field named at cur is given there.
func written(cur inspector.Cursor) (ast.Expr, bool) {
	if kv, ok := cur.Parent().Node().(*ast.KeyValueExpr); ok && kv.Key == cur.Node() {
		return kv.Value, true
	}
	op := operand(cur)
	if n, ok := op.Parent().Node().(*ast.AssignStmt); ok {
		return matching(n.Lhs, n.Rhs, op.Node())
	}
	return nil, false
}

func matching(lhs, rhs []ast.Expr, e ast.Node) (ast.Expr, bool) {
	if len(lhs) != len(rhs) {
		return nil, false
	}
	for i, l := range lhs {
		if l == e {
			return rhs[i], true
		}
	}
	return nil, false
}

func (x *Index) isMake(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	b, ok := x.pass.TypesInfo.Uses[id].(*types.Builtin)
	return ok && b.Name() == "make"
}

// waited reports whether the channel at cur is only waited for or compared.
func waited(cur inspector.Cursor) bool {
	switch n := cur.Parent().Node().(type) {
	case *ast.UnaryExpr:
		return n.Op == token.ARROW
	case *ast.RangeStmt:
		return n.X == cur.Node()
	case *ast.BinaryExpr:
		return true
	}
	return false
}

// background reports whether e is a context that is never cancelled: Background
// itself, or a variable, field or parameter that is given nothing else.
func (x *Index) background(e ast.Expr) bool {
	return x.onlyBackground(e, 0)
}

// maxDepth bounds how far a context is followed to where it comes from.
const maxDepth = 4

func (x *Index) onlyBackground(e ast.Expr, depth int) bool {
	if depth > maxDepth {
		return false // or passed round in a circle
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		c := x.funcs.Call(call)
		return c != nil && contexts.Background(c.FullName())
	}
	v := x.named(e)
	if v == nil || v.Exported() || v.Pkg() != x.pass.Pkg {
		return false
	}
	sources, ok := x.sources(v)
	if !ok || len(sources) == 0 {
		return false
	}
	for _, s := range sources {
		if !x.onlyBackground(s, depth+1) {
			return false
		}
	}
	return true
}

// sources returns every value that a variable, field or parameter is given. It
// is false if not all are in view.
func (x *Index) sources(v *types.Var) ([]ast.Expr, bool) {
	var values []ast.Expr
	if !v.IsField() {
		value, declared := x.definition(v)
		switch {
		case !declared:
			args, ok := x.arguments(v)
			if !ok {
				return nil, false
			}
			values = args
		case value != nil:
			values = append(values, value)
		}
	}
	for _, cur := range x.vars[v] {
		parent := operand(cur).Parent().Node()
		if u, ok := parent.(*ast.UnaryExpr); ok && u.Op == token.AND {
			return nil, false
		}
		if value, ok := written(cur); ok {
			values = append(values, value)
		} else if a, ok := parent.(*ast.AssignStmt); ok && slices.Contains(a.Lhs, operand(cur).Node().(ast.Expr)) {
			return nil, false // one of the results of a call
		}
	}
	return values, true
}

// arguments returns what the callers of a function pass for its parameter v,
// if all of them are in view.
func (x *Index) arguments(v *types.Var) ([]ast.Expr, bool) {
	f := x.funcs.At(v.Pos())
	switch {
	case f == nil:
		return nil, false
	case f.Obj != nil:
		if x.hidden(f.Obj) || len(x.refs[f.Obj]) > 0 {
			return nil, false
		}
	case f.Use == funcs.Passed || f.Use == funcs.Elsewhere:
		return nil, false
	}
	var args []ast.Expr
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) != v {
			continue
		}
		for _, c := range f.In {
			if i >= len(c.Site.Args) {
				return nil, false
			}
			args = append(args, c.Site.Args[i])
		}
	}
	return args, true
}
