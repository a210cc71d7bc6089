package manage

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A bench is a module in which commands are run on findings that the test gives.
type bench struct {
	t        *testing.T
	dir      string
	findings []finding.Finding
	unshown  []finding.Finding
	problems []finding.Problem
}

func newBench(t *testing.T, funcs ...string) *bench {
	b := &bench{t: t, dir: t.TempDir()}
	write(t, filepath.Join(b.dir, "go.mod"), []byte("module example.com/m\n"))
	b.has(funcs...)
	return b
}

// has makes these functions what the module consists of, with a finding in each.
func (b *bench) has(funcs ...string) {
	b.t.Helper()
	text := "package m\n"
	b.findings = nil
	for i, fn := range funcs {
		text += "func " + fn + "() { " + strings.ToLower(fn) + "() }\n"
		b.findings = append(b.findings, finding.Finding{
			Rule: "ctxless", Message: "message of " + fn, Package: "example.com/m", Func: "example.com/m." + fn, Cause: "no context",
			Start: finding.Place{File: filepath.Join(b.dir, "m.go"), Line: i + 2, Column: len("func () { ") + len(fn) + 1},
		})
	}
	finding.Identify(b.findings)
	write(b.t, filepath.Join(b.dir, "m.go"), []byte(text))
}

func (b *bench) survey(ctx context.Context, o check.Options, _ io.Writer) (*check.Surveyed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rep := &report.Report{Tool: report.Tool{Version: "v1.2.3"}, Dir: b.dir, Root: b.dir, Findings: b.findings, Problems: b.problems}
	res := &engine.Result{Toolchain: "go1.26.8", GOOS: "linux", GOARCH: "amd64", Ledger: []finding.Ledger{{Package: "example.com/m", Func: "example.com/m.A", Defers: 1}}}
	return &check.Surveyed{Report: rep, Result: res, Unshown: b.unshown}, nil
}

// run executes a command, and returns its code and all that it says.
func (b *bench) run(o Options, do func(*command) (int, error)) (int, string) {
	b.t.Helper()
	if o.Check.Dir == "" {
		o.Check.Dir = b.dir
	}
	var out bytes.Buffer
	c, err := newCommand(o, check.Streams{Out: &out, Err: &out})
	if err != nil {
		b.t.Fatal(err)
	}
	c.survey = b.survey
	code, err := do(c)
	if err != nil {
		out.WriteString("error: " + err.Error() + "\n")
	}
	return code, out.String()
}

func (b *bench) write(o Options) (int, string) {
	return b.run(o, func(c *command) (int, error) { return c.write(b.t.Context()) })
}

func (b *bench) prune(o Options) (int, string) {
	return b.run(o, func(c *command) (int, error) { return c.prune(b.t.Context()) })
}

func (b *bench) path() string { return filepath.Join(b.dir, baseline.Name) }

// holds checks which functions the file has entries of, and their reasons.
func (b *bench) holds(want ...string) *baseline.File {
	b.t.Helper()
	f, err := baseline.Load(b.path())
	if err != nil {
		b.t.Fatal(err)
	}
	var got []string
	for _, e := range f.Entries {
		got = append(got, strings.TrimSpace(e.Decl+" "+e.Reason))
	}
	if g, w := strings.Join(got, ", "), strings.Join(want, ", "); g != w {
		b.t.Errorf("the file holds %s, want %s", g, w)
	}
	return f
}

func (b *bench) expect(code int, said string, wantCode int, want ...string) {
	b.t.Helper()
	if code != wantCode {
		b.t.Errorf("exit code %d, want %d", code, wantCode)
	}
	for _, w := range want {
		if !strings.Contains(said, w) {
			b.t.Errorf("it says\n%swant\n%s", said, w)
		}
	}
}

func TestWrite(t *testing.T) {
	b := newBench(t, "A", "B")
	code, said := b.write(Options{})
	b.expect(code, said, report.Clean, baseline.Name+": 2 findings, 2 of them new\n")
	f := b.holds("A", "B")
	if f.Lagvet != "v1.2.3" || f.Go != "go1.26.8" || f.GOOS != "linux" || f.GOARCH != "amd64" || len(f.Costs) != 1 {
		t.Errorf("the file says %+v", f)
	}

	f.Entries[1].Reason = "is called once a day"
	if err := f.Save(b.path()); err != nil {
		t.Fatal(err)
	}
	b.has("B", "C", "D")
	code, said = b.write(Options{Reason: "is of before"})
	b.expect(code, said, report.Clean, "3 findings, 2 of them new; 1 that it held no longer occur\n")
	b.holds("B is called once a day", "C is of before", "D is of before")
}

