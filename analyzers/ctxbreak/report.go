package ctxbreak

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// send reports f.
func (c *checker) send(f *finding) {
	at := f.pos()
	r := rule.Finding{
		Pos: at.Pos(), End: at.End(),
		Tier:      f.tier,
		Cause:     "context lost",
		Primitive: f.Wait.Name,
		Chain:     f.Wait.Steps(),
	}
	if f.Via != nil {
		r.Cause += " within"
		r.Fault = c.faultName(f)
		r.Message, r.Mend = c.within(f)
	} else {
		r.Message, r.Mend = c.direct(f)
		r.Chain = append([]rule.Step{{Pos: f.Call.Site.Pos(), Text: c.receiver(f)}}, r.Chain...)
		if f.tier != rule.Suspected {
			r.Fixes = c.fix(f)
		}
	}
	if f.why != "" {
		r.Message += " (" + f.why + ")"
	}
	if f.more > 0 {
		r.Message += fmt.Sprintf(" (and %s of this package)", calls(f.more))
	}
	c.Report(r)
}

func calls(n int) string {
	if n == 1 {
		return "one more call"
	}
	return fmt.Sprintf("%d more calls", n)
}

func (c *checker) faultName(f *finding) string {
	if f.Start.Via != nil {
		return callers.FullName(f.Start.Via)
	}
	return f.Start.Call.Caller.Name(c.Pkg)
}

// receiver says what the call that is given the context does.
func (c *checker) receiver(f *finding) string {
	name := rule.Brief(types.ExprString(f.Call.Site.Fun))
	if len(f.Wait.Chain) == 0 && f.Wait.Sure {
		return name + " waits for " + f.Wait.For
	}
	return "given to " + name
}

// direct returns the message of a finding at the fresh context itself.
func (c *checker) direct(f *finding) (message, mend string) {
	src := f.Place.Source
	var what string
	switch made, call := f.Start.Base.(*ast.CallExpr); {
	case !call:
		what = types.ExprString(f.Start.Base) + ", which is made from nothing,"
	case f.Start.Helper:
		what = "the context that " + types.ExprString(made.Fun) + " makes"
	default:
		what = types.ExprString(made.Fun)
	}
	name, does := f.Wait.Name, "goes on waiting for "+f.Wait.For
	if !f.Wait.Sure {
		name = rule.Brief(types.ExprString(f.Call.Site.Fun))
	}
	if f.Wait.Bound {
		does += " until a timeout of its own"
	}
	message = fmt.Sprintf("%s takes the place of the context in scope for %s: when the caller gives up or its time is over, this goroutine %s", what, name, does)
	mend = fmt.Sprintf("pass on %s; what must outlive the caller wants context.WithoutCancel and a timeout", src.Expr)
	if f.Start.Helper {
		mend = fmt.Sprintf("have %s take the context to derive from: here %s", rule.Brief(types.ExprString(f.Start.Base)), src.Expr)
	}
	return message, mend
}

// within returns the message of a finding at the call of a function that makes the
// context.
func (c *checker) within(f *finding) (message, mend string) {
	name := callers.ShortName(f.Via, c.Pkg)
	bound := ""
	if f.Wait.Bound {
		bound = ", until a timeout of its own"
	}
	message = fmt.Sprintf("%s makes a context from nothing and ends in %s with it: when the caller gives up or its time is over, this goroutine goes on waiting for %s%s", name, f.Wait.Name, f.Wait.For, bound)
	return message, fmt.Sprintf("give %s a context and pass it down: here %s", name, f.Place.Source.Expr)
}

// fix returns the edit that puts the context in scope where the fresh one is
// made, or nil where somebody must think.
func (c *checker) fix(f *finding) []analysis.SuggestedFix {
	if f.Start.Helper || f.Place.Source.Unnamed || f.Start.Held == nil && !c.keepsImport(f) {
		return nil
	}
	expr := f.Place.Source.Expr
	return []analysis.SuggestedFix{{
		Message:   "pass " + expr + " on",
		TextEdits: []analysis.TextEdit{{Pos: f.Start.Base.Pos(), End: f.Start.Base.End(), NewText: []byte(expr)}},
	}}
}

// keepsImport reports whether the file needs package context for more than such
// contexts: without it a fix would leave an import that nothing uses.
func (c *checker) keepsImport(f *finding) bool {
	file := c.File(f.Start.Base.Pos())
	if file == nil {
		return false
	}
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if contexts.Background(values.Callee(c.TypesInfo, call)) {
				return false
			}
		}
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				p, ok := c.TypesInfo.Uses[id].(*types.PkgName)
				found = found || ok && p.Imported().Path() == "context"
			}
		}
		return !found
	})
	return found
}
