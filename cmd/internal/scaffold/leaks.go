package scaffold

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// leaksFile is the test that looks for goroutines left over.
const leaksFile = "leaks_test.go"

// leakTest returns the test for goroutines left over that the package at the root or,
// without one there, the first command lacks; nil if there is neither.
func leakTest(o Options) (*File, error) {
	r, err := examine(o)
	if err != nil {
		return nil, err
	}
	dir, pkg := place(o.Dir)
	if pkg == "" {
		return nil, nil
	}
	template, err := files.ReadFile("files/leaks_test.go.txt")
	if err != nil {
		return nil, err
	}
	f := &File{Path: path.Join(dir, leaksFile), data: bytes.Replace(template, []byte("PACKAGE"), []byte(pkg), 1)}
	f.Kept, f.Why = looksForLeaks(r)
	if file := testMain(filepath.Join(o.Dir, filepath.FromSlash(dir))); !f.Kept && file != "" {
		f.Kept, f.Why = true, fmt.Sprintf("%s has a TestMain", path.Join(dir, file))
	}
	return f, nil
}

// looksForLeaks reports whether tests look for goroutines left over, and says where.
func looksForLeaks(r *maturity.Report) (bool, string) {
	for _, t := range r.Tracks {
		for _, c := range t.Controls {
			if c.Check == "ci.leaks" && len(c.Proofs) > 0 && c.Status != verdict.NotApplicable {
				return true, c.Proofs[0].File + " looks for leaks"
			}
		}
	}
	return false, ""
}

// place returns the directory, slash-separated, and the name of the package to test.
func place(root string) (dir, pkg string) {
	commands, err := filepath.Glob(filepath.Join(root, "cmd", "*"))
	if err != nil {
		return "", ""
	}
	for _, d := range append([]string{root}, commands...) {
		name := packageOf(d)
		rel, err := filepath.Rel(root, d)
		if name != "" && err == nil {
			return filepath.ToSlash(rel), name
		}
	}
	return "", ""
}

// packageOf returns the name of the package in a directory, or "".
func packageOf(dir string) string {
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return ""
	}
	for _, s := range sources {
		if strings.HasSuffix(s, "_test.go") {
			continue
		}
		if f, err := parser.ParseFile(token.NewFileSet(), s, nil, parser.PackageClauseOnly); err == nil {
			return f.Name.Name
		}
	}
	return ""
}

// testMain returns the test file in a directory that declares TestMain, or "".
func testMain(dir string) string {
	tests, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return ""
	}
	for _, t := range tests {
		if data, err := os.ReadFile(t); err == nil && bytes.Contains(data, []byte("func TestMain(")) {
			return filepath.Base(t)
		}
	}
	return ""
}
