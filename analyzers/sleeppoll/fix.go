package sleeppoll

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"
)

// dropDefault returns the fix that takes the default out of a select that is all
// of an endless loop, with whatever a comment says of it: the select then waits for
// what it asked for over and over.
func (c *checker) dropDefault(l *loop, def *ast.CommClause) []analysis.SuggestedFix {
	if l.Cond != nil {
		return nil // it asks for something else too, and would no longer
	}
	file := c.Fset.File(def.Pos())
	first, last := file.Line(def.Pos()), file.Line(def.End())
	if last >= file.Line(l.End()) || first == file.Line(l.Pos()) {
		return nil // all on one line
	}
	return []analysis.SuggestedFix{{
		Message:   "Drop the default",
		TextEdits: []analysis.TextEdit{{Pos: file.LineStart(first), End: file.LineStart(last + 1)}},
	}}
}
