package timing

import (
	"go/ast"
	"go/constant"
	"go/types"
	"go/version"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
)

// Collected reports whether the program runs with the timers of Go 1.23, which
// the runtime forgets once nothing refers to their channel. The main module's
// go line decides (GODEBUG asynctimerchan), and a //go:debug line in the main
// package; of a package that is not part of it only its own go line is known.
func Collected(pass *analysis.Pass) bool {
	v := pass.Pkg.GoVersion() // empty for the standard library
	if v == "" {
		v = "go1.23"
	}
	for _, f := range pass.Files {
		for _, setting := range debugs(f) {
			key, value, _ := strings.Cut(setting, "=")
			switch key {
			case "asynctimerchan":
				return value != "1"
			case "default":
				v = value
			}
		}
	}
	return version.Compare(v, "go1.23") >= 0
}

// debugs returns the settings of the //go:debug lines of f, which count in
// package main only and stand above the package clause.
func debugs(f *ast.File) []string {
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

// Constant returns the duration that e is, if the compiler knows it.
func Constant(info *types.Info, e ast.Expr) (time.Duration, bool) {
	v := info.Types[e].Value
	if v == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(v))
	return time.Duration(n), exact
}
