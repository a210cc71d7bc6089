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
// goes by it speaks of tests, and what is built of them takes more than the package itself
// (docs/performance.md). Whoever else asks for the form in this process gets it so, too.
func leaveTestsOut() {
	build := buildssa.Analyzer.Run
	buildssa.Analyzer.Run = func(pass *analysis.Pass) (any, error) { return build(withoutTests(pass)) }
}

// withoutTests returns the pass as it would be if the package had no test files, but for its
// types. No other file refers to what test files declare, for the package has to build without.
func withoutTests(pass *analysis.Pass) *analysis.Pass {
	if !slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return inTest(pass, f.FileStart) }) {
		return pass
	}
	without, info := *pass, *pass.TypesInfo
	without.Files = slices.DeleteFunc(slices.Clone(pass.Files), func(f *ast.File) bool { return inTest(pass, f.FileStart) })
	info.InitOrder = slices.DeleteFunc(slices.Clone(info.InitOrder), func(i *types.Initializer) bool { return inTest(pass, i.Rhs.Pos()) })
	without.TypesInfo = &info
	return &without
}

func inTest(pass *analysis.Pass, pos token.Pos) bool {
	return strings.HasSuffix(pass.Fset.File(pos).Name(), "_test.go")
}
