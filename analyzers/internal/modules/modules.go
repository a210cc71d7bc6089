// Package modules tells whose code a package is: of the module that is being
// analysed, which its authors can mend, of the standard library, or of a dependency.
package modules

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Ours reports whether p is of the module that pass analyses a package of.
func Ours(pass *analysis.Pass, p *types.Package) bool {
	return p != nil && (p == pass.Pkg || OursPath(pass, p.Path()))
}

// OursPath is Ours for a package of which only the path is known, as from a fact.
func OursPath(pass *analysis.Pass, path string) bool {
	var root string
	if m := pass.Module; m != nil && m.Path != "" {
		root = m.Path
	} else {
		root = rootOf(pass.Pkg.Path())
	}
	rest, ok := strings.CutPrefix(path, root)
	return ok && (rest == "" || rest[0] == '/')
}

// forges are hosts of everybody's code, where modules are named by owner and name.
// Elsewhere the host is that of one owner.
var forges = []string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "git.sr.ht"}

// rootOf guesses the module path from a package path where the host does not tell,
// as nogo: host, owner and name on a forge, else host and name, or the first element
// if it is no host. It errs on the side of what somebody may mend: whose packages
// lie below one name of one host builds them together.
func rootOf(path string) string {
	elems := strings.SplitN(path, "/", 4)
	n := 2
	switch {
	case !strings.Contains(elems[0], "."):
		n = 1
	case slices.Contains(forges, elems[0]):
		n = 3
	}
	return strings.Join(elems[:min(n, len(elems))], "/")
}

// Std reports whether pass analyses a package of the standard library.
func Std(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" && m.Path != "std" {
		return false
	}
	return IsStd(pass.Pkg.Path())
}

// std are the first elements of the import paths of the standard library and of the
// go command's own packages, up to Go 1.27. A path without a dot may be a user's too:
// Bazel lets one name packages as one likes.
var std = strings.Fields(`archive bufio bytes cmd cmp compress container context crypto
	database debug embed encoding errors expvar flag fmt go hash html image index
	internal io iter log maps math mime net os path plugin reflect regexp runtime
	slices sort strconv strings structs sync syscall testing text time unicode unique
	unsafe uuid vendor weak`)

// IsStd reports whether path is that of a package of the standard library.
func IsStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	_, found := slices.BinarySearch(std, first)
	return found
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
