package telemetry

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// modulesOf returns the directories of the repository's modules, by the path that
// packages of them are imported by.
func modulesOf(t *tree.Tree) map[string]string {
	all := make(map[string]string)
	for _, f := range t.Match("**/go.mod") {
		if leftOut(f) {
			continue
		}
		if data, err := t.Read(f); err == nil {
			if p := modfile.ModulePath(data); p != "" {
				all[p] = path.Dir(f)
			}
		}
	}
	return all
}

// within returns the directory of a package by its import path; false if it is none of
// the repository's modules.
func within(modules map[string]string, pkg string) (dir string, ok bool) {
	for p := pkg; p != "." && p != "/"; p = path.Dir(p) {
		if root, ok := modules[p]; ok {
			return path.Join(root, strings.TrimPrefix(pkg, p)), true
		}
	}
	return "", false
}

// reach returns the directories of the packages that programs are built from: those of
// package main and, of the repository's modules, what these import. What a library
// beside them does is not done by any program. Without a module all is nil: which
// directory an import path names is not known.
func reach(all []*source, modules map[string]string) map[string]bool {
	if len(modules) == 0 {
		return nil
	}
	imports := make(map[string][]string)
	var next []string
	for _, s := range all {
		dir := path.Dir(s.file)
		if s.main && !s.left {
			next = append(next, dir)
		}
		for _, i := range s.imports {
			if to, ok := within(modules, i.path); ok {
				imports[dir] = append(imports[dir], to)
			}
		}
	}
	reached := make(map[string]bool)
	for len(next) > 0 {
		dir := next[len(next)-1]
		next = next[:len(next)-1]
		if !reached[dir] {
			reached[dir] = true
			next = append(next, imports[dir]...)
		}
	}
	return reached
}

// built reports whether a program is built from a file.
func (r *Result) built(s *source) bool { return r.reached == nil || r.reached[path.Dir(s.file)] }

var expose = pattern.New(`(?mi)^EXPOSE\s+\S.*`)

// exposed returns the first port that a Dockerfile exposes, but for those of tests and
// examples.
func exposed(t *tree.Tree) verdict.Place {
	for _, f := range t.Match("**/{D,d}ockerfile*") {
		if leftOut(f) {
			continue
		}
		data, err := t.Read(f)
		if err != nil {
			continue // package containers says so
		}
		if at := expose.Regexp().FindIndex(data); at != nil {
			return verdict.Place{File: f, Line: 1 + bytes.Count(data[:at[0]], []byte("\n")), Text: string(data[at[0]:at[1]])}
		}
	}
	return verdict.Place{}
}
