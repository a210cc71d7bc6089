package logsplit

import (
	_ "embed"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/telemetry"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "logsplit",
	Doc:       doc,
	Group:     rule.Logging,
	Class:     rule.Observability,
	Severity:  rule.Medium,
	Fixes:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, contexts.Analyzer, callers.Analyzer},
	FactTypes: []analysis.Fact{new(labels)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	if modules.Std(pass.Pass) {
		return nil
	}
	flows := dataflow.New(pass.TypesInfo)
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	c := &checker{
		Pass:     pass,
		root:     root,
		values:   vs,
		contexts: pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		callers:  pass.ResultOf[callers.Analyzer].(*callers.Index),
		guards:   guards.New(pass.TypesInfo, pass.Funcs, flows),
		requests: requests.New(pass, root, vs, flows),
		labelled: make(map[*funcs.Func]map[int][]rule.Step),
		seen:     make(map[string]bool),
	}
	c.labels()
	c.export()
	for _, f := range pass.Funcs.Funcs {
		if r := pass.Hotness.Root(f.Node); r != nil && !vs.InTest(f.Node.Pos()) && !c.forDiagnosis(f) {
			c.dropped(f, r)
			c.prints(f, r)
			c.uncorrelated(f, r)
		}
	}
	return nil
}

// A checker is the rule at work on one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	values   *values.Index
	contexts *contexts.Index
	callers  *callers.Index
	guards   *guards.Index
	requests *requests.Index
	labelled map[*funcs.Func]map[int][]rule.Step // parameters that become labels, and how
	seen     map[string]bool                     // what was said, by function and source
	mixed    *bool                               // memo of usesContexts
}

// each calls do with the calls in f that log.
func (c *checker) logs(f *funcs.Func, do func(*funcs.Call)) {
	for _, call := range f.Out {
		if telemetry.Logs(call.Func) {
			do(call)
		}
	}
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}
