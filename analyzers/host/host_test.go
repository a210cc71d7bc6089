package host

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// module returns a copy of the module of that name under testdata.
func module(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// restore has the analyzers of this process be as they were when the test is over.
func restore(t *testing.T) {
	t.Helper()
	renamed := []*analysis.Analyzer{policy.Analyzer, effects.Analyzer}
	for _, r := range analyzers.All() {
		renamed = append(renamed, r.Analyzer)
	}
	for _, a := range renamed {
		name := a.Name
		t.Cleanup(func() { a.Name = name })
	}
	t.Cleanup(func() {
		once.told = digests{}
		if err := errors.Join(Assume(nil), Configure(config.Analysis{}, nil), Report(new(config.Config), false)); err != nil {
			t.Error(err)
		}
	})
}

// The analyzers of a process are set up once, so one test sees to all of it.
func TestAnalyzers(t *testing.T) {
	restore(t)
	dir := module(t, "module")
	as, err := Analyzers(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := analysis.Validate(as); err != nil {
		t.Error(err)
	}
	var names []string
	for _, a := range as {
		names = append(names, a.Name)
	}
	digest, ok := strings.CutPrefix(policy.Analyzer.Name, "lagvetpolicy_")
	if !ok || len(digest) != digestLength {
		t.Errorf("the policy's name is %s", policy.Analyzer.Name)
	}
	var want []string
	for _, r := range analyzers.All() {
		if r.Name != "stw" {
			want = append(want, r.Name)
		}
	}
	if want = append(want, "lagvet", policy.Analyzer.Name); !slices.Equal(names, want) {
		t.Errorf("the analyzers are %q, want %q", names, want)
	}
	named := map[string]string{"lagveteffects": effects.Analyzer.Name}
	for _, r := range analyzers.All() {
		named[r.Name] = r.Analyzer.Name
	}
	for name, got := range named {
		if suffix, ok := strings.CutPrefix(got, name+"_"); !ok || len(suffix) != digestLength || suffix == digest {
			t.Errorf("the name of %s, under which results are kept, is %s: no digest of its own", name, got)
		}
	}
	for flag, want := range map[string]string{
		hotpath.ProfileFlag: filepath.Join(dir, "cmd", "server", "default.pgo"),
		hotpath.HotFlag:     "example.com/module/cmd/server.main",
		hotpath.StrictFlag:  "false",
	} {
		if got := hotpath.Analyzer.Flags.Lookup(flag).Value.String(); got != want {
			t.Errorf("%s is %q, want %q", flag, got, want)
		}
	}
	if got, want := limits.Analyzer.Flags.Lookup(limits.Flag).Value.String(), `{"budgets":[{"func":"example.com/module/...","defers":1,"effects":null}]}`; got != want {
		t.Errorf("functions may cost %s, want %s", got, want)
	}
	if got, want := effects.Analyzer.Flags.Lookup(effects.AssumeFlag).Value.String(), "example.com/module/cmd/server.main=none"; got != want {
		t.Errorf("what is assumed is %q, want %q", got, want)
	}

	if again, err := Analyzers(Options{Dir: dir, Rules: []string{"ctxless", "stw"}}); err != nil {
		t.Errorf("with the same settings again: %v", err)
	} else if len(again) != 3 || again[0] != as[0] {
		t.Errorf("ctxless, and stw which is off, are %v", again)
	}
	write(t, filepath.Join(dir, config.Name), "strict: true\n")
	if _, err := Analyzers(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "two ways") {
		t.Errorf("with other settings the error is %v", err)
	}
}

func TestOptions(t *testing.T) {
	dir := module(t, "module")
	write(t, filepath.Join(dir, "bad.yml"), "rules: {nonsense: on}\n")
	tests := []struct {
		name string
		o    Options
		want string // in the error
	}{
		{"an unknown rule", Options{Rules: []string{"tickerleek"}}, `did you mean "tickerleak"?`},
		{"no such configuration", Options{Config: "none.yml"}, "cannot read the configuration"},
		{"a wrong configuration", Options{Config: "bad.yml"}, `unknown rule "nonsense"`},
		{"no such profile", Options{Profiles: []string{"none.pprof"}}, "reading a CPU profile"},
	}
	for _, tt := range tests {
		tt.o.Dir = dir
		if _, err := Analyzers(tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: the error is %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

// A host that leaves a rule out neither runs it nor has it reported as unchecked.
func TestWithout(t *testing.T) {
	o := Options{Dir: module(t, "module"), Without: []string{"heapescape"}}
	c, err := o.read()
	if err != nil {
		t.Fatal(err)
	}
	for _, asked := range [][]string{nil, {"heapescape", "hotalloc"}} {
		o.Rules = asked
		as, err := o.rules(c)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(as, func(a *analysis.Analyzer) bool { return a.Name == "heapescape" }) {
			t.Errorf("asked for %q, heapescape is on", asked)
		}
	}
	text, err := c.Reporting(false)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"off":["heapescape","stw"]`; !strings.Contains(text, want) {
		t.Errorf("rules are told %s, which lacks %s", text, want)
	}
	o.Without = []string{"heapscape"}
	if _, err := o.rules(c); err == nil {
		t.Error("an unknown rule is left out without an error")
	}
}

// What is wrong with the configuration or a profile does not matter to who asked
// for neither.
func TestBare(t *testing.T) {
	dir := module(t, "module")
	write(t, filepath.Join(dir, config.Name), "rules: {nonsense: on}\n")
	o := Options{Dir: dir, Bare: true, Profiles: []string{"none.pprof"}}
	c, err := o.read()
	if err != nil {
		t.Fatal(err)
	}
	if profiles, err := o.profiles(c); err != nil || profiles != nil {
		t.Errorf("the profiles are %q, %v", profiles, err)
	}
}

// Each thing that results depend on changes their digest, and nothing else does;
// those of facts change with what facts depend on.
func TestDigests(t *testing.T) {
	dir := module(t, "module")
	profile := filepath.Join(dir, "cpu.pprof")
	write(t, profile, "one")
	of := func(o Options, text string) digests {
		t.Helper()
		c, err := config.Parse(filepath.Join(dir, config.Name), []byte(text), analyzers.All())
		if err != nil {
			t.Fatal(err)
		}
		d, err := digestsOf(o, c, []string{profile})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const text = "hot: [example.com/m.F]\n"
	const assume = "assume: [{func: example.com/m.F, effects: none, reason: measured}]\n"
	base := of(Options{}, text)
	tests := []struct {
		what                    string
		got                     digests
		effects, facts, results bool // which differ
	}{
		{"the layout", of(Options{}, "# a comment\nhot:\n  - example.com/m.F\n"), false, false, false},
		{"the rules asked for", of(Options{Rules: []string{"stw"}}, text), false, false, false},
		{"another tier", of(Options{}, text+"rules: {stw: {tier: proven}}\n"), false, false, true},
		{"an exclude", of(Options{}, text+"exclude: [{path: gen, reason: generated}]\n"), false, false, true},
		{"chains in messages", of(Options{Inline: true}, text), false, false, true},
		{"another hot function", of(Options{}, "hot: [example.com/m.G]\n"), false, true, true},
		{"a root", of(Options{}, text+"roots: [example.com/m.F]\n"), false, true, true},
		{"an option", of(Options{}, text+"rules: {hotdefer: {budget: 5}}\n"), false, true, true},
		{"an assumption", of(Options{}, text+assume), true, true, true},
	}
	write(t, profile, "two")
	tests = append(tests, struct {
		what                    string
		got                     digests
		effects, facts, results bool
	}{"another profile", of(Options{}, text), true, true, true})
	seen := make(map[string]string)
	for _, tt := range tests {
		if (tt.got.effects != base.effects) != tt.effects || (tt.got.facts != base.facts) != tt.facts || (tt.got.results != base.results) != tt.results {
			t.Errorf("%s: the digests are %v, those without it %v", tt.what, tt.got, base)
		}
		if other, ok := seen[tt.got.results]; ok && tt.results {
			t.Errorf("%s changes the digest as %s does", tt.what, other)
		}
		seen[tt.got.results] = tt.what
	}
}

func TestWalk(t *testing.T) {
	dir := module(t, "module")
	for _, file := range []string{"vendor/v/v.go", "testdata/t.go", ".git/g.go", "_old/o.go", "sub/go.mod", "sub/s.go"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, file), "package p\n")
	}
	files := func(seen map[string]bool) []string {
		var names []string
		Walk(dir, seen, func(file string) {
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.ToSlash(rel))
		})
		return names
	}
	want := []string{".lagvet.yml", "cmd/server/default.pgo", "cmd/server/main.go", "default.pgo", "go.mod", "lib.go"}
	seen := make(map[string]bool)
	if got := files(seen); !slices.Equal(got, want) {
		t.Errorf("the files are %q, want %q", got, want)
	}
	if got := files(seen); got != nil {
		t.Errorf("the second time the files are %q", got)
	}
}

// Profiles are looked for in the modules of a workspace, and nowhere outside of one.
func TestProfiles(t *testing.T) {
	dir := module(t, "module")
	own := filepath.Join(dir, "cmd", "server", "default.pgo")
	profiles := func(dir string) []string {
		t.Helper()
		paths, err := Options{Dir: dir}.profiles(new(config.Config))
		if err != nil {
			t.Fatal(err)
		}
		return paths
	}
	if got := profiles(filepath.Join(dir, "cmd")); !slices.Equal(got, []string{own}) {
		t.Errorf("in a module the profiles are %q", got)
	}
	space := filepath.Dir(dir)
	if got := profiles(space); got != nil {
		t.Errorf("outside of any module the profiles are %q", got)
	}
	work := filepath.Join(space, "go.work")
	write(t, work, "go 1.26\n\nuse ./"+filepath.Base(dir)+"\n")
	t.Setenv("GOWORK", work)
	if got := profiles(space); !slices.Equal(got, []string{own}) {
		t.Errorf("in a workspace the profiles are %q", got)
	}
}
