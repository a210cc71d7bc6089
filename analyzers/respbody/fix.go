package respbody

import (
	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// fixes returns the edit that closes the body when its function returns, after the
// check of the error that came with it. To close it twice does no harm.
func (c *checker) fixes(v *lifetimes.Value) []analysis.SuggestedFix {
	name, check := c.lives.Checked(v)
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
