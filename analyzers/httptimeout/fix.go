package httptimeout

import (
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
)

// addField returns the edits that give a literal a field of type time.Duration, or nil
// where that is not so simple.
func (c *checker) addField(lit *ast.CompositeLit, name, value string) []analysis.SuggestedFix {
	if lit == nil {
		return nil
	}
	field, ok := edit.Field(c.Fset, lit, name+": "+value)
	if !ok {
		return nil
	}
	list, ok := edit.Import(c.Fset, c.Pkg, c.File(lit.Pos()), "time")
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Set " + name, TextEdits: append(list, field)}}
}
