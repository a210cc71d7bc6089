package hotpath

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/symbol"
)

// MayBeHot reports whether something in a package may be hot, by a cheap look
// at the text of its files: a host asks it before it goes to the expense of
// running the compiler. It never misses what the analyzer would find. Profiles
// are what [Open] returned for the files of the flag profile, and hot is the
// value of the flag of that name.
func MayBeHot(importPath string, files []string, profiles []*Profile, hot string) (bool, error) {
	importPath, _, _ = strings.Cut(importPath, " [")
	for _, p := range parsePatterns(hot) {
		if p.mayMatch(importPath) {
			return true, nil
		}
	}
	main := false
	for _, p := range profiles {
		heats, err := p.in(symbol.WithoutVendor(importPath))
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(heats, isHot) {
			return true, nil
		}
		if heats, err = p.in("main"); err != nil {
			return false, err
		}
		main = main || slices.ContainsFunc(heats, isHot)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			return false, fmt.Errorf("looking for hot code: %w", err)
		}
		if main && bytes.Contains(src, []byte("package main")) || mentions(src) {
			return true, nil
		}
	}
	return false, nil
}

func isHot(h *heat) bool { return h.hot }

// mentions reports whether a file may hold a directive that makes something hot.
func mentions(src []byte) bool {
	for _, kind := range []directive.Kind{directive.Hot, directive.NonBlocking, directive.NoAlloc} {
		if bytes.Contains(src, []byte("//lagvet:"+kind)) {
			return true
		}
	}
	return false
}

// mayMatch reports whether p may name a function of the package.
func (p pattern) mayMatch(importPath string) bool {
	if p.pkg != "" {
		return importPath == p.pkg || strings.HasPrefix(importPath, p.pkg+"/")
	}
	name := strings.TrimLeft(p.name, "(*")
	return strings.HasPrefix(name, importPath+".")
}

// Concerns reports whether the profile has time in a function of one of the
// packages: a host asks it to tell a profile of another program, which would
// silently make nothing hot. A path stands for itself and the packages below
// it, as a module's does. Commands are the names that the module's packages
// main go by: those of their directories and of the last elements of their paths.
func (p *Profile) Concerns(paths, commands []string) bool {
	known := slices.Concat(slices.Collect(maps.Keys(p.pkgs)), slices.Collect(maps.Keys(p.sections)))
	return slices.ContainsFunc(known, func(pkg string) bool {
		if pkg == "main" {
			return len(p.mains) == 0 || slices.ContainsFunc(commands, func(c string) bool { return slices.Contains(p.mains, c) })
		}
		return slices.ContainsFunc(paths, func(path string) bool { return pkg == path || strings.HasPrefix(pkg, path+"/") })
	})
}
