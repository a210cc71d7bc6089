// Package modules tells whose code a package is: of the module that is being
// analysed, which its authors can mend, of the standard library, or of a dependency.
package modules

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Ours reports whether p is of the module that pass analyses a package of.
func Ours(pass *analysis.Pass, p *types.Package) bool {
	if p == nil {
		return false
	}
	root := rootOf(pass.Pkg.Path())
	if m := pass.Module; m != nil && m.Path != "" {
		root = m.Path
	}
	return p.Path() == root || strings.HasPrefix(p.Path(), root+"/") || p == pass.Pkg
}

// rootOf guesses the module path from a package path where the host does
// not tell: host, owner and name, or the first element if it is no host.
func rootOf(path string) string {
	elems := strings.SplitN(path, "/", 4)
	if !strings.Contains(elems[0], ".") {
		return elems[0]
	}
	return strings.Join(elems[:min(3, len(elems))], "/")
}

// Std reports whether pass analyses a package of the standard library.
func Std(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" && m.Path != "std" {
		return false
	}
	return IsStd(pass.Pkg.Path())
}

// IsStd reports whether path is that of a package of the standard library.
func IsStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// WithoutVariant removes from a name what marks a package as compiled for a test: the go
// command calls it "path [path.test]".
func WithoutVariant(name string) string {
	before, rest, found := strings.Cut(name, " [")
	if !found {
		return name
	}
	_, after, _ := strings.Cut(rest, "]")
	return before + after
}
