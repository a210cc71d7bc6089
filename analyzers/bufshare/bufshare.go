package bufshare

import (
	_ "embed"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/keeps"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "bufshare",
	Doc:      doc,
	Group:    rule.Goroutines,
	Class:    rule.Concurrency,
	Severity: rule.High,
	Trial:    true,
	Fixes:    true,
	Requires: []*analysis.Analyzer{buildssa.Analyzer, syntax.Analyzer, values.Analyzer, keeps.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	f := &finder{
		Pass:  pass,
		root:  pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		keeps: pass.ResultOf[keeps.Analyzer].(*keeps.Index),
		local: make(map[*ssa.Function]bool),
		told:  make(map[token.Pos]bool),
	}
	tests := pass.ResultOf[values.Analyzer].(*values.Index)
	var fns []*ssa.Function
	for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
		if !tests.InTest(fn.Pos()) {
			fns = append(fns, fn)
			f.local[fn] = true
		}
	}
	for _, fn := range fns {
		for _, l := range f.loans(fn) {
			f.look(l)
		}
	}
	return nil
}

// A finder is the work of the rule on one package.
type finder struct {
	*rule.Pass
	root  inspector.Cursor
	keeps *keeps.Index
	local map[*ssa.Function]bool
	told  map[token.Pos]bool
}

// look follows the views of what is lent, and reports those that are kept beyond it.
func (f *finder) look(l *loan) {
	w := &walk{finder: f, loan: l, seen: make(map[ssa.Value]bool)}
	w.view(l.value)
	for _, k := range w.kept {
		if again := l.ends(k.at); again != nil {
			f.report(l, k, again)
		}
	}
}
