package ctxless

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// fix returns the edit that passes ctx on, or nil where the form that takes a
// context is of another shape and somebody must think.
func (c *checker) fix(a *api, call *ast.CallExpr, ctx string) []analysis.SuggestedFix {
	fun := ast.Unparen(call.Fun)
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok || a.rewrite == byHand {
		return nil
	}
	first := ctx
	if len(call.Args) > 0 {
		first += ", "
	}
	form := formName(a)
	var edits []analysis.TextEdit
	insert := func(pos token.Pos, text string) { edits = append(edits, edit(pos, pos, text)) }
	switch a.rewrite {
	case rename:
		edits = append(edits, edit(sel.Sel.Pos(), sel.Sel.End(), form))
	case beginTx:
		edits = append(edits, edit(sel.Sel.Pos(), sel.Sel.End(), form))
		first = ctx + ", nil"
	case viaDialer:
		insert(sel.Pos(), "(&")
		edits = append(edits, edit(sel.Sel.Pos(), sel.Sel.End(), "Dialer{}).DialContext"))
	case viaTimeout:
		timeout := c.text(call.Args[2])
		if timeout == "" {
			return nil
		}
		insert(sel.Pos(), "(&")
		edits = append(edits, edit(sel.Sel.Pos(), sel.Sel.End(), "Dialer{Timeout: "+timeout+"}).DialContext"),
			edit(call.Args[1].End(), call.Args[2].End(), ""))
	case viaResolver:
		insert(sel.Sel.Pos(), "DefaultResolver.")
	case viaLookupIP:
		insert(sel.Sel.Pos(), "DefaultResolver.")
		first = ctx + `, "ip", `
	}
	insert(call.Lparen+1, first)
	return []analysis.SuggestedFix{{Message: "pass " + ctx + " on", TextEdits: edits}}
}

func formName(a *api) string {
	for i := len(a.form) - 1; i >= 0; i-- {
		if a.form[i] == '.' {
			return a.form[i+1:]
		}
	}
	return a.form
}

func edit(pos, end token.Pos, text string) analysis.TextEdit {
	return analysis.TextEdit{Pos: pos, End: end, NewText: []byte(text)}
}

// text returns the source of e, or the empty string if it cannot be read.
func (c *checker) text(e ast.Expr) string {
	f := c.pass.Fset.File(e.Pos())
	if f == nil || c.pass.ReadFile == nil {
		return ""
	}
	src, err := c.pass.ReadFile(f.Name())
	from, to := f.Offset(e.Pos()), f.Offset(e.End())
	if err != nil || to > len(src) {
		return ""
	}
	return string(src[from:to])
}
