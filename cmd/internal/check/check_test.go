package check

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// An outcome is what a command left.
type outcome struct {
	code           int
	err            error
	stdout, stderr string
	asked          []engine.Options // of the engine
}

// execute runs a command with an engine that answers with the results, one a call.
func execute(t *testing.T, dir string, o Options, results ...*engine.Result) outcome {
	t.Helper()
	if o.Format == "" {
		o.Format = "text"
	}
	o.Dir = dir
	var got outcome
	var stdout, stderr bytes.Buffer
	r := &run{Options: o, streams: Streams{Out: &stdout, Err: &stderr}}
	r.engine = func(ctx context.Context, o engine.Options) (*engine.Result, error) {
		got.asked = append(got.asked, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return results[len(got.asked)-1], nil
	}
	if got.err = r.prepare(); got.err == nil {
		got.code, got.err = r.check(t.Context())
	}
	got.stdout, got.stderr = stdout.String(), stderr.String()
	return got
}

func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example.com/m\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func at(dir, file string, line int) finding.Finding {
	return finding.Finding{
		Rule: "ctxless", Message: "message", Severity: "high", Tier: finding.Likely, Package: "example.com/m",
		Start: finding.Place{File: filepath.Join(dir, file), Line: line, Column: 1},
	}
}

func TestEngineIsAsked(t *testing.T) {
	dir := module(t, map[string]string{
		".lagvet.yml": "rules: {ctxless: off}\nprofile: [a.pprof]\nhot: [example.com/m.F]\n",
		"a.pprof":     "",
	})
	got := execute(t, dir, Options{
		Tests: true, BuildFlags: []string{"-tags=x"}, Profiles: []string{"b.pprof"}, Disable: []string{"hotdefer"}, NoCanary: true,
	}, &engine.Result{Packages: 1})
	if got.err != nil || got.code != report.Clean {
		t.Fatalf("code %d, error %v", got.code, got.err)
	}
	o := got.asked[0]
	if o.Dir != dir || !o.Tests || !o.NoCanary || o.Heat || !slices.Equal(o.Patterns, []string{"./..."}) || !slices.Equal(o.BuildFlags, []string{"-tags=x"}) {
		t.Errorf("the engine is asked for %+v", o)
	}
	if want := []string{filepath.Join(dir, "a.pprof"), "b.pprof"}; !slices.Equal(o.Profiles, want) {
		t.Errorf("profiles are %q, want %q", o.Profiles, want)
	}
	if want := []string{"ctxless", "hotdefer"}; !slices.Equal(o.Disabled, want) {
		t.Errorf("disabled are %q, want %q", o.Disabled, want)
	}
	if len(o.Config.Hot) != 1 {
		t.Errorf("the configuration is %+v", o.Config)
	}
}

func TestFindingsAreIdentifiedBeforeTheyAreJudged(t *testing.T) {
	dir := module(t, map[string]string{".lagvet.yml": "exclude: [{path: a, reason: r}]\n"})
	res := func() *engine.Result {
		return &engine.Result{Packages: 1, Findings: []finding.Finding{at(dir, "a/a.go", 1), at(dir, "b.go", 1)}}
	}
	fingerprint := func(o outcome) string {
		t.Helper()
		i := strings.LastIndex(o.stdout, `"ruleId": "ctxless"`)
		if o.err != nil || i < 0 {
			t.Fatalf("error %v, output %s", o.err, o.stdout)
		}
		_, rest, _ := strings.Cut(o.stdout, `"lagvetFingerprint/v1": "`)
		print, _, _ := strings.Cut(rest, `"`)
		return print
	}
	with := fingerprint(execute(t, dir, Options{Format: "sarif"}, res()))
	if err := os.Remove(filepath.Join(dir, ".lagvet.yml")); err != nil {
		t.Fatal(err)
	}
	without := execute(t, dir, Options{Format: "sarif"}, res())
	if !strings.Contains(without.stdout, with) || fingerprint(without) == with {
		t.Errorf("the exclude of an equal finding changed the fingerprint %s:\n%s", with, without.stdout)
	}
}

func TestReport(t *testing.T) {
	dir := module(t, map[string]string{".lagvet.yml": "exclude: [{path: none, reason: r}]\nassume: [{func: example.com/m.F, effects: none, reason: r}]\n"})
	stale := at(dir, "a.go", 3)
	stale.Rule, stale.Severity = finding.DirectiveRule, ""
	waits := at(dir, "a.go", 4)
	waits.NeedsHot = true
	res := &engine.Result{Packages: 4, Cached: 3, Cold: 3, Assumed: make([]finding.Assumption, 2), Notes: []string{"go: downloading x"}, Findings: []finding.Finding{stale, waits}}
	got := execute(t, dir, Options{}, res)
	if got.code != report.Found {
		t.Errorf("code %d, error %v", got.code, got.err)
	}
	for _, want := range []string{".lagvet.yml:1:11: the exclude of none covers no Go file", "(directive)", ".lagvet.yml:2:10: assumed of example.com/m.F: none, because r\n", "1 finding in 1 of 4 packages", "(3 cached); 3 assumed.", "1 performance finding needs to know"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the report lacks %q:\n%s", want, got.stdout)
		}
	}
	if got.stderr != "go: downloading x\n" {
		t.Errorf("standard error is %q", got.stderr)
	}
	res.Cold = 4
	if got := execute(t, dir, Options{}, res); !strings.Contains(got.stdout, "Nothing tells what is hot here") {
		t.Errorf("not said that nothing is hot:\n%s", got.stdout)
	}
}

