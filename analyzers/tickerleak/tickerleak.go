package tickerleak

import (
	_ "embed"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
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
	NeedsHot: false,
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error { return nil }
