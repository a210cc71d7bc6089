package posture

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// file writes files to a directory and returns the path of the first.
func file(t *testing.T, files ...[2]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f[0]), []byte(f[1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0][0])
}

func TestNamed(t *testing.T) {
	if got := strings.Join(Names(), " "); got != "container latency throughput" {
		t.Errorf("the profiles are %s", got)
	}
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if p.Name != name || p.About == "" || len(p.Checks) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, err := Named("latncy"); err == nil || !strings.Contains(err.Error(), `there is no profile "latncy"`) {
		t.Errorf("%v", err)
	}
}

func TestExtends(t *testing.T) {
	path := file(t,
		[2]string{"mine.yml", "name: mine\nextends: base.yml\nchecks:\n  gc.gogc: {min: 200, source: we}\n  limits.nofile: {nothing: true}\n"},
		[2]string{"base.yml", "name: base\nextends: latency\nchecks:\n  gc.gogc: {max: 100, source: they}\n  clock.synced: {one-of: [a, b], otherwise: FAIL, source: they, doubt: some}\n"})
	p, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	gogc := p.Checks["gc.gogc"]
	if gogc.Max != nil || gogc.Min == nil || *gogc.Min != 200 || gogc.Source != "we" {
		t.Errorf("gc.gogc is %+v: a requirement takes the place of the one it extends", gogc)
	}
	if q := p.Checks["clock.synced"]; !reflect.DeepEqual(q, Requirement{OneOf: []string{"a", "b"}, Otherwise: Fail, Source: "they", Doubt: "some"}) {
		t.Errorf("clock.synced is %+v", q)
	}
	if _, ok := p.Checks["limits.nofile"]; ok {
		t.Error("nothing: true takes nothing away")
	}
	latency, err := Named("latency")
	if err != nil {
		t.Fatal(err)
	}
	for id := range latency.Checks {
		if _, ok := p.Checks[id]; !ok && id != "limits.nofile" {
			t.Errorf("%s of latency is lost", id)
		}
	}
	if _, ok := latency.Checks["limits.nofile"]; !ok {
		t.Error("the profile that is built in was changed")
	}
}

func TestProfileRefused(t *testing.T) {
	const head = "name: p\nchecks:\n  a.b: "
	tests := []struct{ name, text, want string }{
		{"no name", "checks: {}\n", "has no name"},
		{"empty", "", "has no name"},
		{"unknown key", "name: p\ncheks: {}\n", "field cheks not found"},
		{"no YAML", "name: [\n", "yaml"},
		{"a second document", "name: p\n---\nname: q\n", "something behind the profile"},
		{"nothing", head + "{source: s}\n", "it requires nothing"},
		{"nothing and something", head + "{nothing: true, max: 1}\n", "it requires nothing, and something"},
		{"an empty range", head + "{min: 2, max: 1, source: s}\n", "min is above max"},
		{"a number and a text", head + "{min: 2, one-of: [a], source: s}\n", "compares a number"},
		{"no source", head + "{min: 2}\n", "it has no source"},
		{"not a number", head + "{min: .nan, source: s}\n", "is no number"},
		{"otherwise", head + "{min: 2, source: s, otherwise: PASS}\n", `otherwise is "PASS"`},
		{"a text for a number", head + "{min: two, source: s}\n", "cannot"},
		{"itself", "name: p\nextends: p.yml\n", "extend each other without end"},
		{"a circle", "name: p\nextends: q.yml\n", "extend each other without end"},
		{"nobody", "name: p\nextends: r.yml\n", "there is no profile"},
		{"a directory", "name: p\nextends: .\n", "reading the profile"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(file(t, [2]string{"p.yml", tt.text}, [2]string{"q.yml", "name: q\nextends: p.yml\n"}))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}

// A long chain that is no circle ends too.
func TestExtendsDeep(t *testing.T) {
	var files [][2]string
	for i := range 20 {
		files = append(files, [2]string{fmt.Sprintf("%d.yml", i), fmt.Sprintf("name: p\nextends: %d.yml\n", i+1)})
	}
	if _, err := Load(file(t, files...)); err == nil || !strings.Contains(err.Error(), "without end") {
		t.Errorf("%v", err)
	}
}

func TestMet(t *testing.T) {
	n := func(v float64) *float64 { return &v }
	tests := []struct {
		q    Requirement
		o    Observation
		met  bool
		says string
	}{
		{Requirement{Min: n(1)}, Observation{Value: 1}, true, "at least 1 ms"},
		{Requirement{Min: n(1)}, Observation{Value: 0.999}, false, "at least 1 ms"},
		{Requirement{Max: n(0.25)}, Observation{Value: 0.25}, true, "at most 0.25 ms"},
		{Requirement{Max: n(0.25)}, Observation{Value: 0.26}, false, "at most 0.25 ms"},
		{Requirement{Min: n(1), Max: n(2)}, Observation{Value: 3}, false, "1 ms to 2 ms"},
		{Requirement{Min: n(2), Max: n(2)}, Observation{Value: 2}, true, "2 ms"},
		{Requirement{OneOf: []string{"tsc", "x"}}, Observation{Text: "x"}, true, "tsc or x"},
		{Requirement{OneOf: []string{"tsc"}}, Observation{Text: "hpet"}, false, "tsc"},
		{Requirement{NoneOf: []string{"a", "b"}}, Observation{Text: "b"}, false, "not a, b"},
		{Requirement{NoneOf: []string{"a"}}, Observation{Text: "c"}, true, "not a"},
		{Requirement{OneOf: []string{"a", "b"}, NoneOf: []string{"b"}}, Observation{Text: "b"}, false, "a or b, not b"},
		{Requirement{Max: n(1)}, Observation{Value: math.Inf(1)}, false, "at most 1 ms"},
	}
	for _, tt := range tests {
		if got := tt.q.Met(tt.o); got != tt.met {
			t.Errorf("%s, seen %+v: %v", tt.says, tt.o, got)
		}
		if got := tt.q.String("ms"); got != tt.says {
			t.Errorf("%q, want %q", got, tt.says)
		}
	}
}

func TestJudge(t *testing.T) {
	limit := 10.0
	p := &Profile{Name: "p", Checks: map[string]Requirement{
		"a.warns": {Max: &limit, Source: "who", Doubt: "perhaps"},
		"a.fails": {Max: &limit, Otherwise: Fail, Source: "who"},
	}}
	spec := func(id string) Spec { return Spec{ID: id, Unit: "ms", Why: "why", Mend: "mend"} }
	tests := []struct {
		name string
		spec Spec
		o    Observation
		want Check
	}{
		{"as required", spec("a.warns"), Number("a.warns", 3, "/f", Kernel),
			Check{ID: "a.warns", Verdict: Pass, Current: "3 ms", Required: "at most 10 ms", Source: "/f", Grade: Kernel, Why: "why", Advice: "who", Doubt: "perhaps"}},
		{"not as required", spec("a.warns"), Number("a.warns", 11.23456, "/f", Kernel),
			Check{ID: "a.warns", Verdict: Warn, Current: "11.235 ms", Required: "at most 10 ms", Source: "/f", Grade: Kernel, Why: "why", Mend: "mend", Advice: "who", Doubt: "perhaps"}},
		{"failing", spec("a.fails"), Observation{Value: 11, Current: "eleven", Source: "/f", Grade: Runtime, Mend: "mine", Details: []string{"d"}},
			Check{ID: "a.fails", Verdict: Fail, Current: "eleven", Required: "at most 10 ms", Source: "/f", Grade: Runtime, Why: "why", Mend: "mine", Advice: "who", Details: []string{"d"}}},
		{"a guess fails nothing", spec("a.fails"), Number("a.fails", 11, "/f", Heuristic),
			Check{ID: "a.fails", Verdict: Warn, Current: "11 ms", Required: "at most 10 ms", Source: "/f", Grade: Heuristic, Why: "why", Mend: "mend", Advice: "who"}},
		{"for information", spec("a.else"), Text("a.else", "x", "/f", Kernel),
			Check{ID: "a.else", Verdict: NotApplicable, Current: "x", Source: "/f", Grade: Kernel, Why: "for information: the profile p requires nothing of it"}},
		{"absent", spec("a.fails"), None("a.fails", "/f", "no such thing"),
			Check{ID: "a.fails", Verdict: NotApplicable, Required: "at most 10 ms", Source: "/f", Grade: Kernel, Why: "no such thing", Advice: "who"}},
		{"hidden", spec("a.fails"), Observation{Absent: Unknown, Source: "/f", Reason: "not permitted", Mend: "be root"},
			Check{ID: "a.fails", Verdict: Unknown, Required: "at most 10 ms", Source: "/f", Why: "not permitted", Mend: "be root", Advice: "who"}},
	}
	for _, tt := range tests {
		if got := p.Judge(tt.spec, tt.o); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", tt.name, got, tt.want)
		}
	}
}

// Whatever a profile says, it is refused or means something: it can be written down
// again and is the same.
func FuzzProfile(f *testing.F) {
	for _, name := range Names() {
		data, err := builtIn.ReadFile("profiles/" + name + ".yml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		"", "name: x", "name: x\nextends: latency", "name: x\nextends: x", "name: &a x\nabout: *a\n",
		"name: x\nchecks:\n  a.b: {min: .nan, source: s}\n", "name: x\nchecks:\n  a.b: {max: .inf, source: s}\n",
		"name: x\nchecks:\n  a.b: {min: 1, max: 2, source: s, otherwise: FAIL, doubt: d}\n  c.d: {one-of: [1, true, ~], source: s}\n  e: {nothing: true}\n",
		"name: x\nchecks: {a: &a {min: 1, source: s}, b: *a, <<: {c: *a}}", "a: &a [*a]", "\x00", "- name: x", "name: x\n--- {}\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := parse(data, "the profile", func(name string) (*Profile, error) { return Named(name) })
		if err != nil {
			return
		}
		for id, q := range p.Checks {
			_ = q.String("ms")
			if c := p.Judge(Spec{ID: id}, Number(id, 1, "s", Kernel)); c.Verdict != Pass && c.Verdict != Warn && c.Verdict != Fail {
				t.Errorf("%s: %+v", id, c)
			}
		}
		whole := *p
		whole.Extends = ""
		text, err := yaml.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parse(text, "it again", nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if a, b := fmt.Sprint(len(whole.Checks), whole.Name), fmt.Sprint(len(again.Checks), again.Name); a != b {
			t.Errorf("%s became %s:\n%s", a, b, text)
		}
	})
}
