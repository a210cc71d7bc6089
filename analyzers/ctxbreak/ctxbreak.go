package ctxbreak

import (
	"cmp"
	_ "embed"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/fresh"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "ctxbreak",
	Doc:      doc,
	Group:    rule.Deadlines,
	Class:    rule.Context,
	Severity: rule.High,
	Fixes:    true,
	Tier:     rule.Proven,
	Since:    "go1.7",
	Requires: []*analysis.Analyzer{syntax.Analyzer, fresh.Analyzer, witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:    pass,
		inspect: pass.ResultOf[syntax.Analyzer].(*inspector.Inspector),
		fresh:   pass.ResultOf[fresh.Analyzer].(*fresh.Index),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
	}
	var found []*finding
	for _, b := range c.fresh.Breaks {
		if f := c.judge(b); f != nil {
			found = append(found, f)
		}
	}
	for _, f := range oneEach(c.fold(found), c.before) {
		c.send(f)
	}
	c.turns()
	return nil
}

// A checker is the rule at work on one package.
type checker struct {
	*rule.Pass
	inspect *inspector.Inspector
	fresh   *fresh.Index
	witness *witness.Index
}

// A finding is a break and what is to be said of it.
type finding struct {
	*fresh.Break
	tier rule.Tier
	why  string // why it is only suspected
	more int    // calls of the package that lead to the same fault
}

// pos is where f stands: at the context that is made from nothing, or at the call
// of the function that makes it.
func (f *finding) pos() ast.Node {
	if f.Via == nil && f.Start.Base != nil {
		return f.Start.Base
	}
	return f.Call.Site
}

// fault is what has to be mended, the same for all calls that lead there.
func (f *finding) fault() any {
	switch {
	case f.Start.Held != nil:
		return f.Start.Held
	case f.Via == nil:
		return f.Start.Base // one context, used for several calls
	case f.Start.Via != nil:
		return f.Start.Via // of another package, called from several places of this one
	}
	return f.Start
}

// fold returns the findings, those that lead to one fault as one: the surest and
// nearest stands for the others. What a directive allows answers for itself alone.
func (c *checker) fold(found []*finding) []*finding {
	var fs []*finding
	first := make(map[any]*finding)
	for _, f := range found {
		if c.Allow(f.pos().Pos()) != nil {
			fs = append(fs, f)
			continue
		}
		g := first[f.fault()]
		if g == nil {
			first[f.fault()] = f
			fs = append(fs, f)
			continue
		}
		if c.before(f, g) {
			more := g.more
			*g, *f = *f, *g
			g.more = more
		}
		if f.pos() != g.pos() {
			g.more++
		}
	}
	return fs
}

// oneEach returns the findings, those that stand at one call as one: the methods of
// several types may be what is called there.
func oneEach(found []*finding, before func(f, g *finding) bool) []*finding {
	var fs []*finding
	at := make(map[ast.Node]*finding)
	for _, f := range found {
		g := at[f.pos()]
		switch {
		case f.Via == nil || g == nil:
			fs = append(fs, f)
			at[f.pos()] = f
		case before(f, g):
			*g = *f
		}
	}
	return fs
}

// before reports whether f says more than g of the fault that both lead to.
func (c *checker) before(f, g *finding) bool {
	if rule.Lower(f.tier, g.tier) != f.tier {
		return true
	}
	if f.tier != g.tier {
		return false
	}
	return cmp.Or(
		cmp.Compare(len(f.Wait.Chain), len(g.Wait.Chain)),
		strings.Compare(c.file(f), c.file(g)),
		cmp.Compare(f.Call.Site.Pos(), g.Call.Site.Pos()),
	) < 0
}

func (c *checker) file(f *finding) string { return c.Fset.Position(f.Call.Site.Pos()).Filename }

// explained reports whether a comment above the statement that pos is in speaks of
// contexts or of what ends them: then it is so on purpose. One that promises to do
// better is none.
func (c *checker) explained(pos token.Pos) bool {
	file := c.File(pos)
	at, ok := c.inspect.Root().FindByPos(pos, pos)
	if file == nil || !ok {
		return false
	}
	for stmt := range at.Enclosing() {
		switch stmt.Parent().Node().(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			begin := c.Fset.Position(stmt.Node().Pos())
			return slices.ContainsFunc(file.Comments, func(g *ast.CommentGroup) bool {
				return c.Fset.Position(g.End()).Line == begin.Line-1 && c.Fset.Position(g.Pos()).Column == begin.Column && speaksOfContexts(g.Text())
			})
		}
	}
	return false
}

func speaksOfContexts(text string) bool {
	text = strings.ToLower(text)
	for _, w := range []string{"todo", "fixme", "xxx"} {
		if strings.Contains(text, w) {
			return false
		}
	}
	for _, w := range []string{"context", "ctx", "cancel", "background", "detach", "timeout", "deadline"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
