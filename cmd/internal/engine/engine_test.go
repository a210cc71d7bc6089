package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/testtool"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// The test binary is the vet tool where that is to be deaf or to be lied to, and the
// compiler that counts how often it is asked.
func TestMain(m *testing.M) {
	if real := os.Getenv(compilerEnv); real != "" && filepath.Base(os.Args[0]) == "compile" {
		os.Exit(countCompiler(real))
	}
	if vettool.Is(os.Args[1:]) {
		if dir := os.Getenv(toolDirEnv); dir != "" {
			os.Setenv("GOTOOLDIR", dir)
		}
		if names := os.Getenv(deafEnv); names != "" {
			deafen(strings.Split(names, ","))
		}
		vettool.Main(os.Args[1:])
	}
	testtool.Main(m, &self)
}

// self is the executable that go vet runs in these tests.
var self string

// hooked returns the executable that go vet runs where the environment is to change
// what the tool does: this one. What it is given imports nothing, for it has no facts of
// self's and may be under the race detector.
func hooked(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// write writes the files of an archive to a new directory.
func write(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func checked(t *testing.T, opts Options) *Result {
	t.Helper()
	opts.NoCanary = true
	if opts.Tool == "" {
		opts.Tool = self
	}
	res, err := Run(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// summary prints findings by rule and place, and problems.
func summary(res *Result, dir string) string {
	rel := func(p finding.Place) string {
		r, _ := filepath.Rel(dir, p.File)
		return fmt.Sprintf("%s:%d", filepath.ToSlash(r), p.Line)
	}
	var lines []string
	for _, f := range res.Findings {
		lines = append(lines, fmt.Sprintf("%s %s in %s", rel(f.Start), f.Rule, f.Package))
	}
	for _, p := range res.Problems {
		lines = append(lines, strings.ReplaceAll("! "+p.Message, dir, "DIR"))
	}
	return strings.Join(lines, "\n")
}

const twoPackages = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import "example.com/m/b"

func A(fs []func()) {
	for _, f := range fs {
		defer f()
	}
	b.B(fs)
}
-- b/b.go --
package b

func B(fs []func()) {
	for _, f := range fs {
		defer f()
	}
}
-- b/b_test.go --
package b

import "testing"

func TestB(t *testing.T) { B(nil) }
`

func expect(t *testing.T, res *Result, dir, want string) {
	t.Helper()
	if got := summary(res, dir); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(want))
	}
}

// A package is first analysed because another one imports it, and then asked
// for: the go command's cache does not tell the two apart.
func TestDependencyFirst(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, twoPackages)
	expect(t, checked(t, Options{Dir: dir, Patterns: []string{"./a"}}), dir, "a/a.go:7 hotdefer in example.com/m/a")
	res := checked(t, Options{Dir: dir, Patterns: []string{"./b"}})
	expect(t, res, dir, "b/b.go:5 hotdefer in example.com/m/b")
	if res.Packages != 1 || res.Cached != 1 {
		t.Errorf("%d packages, %d of them cached; want 1 and 1", res.Packages, res.Cached)
	}
	expect(t, checked(t, Options{Dir: dir, Patterns: []string{"./..."}}), dir, `
a/a.go:7 hotdefer in example.com/m/a
b/b.go:5 hotdefer in example.com/m/b`)
}

// With tests, a package is analysed with its test files and, where another one
// imports it, without: what both say is one finding.
func TestVariants(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, twoPackages)
	want := `
a/a.go:7 hotdefer in example.com/m/a
b/b.go:5 hotdefer in example.com/m/b`
	expect(t, checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Tests: true}), dir, want)
	write(t, dir, "-- b/b_test.go --\npackage b\n\nvar x int = \"does not compile\"\n")
	expect(t, checked(t, Options{Dir: dir, Patterns: []string{"./..."}}), dir, want)
	expect(t, checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Tests: true}), dir, `
a/a.go:7 hotdefer in example.com/m/a
b/b.go:5 hotdefer in example.com/m/b
! example.com/m/b was not checked: it does not compile: cannot use "does not compile" (untyped string constant) as int value in variable declaration`)
}
