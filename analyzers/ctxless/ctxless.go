package ctxless

import (
	_ "embed"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/analysis/facts/tokenfile"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "ctxless",
	Doc:       doc,
	Group:     rule.Deadlines,
	Class:     rule.Context,
	Severity:  rule.High,
	Tier:      rule.Proven,
	Fixes:     true,
	Since:     "go1.7",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, tokenfile.Analyzer, values.Analyzer, contexts.Analyzer, callers.Analyzer, outgoing.Analyzer},
	FactTypes: []analysis.Fact{new(summary)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		pass:     pass,
		inspect:  pass.ResultOf[syntax.Analyzer].(*inspector.Inspector),
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		contexts: pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		callers:  pass.ResultOf[callers.Analyzer].(*callers.Index),
		outgoing: pass.ResultOf[outgoing.Analyzer].(*outgoing.Index),
		ends:     make(map[*funcs.Func]*wait),
		makes:    make(map[*funcs.Func]*wait),
		uses:     make(map[*types.Var]use),
	}
	for _, t := range c.callers.Targets {
		c.start(t)
	}
	c.spread()
	c.report()
	c.export()
	return nil
}

// A checker is the rule at work on one package.
type checker struct {
	pass     *rule.Pass
	inspect  *inspector.Inspector
	values   *values.Index
	contexts *contexts.Index
	callers  *callers.Index
	outgoing *outgoing.Index
	starts   []*start              // where I/O without a context begins, as this package sees it
	ends     map[*funcs.Func]*wait // functions that end in it
	makes    map[*funcs.Func]*wait // functions that return a request or command without a context
	uses     map[*types.Var]use    // memo of useOfParam
	findings []*finding
	local    *bool                    // memo of embedded
	methods  map[string][]*types.Func // memo of waiters
}
