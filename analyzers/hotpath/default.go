package hotpath

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// DefaultProfile is the name of the file that the go command takes for the CPU
// profile of the main package that it lies beside; see "go help build", -pgo.
const DefaultProfile = "default.pgo"

// BesideMain reports whether a default.pgo is one that the go command would use.
func BesideMain(file string) bool {
	sources, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.go"))
	for _, src := range sources {
		if strings.HasSuffix(src, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), src, nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name == "main" {
			return true
		}
	}
	return false
}
