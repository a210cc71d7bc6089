//go:build e2e

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/google/pprof/profile"
)

var update = flag.Bool("update", false, "write testdata/golden/findings.txt as lagvet check has it")

// Paths from this directory.
const (
	root   = "../../.."
	golden = root + "/testdata/golden"
)

// lagvet is the command, built for these tests as releases are.
var lagvet string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lagvet-e2e-")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(dir)
	lagvet = filepath.Join(dir, "lagvet")
	build := exec.Command("go", "build", "-trimpath", "-o", lagvet, "./cmd/lagvet")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		log.Printf("building lagvet: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// configuration changes each part of what is told: rules, tiers, excludes, budgets,
// policies.
const configuration = `rules: {stw: off, ctxless: {tier: suspected}, hotcall: {tier: proven}, hotblock: {tier: proven}}
exclude: [{path: feed, rules: [hotdefer], reason: an example}]
budgets:
  - {func: "(*example.com/golden/gateway.Gateway).limit", defers: 0}
  - {func: "(*example.com/golden/book.Book).Price", effects: none}
policy: {packages: [{path: store, forbid: [disk], reason: an example}]}
`

// configured returns what lagvet check finds in a golden module by configuration,
// to which each part of it must have led.
func configured(t *testing.T, dir string) []Finding {
	t.Helper()
	write(t, dir, ".lagvet.yml", configuration)
	fs := check(t, dir)
	silenced := of("stw", "hotblock", "hotdefer")
	if slices.ContainsFunc(fs, silenced) || !slices.ContainsFunc(fs, of("budget")) || !slices.ContainsFunc(fs, of("policy")) {
		t.Fatalf("the configuration is not obeyed:\n%s", show(fs, whole))
	}
	return fs
}

// checkout returns the root of this module, absolute.
func checkout(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// module returns the directory of a copy of the golden module, which no
// repository is around.
func module(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "golden")
	if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit replaces text, which must be there, in a file of a module.
func edit(t *testing.T, dir, file, old, new string) {
	t.Helper()
	name := filepath.Join(dir, file)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	write(t, dir, file, strings.Replace(string(data), old, new, 1))
}

// write writes a file of a module.
func write(t *testing.T, dir, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// writeProfile writes a CPU profile of the golden module, ten seconds long, which
// says that a function of package book has all the time. Its samples stand on a
// line of book.go.
func writeProfile(t *testing.T, file, function string, line int64) {
	t.Helper()
	fn := &profile.Function{ID: 1, Name: "example.com/golden/book." + function, Filename: "book/book.go", StartLine: line}
	loc := &profile.Location{ID: 1, Address: 1, Line: []profile.Line{{Function: fn, Line: line + 1}}}
	p := &profile.Profile{
		SampleType:    []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType:    &profile.ValueType{Type: "cpu", Unit: "nanoseconds"},
		Period:        int64(10 * time.Millisecond),
		DurationNanos: int64(10 * time.Second),
		Sample:        []*profile.Sample{{Location: []*profile.Location{loc}, Value: []int64{1000, int64(10 * time.Second)}}},
		Location:      []*profile.Location{loc},
		Function:      []*profile.Function{fn},
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
}

// A Finding is one as far as hosts show it.
type Finding struct {
	Place   string // file:line:column, the file from the root of the module, with slashes
	Rule    string
	Message string
	// Chain is why the code is hot, if it is, and the steps to the hazard, each
	// with its place before it. Not all hosts show it.
	Chain []string
}

// String is the finding without its chain.
func (f Finding) String() string { return f.Place + ": " + f.Rule + ": " + f.Message }

// needsCompiler reports whether f is found only where the compiler is asked what
// escapes, which hosts that run analyzers in their own process do not do.
func (f Finding) needsCompiler() bool { return f.Rule == "heapescape" }

// expected returns the findings of the golden module.
func expected(t *testing.T) []Finding {
	t.Helper()
	data, err := os.ReadFile(golden + "/findings.txt")
	if err != nil {
		t.Fatal(err)
	}
	var fs []Finding
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if step, ok := strings.CutPrefix(line, "\t"); ok {
			fs[len(fs)-1].Chain = append(fs[len(fs)-1].Chain, step)
			continue
		}
		parts := strings.SplitN(line, ": ", 3)
		if len(parts) != 3 {
			t.Fatalf("findings.txt: %q is no finding", line)
		}
		fs = append(fs, Finding{Place: parts[0], Rule: parts[1], Message: parts[2]})
	}
	if len(fs) == 0 {
		t.Fatal("findings.txt holds no finding")
	}
	return fs
}

// without returns the findings for which leave is false.
func without(fs []Finding, leave func(Finding) bool) []Finding {
	return slices.DeleteFunc(slices.Clone(fs), leave)
}

// show lays findings out, in order, as findings.txt has them; what host and golden
// module are to agree on is what format keeps of a finding.
func show(fs []Finding, format func(Finding) string) string {
	var lines []string
	for _, f := range fs {
		lines = append(lines, format(f)+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// plain is a finding without its chain, whole one with it.
func plain(f Finding) string { return f.String() }
func whole(f Finding) string { return strings.Join(append([]string{f.String()}, f.Chain...), "\n\t") }

// compare fails unless a host found what it was to find, by what format keeps.
func compare(t *testing.T, host string, got, want []Finding, format func(Finding) string) {
	t.Helper()
	if diff := udiff.Unified("golden module", host, show(want, format), show(got, format)); diff != "" {
		t.Errorf("%s does not find what it should:\n%s", host, diff)
	}
}

// A process is a command to run in dir, with env added to this process's.
type process struct {
	dir   string
	env   []string
	stdin io.Reader
}

// run runs the command and returns what it printed and its exit code.
func (p process) run(t *testing.T, name string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Stdin = p.dir, p.stdin
	cmd.Env = append(os.Environ(), p.env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatalf("running %s: %v", name, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that is to succeed and returns what it printed on standard
// output.
func (p process) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, errs, code := p.run(t, name, args...)
	if code != 0 {
		t.Fatalf("%s %s: exit code %d\n%s%s", name, strings.Join(args, " "), code, out, errs)
	}
	return out
}

// place returns a place in dir as findings have it.
func place(t *testing.T, dir, file string, line, column int) string {
	t.Helper()
	return relative(t, dir, fmt.Sprintf("%s:%d:%d", file, line, column))
}

// step returns a step of a chain from what a host shows beside a finding, and
// whether it is one: what to do stands there too. A step in another package stands
// where the last one in the finding's own does, with its place in the text.
func step(t *testing.T, dir, posn, text string) (string, bool) {
	t.Helper()
	if strings.HasPrefix(text, "mend: ") {
		return "", false
	}
	if strings.HasPrefix(text, "//lagvet:") { // why it is hot
		return text, true
	}
	if inner := strings.SplitN(text, ": ", 2); len(inner) == 2 && filepath.IsAbs(inner[0]) {
		posn, text = inner[0], inner[1]
	}
	return relative(t, dir, posn) + ": " + text, true
}

// relative returns a place, "file:line:column", with the file from dir.
func relative(t *testing.T, dir, posn string) string {
	t.Helper()
	if !filepath.IsAbs(posn) {
		return filepath.ToSlash(posn)
	}
	rel, err := filepath.Rel(dir, posn)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}
