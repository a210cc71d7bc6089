package effects

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

var updateStd = flag.Bool("update-std", false, "write the table of the standard library of the go command in use")

// The shares of functions, in percent, whose kinds of effects may be others than
// the table says, or which may be missing there: in another patch release, and on
// another platform, where they were 1 (linux/arm64), 3 (darwin/arm64) and 8
// (windows/amd64), all without cgo.
const (
	maxOtherPatch    = 1
	maxOtherPlatform = 10
)

// TestStdTables infers what the standard library does, from all of its source, and
// compares it with the table that stands in where a host does not: byte by byte if
// the go command in use is the one that the table was made with, else the kinds.
// The flag -update-std writes the table.
func TestStdTables(t *testing.T) {
	env, of := stdEnviron(t)
	table := &libraryTable{found: make(map[key]*Summary), steps: make(map[*Step]*Step), goroot: env["GOROOT"]}
	facts := factsOfStd(t)
	for _, path := range slices.Sorted(maps.Keys(facts)) {
		table.add(t, path, facts[path])
	}
	got := table.bytes()
	release := langOf(env["GOVERSION"])
	if *updateStd {
		writeStd(t, stdFile(release), of, got)
		return
	}
	if !slices.Contains(stdReleases, release) {
		t.Fatalf("there is no table of %s", release)
	}
	packed, err := stdTables.ReadFile(stdFile(release))
	if err != nil {
		t.Fatal(err)
	}
	want, err := stdData(release)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d packages, %d functions, %d bytes, %d packed", of, len(facts), len(table.found)-len(facts), len(want), len(packed))
	limit := maxOtherPlatform
	heading, _, _ := strings.Cut(string(packed), "\n")
	if strings.TrimPrefix(heading, strings.Fields(heading)[0]) == strings.TrimPrefix(of, env["GOVERSION"]) {
		limit = maxOtherPatch
	}
	if heading != of {
		t.Logf("the table is of %s", heading)
		compareKinds(t, table.found, want, limit)
	} else if !bytes.Equal(got, want) {
		compareKinds(t, table.found, want, limit)
		t.Errorf("the table is not what is inferred today: make std-effects")
	}
}

// compareKinds fails if, of more functions than limit percent, the effects are
// others than those that data says.
func compareKinds(t *testing.T, found map[key]*Summary, data []byte, limit int) {
	t.Helper()
	r, err := newReader(data)
	if err != nil {
		t.Fatal(err)
	}
	var other []string
	lacking := 0
	for _, k := range slices.SortedFunc(maps.Keys(found), compareKeys) {
		s := r.lookUp(k)
		switch {
		case s == nil:
			lacking++
		case s.kinds() != found[k].kinds():
			other = append(other, fmt.Sprintf("%s.%s: %v, in the table %v", k.pkg, k.name, found[k].kinds(), s.kinds()))
		}
	}
	t.Logf("of %d functions %d have other kinds of effects and %d are not in the table; the first: %s", len(found), len(other), lacking, strings.Join(other[:min(10, len(other))], "; "))
	if (len(other)+lacking)*100 > len(found)*limit {
		t.Errorf("%d of %d functions are not what the table says", len(other)+lacking, len(found))
	}
}

// kinds returns the kinds of a function's effects.
func (s *Summary) kinds() (kinds Set) {
	for _, e := range s.All() {
		kinds |= 1 << e.Kind
	}
	return kinds
}

func writeStd(t *testing.T, file, heading string, data []byte) {
	t.Helper()
	buf := bytes.NewBufferString(heading + "\n")
	z, err := flate.NewWriter(buf, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A libraryTable is what the packages of the standard library say, together.
type libraryTable struct {
	found  map[key]*Summary
	steps  map[*Step]*Step // with positions that are the same on every machine
	goroot string
}

// add takes over what the fact of a package says. A function that several packages
// tell of must be the same in all: importers would else go by whom they import.
func (l *libraryTable) add(t *testing.T, path string, data []byte) {
	t.Helper()
	l.found[known(path)] = new(Summary)
	r, err := newReader(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range r.keys {
		s := l.summary(r.lookUp(k))
		if old := l.found[k]; old == nil {
			l.found[k] = s
		} else if !reflect.DeepEqual(old, s) {
			t.Errorf("packages do not agree on %v:\n%s\n%s", k, describe(old), describe(s))
		}
	}
}

func (l *libraryTable) summary(s *Summary) *Summary {
	moved := *s
	moved.Effects = slices.Clone(s.Effects)
	for i := range moved.Effects {
		moved.Effects[i].Chain = l.step(moved.Effects[i].Chain)
	}
	moved.Given = slices.Clone(s.Given)
	for i := range moved.Given {
		moved.Given[i].Chain = l.step(moved.Given[i].Chain)
	}
	if s.Results != nil {
		moved.Results = make(map[int]*Summary)
		for i, r := range s.Results {
			moved.Results[i] = l.summary(r)
		}
	}
	return &moved
}

func (l *libraryTable) step(s *Step) *Step {
	if s == nil {
		return nil
	}
	if m, ok := l.steps[s]; ok {
		return m
	}
	moved := *s
	if rest, ok := strings.CutPrefix(filepath.ToSlash(s.Pos.File), filepath.ToSlash(l.goroot)+"/"); ok {
		moved.Pos.File = "$GOROOT/" + rest
	}
	moved.Next = l.step(s.Next)
	l.steps[s] = &moved
	return &moved
}

func (l *libraryTable) bytes() []byte {
	w := newWriter()
	for _, k := range slices.SortedFunc(maps.Keys(l.found), compareKeys) {
		w.add(k, l.found[k])
	}
	return w.bytes()
}

// library is the import path of a package that imports the standard library.
const library = "example.com/library"

// importedFacts reports the facts of what the package library imports.
var importedFacts = &analysis.Analyzer{
	Name:     "importedfacts",
	Doc:      "report the facts of what is imported",
	Requires: []*analysis.Analyzer{Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		if pass.Pkg.Path() != library {
			return nil, nil
		}
		facts := make(map[string][]byte)
		for _, p := range pass.Pkg.Imports() {
			var f Fact
			if !pass.ImportPackageFact(p, &f) {
				return nil, fmt.Errorf("%s has no fact", p.Path())
			}
			facts[p.Path()] = f.data
		}
		js, err := json.Marshal(facts)
		if err != nil {
			return nil, err
		}
		pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: string(js), URL: pass.Analyzer.Name, Message: "facts"})
		return nil, nil
	},
}

// factsOfStd returns the facts of all packages of the standard library that a
// program can import, by their paths.
func factsOfStd(t *testing.T) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "list", "-f", "{{if .GoFiles}}{{.ImportPath}}{{end}}", "std")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	src := bytes.NewBufferString("package library\n")
	for path := range strings.FieldsSeq(string(out)) {
		if elems := strings.Split(path, "/"); !slices.Contains(elems, "internal") && elems[0] != "vendor" && path != "unsafe" {
			fmt.Fprintf(src, "import _ %q\n", path)
		}
	}
	for name, text := range map[string]string{"go.mod": "module " + library + "\n", "library.go": src.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	facts := make(map[string][]byte)
	each(t, vet(t, importedFacts, dir, "."), importedFacts, func(unit string, d diag) {
		if err := json.Unmarshal([]byte(d.Category), &facts); err != nil {
			t.Fatalf("%s: %v", unit, err)
		}
	})
	if len(facts) < 150 {
		t.Fatalf("only %d packages", len(facts))
	}
	return facts
}

// stdEnviron returns what the go command says of itself, and what a table made by
// it is of.
func stdEnviron(t *testing.T) (env map[string]string, of string) {
	t.Helper()
	cmd := exec.Command("go", "env", "-json", "GOVERSION", "GOROOT", "GOOS", "GOARCH", "CGO_ENABLED")
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	if err := json.Unmarshal(out, &env); err != nil {
		t.Fatal(err)
	}
	return env, fmt.Sprintf("%s %s/%s CGO_ENABLED=%s", env["GOVERSION"], env["GOOS"], env["GOARCH"], env["CGO_ENABLED"])
}
