package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Checked returns the name that v is given, and the statement after that of its
// creation, if that returns where there was an error: behind it a deferred release
// mends whatever path loses v. There is none where v goes anywhere else, or a loop
// would pile the deferred calls up.
func (x *Index) Checked(v *Value) (name string, check *ast.IfStmt) {
	for _, u := range v.Uses {
		switch u.Op {
		case Read, Release, Exhaust, Touch:
		default:
			return "", nil
		}
		if u.Func != v.Func {
			return "", nil
		}
	}
	cur, ok := syntax.Find(x.root, v.Site)
	if !ok {
		return "", nil
	}
	cur = cur.Parent()
	a, ok := cur.Node().(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || len(a.Lhs) != 2 {
		return "", nil
	}
	id, ok := a.Lhs[0].(*ast.Ident)
	next, more := cur.NextSibling()
	if !ok || id.Name == "_" || !more || loops(cur) {
		return "", nil
	}
	check, ok = next.Node().(*ast.IfStmt)
	if !ok || !x.returnsOn(check, v.Err) {
		return "", nil
	}
	return id.Name, check
}

// returnsOn reports whether s is "if err != nil { … return }".
func (x *Index) returnsOn(s *ast.IfStmt, err *types.Var) bool {
	b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ || !x.pass.TypesInfo.Types[b.Y].IsNil() || s.Else != nil || len(s.Body.List) == 0 {
		return false
	}
	_, returns := s.Body.List[len(s.Body.List)-1].(*ast.ReturnStmt)
	return returns && err != nil && x.named(b.X) == err
}

// loops reports whether cur stands in a loop of its function.
func loops(cur inspector.Cursor) bool {
	for outer := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch outer.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	}
	return false
}
