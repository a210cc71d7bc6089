package engine

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// A pkg is a package that the patterns mean.
type pkg struct {
	path   string
	dir    string // "" if the package has no files
	module string // path; "" for the standard library
	main   bool   // it is a program
	local  bool   // it lies in a directory of the user's
	files  bool   // it has Go files, tests not counted, for this platform and these tags
}

// A packageSet holds packages by their import path.
type packageSet map[string]pkg

// packages asks which packages the patterns mean.
func (c *check) packages(ctx context.Context) (packageSet, error) {
	flags := c.buildFlags
	if c.overlaid {
		flags = append(flags[:len(flags):len(flags)], "-overlay="+c.overlayFile())
	}
	ps, err := packages.Load(&packages.Config{
		Context:    ctx,
		Mode:       packages.NeedName | packages.NeedFiles | packages.NeedModule,
		Dir:        c.opts.Dir,
		Env:        append(c.opts.environ(), "PWD="+c.opts.Dir),
		BuildFlags: flags,
	}, c.opts.Patterns...)
	if err != nil {
		return nil, fmt.Errorf("asking which packages the patterns mean: %w", err)
	}
	set := make(packageSet)
	for _, p := range ps {
		// The go command never vets unsafe: its file holds only documentation.
		q := pkg{path: p.PkgPath, main: p.Name == "main", files: len(p.GoFiles) > 0 && p.PkgPath != "unsafe"}
		if files := append(p.GoFiles, p.IgnoredFiles...); len(files) > 0 {
			q.dir = filepath.Dir(files[0])
		}
		if p.Module != nil {
			q.module = p.Module.Path
		}
		q.local = p.PkgPath == vettool.CommandLine || q.module != "" && vettool.LocalPackage(q.dir, q.path)
		set[q.path] = q
	}
	return set, nil
}

// of returns the package that a unit is of: a unit may be a variant for tests,
// "p [p.test]", or an external test, "p_test [p.test]".
func (s packageSet) of(unit string) (pkg, bool) {
	path, _, _ := strings.Cut(unit, " [")
	if p, ok := s[path]; ok {
		return p, true
	}
	p, ok := s[strings.TrimSuffix(path, "_test")]
	return p, ok
}

// withFiles counts the packages that there is something to check in.
func (s packageSet) withFiles() int {
	n := 0
	for _, p := range s {
		if p.files {
			n++
		}
	}
	return n
}

func (s packageSet) byDir() map[string]pkg {
	m := make(map[string]pkg)
	for _, p := range s {
		if p.dir != "" {
			m[original(p.dir)] = p
		}
	}
	return m
}

// commands returns the names that the packages main go by: those of their
// directories, and of the last elements of their paths.
func (s packageSet) commands() []string {
	var names []string
	for _, p := range s {
		if p.main {
			names = append(names, filepath.Base(p.dir), path.Base(p.path))
		}
	}
	return names
}
