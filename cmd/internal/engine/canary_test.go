package engine

import (
	"errors"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
)

// Each rule has its file in the module, and each file its rule.
func TestCanaryCoversRules(t *testing.T) {
	var files, want []string
	for _, f := range txtar.Parse(canaryModule).Files {
		files = append(files, f.Name)
	}
	for _, r := range analyzers.All() {
		want = append(want, r.Name+".go")
	}
	want = append(want, "go.mod")
	slices.Sort(files)
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("the module has %v, want %v", files, want)
	}
}

// deafEnv names rules that the tool of a test does not run.
const deafEnv = "LAGVET_TEST_DEAF"

// deafen has findings of rules get lost on their way out of the tool.
func deafen(names []string) {
	report := analyzers.Findings.Run
	analyzers.Findings.Run = func(pass *analysis.Pass) (any, error) {
		deaf := *pass
		deaf.Report = func(d analysis.Diagnostic) {
			if a, err := analyzers.Decode(d.Category); err != nil || !slices.Contains(names, a.Rule) {
				pass.Report(d)
			}
		}
		return report(&deaf)
	}
}

// ownCache gives lagvet an empty cache, and leaves the go command its own.
func ownCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(out)))
	dir := t.TempDir()
	for _, name := range []string{"XDG_CACHE_HOME", "LocalAppData", "HOME"} { // of Unix, Windows, macOS
		t.Setenv(name, dir)
	}
	return dir
}

// idle is a module in which there is nothing to find.
const idle = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage m\n"

// sung returns how many verdicts on canaries are remembered in lagvet's cache.
func sung(t *testing.T, cache string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, "**", "canary", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// Every rule finds the hazard that is planted for it.
func TestCanarySings(t *testing.T) {
	cache := ownCache(t)
	dir := t.TempDir()
	write(t, dir, idle)
	res, err := Run(t.Context(), Options{Dir: dir, Tool: self})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, res, dir, "")
	if n := sung(t, cache); n != 1 {
		t.Errorf("%d verdicts are remembered, want 1", n)
	}
}

// A canary that does not sing is heard of, and one that sang is not asked again. It has
// one hazard and imports nothing: what it imports would be analysed for each
// configuration and platform.
func TestCanary(t *testing.T) {
	cache := ownCache(t)
	dir := t.TempDir()
	write(t, dir, idle)
	module := []byte("-- go.mod --\nmodule lagvet.invalid/canary\n\ngo 1.26\n-- hotdefer.go --\n" + looped("canary"))
	const silent = "! rule hotdefer no longer fires: it does not find the hazard that is planted for it, so that it is silent elsewhere means nothing"
	for _, step := range []struct {
		name string
		deaf string
		opts Options
		want string
		sung int
	}{
		{name: "a rule is deaf", deaf: "hotdefer", want: silent},
		{name: "still", deaf: "hotdefer", want: silent},
		{name: "and off", deaf: "hotdefer", opts: Options{Disabled: []string{"hotdefer"}}},
		{name: "not asked", deaf: "hotdefer", opts: Options{NoCanary: true}},
		{name: "all rules hear", sung: 1},
		{name: "which is remembered", deaf: "hotdefer", sung: 1},
		{name: "not with another configuration", deaf: "hotdefer", opts: Options{Config: config.Analysis{Hot: []config.Function{hotFunction("f")}}}, want: silent, sung: 1},
		{name: "not for another platform", deaf: "hotdefer", opts: Options{Env: []string{"GOOS=plan9", "GOARCH=386"}}, want: silent, sung: 1},
		{name: "whatever is set for the module", opts: Options{Env: []string{"GOFLAGS=-mod=vendor"}, Config: config.Analysis{Hot: []config.Function{hotFunction("g")}}}, sung: 2},
	} {
		t.Setenv(deafEnv, step.deaf)
		o := step.opts
		o.Dir, o.Tool, o.canary = dir, hooked(t), module
		res, err := Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := summary(res, dir); got != step.want {
			t.Errorf("%s: got\n%s\nwant\n%s", step.name, got, step.want)
		}
		if got := sung(t, cache); got != step.sung {
			t.Errorf("%s: %d verdicts are remembered, want %d", step.name, got, step.sung)
		}
	}
}

// What keeps the canary from being checked is told, unless nothing else can be
// checked either.
func TestDead(t *testing.T) {
	c := &check{opts: Options{Disabled: []string{"off"}}}
	failure := errors.New("the disk is full")
	for _, tt := range []struct {
		silent []string
		err    error
		others bool
		want   int
	}{
		{nil, nil, false, 0},
		{[]string{"a", "off", "b"}, nil, true, 2},
		{nil, failure, false, 1},
		{nil, failure, true, 0},
	} {
		if got := c.dead(tt.silent, tt.err, tt.others); len(got) != tt.want {
			t.Errorf("%+v: %d problems: %v", tt, len(got), got)
		}
	}
}
