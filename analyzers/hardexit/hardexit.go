package hardexit

import (
	_ "embed"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/exits"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "hardexit",
	Doc:      doc,
	Group:    rule.Shutdown,
	Class:    rule.Context,
	Severity: rule.High,
	Trial:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, exits.Analyzer, values.Analyzer, witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:     pass,
		root:     pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		on:       pass.ResultOf[exits.Analyzer].(*exits.Index),
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		witness:  pass.ResultOf[witness.Analyzer].(*witness.Index),
		flows:    dataflow.New(pass.TypesInfo),
		reported: make(map[token.Pos]bool),
	}
	c.requests = requests.New(pass, c.root, c.values, c.flows)
	for _, f := range pass.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			c.onRequests(f)
		}
	}
	c.reportAfar()
	c.panics()
	told := c.notified()
	c.servers(told)
	c.signals(told)
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	on       *exits.Index
	values   *values.Index
	witness  *witness.Index
	flows    *dataflow.Index
	requests *requests.Index
	reported map[token.Pos]bool // one fault, one finding
	distant  []*distant
}

// report reports f unless something is reported there already.
func (c *checker) report(f rule.Finding) {
	if c.reported[f.Pos] {
		return
	}
	c.reported[f.Pos] = true
	c.Report(f)
}

// cursor returns the node n in the syntax of the package.
func (c *checker) cursor(n ast.Node) (inspector.Cursor, bool) { return syntax.Find(c.root, n) }

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }
