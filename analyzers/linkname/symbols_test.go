package linkname

import (
	"bufio"
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The table is written anew, with what this release adds, by
//
//	GOTOOLCHAIN=… go test ./analyzers/linkname -run Symbols -update
var update = flag.Bool("update", false, "add the symbols of this release to symbols.txt")

// TestSymbols holds the table against the standard library in use.
func TestSymbols(t *testing.T) {
	found := library(t)
	if len(found) < 300 {
		t.Fatalf("GOROOT has %d symbols that may be pulled: they are written in another way", len(found))
	}
	if *update {
		all := slices.Concat(symbols, found)
		slices.Sort(all)
		text := strings.Join(slices.Compact(all), "\n") + "\n"
		if err := os.WriteFile("symbols.txt", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !slices.IsSorted(symbols) {
		t.Error("symbols.txt is not sorted")
	}
	for _, s := range found {
		if !pushed(s) {
			t.Errorf("%s may be pulled, and the table has it not", s)
		}
	}
	for s := range blocked(t) {
		if pushed(s) {
			t.Errorf("%s is reserved, and the table has it", s)
		}
	}
	for _, s := range []string{"runtime.fastrand", "runtime.nanotime", "sync.runtime_Semacquire", "runtime.procyield", "runtime.memmove"} {
		if !pushed(s) {
			t.Errorf("%s may be pulled, and the table has it not", s)
		}
	}
	for _, s := range []string{"runtime.schedule", "runtime.allgs", "net/http.http2cleanPath", "time.runtimeNano"} {
		if pushed(s) {
			t.Errorf("%s may not be pulled, and the table has it", s)
		}
	}
}

// library returns the symbols of the standard library in use that the linker lets
// others pull, of all systems and architectures.
func library(t *testing.T) []string {
	t.Helper()
	src := filepath.Join(goroot(t), "src")
	reserved := blocked(t)
	var found []string
	err := filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		switch name := d.Name(); {
		case rel == "cmd", rel == "vendor", name == "testdata", strings.HasPrefix(name, "_"):
			return filepath.SkipDir
		}
		for _, s := range packageSymbols(t, path, filepath.ToSlash(rel)) {
			if !reserved[s] {
				found = append(found, s)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func goroot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(out))
}

// packageSymbols returns the symbols that the package in dir pushes, and its functions
// in assembly.
func packageSymbols(t *testing.T, dir, pkg string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	assembly, err := filepath.Glob(filepath.Join(dir, "*.s"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		without, pulled := withoutBody(f), make(map[string]bool)
		for _, g := range f.Comments {
			for _, c := range g.List {
				text, ok := strings.CutPrefix(c.Text, "//go:linkname ")
				if !ok {
					continue
				}
				fields := strings.Fields(text)
				switch local := fields[0]; {
				case len(fields) == 1 && (!without[local].IsValid() || isVar(f, local)):
					found = append(found, pkg+"."+local)
				case len(fields) == 1: // another package provides it
					pulled[local] = len(assembly) == 0
				case without[local].IsValid():
					pulled[local] = true
				default:
					found = append(found, fields[1])
				}
			}
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body == nil && d.Recv == nil && len(assembly) > 0 && !pulled[d.Name.Name] {
				found = append(found, pkg+"."+d.Name.Name)
			}
		}
	}
	return found
}

func isVar(f *ast.File, name string) bool {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
			for _, s := range d.Specs {
				for _, id := range s.(*ast.ValueSpec).Names {
					if id.Name == name {
						return true
					}
				}
			}
		}
	}
	return false
}

// blocked returns the symbols that the linker in use reserves.
func blocked(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(goroot(t), "src/cmd/link/internal/loader/loader.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "\nvar blockedLinknames = ")
	if !ok {
		t.Fatal("the linker has no list of reserved symbols")
	}
	list, _, _ := strings.Cut(rest, "\n}")
	names := make(map[string]bool)
	for lines := bufio.NewScanner(strings.NewReader(list)); lines.Scan(); {
		name, _, ok := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		if strings.HasPrefix(name, `"go:`) || !ok {
			continue
		}
		if s, err := strconv.Unquote(name); err == nil {
			names[s] = true
		}
	}
	if len(names) < 20 {
		t.Fatalf("%d reserved symbols: they are written in another way", len(names))
	}
	return names
}
