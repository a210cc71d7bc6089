package manage

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/testtool"
)

func TestMain(m *testing.M) { testtool.Main(m, &self) }

// self is the executable that go vet runs in these tests.
var self string

// Each archive of testdata/match is a package, or several, in an old and a new
// version. What is found in the new one is marked as known or fresh in a comment
// at the end of its line; in the old one, what is found and is then gone.
func TestVersions(t *testing.T) {
	dir := t.TempDir()
	archives, err := filepath.Glob("testdata/match/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("%d archives, error %v", len(archives), err)
	}
	for _, path := range archives {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			version, rest, _ := strings.Cut(f.Name, "/")
			if name == "crlf" && version == "new" {
				f.Data = bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))
			}
			write(t, filepath.Join(dir, version, name, filepath.FromSlash(rest)), f.Data)
		}
	}
	// One run of the engine for all old versions, and one for all new ones.
	old, now := find(t, filepath.Join(dir, "old")), find(t, filepath.Join(dir, "new"))
	for _, path := range archives {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			before, after := within(old, filepath.Join(dir, "old", name)), within(now, filepath.Join(dir, "new", name))
			entries := baseline.EntriesOf(before, baseline.Disk(filepath.Join(dir, "old")))
			res := baseline.Match(entries, after, baseline.Disk(filepath.Join(dir, "new")))
			got := lines("fresh", res.Fresh) + lines("known", res.Known)
			for j, f := range before {
				if !slices.Contains(res.Pairs, j) {
					got += lines("gone", []finding.Finding{f})
				}
			}
			want := marked(t, filepath.Join(dir, "new", name), "fresh") + marked(t, filepath.Join(dir, "new", name), "known") +
				marked(t, filepath.Join(dir, "old", name), "gone")
			got, want = strings.ReplaceAll(sorted(got), dir, ""), strings.ReplaceAll(sorted(want), dir, "")
			if got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if len(res.Gone)+len(res.Known) != len(before) || len(res.Fresh)+len(res.Known) != len(after) {
				t.Errorf("%d old and %d new findings became %d fresh, %d known and %d gone", len(before), len(after), len(res.Fresh), len(res.Known), len(res.Gone))
			}
		})
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
}

// find returns what lagvet check reports on a module.
func find(t *testing.T, dir string) []finding.Finding {
	t.Helper()
	write(t, filepath.Join(dir, "go.mod"), []byte("module example.com/m\n\ngo 1.26\n"))
	res, err := engine.Run(t.Context(), engine.Options{Dir: dir, Patterns: []string{"./..."}, NoCanary: true, Tool: self})
	if err != nil || len(res.Problems) > 0 {
		t.Fatalf("problems %+v, error %v", res.Problems, err)
	}
	finding.Identify(res.Findings)
	return slices.DeleteFunc(res.Findings, func(f finding.Finding) bool {
		return f.NeedsHot || f.Allowed != nil || f.Tier == finding.Suspected
	})
}

func within(fs []finding.Finding, dir string) []finding.Finding {
	var in []finding.Finding
	for _, f := range fs {
		if strings.HasPrefix(f.Start.File, dir+string(filepath.Separator)) {
			in = append(in, f)
		}
	}
	return in
}

// lines says what became of findings, a line each.
func lines(what string, fs []finding.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(entryAt(what, f.Start.File, f.Start.Line))
	}
	return b.String()
}

// marked says, as lines does, what the sources of a folder say of themselves.
func marked(t *testing.T, dir, what string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for i, l := range strings.Split(string(text), "\n") {
			if strings.HasSuffix(strings.TrimSpace(l), "// "+what) {
				b.WriteString(entryAt(what, path, i+1))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func entryAt(what, file string, number int) string {
	return fmt.Sprintf("%s %s:%d\n", what, file, number)
}

func sorted(text string) string {
	ls := strings.SplitAfter(text, "\n")
	slices.Sort(ls)
	return strings.Join(ls, "")
}
