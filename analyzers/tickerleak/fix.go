package tickerleak

import (
	"bytes"
	"go/ast"
	"go/format"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// fixes returns the edits that stop v when its function returns, where that is
// the end of its use.
func (c *checker) fixes(v *lifetimes.Value) []analysis.SuggestedFix {
	for _, u := range v.Uses {
		switch {
		case u.Func != v.Func:
			return nil
		case u.Op == lifetimes.Wait, u.Op == lifetimes.Rearm, u.Op == lifetimes.Release:
		default:
			return nil
		}
	}
	stmt := c.statement(v.Site)
	if stmt == nil {
		return nil
	}
	if v.Kind == lifetimes.Tick {
		return c.ownTicker(v, stmt)
	}
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || ast.Unparen(a.Rhs[0]) != v.Site {
		return nil
	}
	id, ok := a.Lhs[0].(*ast.Ident)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "Stop it when the function returns",
		TextEdits: []analysis.TextEdit{edit.After(c.Fset, c.File(stmt.Pos()), stmt, "defer "+id.Name+".Stop()")},
	}}
}

// ownTicker turns time.Tick(d) into a ticker with a Stop. Unlike NewTicker, Tick
// does not panic if d is not positive: only constants are safe to change.
func (c *checker) ownTicker(v *lifetimes.Value, stmt ast.Stmt) []analysis.SuggestedFix {
	sel, ok := ast.Unparen(v.Site.Fun).(*ast.SelectorExpr)
	if d, known := duration(c.Pass, v.Site); !ok || v.New != "time.Tick" || !known || d <= 0 || c.names(v, "ticker") {
		return nil
	}
	var arg, pkg bytes.Buffer
	if format.Node(&arg, c.Fset, v.Site.Args[0]) != nil || format.Node(&pkg, c.Fset, sel.X) != nil {
		return nil
	}
	indent := edit.Indent(c.Fset, stmt)
	decl := "ticker := " + pkg.String() + ".NewTicker(" + arg.String() + ")\n" + indent + "defer ticker.Stop()\n" + indent
	return []analysis.SuggestedFix{{
		Message: "Make it a ticker that is stopped when the function returns",
		TextEdits: []analysis.TextEdit{
			{Pos: stmt.Pos(), End: stmt.Pos(), NewText: []byte(decl)},
			{Pos: v.Site.Pos(), End: v.Site.End(), NewText: []byte("ticker.C")},
		},
	}}
}

// statement returns the statement of a block that site stands in, if that is
// run once: an assignment, or the range that waits for it.
func (c *checker) statement(site *ast.CallExpr) ast.Stmt {
	cur, ok := syntax.Find(c.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(), site)
	if !ok {
		return nil
	}
	cur = cur.Parent()
	switch s := cur.Node().(type) {
	case *ast.AssignStmt:
	case *ast.RangeStmt:
		if s.X != site {
			return nil
		}
	default:
		return nil
	}
	stmt := cur.Node().(ast.Stmt)
	if _, ok := cur.Parent().Node().(*ast.BlockStmt); !ok {
		return nil
	}
	for outer := range cur.Parent().Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch outer.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return nil // the deferred calls would pile up
		}
		break
	}
	return stmt
}

// names reports whether the function of v uses name for something already.
func (c *checker) names(v *lifetimes.Value, name string) (found bool) {
	ast.Inspect(v.Func.Outermost().Node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}
