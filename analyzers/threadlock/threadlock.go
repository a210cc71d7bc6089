package threadlock

import (
	_ "embed"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/threads"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "threadlock",
	Doc:      doc,
	Group:    rule.Threads,
	Class:    rule.Concurrency,
	Severity: rule.Medium,
	Trial:    true,
	Requires: []*analysis.Analyzer{threads.Analyzer, values.Analyzer, witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:    pass,
		threads: pass.ResultOf[threads.Analyzer].(*threads.Index),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
	}
	for _, f := range pass.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		if s := c.threads.Of(f); !s.Unclear && len(s.Locks) > 0 {
			c.balance(s)
			c.waits(s)
		}
		c.perThread(f)
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	threads *threads.Index
	values  *values.Index
	witness *witness.Index
}

// explained matches what a comment says that knows what it does to the thread.
var explained = pattern.New(`(?i)unlock|os thread|\bthreads?\b`)

// onPurpose reports whether a comment in f, or before it, speaks of the thread.
func (c *checker) onPurpose(f *funcs.Func) bool {
	file := c.File(f.Node.Pos())
	if file == nil {
		return false
	}
	for _, g := range file.Comments {
		doc := false
		if decl, ok := f.Outermost().Node.(*ast.FuncDecl); ok {
			doc = g == decl.Doc
		}
		if (doc || f.Node.Pos() <= g.Pos() && g.End() <= f.Node.End()) && explained.MatchString(g.Text()) {
			return true
		}
	}
	return false
}

// startsUp reports whether f runs before there is traffic, or for as long as the
// process lives: what main does to its thread is its own affair.
func (c *checker) startsUp(f *funcs.Func) bool {
	o := f.Outermost()
	return o.StartsUp() || o.Obj != nil && o.Obj.Name() == "main" && c.Pkg.Name() == "main" && f.Use != funcs.Spawned
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }
