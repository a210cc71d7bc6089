package golangci

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
)

// plugin makes the linter of that name as golangci-lint does.
func plugin(name string, raw any) (register.LinterPlugin, error) {
	make, err := register.GetPlugin(name)
	if err != nil {
		return nil, err
	}
	return make(raw)
}

// refusal returns why there is no linter of that name with those settings.
func refusal(own *owners, name string, raw any) error {
	if name == all {
		_, err := newAll(own, raw)
		return err
	}
	_, err := newRule(own, name, raw)
	return err
}

// names returns the names of analyzers, without their digests.
func names(as []*analysis.Analyzer) []string {
	var out []string
	for _, a := range as {
		name, _, _ := strings.Cut(a.Name, "_")
		out = append(out, name)
	}
	return out
}

// The linters of a process have the same settings, and each has its analyzers and
// the one whose name golangci-lint's cache goes by.
func TestLinters(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "module"))
	const digest, facts = "lagvetpolicy", "lagvetfacts"
	want := map[string][]string{all: {all, digest, facts}}
	for _, r := range analyzers.All() {
		want[r.Name] = []string{r.Name, digest, facts}
	}
	want["stw"] = []string{digest, facts} // the configuration turns it off
	delete(want, "heapescape")
	for name, want := range want {
		var raw any
		if name == all {
			raw = map[string]any{"rules": []any{}}
		}
		p, err := plugin(name, raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
			t.Errorf("%s is loaded by %s, without types", name, mode)
		}
		as, err := p.BuildAnalyzers()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := names(as); !slices.Equal(got, want) {
			t.Errorf("the analyzers of %s are %q, want %q", name, got, want)
		}
		if keyed := as[len(as)-2].Name; len(keyed) <= len(digest) {
			t.Errorf("%s: %s has no digest in its name", name, keyed)
		}
		// golangci-lint puts the name of an analyzer before its messages if it
		// is not the linter's.
		if len(as) > 2 && as[0].Name != name {
			t.Errorf("%s reports as %s", name, as[0].Name)
		}
		if err := analysis.Validate(as); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One linter of all rules runs them all but for those that are off or that need
// what golangci-lint has not.
func TestAll(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "module"))
	p, err := newAll(new(owners), nil)
	if err != nil {
		t.Fatal(err)
	}
	as, err := p.BuildAnalyzers()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range analyzers.All() {
		if r.Name != "stw" && r.Name != "heapescape" {
			want = append(want, r.Name)
		}
	}
	if got := names(as); !slices.Equal(got, append(want, all, "lagvetpolicy", "lagvetfacts")) {
		t.Errorf("the analyzers are %q, want %q, lagvet, the policy and the facts", got, want)
	}
	if p, err = newAll(new(owners), map[string]any{"rules": []any{"tickerleak", "stw"}}); err != nil {
		t.Fatal(err)
	}
	if as, err = p.BuildAnalyzers(); err != nil {
		t.Fatal(err)
	}
	if got, want := names(as), []string{"tickerleak", all, "lagvetpolicy", "lagvetfacts"}; !slices.Equal(got, want) {
		t.Errorf("the analyzers are %q, want %q", got, want)
	}
}

func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		linter string
		raw    any
		want   string // in the error; empty: none
	}{
		{all, nil, ""},
		{all, map[string]any{"config": "c.yml", "profiles": []any{"cpu.pprof"}, "rules": []any{"stw"}}, ""},
		{"stw", map[string]any{"config": "c.yml", "profiles": []any{"cpu.pprof"}}, ""},
		{all, map[string]any{"rule": []any{"stw"}}, `unknown setting "rule" (did you mean "rules"?): there are config, profiles, rules`},
		{"stw", map[string]any{"rules": []any{"stw"}}, `unknown setting "rules": there are config, profiles`},
		{all, map[string]any{"rules": []any{"tickerleek"}}, `did you mean "tickerleak"?`},
		{all, map[string]any{"rules": "stw"}, "the setting rules holds a string, and must be a list of rules"},
		{all, map[string]any{"profiles": []any{1}}, "the setting profiles holds a number, and must be a list of paths"},
		{"stw", map[string]any{"config": true}, "the setting config holds a bool, and must be a path"},
		{"stw", "c.yml", "the settings are a string, and must be a mapping"},
		{all, map[string]any{"rules": []any{"heapescape"}}, "heapescape asks the compiler"},
		{all, map[string]any{"rules": []any{"copylocks"}}, "copylocks is from go vet, which golangci-lint runs by itself"},
		{all, map[string]any{"rules": []any{"SA6002"}}, "SA6002 is from staticcheck, which golangci-lint runs by itself"},
		{"heapescape", nil, "heapescape asks the compiler"},
	} {
		err := refusal(new(owners), tt.linter, tt.raw)
		if tt.want == "" && err != nil {
			t.Errorf("%s with %v: %v", tt.linter, tt.raw, err)
		}
		if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s with %v: the error is %v, want one with %q", tt.linter, tt.raw, err, tt.want)
		}
	}
}

// Relative paths start at the root of the module, wherever in it golangci-lint runs.
func TestPaths(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "module"))
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("sub")
	elsewhere := filepath.Join(t.TempDir(), "cpu.pprof")
	l := linter{settings: settings{Config: "ci/lagvet.yml", Profiles: []string{"cpu.pprof", elsewhere}}}
	o, err := l.options()
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(root, "ci", "lagvet.yml"); o.Config != want {
		t.Errorf("the configuration is %s, want %s", o.Config, want)
	}
	if want := []string{filepath.Join(root, "cpu.pprof"), elsewhere}; !slices.Equal(o.Profiles, want) {
		t.Errorf("the profiles are %q, want %q", o.Profiles, want)
	}
}

// Two linters that run one rule are refused, whichever golangci-lint makes first.
func TestOwners(t *testing.T) {
	own := new(owners)
	if _, err := newRule(own, "stw", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := newRule(own, "stw", nil); err != nil {
		t.Errorf("the same linter again: %v", err)
	}
	if _, err := newAll(own, nil); err == nil || !strings.Contains(err.Error(), "two linters run stw") {
		t.Errorf("with stw twice the error is %v", err)
	}
	if _, err := newAll(own, map[string]any{"rules": []any{"lockblock", "hotblock"}}); err != nil {
		t.Errorf("with different rules: %v", err)
	}
	if _, err := newRule(own, "hotblock", nil); err == nil || !strings.Contains(err.Error(), "two linters run hotblock") {
		t.Errorf("with hotblock twice the error is %v", err)
	}
}

// The configurations that the documentation shows are understood, and the one
// with a linter for each rule leaves none out.
func TestDocumented(t *testing.T) {
	for _, name := range []string{".golangci.yml", "rules.golangci.yml", "settings.golangci.yml"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "hosts", "golangci", name))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Linters struct {
				Settings struct {
					Custom map[string]struct {
						Type     string
						Settings any
					}
				}
			}
		}
		if err := yaml.Unmarshal(data, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		own, custom := new(owners), file.Linters.Settings.Custom
		for linter, c := range custom {
			if err := refusal(own, linter, c.Settings); err != nil || c.Type != "module" {
				t.Errorf("%s: the linter %s, of type %s: %v", name, linter, c.Type, err)
			}
		}
		if name != "rules.golangci.yml" {
			continue
		}
		for _, r := range ruleNames() {
			if _, ok := custom[r]; !ok && runnable(r) == nil {
				t.Errorf("%s lacks %s", name, r)
			}
		}
	}
}
