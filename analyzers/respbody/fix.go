package respbody

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// fixes returns the edit that closes the body when its function returns, where
// nothing closes it yet: after the check of the error that came with it.
func (c *checker) fixes(v *lifetimes.Value) []analysis.SuggestedFix {
	for _, u := range v.Uses {
		if u.Func != v.Func || u.Op != lifetimes.Read {
			return nil
		}
	}
	name, check := c.checked(v)
	if check == nil {
		return nil
	}
	text := "defer " + name + ".Body.Close()"
	if v.View {
		text = "defer " + name + ".Close()"
	}
	return []analysis.SuggestedFix{{
		Message:   "Close the body when the function returns",
		TextEdits: []analysis.TextEdit{edit.After(c.Fset, c.File(check.Pos()), check, text)},
	}}
}

// checked returns the name that v is given, and the statement after that of its
// creation, if that returns when there was an error, and neither stands in a loop.
func (c *checker) checked(v *lifetimes.Value) (name string, check *ast.IfStmt) {
	cur, ok := syntax.Find(c.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(), v.Site)
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
	if !ok || id.Name == "_" || !more || c.loops(cur) {
		return "", nil
	}
	check, ok = next.Node().(*ast.IfStmt)
	if !ok || !c.returnsOn(check, v.Err) {
		return "", nil
	}
	return id.Name, check
}

// returnsOn reports whether s is "if err != nil { … return }".
func (c *checker) returnsOn(s *ast.IfStmt, err *types.Var) bool {
	b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.NEQ || !c.TypesInfo.Types[b.Y].IsNil() || s.Else != nil || len(s.Body.List) == 0 {
		return false
	}
	id, ok := ast.Unparen(b.X).(*ast.Ident)
	_, returns := s.Body.List[len(s.Body.List)-1].(*ast.ReturnStmt)
	return ok && returns && err != nil && c.TypesInfo.Uses[id] == err
}

// loops reports whether cur stands in a loop, in which deferred calls would pile up.
func (c *checker) loops(cur inspector.Cursor) bool {
	for outer := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch outer.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	}
	return false
}
