package escape

import (
	"go/token"
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

// A DeferKind is how the compiler implements a defer statement.
type DeferKind int

// How the compiler implements a defer statement.
const (
	UnknownDefer DeferKind = iota // the compiler was not asked, or said nothing
	OpenCoded
	StackAllocated
	HeapAllocated
)

// Defer returns how the compiler implements the defer statement at pos.
func (r *Report) Defer(pos token.Pos) DeferKind { return UnknownDefer }

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
