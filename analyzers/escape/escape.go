package escape

import (
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// Report is what the compiler said about one package.
type Report struct {
	// Ran is false where no compiler output was given: nothing in the
	// package is hot, or the host does not run the compiler.
	Ran       bool
	Toolchain string // "go1.26.8"
	GOARCH    string
	// Unknown holds the lines that the parser does not know.
	Unknown []string
}

// Analyzer gives rules what the compiler said about the package. Its result
// is a *Report. The text comes from the file that its flag "output" names,
// which the host has the compiler write; the analyzer itself runs nothing.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetescape",
	Doc:        "read the compiler's escape diagnostics",
	Run:        run,
	ResultType: reflect.TypeFor[*Report](),
}

func run(pass *analysis.Pass) (any, error) { return new(Report), nil }
