package effects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
)

// The test binary is a vet tool too, so that facts go through their encoding
// and through the go command's cache.
const toolEnv = "LAGVET_EFFECTS_TEST_TOOL"

func TestMain(m *testing.M) {
	if os.Getenv(toolEnv) == "" {
		os.Exit(m.Run())
	}
	if err := reportAlways(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	unitchecker.Main(Report, Analyzer, onlySSA, importedFacts, withoutStd)
}

// reportAlways has a unit report what it found although the go command wants
// only its facts: the cache makes no difference between the two, so a later run
// that wants the report would get nothing.
func reportAlways() error {
	file := os.Args[len(os.Args)-1]
	if filepath.Ext(file) != ".cfg" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var cfg map[string]any
	if err := json.Unmarshal(data, &cfg); err != nil {
		return err
	}
	cfg["VetxOnly"] = false
	if data, err = json.Marshal(cfg); err != nil {
		return err
	}
	os.Args[len(os.Args)-1] = filepath.Join(filepath.Dir(file), "always.cfg")
	return os.WriteFile(os.Args[len(os.Args)-1], data, 0o600)
}

// vetted runs the go command in dir with the test binary as its vet tool, and
// returns the effects of all functions of the packages by their names.
func vetted(t testing.TB, dir string, args ...string) map[string]*Summary {
	t.Helper()
	return reported(t, Report, dir, args...)
}

// reported does the same for an analyzer that reports as Report does.
func reported(t testing.TB, a *analysis.Analyzer, dir string, args ...string) map[string]*Summary {
	t.Helper()
	found := make(map[string]*Summary)
	each(t, vet(t, a, dir, args...), a, func(unit string, d diag) {
		rs, err := DecodeReport(d.Category)
		if err != nil {
			t.Fatalf("%s: %v", unit, err)
		}
		for _, r := range rs {
			found[r.Func] = r.Summary
		}
	})
	return found
}

// A diag is a diagnostic as unitchecker prints it.
type diag struct{ Category, Message string }

// each calls f for every report of an analyzer in the output of go vet.
func each(t testing.TB, out []byte, a *analysis.Analyzer, f func(unit string, d diag)) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var units map[string]map[string][]diag
		if err := dec.Decode(&units); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		for unit, said := range units {
			for _, d := range said[a.Name] {
				f(unit, d)
			}
		}
	}
}

// vet returns what go vet prints on standard output of an analyzer.
func vet(t testing.TB, a *analysis.Analyzer, dir string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("go", append([]string{"vet", "-json", "-vettool=" + tool(t), "-" + a.Name, "-overlay=" + withoutTests(t, dir, args)}, args...)...)
	cmd.Dir = dir
	cmd.Env = toolEnviron(dir)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("go vet: %v\n%s", err, stderr.Bytes())
	}
	if stdout.Len() == 0 { // before Go 1.26 it all went to standard error, each unit under its name
		return heading.ReplaceAll(stderr.Bytes(), nil)
	}
	return stdout.Bytes()
}

var heading = regexp.MustCompile(`(?m)^#.*$`)

// tool returns the test binary. Under the race detector it would take many times
// as long and find nothing, for package after package runs in a process of its
// own: another one is built there.
func tool(t testing.TB) string {
	t.Helper()
	if !raced {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		return self
	}
	file := filepath.Join(t.TempDir(), "tool.test")
	if out, err := exec.Command("go", "test", "-c", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("building the tool: %v\n%s", err, out)
	}
	return file
}

// toolEnviron is the environment in which the test binary is a vet tool.
func toolEnviron(dir string) []string {
	return append(os.Environ(), toolEnv+"=1", "GOWORK=off", "PWD="+dir)
}

// withoutTests writes an overlay that hides the tests of packages, as lagvet
// does: their hooks are not what a program runs.
func withoutTests(t testing.TB, dir string, patterns []string) (file string) {
	t.Helper()
	patterns = slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { return strings.HasPrefix(p, "-") })
	cmd := exec.Command("go", append([]string{"list", "-f", "{{$d := .Dir}}{{range .TestGoFiles}}{{$d}}/{{.}}\n{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}\n{{end}}"}, patterns...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	replace := make(map[string]string)
	for name := range strings.FieldsSeq(string(out)) {
		replace[name] = ""
	}
	js, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, js, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// factSizes returns, for a package and all that it imports, the bytes of its
// fact.
func factSizes(t testing.TB, path string) map[string]int {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .GoFiles}}{{.ImportPath}}{{end}}", path).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	sizes := make(map[string]int)
	paths := slices.DeleteFunc(strings.Fields(string(out)), func(p string) bool { return p == "unsafe" })
	each(t, vet(t, Report, ".", paths...), Report, func(unit string, d diag) {
		n := 0
		if _, err := fmt.Sscanf(d.Message, "effects, %d bytes", &n); err != nil {
			t.Fatalf("%s: %q: %v", unit, d.Message, err)
		}
		sizes[unit] = n
	})
	return sizes
}

// describe prints a summary, a line for each effect.
func describe(s *Summary) string {
	var b strings.Builder
	for _, e := range s.All() {
		fmt.Fprintf(&b, "  %v", e.Kind)
		if e.Cold {
			b.WriteString(" cold")
		}
		if e.ByCaller {
			b.WriteString(" by caller")
		}
		if e.Kind == Alloc {
			fmt.Fprintf(&b, " %v", e.Certainty)
		}
		for s := range e.Chain.All {
			pos := s.Pos.String()
			if i := strings.LastIndex(pos, "/src/"); i >= 0 {
				pos = pos[i+5:]
			}
			fmt.Fprintf(&b, "\n      %s %s", pos, s.Func)
		}
		b.WriteByte('\n')
	}
	for _, g := range s.Given {
		fmt.Fprintf(&b, "  given %d %s spawned=%t\n", g.Param, g.Method, g.Spawned)
	}
	for i, r := range s.Results {
		fmt.Fprintf(&b, " result %d:\n%s", i, describe(r))
	}
	return b.String()
}
