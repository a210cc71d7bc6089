// Package godebug tells with which defaults of the runtime a program runs, as far as
// one of its packages shows: GODEBUG decides, and what it is unless somebody sets it is
// up to the go line of the main module.
package godebug

import (
	"go/ast"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Setting returns the value of a GODEBUG setting that a //go:debug line of the main
// package gives. Of go.mod's godebug block and the environment nothing is known.
func Setting(pass *analysis.Pass, key string) (value string, ok bool) {
	for _, f := range pass.Files {
		for _, setting := range lines(f) {
			if k, v, _ := strings.Cut(setting, "="); k == key {
				return v, true
			}
		}
	}
	return "", false
}

// AtLeast reports whether the defaults are those of Go v, "go1.23", or later. Of a
// package that is not part of the main module only its own go line is known; of the
// standard library the newest is assumed.
func AtLeast(pass *analysis.Pass, v string) bool {
	if asked, ok := Setting(pass, "default"); ok {
		return version.Compare(asked, v) >= 0
	}
	own := pass.Pkg.GoVersion() // empty for the standard library
	return own == "" || version.Compare(own, v) >= 0
}

// lines returns the settings of the //go:debug lines of f, which count in
// package main only and stand above the package clause.
func lines(f *ast.File) []string {
	if f.Name.Name != "main" {
		return nil
	}
	var settings []string
	for _, g := range f.Comments {
		for _, c := range g.List {
			if s, ok := strings.CutPrefix(c.Text, "//go:debug "); ok && c.Pos() < f.Package {
				settings = append(settings, strings.TrimSpace(s))
			}
		}
	}
	return settings
}
