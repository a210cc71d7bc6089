package timerchurn

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// received returns the statement <-time.After(d), which does nothing else than to
// wait for the timer, or nil.
func (c *checker) received(s *site) *ast.ExprStmt {
	cur, ok := syntax.Find(c.root, s.call)
	if !ok || s.made != "time.After" || s.by != nil {
		return nil
	}
	recv, ok := cur.Parent().Node().(*ast.UnaryExpr)
	if !ok || recv.Op != token.ARROW {
		return nil
	}
	stmt, _ := cur.Parent().Parent().Node().(*ast.ExprStmt)
	if _, comm := cur.Parent().Parent().Parent().Node().(*ast.CommClause); comm && s.comm != nil {
		return nil
	}
	return stmt
}

// sleep returns the fix that makes <-time.After(d) a time.Sleep(d).
func (c *checker) sleep(s *site, wait *ast.ExprStmt) []analysis.SuggestedFix {
	sel, ok := ast.Unparen(s.call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: "Sleep, which makes no timer",
		TextEdits: []analysis.TextEdit{
			{Pos: wait.Pos(), End: s.call.Lparen, NewText: []byte(types.ExprString(sel.X) + ".Sleep")},
		},
	}}
}
