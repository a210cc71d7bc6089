package hotdefer

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/deferloop"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// loops reports the defers of f that can run again before f returns, and
// returns those that cannot.
func loops(pass *rule.Pass, f *funcs.Func, defers []*ast.DeferStmt) (once []*ast.DeferStmt) {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	again, once := deferloop.Find(pass.TypesInfo, root, f, defers)
	for _, l := range again {
		if !l.Guarded() && !l.Cancels() { // contexts that pile up are ctxaccumulate's
			inLoop(pass, l)
		}
	}
	return once
}

func inLoop(pass *rule.Pass, l *deferloop.Loop) {
	d := l.Defer
	hot := pass.Hotness.HotAt(d.Pos())
	finding := rule.Finding{
		Pos:       d.Pos(),
		End:       d.End(),
		Tier:      rule.Likely,
		Cause:     "in a loop",
		Primitive: "defer " + calleeName(pass.TypesInfo, d.Call),
		Hot:       hot,
		Mend:      "put the body of the loop into a function, or release at the end of the iteration",
	}
	release := callText(d.Call)
	switch {
	case !l.Ends:
		finding.Tier = rule.Proven
		finding.Cause = "in a loop without end"
		finding.Message = release + " is deferred in a loop that never ends: it never runs, and each iteration keeps its resource and adds a record to the goroutine for ever"
	case hot != nil && !l.Few():
		finding.Message = release + " is deferred in a loop of a hot function: each iteration takes a record from the heap, runs it through the runtime at return (about 20 ns instead of 1), and holds what it would release until then"
	default:
		finding.Message = release + " is deferred in a loop: it runs only when the function returns, so every iteration holds its resource until then and adds a heap-allocated record"
		if l.Deliberate() {
			finding.Tier = rule.Suspected
		}
	}
	finding.Chain = moved(pass, d)
	if fix := l.Wrap(); fix != nil {
		finding.Fixes = []analysis.SuggestedFix{*fix}
	}
	pass.Report(finding)
}

func calleeName(info *types.Info, call *ast.CallExpr) string {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && info.Uses[id] != nil {
		if _, ok := info.Uses[id].(*types.Var); ok {
			return "func value"
		}
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		if fn, ok := info.Uses[fun.Sel].(*types.Func); ok {
			return fn.FullName()
		}
	}
	return "closure"
}

// moved names the variables that the compiler moves to the heap because the
// deferred closure, which outlives the iteration, captures them.
func moved(pass *rule.Pass, d *ast.DeferStmt) []rule.Step {
	report := pass.ResultOf[escape.Analyzer].(*escape.Report)
	if _, ok := ast.Unparen(d.Call.Fun).(*ast.FuncLit); !ok || !report.Ran {
		return nil
	}
	var steps []rule.Step
	for o := range dataflow.Mentioned(pass.TypesInfo, d.Call) {
		for _, said := range report.At(o.Pos()) {
			if said.Kind == escape.Moved {
				steps = append(steps, rule.Step{Pos: o.Pos(), Text: o.Name() + " moves to the heap: the deferred closure captures it"})
				break
			}
		}
	}
	slices.SortFunc(steps, func(a, b rule.Step) int { return cmp.Compare(a.Pos, b.Pos) })
	return steps
}
