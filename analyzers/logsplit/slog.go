package logsplit

import (
	"fmt"
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// uncorrelated reports the calls of slog in f that have the context of the request in
// scope and do not pass it on, where the package does so elsewhere: then something
// reads it there.
func (c *checker) uncorrelated(f *funcs.Func, root *hotpath.Root) {
	for _, call := range f.Out {
		form := contextForm(call)
		if form == "" || c.ownLogger(call) {
			continue
		}
		at := c.contexts.At(call)
		src := at.Source
		if src == nil || src.Doubt != "" || src.Unnamed || src.Stored {
			continue
		}
		if !c.usesContexts() {
			continue // nothing shows that anybody reads them
		}
		name := call.Func.Name()
		c.Report(rule.Finding{
			Pos: call.Site.Pos(), End: call.Site.End(),
			Tier:      rule.Suspected,
			Cause:     "log without context",
			Primitive: call.FullName(),
			Message:   fmt.Sprintf("%s leaves out the context in scope on the way of a request (%s): if the log's handler takes the trace from the context, as other calls of this package let it, this line cannot be found from the request that is slow", name, root.Detail),
			Mend:      fmt.Sprintf("use %s with %s", form, src.Expr),
			Fixes:     fixForm(call.Site, form, src.Expr),
		})
	}
}

// contextForm returns the name of the form with a context of the function of slog that
// call calls, or "".
func contextForm(call *funcs.Call) string {
	if call.Func == nil || call.Func.Pkg() == nil || call.Func.Pkg().Path() != "log/slog" {
		return ""
	}
	switch name := call.Func.Name(); name {
	case "Debug", "Info", "Warn", "Error":
		return name + "Context"
	}
	return ""
}

// ownLogger reports whether the logger was made for the request: it is a local
// variable or a parameter, or comes from a call, and holds what tells of the request.
func (c *checker) ownLogger(call *funcs.Call) bool {
	sel, ok := ast.Unparen(call.Site.Fun).(*ast.SelectorExpr)
	if !ok || call.Func.Signature().Recv() == nil {
		return false
	}
	if _, ok := ast.Unparen(sel.X).(*ast.CallExpr); ok {
		return true
	}
	return dataflow.LocalVar(dataflow.Key(c.TypesInfo, sel.X)) != nil
}

// usesContexts reports whether the package logs by slog with contexts elsewhere.
func (c *checker) usesContexts() bool {
	if c.mixed == nil {
		c.mixed = new(bool)
		for _, f := range c.Funcs.Funcs {
			c.logs(f, func(call *funcs.Call) {
				if call.Func.Pkg().Path() == "log/slog" && strings.HasSuffix(call.Func.Name(), "Context") && !c.values.InTest(call.Site.Pos()) {
					*c.mixed = true
				}
			})
		}
	}
	return *c.mixed
}

// fixForm returns the edit that has call pass ctx on.
func fixForm(call *ast.CallExpr, form, ctx string) []analysis.SuggestedFix {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: "log with " + ctx,
		TextEdits: []analysis.TextEdit{
			{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(form)},
			{Pos: call.Lparen + 1, End: call.Lparen + 1, NewText: []byte(ctx + ", ")},
		},
	}}
}

// forDiagnosis reports whether the requests that f runs for ask for the state of the
// process.
func (c *checker) forDiagnosis(f *funcs.Func) bool {
	root := c.Hotness.Root(f.Node)
	return root != nil && c.requests.ForDiagnosis(f, f.Body.Pos(), root)
}
