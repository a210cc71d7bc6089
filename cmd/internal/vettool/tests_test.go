package vettool

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"
)

// Of a package that is half test files, with all that ties the two halves together, what is
// built is what there would be without tests.
func TestWithoutTests(t *testing.T) {
	dir := filepath.Join(analysistest.TestData(), "half")
	ssa := *buildssa.Analyzer
	ssa.Run = withoutTests(buildssa.Analyzer.Run)
	var built []string
	analysistest.Run(t, dir, &analysis.Analyzer{
		Name:     "built",
		Doc:      "note what is built",
		Requires: []*analysis.Analyzer{&ssa},
		Run: func(pass *analysis.Pass) (any, error) {
			if pass.Pkg.Path() != "half" || len(pass.Files) != 2 {
				return nil, nil // the package as it is without tests, and those outside of it
			}
			form := pass.ResultOf[&ssa].(*buildssa.SSA)
			for _, f := range form.SrcFuncs {
				built = append(built, f.Name())
			}
			methods := form.Pkg.Prog.MethodSets.MethodSet(pass.Pkg.Scope().Lookup("thing").Type())
			for i := range methods.Len() {
				f := form.Pkg.Prog.MethodValue(methods.At(i))
				if f == nil {
					t.Errorf("%s has no function", methods.At(i).Obj())
					continue
				}
				built = append(built, f.String())
			}
			return nil, nil
		},
	}, ".")
	if want := strings.Fields("id second show (half.thing).id (half.thing).name"); !slices.Equal(built, want) {
		t.Errorf("built are %q, want %q", built, want)
	}
}
