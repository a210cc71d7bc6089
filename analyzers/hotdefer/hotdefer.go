package hotdefer

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "hotdefer",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Tier:     rule.Proven,
	Fixes:    true,
	NeedsHot: true,
	Requires: []*analysis.Analyzer{escape.Analyzer, syntax.Analyzer, sections.Analyzer, witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

// The limits of open coding, from cmd/compile/internal: maxOpenDefers in
// walk/walk.go, and the product of returns and defers in ssagen/ssa.go.
const (
	maxOpenDefers    = 8
	maxReturnsDefers = 15
)

// budget is how many open-coded defers a hot function may run before they
// are worth a word.
var budget = 3

func init() {
	Analyzer.Flags.IntVar(&budget, "budget", budget, "defers that a hot function may run")
}

func run(pass *rule.Pass) error {
	for _, f := range pass.Funcs.Funcs {
		defers, returns := statements(f)
		if len(defers) == 0 {
			continue
		}
		once := loops(pass, f, defers)
		if hot := pass.Hotness.Hot(f.Node); hot != nil || len(once) > budget {
			chain(pass, f, once, returns, hot)
		}
		stretched(pass, f, once)
	}
	return nil
}

// statements returns the defers of f and the number of its exits as the
// compiler counts them: each return statement and, unless the body ends in
// one, the end of the body. Nested literals are functions of their own.
func statements(f *funcs.Func) (defers []*ast.DeferStmt, returns int) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			defers = append(defers, n)
		case *ast.ReturnStmt:
			returns++
		}
		return true
	})
	if !endsInReturn(f.Body) {
		returns++
	}
	return defers, returns
}

func endsInReturn(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// chain judges the defers of f that run at most once a call. In code that
// nothing says is hot the finding waits.
func chain(pass *rule.Pass, f *funcs.Func, defers []*ast.DeferStmt, returns int, hot *hotpath.Hotness) {
	warm := outsideColdBranches(pass, defers)
	if len(warm) == 0 {
		return
	}
	finding := rule.Finding{
		Pos:      warm[0].Pos(),
		End:      warm[0].End(),
		Hot:      hot,
		NeedsHot: hot == nil,
	}
	why, cause := notOpenCoded(pass, warm[0], len(defers), returns)
	switch {
	case why != "":
		finding.Tier = rule.Proven
		finding.Cause = cause
		finding.Message = fmt.Sprintf("%s, so the compiler does not open-code them: each is linked into the goroutine's list and run through the runtime, about ten times the cost", why)
		finding.Mend = "release by hand on the hot path, or move the rare part with its defers into a function of its own"
	case len(warm) > budget:
		finding.Pos, finding.End = warm[budget].Pos(), warm[budget].End()
		// A profile says where time goes, not how often a function is called:
		// one that works for long pays nothing for four defers.
		finding.Tier = rule.Suspected
		if hot == nil || hot.Source == hotpath.FromDirective {
			finding.Tier = rule.Likely
		}
		finding.Cause = "over budget"
		finding.Message = fmt.Sprintf("%d defers run on this hot path, the budget is %d: even open-coded, each keeps its arguments and a bit in the frame until the return, and none can be inlined into a caller", len(warm), budget)
		finding.Mend = "release by hand where no panic can pass, or fold the releases into one defer"
	default:
		return
	}
	finding.Primitive = "defer"
	for _, d := range warm {
		finding.Chain = append(finding.Chain, rule.Step{Pos: d.Pos(), Text: "defers " + callText(d.Call)})
	}
	pass.Report(finding)
}

func outsideColdBranches(pass *rule.Pass, defers []*ast.DeferStmt) []*ast.DeferStmt {
	var warm []*ast.DeferStmt
	for _, d := range defers {
		if !pass.Hotness.Cold(d.Pos()) {
			warm = append(warm, d)
		}
	}
	return warm
}

// notOpenCoded says why the n defers of a function with that many exits are not
// open-coded, or returns "". What the compiler said of the first one decides,
// where it was asked.
func notOpenCoded(pass *rule.Pass, first *ast.DeferStmt, n, returns int) (why, cause string) {
	report := pass.ResultOf[escape.Analyzer].(*escape.Report)
	kind := report.Defer(first.Pos())
	if kind == escape.OpenCoded {
		return "", ""
	}
	switch {
	case n > maxOpenDefers:
		return fmt.Sprintf("%d defers in a function, more than %d", n, maxOpenDefers), "too many"
	case n*returns > maxReturnsDefers:
		return fmt.Sprintf("%s × %d exits is more than %d", count(n), returns, maxReturnsDefers), "too many exits"
	case kind == escape.StackAllocated:
		return "a result of this function lives on the heap beside its defers", "heap result"
	}
	return "", ""
}

func count(defers int) string {
	if defers == 1 {
		return "1 defer"
	}
	return fmt.Sprintf("%d defers", defers)
}

// callText names what a defer calls, without arguments.
func callText(call *ast.CallExpr) string {
	if _, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return "a closure"
	}
	return types.ExprString(call.Fun)
}
