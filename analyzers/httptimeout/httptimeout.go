package httptimeout

import (
	_ "embed"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/oneshot"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "httptimeout",
	Doc:      doc,
	Group:    rule.Deadlines,
	Class:    rule.Context,
	Severity: rule.High,
	Fixes:    true,
	Since:    "go1.3",
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, contexts.Analyzer, budgets.Analyzer, httpconf.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		contexts: pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		budgets:  pass.ResultOf[budgets.Analyzer].(*budgets.Index),
		conf:     pass.ResultOf[httpconf.Analyzer].(*httpconf.Index),
		flows:    dataflow.New(pass.TypesInfo),
		commands: oneshot.New(pass.Pkg, pass.Funcs, root),
	}
	for _, v := range c.conf.Values {
		switch {
		case v.Kind == httpconf.Client && v.Default:
			c.defaultClient(v)
		case v.Kind == httpconf.Client:
			c.client(v)
		case v.Kind == httpconf.Transport && !v.Default:
			c.transport(v)
		case v.Kind == httpconf.Server:
			c.server(v)
		}
	}
	c.functions()
	c.connections()
	c.dependencies()
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	contexts *contexts.Index
	budgets  *budgets.Index
	conf     *httpconf.Index
	flows    *dataflow.Index
	commands *oneshot.Index
}

// doubtful makes a finding a suspicion if there is a doubt, and says so.
func doubtful(f *rule.Finding, doubt string) {
	if doubt != "" {
		f.Tier = rule.Suspected
		f.Message += " (but " + doubt + ")"
	}
}

// place returns where a finding about v stands: the head of its literal, or the
// expression.
func place(v *httpconf.Value) (pos, end token.Pos) {
	if v.Lit != nil && v.Lit.Type != nil {
		return v.Lit.Pos(), v.Lit.Type.End()
	}
	return v.Expr.Pos(), v.Expr.End()
}

// origin is the first step of a chain about v, if another package makes it.
func origin(v *httpconf.Value) []rule.Step {
	if v.From == nil {
		return nil
	}
	return []rule.Step{{Posn: v.From.Posn, Text: v.From.Name + " makes it"}}
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }

// text returns a constant string, or "".
func (c *checker) text(e ast.Expr) string { return places.Text(c.TypesInfo, e) }
