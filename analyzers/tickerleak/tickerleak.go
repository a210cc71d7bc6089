package tickerleak

import (
	_ "embed"
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "tickerleak",
	Doc:      doc,
	Group:    rule.Timers,
	Class:    rule.Concurrency,
	Severity: rule.Medium,
	Tier:     rule.Proven,
	Fixes:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, lifetimes.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:      pass,
		lives:     pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index),
		collected: timing.Collected(pass.Pass),
	}
	for _, v := range c.lives.Values {
		switch {
		case !v.Kind.IsTimer():
		case v.New == "time.AfterFunc":
			c.chain(v)
		case c.endless(v):
		case !c.collected:
			c.unstopped(v)
		}
	}
	return nil
}

// A checker looks at the timers of one package.
type checker struct {
	*rule.Pass
	lives     *lifetimes.Index
	collected bool // a timer that nothing refers to or waits for is collected
}

// elsewhere reports whether code that is not in view may stop v.
func (c *checker) elsewhere(v *lifetimes.Value) bool {
	for _, u := range v.Uses {
		switch u.Op {
		case lifetimes.Store, lifetimes.Return:
			if !u.View {
				return true
			}
		case lifetimes.Own:
			if !u.View && u.To.Exported() && c.Pkg.Name() != "main" {
				return true
			}
		}
	}
	return false
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }
