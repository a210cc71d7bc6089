package revision

import (
	"path/filepath"
	"slices"
	"strings"
)

// sources are the extensions of the files that go build compiles, see go help
// packages and the lists of files in go/build.Package, and of what it reads beside
// them: go.mod, go.sum, go.work, go.work.sum, default.pgo.
var sources = []string{
	".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx",
	".f", ".F", ".for", ".f90", ".swig", ".swigcxx", ".syso",
	".mod", ".sum", ".work", ".pgo",
}

// compiled reports whether go build reads a file, but to embed it.
func compiled(file string) bool {
	return slices.Contains(sources, filepath.Ext(file)) || modulesTxt(file)
}

// needs reports whether the text of a file matters, and not only that it exists.
func (b *Base) needs(file string) bool { return compiled(file) || slices.Contains(b.named, file) }

// Touches reports whether what differs can make a difference to what is found: texts
// that people read cannot, and neither can tests unless they are checked. Other files
// that findings depend on are named, by absolute path.
func (b *Base) Touches(tests bool, others ...string) bool {
	for file := range b.Texts {
		source := compiled(file) && (tests || !strings.HasSuffix(file, "_test.go"))
		if source || slices.Contains(others, file) {
			return true
		}
	}
	return false
}
