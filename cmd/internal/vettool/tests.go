package vettool

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
)

// leaveTestsOut has the SSA form of a package built without its test files: no rule that
// goes by it speaks of tests, and to build and search that of tests may take more than all
// the rest (docs/performance.md). Whoever else asks for the form in this process gets it so,
// too.
func leaveTestsOut() { buildssa.Analyzer.Run = withoutTests(buildssa.Analyzer.Run) }

// withoutTests returns a run that sees a package as if it had no test files, but for its
// types. No other file refers to what test files declare, for the package has to build
// without them.
func withoutTests(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		inTest := func(pos token.Pos) bool { return strings.HasSuffix(pass.Fset.File(pos).Name(), "_test.go") }
		without, info := *pass, *pass.TypesInfo
		without.Files = slices.DeleteFunc(slices.Clone(pass.Files), func(f *ast.File) bool { return inTest(f.FileStart) })
		info.InitOrder = slices.DeleteFunc(slices.Clone(info.InitOrder), func(i *types.Initializer) bool { return inTest(i.Rhs.Pos()) })
		without.TypesInfo = &info
		return run(&without)
	}
}
