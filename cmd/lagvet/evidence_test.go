package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// evidence are the files that testdata/measured writes.
var evidence = []string{"cpu.pprof", "heap.pprof", "mutex.pprof", "block.pprof", "goroutine.pprof", "trace.out"}

// measured returns a copy of testdata/measured that was built and has run: it has
// left its evidence there, and its executable, "app".
func measured(t *testing.T, change func(text string) string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "measured"))); err != nil {
		t.Fatal(err)
	}
	rewrite(t, dir, change, "go.mod", "main.go", "desk/desk.go")
	for _, args := range [][]string{{"go", "build", "-o", "app", "."}, {filepath.Join(dir, "app"), dir}} {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return dir
}

func rewrite(t *testing.T, dir string, change func(text string) string, names ...string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		write(t, path, change(read(t, path)))
	}
}

func asItIs(text string) string { return text }

// A judged finding is one of a JSON report, with its evidence.
type judged struct {
	Rule, Func  string
	Message     string
	Fingerprint string
	Line        int
	Evidence    *struct {
		Status   string
		Weight   float64
		Measures []measure
	}
}

type measure struct {
	Source, Kind, Unit, Text string
	Value, Share             float64
	AtLine                   bool `json:"at_line"`
}

type judgedReport struct {
	Findings []judged
	Problems []struct{ Message string }
	Notes    []struct{ Message string }
}

func judge(t *testing.T, dir string, args ...string) (judgedReport, result) {
	t.Helper()
	got := lagvet(t, dir, append([]string{"check", "--no-canary", "--format", "json"}, args...)...)
	var r judgedReport
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	return r, got
}

// TestEvidence measures a service and checks it by what was measured.
func TestEvidence(t *testing.T) {
	dir := measured(t, asItIs)
	all := "--evidence=" + strings.Join(evidence, ",")
	without, plain := judge(t, dir)
	with, got := judge(t, dir, all, "--binary=app")
	if got.code != plain.code || got.code != 1 || len(with.Problems)+len(with.Notes) > 0 {
		t.Errorf("code %d, and %d without evidence: %+v %+v", got.code, plain.code, with.Problems, with.Notes)
	}
	assertSameFindings(t, with.Findings, without.Findings)
	assertRanked(t, with.Findings)

	kinds := map[string][]string{ // what must show each rule's hazard
		"ctxless": {"block", "trace"}, "gounbounded": {"goroutine", "trace"}, "lockblock": {"mutex", "block", "trace"},
		"tickerleak": {"goroutine"}, "heapescape": {"alloc"}, "hotalloc": {"alloc"}, "hotcall": {"cpu"},
		"hotblock": {"block", "trace"}, "stw": {"trace"}, "initperreq": {"alloc"},
	}
	seen := make(map[string]bool)
	for _, f := range with.Findings {
		forgotten := strings.HasSuffix(f.Func, ".forgotten")
		seen[f.Rule] = seen[f.Rule] || !forgotten
		if f.Evidence == nil {
			t.Errorf("%s in %s: no evidence", f.Rule, f.Func)
			continue
		}
		var shown []string
		for _, m := range f.Evidence.Measures {
			if m.Value > 0 {
				shown = append(shown, m.Kind)
			}
		}
		if forgotten {
			if f.Evidence.Status != "not observed" || f.Evidence.Weight != 0 || len(shown) > 0 {
				t.Errorf("what is never asked for: %+v", f.Evidence)
			}
			continue
		}
		if f.Evidence.Status != "confirmed" {
			t.Errorf("%s in %s is %s", f.Rule, f.Func, f.Evidence.Status)
		}
		for _, kind := range kinds[f.Rule] {
			if !slices.Contains(shown, kind) {
				t.Errorf("%s is shown by %q, and not by %s: %+v", f.Rule, shown, kind, f.Evidence.Measures)
			}
		}
	}
	for rule := range kinds {
		if !seen[rule] {
			t.Errorf("%s is not found", rule)
		}
	}
	assertAmounts(t, with.Findings)

	t.Run("text", func(t *testing.T) {
		got := lagvet(t, dir, "check", "--no-canary", "--evidence=heap.pprof", "--evidence", "block.pprof", "./...")
		for _, want := range []string{"% of allocated bytes, ", " since the start, at this line", "(heap.pprof)\n", "    not observed in block.pprof\n"} {
			if !strings.Contains(got.stdout, want) {
				t.Errorf("the report lacks %q:\n%s", want, got.stdout)
			}
		}
	})
	t.Run("SARIF", func(t *testing.T) { assertSARIF(t, dir, all) })
	t.Run("moved since", func(t *testing.T) { assertMoved(t, dir, with.Findings) })
	t.Run("refused", func(t *testing.T) { assertRefused(t, dir) })
}

func assertSameFindings(t *testing.T, with, without []judged) {
	t.Helper()
	prints := func(fs []judged) (ps []string) {
		for _, f := range fs {
			ps = append(ps, f.Fingerprint)
		}
		slices.Sort(ps)
		return ps
	}
	if got, want := prints(with), prints(without); len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("findings %q with evidence, %q without", got, want)
	}
}

func assertRanked(t *testing.T, fs []judged) {
	t.Helper()
	last := 1.0
	for _, f := range fs {
		if f.Evidence == nil || f.Evidence.Weight > last {
			t.Errorf("%s with the evidence %+v stands behind one of weight %v", f.Rule, f.Evidence, last)
			continue
		}
		last = f.Evidence.Weight
	}
}