func TestPrune(t *testing.T) {
	b := newBench(t, "A", "B", "C")
	code, said := b.prune(Options{})
	b.expect(code, said, report.Usage, "there is no baseline", "lagvet baseline write makes one")
	b.write(Options{Reason: "r"})
	before, err := os.ReadFile(b.path())
	if err != nil {
		t.Fatal(err)
	}
	code, said = b.prune(Options{})
	b.expect(code, said, report.Clean, baseline.Name+": 0 no longer occur and were removed, 3 findings left\n")
	if after, err := os.ReadFile(b.path()); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it changed, with nothing to prune: error %v\n%s", err, after)
	}
	b.has("A", "C", "D")
	code, said = b.prune(Options{})
	b.expect(code, said, report.Clean, "m.go: B: message of B (ctxless)\n", "1 no longer occur and were removed, 2 findings left\n")
	b.holds("A r", "C r")
}

// An entry follows its code, so that it does so from where it is now the next time.
func TestPruneFollows(t *testing.T) {
	b := newBench(t, "A")
	b.write(Options{Reason: "r"})
	b.has("A")
	b.findings[0].Func = "example.com/m.Z"
	write(t, filepath.Join(b.dir, "m.go"), []byte("package m\nfunc Z() { a() }\n"))
	code, said := b.prune(Options{})
	b.expect(code, said, report.Clean, "0 no longer occur and were removed, 1 finding left (1 of them in another place)\n")
	b.holds("Z r")
}

// In a run without the profile that makes code hot, its findings wait.
func TestWaitingIsKept(t *testing.T) {
	b := newBench(t, "A", "B", "C")
	b.write(Options{Reason: "r"})
	b.has("A", "B")
	b.findings, b.unshown = b.findings[:1], b.findings[1:]
	code, said := b.prune(Options{})
	b.expect(code, said, report.Clean, "m.go: C: ", "1 no longer occur and were removed, 2 findings left; 1 kept that are not reported now")
	b.holds("A r", "B r")
	code, said = b.write(Options{})
	b.expect(code, said, report.Clean, "1 finding, 0 of them new; 1 kept that are not reported now")
	b.holds("A r", "B r")
}

func TestWhatWasNotChecked(t *testing.T) {
	b := newBench(t, "A")
	b.problems = []finding.Problem{{Message: "example.com/m was not checked", Remedy: "mend it"}}
	code, said := b.write(Options{})
	b.expect(code, said, report.Unchecked, "could not check: example.com/m was not checked", "is as it was")
	if _, err := os.Stat(b.path()); err == nil {
		t.Error("a file was written")
	}
	b.problems = nil
	b.write(Options{})
	b.has()
	b.problems = []finding.Problem{{Message: "example.com/m was not checked"}}
	for _, do := range []func(Options) (int, string){b.write, b.prune} {
		code, said := do(Options{Force: true})
		b.expect(code, said, report.Unchecked, "is as it was")
		b.holds("A")
	}
}

func TestUnreadableIsKept(t *testing.T) {
	b := newBench(t, "A")
	for _, text := range []string{"", "<<<<<<< ours\n", `{"lagvet_baseline": 2}`, `{"name": "other"}`} {
		write(t, b.path(), []byte(text))
		for _, do := range []func(Options) (int, string){b.write, b.prune} {
			code, said := do(Options{})
			b.expect(code, said, report.Usage, "error: the baseline ")
			if got, err := os.ReadFile(b.path()); err != nil || string(got) != text {
				t.Errorf("the file holds %q, error %v; want %q", got, err, text)
			}
		}
		code, said := b.write(Options{Force: true})
		b.expect(code, said, report.Clean, "it is written anew", "1 finding, 1 of them new")
		b.holds("A")
	}
}

