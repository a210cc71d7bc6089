package hotpath

import (
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/symbol"
)

// A pattern names functions: all those of the packages below a path, or those
// whose full name matches.
type pattern struct {
	pkg  string // of "example.com/app/..."; else empty
	name string // as types.Func.FullName prints it, without type parameters; * matches within an identifier
}

// parsePatterns reads a comma-separated list.
func parsePatterns(list string) []pattern {
	var ps []pattern
	for s := range strings.SplitSeq(symbol.WithoutTypeArgs(list), ",") {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if pkg, ok := strings.CutSuffix(s, "/..."); ok {
			ps = append(ps, pattern{pkg: pkg})
			continue
		}
		ps = append(ps, pattern{name: s})
	}
	return ps
}

func (p pattern) match(fn *types.Func) bool {
	pkg := packagePath(fn.Pkg())
	if p.pkg != "" {
		return pkg == p.pkg || strings.HasPrefix(pkg, p.pkg+"/")
	}
	return p.matchName(fullName(fn))
}

// matchName compares names. The * of a pointer receiver is no wildcard, and
// "(*example.com/app.T).M" is not what "(example.com/app.*).M" names.
func (p pattern) matchName(name string) bool {
	pat := p.name
	if strings.HasPrefix(pat, "(*") != strings.HasPrefix(name, "(*") {
		return false
	}
	ok, err := path.Match(strings.TrimPrefix(pat, "(*"), strings.TrimPrefix(name, "(*"))
	return ok && err == nil
}

// Names reports whether a pattern, as the flags hot and roots take it, names fn.
func Names(pattern string, fn *types.Func) bool { return matchAny(parsePatterns(pattern), fn) }

// MayName reports whether a pattern may name a function of a package, which costs less
// than to ask for each.
func MayName(list string, pkg *types.Package) bool {
	return slices.ContainsFunc(parsePatterns(list), func(p pattern) bool { return p.mayMatch(packagePath(pkg)) })
}

func matchAny(ps []pattern, fn *types.Func) bool {
	for _, p := range ps {
		if p.match(fn) {
			return true
		}
	}
	return false
}

// fullName returns the name of fn as FullName prints it, without type
// parameters and without what marks the package as a test variant.
func fullName(fn *types.Func) string {
	return symbol.WithoutTypeArgs(strings.ReplaceAll(fn.FullName(), pkgPath(fn.Pkg()), packagePath(fn.Pkg())))
}

func pkgPath(pkg *types.Package) string {
	if pkg == nil { // error.Error
		return ""
	}
	return pkg.Path()
}

// packagePath returns the import path of pkg: the go command calls a test
// variant "path [path.test]".
func packagePath(pkg *types.Package) string {
	p, _, _ := strings.Cut(pkgPath(pkg), " [")
	return p
}