// assertAmounts asserts what the service is known to do: 80 goroutines are begun
// by a literal, and most of the heap is for a slice that grows.
func assertAmounts(t *testing.T, fs []judged) {
	t.Helper()
	for _, f := range fs {
		known := func(measure) bool { return true }
		switch {
		case f.Rule == "gounbounded" && strings.HasPrefix(f.Message, "one goroutine per message"):
			known = func(m measure) bool { return m.Kind == "goroutine" && m.Value == 80 && m.Unit == "goroutines" }
		case f.Rule == "hotalloc":
			known = func(m measure) bool {
				return m.Kind == "alloc" && m.Unit == "bytes" && m.Share > 0.3 && m.Share < 0.95 && m.AtLine && m.Source == "heap.pprof"
			}
		}
		if !slices.ContainsFunc(f.Evidence.Measures, known) {
			t.Errorf("%s: %+v", f.Rule, f.Evidence.Measures)
		}
	}
}

func assertSARIF(t *testing.T, dir, all string) {
	got := lagvet(t, dir, "check", "--no-canary", "--format", "sarif", all)
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID     string
				Rank       *float64
				Properties struct {
					Evidence *struct{ Weight float64 }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		if r.Rank == nil || r.Properties.Evidence == nil || *r.Rank != 100*r.Properties.Evidence.Weight {
			t.Errorf("%s: rank %v, evidence %v", r.RuleID, r.Rank, r.Properties.Evidence)
		}
	}
}

// assertMoved asserts that code which has moved since is joined all the same, and
// that code which has gone is said.
func assertMoved(t *testing.T, dir string, before []judged) {
	was := read(t, dir, "desk", "desk.go")
	defer write(t, filepath.Join(dir, "desk", "desk.go"), was)
	rewrite(t, dir, func(text string) string {
		text = strings.Replace(text, "\n\nimport (", "\n\n// Three\n// lines\n// more.\nimport (", 1)
		return strings.ReplaceAll(text, "follow()", "attend()")
	}, "desk/desk.go")
	after, _ := judge(t, dir, "--evidence=heap.pprof,goroutine.pprof,trace.out")
	weigh := func(fs []judged, rule string) (line int, share float64) {
		for _, f := range fs {
			if f.Rule != rule || f.Evidence == nil {
				continue
			}
			line = f.Line
			for _, m := range f.Evidence.Measures {
				if m.Source != "cpu.pprof" {
					share = max(share, m.Share)
				}
			}
		}
		return line, share
	}
	for _, rule := range []string{"heapescape", "hotalloc", "tickerleak", "stw"} {
		line, share := weigh(before, rule)
		if now, same := weigh(after.Findings, rule); now != line+3 || same != share || share == 0 {
			t.Errorf("%s has a share of %v on line %d, and of %v on line %d", rule, share, line, same, now)
		}
	}
	said := func(n struct{ Message string }) bool {
		return strings.HasPrefix(n.Message, "goroutine.pprof is not of these sources") && strings.Contains(n.Message, "gone: 1;")
	}
	if !slices.ContainsFunc(after.Notes, said) {
		t.Errorf("it is not said that a function is gone: %+v", after.Notes)
	}
}

// assertRefused asserts what becomes of evidence that is none.
func assertRefused(t *testing.T, dir string) {
	stranger := measured(t, func(text string) string {
		return strings.ReplaceAll(text, "example.com/measured", "example.org/stranger")
	})
	write(t, filepath.Join(dir, "cut.pprof"), read(t, dir, "heap.pprof")[:100])
	write(t, filepath.Join(dir, "cut.out"), read(t, dir, "trace.out")[:1000])
	for _, tt := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"another program's", []string{"--evidence", stranger + "/heap.pprof"}, 3, "it has no function of example.com/measured, but those of example.org/stranger/desk, main (001, app)"},
		{"another program's trace", []string{"--evidence", stranger + "/trace.out"}, 3, "is no evidence: it is of another program"},
		{"another program's executable", []string{"--evidence", "heap.pprof", "--binary", stranger + "/app"}, 3, "is a program of module example.org/stranger, not of example.com/measured"},
		{"damaged", []string{"--evidence", "cut.pprof"}, 2, "reading evidence from cut.pprof: "},
		{"a damaged trace", []string{"--evidence", "cut.out"}, 2, "reading evidence from cut.out: it is an execution trace that cannot be read"},
		{"source text", []string{"--evidence", "main.go"}, 2, "reading evidence from main.go: it is neither"},
		{"missing", []string{"--evidence", "missing"}, 2, "missing: no such file"},
		{"a folder", []string{"--evidence", "desk"}, 2, "desk: is a directory"},
		{"no executable", []string{"--evidence", "heap.pprof", "--binary", "main.go"}, 2, "reading the executable main.go"},
		{"an executable alone", []string{"--binary", "app"}, 2, "--binary says what --evidence was taken from, and there is none"},
	} {
		got := lagvet(t, dir, append([]string{"check", "--no-canary"}, tt.args...)...)
		if got.code != tt.code || !strings.Contains(got.stdout+got.stderr, tt.want) {
			t.Errorf("%s: code %d, want %d, and %q:\n%s%s", tt.name, got.code, tt.code, tt.want, got.stdout, got.stderr)
		}
		if found := strings.Contains(got.stdout, "(heapescape)"); found != (tt.code == 3) {
			t.Errorf("%s: findings are shown: %v", tt.name, found)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-X main.version=2", "-gcflags=-l", "-o", "rebuilt", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got := lagvet(t, dir, "check", "--no-canary", "--evidence", "heap.pprof", "--binary", "rebuilt")
	if got.code != 3 || !strings.Contains(got.stdout, "heap.pprof is no evidence: it is of the build ") {
		t.Errorf("another build: code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}
