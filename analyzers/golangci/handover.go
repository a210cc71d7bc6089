package golangci

import (
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// handover says where golangci-lint handed on no facts of a package that is called
// but not imported: by a method of what an imported one returns. Before version
// 2.13 it forgets such facts when it takes the imported package from its cache, and
// findings of the first run are gone in the second.
//
// All linters have it; golangci-lint runs it once.
var handover = &analysis.Analyzer{
	Name:      "lagvetfacts",
	Doc:       "lagvet: report calls into packages of which golangci-lint handed on no facts",
	URL:       "https://github.com/lagvet/lagvet/blob/main/docs/hosts/golangci-lint.md",
	FactTypes: []analysis.Fact{new(analysed)},
	Run:       handedOn,
}

// analysed is a fact about each package that was.
type analysed struct{ Yes bool }

// AFact marks a fact.
func (*analysed) AFact() {}

func (*analysed) String() string { return "analysed" }

func handedOn(pass *analysis.Pass) (any, error) {
	pass.ExportPackageFact(&analysed{true})
	missing := make(map[string]bool)
	for _, obj := range pass.TypesInfo.Uses {
		fn, ok := obj.(*types.Func)
		if !ok || !indirect(pass.Pkg, fn.Pkg()) || modules.IsStd(fn.Pkg().Path()) {
			continue // the rules' facts are not about the standard library
		}
		if !pass.ImportPackageFact(fn.Pkg(), new(analysed)) {
			missing[fn.Pkg().Path()] = true
		}
	}
	if len(missing) > 0 {
		paths := strings.Join(slices.Sorted(maps.Keys(missing)), ", ")
		pass.Reportf(pass.Files[0].Package, "not checked: calls into %s, of which golangci-lint handed on no facts: use golangci-lint 2.13 or later, or lagvet check", paths)
	}
	return nil, nil
}

// indirect reports whether pkg is a package that from neither is nor imports.
func indirect(from, pkg *types.Package) bool {
	return pkg != nil && pkg != from && !slices.Contains(from.Imports(), pkg)
}