func TestTimings(t *testing.T) {
	dir := module(t, map[string]string{})
	res := &engine.Result{Packages: 1, Timings: &finding.Timings{
		Clock: "cpu", Total: time.Second, Analysed: 1, Asked: 1,
		Parts: []finding.Part{{Name: "ctxless", Kind: finding.RulePart, Own: time.Second, Packages: 1}},
	}}
	for _, tt := range []struct {
		format                  string
		diff, inStdout, inError bool
	}{
		{"text", false, false, true},
		{"text", true, false, true},
		{"sarif", false, false, true},
		{"json", false, true, false},
	} {
		got := execute(t, dir, Options{Format: tt.format, Diff: tt.diff, Timings: true, Anew: true}, res)
		if got.err != nil || !got.asked[0].Timings || !got.asked[0].Anew {
			t.Errorf("%s: error %v, asked for %+v", tt.format, got.err, got.asked)
		}
		if in := strings.Contains(got.stdout, `"timings": {`); in != tt.inStdout {
			t.Errorf("%s: standard output is\n%s", tt.format, got.stdout)
		}
		if in := strings.Contains(got.stderr, "100.0 %         1  ctxless (rule)\n"); in != tt.inError {
			t.Errorf("%s: standard error is\n%s", tt.format, got.stderr)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	r := &run{Options: Options{Dir: module(t, map[string]string{}), Format: "text"}, streams: Streams{Err: &stderr}}
	r.engine = func(ctx context.Context, _ engine.Options) (*engine.Result, error) { return nil, ctx.Err() }
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	code, err := r.check(ctx)
	if code != report.Unchecked || err != nil || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("code %d, error %v, standard error %q", code, err, stderr.String())
	}
}

// What is reported after --fix is what is found then; where nothing is fixed,
// nothing is looked for again.
func TestFixReportsWhatIsLeft(t *testing.T) {
	const text = "package m\n\nvar A, B = 1, 2\n"
	dir := module(t, map[string]string{"a.go": text})
	i := strings.Index(text, "1")
	fixed := at(dir, "a.go", 3)
	fixed.Fixes = []finding.Fix{{Message: "m", Edits: []finding.Edit{{File: fixed.Start.File, Start: i, End: i + 1, New: "10"}}}}
	first := &engine.Result{Packages: 1, Modules: []string{dir}, Findings: []finding.Finding{fixed}}

	got := execute(t, dir, Options{Diff: true}, first)
	if got.code != report.Found || !strings.Contains(got.stdout, "+var A, B = 10, 2\n") || len(got.asked) != 1 {
		t.Errorf("--diff: code %d, asked %d times, output %s", got.code, len(got.asked), got.stdout)
	}
	got = execute(t, dir, Options{Fix: true}, first, &engine.Result{Packages: 1})
	if got.code != report.Clean || got.stderr != "Fixed 1 finding in 1 file.\n" || len(got.asked) != 2 {
		t.Errorf("--fix: code %d, asked %d times, errors %q", got.code, len(got.asked), got.stderr)
	}

	outside := &engine.Result{Packages: 1, Findings: []finding.Finding{fixed}} // no main module
	got = execute(t, dir, Options{Fix: true}, outside)
	if got.code != report.Found || len(got.asked) != 1 || !strings.Contains(got.stderr, "a.go:3:1: not fixed: ") {
		t.Errorf("nothing to fix: code %d, asked %d times, errors %q", got.code, len(got.asked), got.stderr)
	}
}

func TestRepository(t *testing.T) {
	dir := module(t, map[string]string{"sub/go.mod": "module n\n", "sub/x/x.go": ""})
	sub := filepath.Join(dir, "sub")
	if got := repository(filepath.Join(sub, "x")); got != sub {
		t.Errorf("without version control: %s, want the module %s", got, sub)
	}
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	if got := repository(filepath.Join(sub, "x")); got != dir {
		t.Errorf("with version control: %s, want %s", got, dir)
	}
}

func TestChoose(t *testing.T) {
	decls := []engine.Declared{
		{Func: "(*example.com/m/list.List).Match", Package: "example.com/m/list"},
		{Func: "(*example.com/m/match.Engine).Match", Package: "example.com/m/match"},
		{Func: "(example.com/m/match.Engine).NoMatch", Package: "example.com/m/match"},
		{Func: "example.com/m/match.Match", Package: "example.com/m/match"},
		{Func: "(*example.com/dep.Engine).Match", Package: "example.com/dep", Rank: engine.Imported},
		{Func: "(*regexp.Regexp).Match", Package: "regexp", Rank: engine.Standard},
		{Func: "path.Match", Package: "path", Rank: engine.Standard},
		{Func: "path/filepath.Match", Package: "path/filepath", Rank: engine.Standard},
	}
	tests := []struct {
		name string
		want string // a full name, or what the error must hold
	}{
		{"Engine.Match", "(*example.com/m/match.Engine).Match"}, // the nearest
		{"(*Engine).Match", "(*example.com/m/match.Engine).Match"},
		{"match.Match", "example.com/m/match.Match"},
		{"match.Engine.Match", "(*example.com/m/match.Engine).Match"},
		{"(*example.com/m/match.Engine).Match", "(*example.com/m/match.Engine).Match"},
		{"m/match.Match", "example.com/m/match.Match"},
		{"(*List[T]).Match", "(*example.com/m/list.List).Match"},
		{"dep.Engine.Match", "(*example.com/dep.Engine).Match"},
		{"Regexp.Match", "(*regexp.Regexp).Match"},
		{"filepath.Match", "path/filepath.Match"},
		{"path.Match", "path.Match"},
		{"match.Match.func1.2", "example.com/m/match.Match.func1.2"},
		{"Match", "may mean any of 3 functions; name one of them more fully:\n    (*example.com/m/list.List).Match\n    (*example.com/m/match.Engine).Match\n    example.com/m/match.Match"},
		{"atch", "no such function"},
		{"Unmatched", "no such function"},
	}
	for _, tt := range tests {
		got, err := choose(decls, tt.name)
		if err == nil && got.Func != tt.want || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %s, error %v, want %s", tt.name, got.Func, err, tt.want)
		}
	}
}

func TestUsageErrorsAreFirst(t *testing.T) {
	dir := module(t, map[string]string{".lagvet.yml": "nonsense: 1\n"})
	got := execute(t, dir, Options{})
	if _, ok := got.err.(config.Errors); !ok || len(got.asked) != 0 {
		t.Errorf("error %v, engine asked %d times", got.err, len(got.asked))
	}
}