func TestOnlyTheWhole(t *testing.T) {
	b := newBench(t, "A")
	sub := filepath.Join(b.dir, "sub")
	if err := os.Mkdir(sub, 0o777); err != nil {
		t.Fatal(err)
	}
	code, said := b.write(Options{Check: check.Options{Dir: sub}})
	b.expect(code, said, report.Usage, "run this in "+b.dir)
	if _, err := os.Stat(b.path()); err == nil {
		t.Error("a file was written")
	}
	code, said = b.write(Options{File: "sub/known.json"})
	b.expect(code, said, report.Clean)
	if _, err := baseline.Load(filepath.Join(sub, "known.json")); err != nil {
		t.Error(err)
	}
}

func TestInterrupted(t *testing.T) {
	b := newBench(t, "A")
	code, said := b.run(Options{}, func(c *command) (int, error) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return c.write(ctx)
	})
	b.expect(code, said, report.Unchecked, "interrupted")
	if _, err := os.Stat(b.path()); err == nil {
		t.Error("a file was written")
	}
}

func TestShow(t *testing.T) {
	b := newBench(t, "A", "B")
	b.findings[1].Rule = "hotdefer"
	b.write(Options{Reason: "r"})
	show := func(format string) (int, string) {
		var out bytes.Buffer
		code, err := Show(Options{Check: check.Options{Dir: b.dir}, Format: format}, check.Streams{Out: &out, Err: &out})
		if err != nil {
			return code, err.Error()
		}
		return code, out.String()
	}
	code, said := show("text")
	const want = `m.go: A: message of A (ctxless)
    reason: r
m.go: B: message of B (hotdefer)
    reason: r

2 findings: ctxless 1, hotdefer 1
written by lagvet v1.2.3 with go1.26.8, linux/amd64
`
	if code != report.Clean || said != want {
		t.Errorf("exit code %d, it says\n%swant\n%s", code, said, want)
	}
	code, said = show("json")
	var v shown
	if err := json.Unmarshal([]byte(said), &v); err != nil || code != report.Clean {
		t.Fatalf("exit code %d, error %v in %s", code, err, said)
	}
	if len(v.Findings) != 2 || v.Findings[0].Func != "example.com/m.A" || v.Counts["hotdefer"] != 1 || v.GOARCH != "amd64" {
		t.Errorf("JSON holds %+v", v)
	}
	if code, said := show("yaml"); code != report.Usage || !strings.Contains(said, "--format") {
		t.Errorf("exit code %d: %s", code, said)
	}
	if err := os.Remove(b.path()); err != nil {
		t.Fatal(err)
	}
	if code, said := show("text"); code != report.Usage || !strings.Contains(said, "there is no baseline") {
		t.Errorf("exit code %d: %s", code, said)
	}
}

// The whole way, by the real engine: what was written is what is found again.
func TestRealRun(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module example.com/m\n\ngo 1.26\n"))
	source := "package m\n\nimport \"os\"\n\nfunc %s(names []string) {\n\tfor _, name := range names {\n\t\tf, _ := os.Open(name)\n\t\tdefer f.Close()\n\t}\n}\n"
	write(t, filepath.Join(dir, "m.go"), []byte(strings.ReplaceAll(source, "%s", "Replay")))
	o := Options{Check: check.Options{Dir: dir, NoCanary: true, Tool: self}}
	run := func(do func(context.Context, Options, check.Streams) (int, error), want string) {
		t.Helper()
		var out bytes.Buffer
		code, err := do(t.Context(), o, check.Streams{Out: &out, Err: &out})
		if err != nil || code != report.Clean || !strings.HasSuffix(out.String(), want) {
			t.Errorf("exit code %d, error %v, it says\n%swant\n%s", code, err, out.String(), want)
		}
	}
	run(Write, "1 finding, 1 of them new\n")
	run(Write, "1 finding, 0 of them new\n")
	write(t, filepath.Join(dir, "m.go"), []byte("// Package m replays.\n"+strings.ReplaceAll(source, "%s", "Again")))
	run(Prune, "0 no longer occur and were removed, 1 finding left (1 of them in another place)\n")
	write(t, filepath.Join(dir, "m.go"), []byte("package m\n"))
	run(Prune, ": 1 no longer occur and were removed, 0 findings left\n")
}
