package inspect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// stat is /proc/PID/stat of a program with an awkward name, in a state, started at a
// time.
func stat(state, start string) string {
	return "\n-- proc/12/stat --\n12 (a) b (c) " + state + strings.Repeat(" 0", 18) + " " + start + " 0 0\n"
}

// other is a probe of two things, which sees what look says.
func other(look func(t *target.Target) []posture.Observation) probe.Probe {
	return probe.Probe{
		Name: "other",
		Specs: []posture.Spec{
			{ID: "other.one", What: "one", Why: "w"},
			{ID: "other.two", What: "two", Why: "w", Go: true},
		},
		Look: func(_ context.Context, t *target.Target) []posture.Observation { return look(t) },
	}
}

func both(*target.Target) []posture.Observation {
	return []posture.Observation{posture.Number("other.two", 2, "s", posture.Kernel), posture.Number("other.one", 1, "s", posture.Kernel)}
}

// inspector looks at process 12 with these probes.
func inspector(t *testing.T, kind target.Kind, probes ...probe.Probe) (*Inspector, *system.System) {
	t.Helper()
	s := fixture.Tree(t, stat("S", "77"))
	i, err := New(&target.Target{System: s, Kind: kind, PID: 12}, posture.Subject{}, &posture.Profile{Name: "p"})
	if err != nil {
		t.Fatal(err)
	}
	i.probes = probes
	return i, s
}

// said is what a report says, in short.
func said(r *posture.Report) string {
	var out []string
	for _, c := range r.Checks {
		out = append(out, fmt.Sprintf("%s %s %s", c.ID, c.Verdict, c.Current))
	}
	return strings.Join(out, "; ")
}

func TestInspect(t *testing.T) {
	forgets := func(*target.Target) []posture.Observation {
		return []posture.Observation{posture.Number("other.one", 1, "s", posture.Kernel), posture.Number("other.three", 3, "s", posture.Kernel)}
	}
	tests := []struct {
		name string
		kind target.Kind
		look func(*target.Target) []posture.Observation
		only []string
		want string
	}{
		{"in the order of specs", target.Process, both, nil, "other.one NOT_APPLICABLE 1; other.two NOT_APPLICABLE 2"},
		{"a machine has no program", target.Host, both, nil, "other.one NOT_APPLICABLE 1"},
		{"a probe that forgets one", target.Process, forgets, nil, "other.one NOT_APPLICABLE 1; other.two UNKNOWN "},
		{"a probe that says nothing", target.Process, func(*target.Target) []posture.Observation { return nil }, nil, "other.one UNKNOWN ; other.two UNKNOWN "},
		{"only a check", target.Process, both, []string{"other.two"}, "other.two NOT_APPLICABLE 2"},
		{"only a group", target.Process, both, []string{"limits", "other"}, "other.one NOT_APPLICABLE 1; other.two NOT_APPLICABLE 2"},
		{"only another", target.Process, func(*target.Target) []posture.Observation { panic("it is not asked for") }, []string{"limits"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i, _ := inspector(t, tt.kind, other(tt.look))
			i.only = tt.only
			r, err := i.Inspect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := said(r); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
			for _, c := range r.Checks {
				if c.Why == "" {
					t.Errorf("%s: it is not said why", c.ID)
				}
			}
		})
	}
}

// A process that ends while it is looked at, or whose number another has taken, leaves
// no report.
func TestVanish(t *testing.T) {
	for name, after := range map[string]string{"gone": "", "a zombie": stat("Z", "77"), "another": stat("S", "78"), "cut off": "\n-- proc/12/stat --\n12 (a) S 0\n", "empty": "\n-- proc/12/stat --\n"} {
		t.Run(name, func(t *testing.T) {
			i, s := inspector(t, target.Process)
			i.probes = []probe.Probe{other(func(*target.Target) []posture.Observation {
				path := s.Path("/proc/12/stat")
				if err := os.Remove(path); err != nil {
					t.Error(err)
				}
				if _, text, ok := strings.Cut(after, "--\n"); ok {
					if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
						t.Error(err)
					}
				}
				return both(nil)
			})}
			if r, err := i.Inspect(t.Context()); !errors.Is(err, ErrEnded) || r != nil {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	limit := 1.0
	strange := &posture.Profile{Name: "mine", Checks: map[string]posture.Requirement{"limits.nofiles": {Max: &limit, Source: "s"}}}
	plain := &posture.Profile{Name: "p"}
	tests := []struct {
		name    string
		files   string
		profile *posture.Profile
		is      error
		want    string
	}{
		{"a check that there is not", stat("S", "1"), strange, nil, "the profile mine requires something of limits.nofiles, and there is no such check"},
		{"no process", "", plain, fs.ErrNotExist, "there is no process 12"},
		{"a zombie", stat("Z", "1"), plain, ErrEnded, "there is no process 12"},
		{"a thread", stat("S", "1") + "\n-- proc/12/status --\nName:\tb\nTgid:\t7\nNgid:\t0\nPid:\t12\n", plain, nil, "12 is a thread of process 7: name that"},
		{"no stat", "\n-- proc/12/stat --\n12 a S\n", plain, nil, "cannot be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(&target.Target{System: fixture.Tree(t, tt.files), Kind: target.Process, PID: 12}, posture.Subject{}, tt.profile)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	_, err := New(&target.Target{System: &system.System{Kernel: fixture.Kernel{}}, Kind: target.Process, PID: 12}, posture.Subject{}, plain)
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("where there is no /proc: %v", err)
	}
}

func TestOnlyRefuses(t *testing.T) {
	i, _ := inspector(t, target.Process)
	if err := i.Only("limits", "limit"); err == nil || !strings.Contains(err.Error(), `no group "limit"`) {
		t.Errorf("%v", err)
	}
	if err := i.Only("limits", "limits.nofile"); err != nil {
		t.Error(err)
	}
}

// A look ends with its context, and the next one is as if it had not been.
func TestContext(t *testing.T) {
	i, _ := inspector(t, target.Process, other(both))
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if _, err := i.Inspect(ctx); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if r, err := i.Inspect(t.Context()); err != nil || len(r.Checks) != 2 {
		t.Errorf("%v, %v", r, err)
	}
}

// The second look compares with the first, and looks that come together wait for each
// other.
func TestLooks(t *testing.T) {
	i, _ := inspector(t, target.Process, other(both))
	first, err := i.Inspect(t.Context())
	if err != nil || first.Over != 0 {
		t.Fatalf("%v, %v", first, err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if r, err := i.Inspect(t.Context()); err != nil || r.Over <= 0 {
				t.Errorf("%v, %v", r, err)
			}
		})
	}
	wg.Wait()
}

// Every check says what it is, what it costs and how to mend it, has an ID of its own
// below its probe's name, and is of a group that is asked once.
func TestSpecs(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+\.[a-z0-9_]+$`)
	seen := make(map[string]bool)
	for id := range accesses {
		if strings.Contains(id, ".") && !slices.ContainsFunc(Specs(), func(s posture.Spec) bool { return s.ID == id }) {
			t.Errorf("it is said where %s is seen, and there is no such check", id)
		}
	}
	for _, s := range Specs() {
		if s.Where == "" || s.Grade == "" {
			t.Errorf("%s: where is it seen?", s.ID)
		}
	}
	for _, p := range Probes() {
		if seen[p.Name] || p.Look == nil || len(p.Specs) == 0 {
			t.Errorf("the probe %s is there twice, or sees nothing", p.Name)
		}
		seen[p.Name] = true
		for _, s := range p.Specs {
			if !id.MatchString(s.ID) || s.Group() != p.Name || seen[s.ID] {
				t.Errorf("%s is no name for a check of the probe %s, or is there twice", s.ID, p.Name)
			}
			seen[s.ID] = true
			if s.What == "" || s.Why == "" {
				t.Errorf("%s: what is it, and what does it cost?", s.ID)
			}
		}
	}
}

// The profiles that are built in ask only for checks that there are, a number of a
// number and a text of a text: an observation without the one never meets the other.
func TestProfiles(t *testing.T) {
	specs := make(map[string]posture.Spec)
	for _, s := range Specs() {
		specs[s.ID] = s
	}
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := known(p); err != nil {
			t.Error(err)
		}
		for id, q := range p.Checks {
			s := specs[id]
			if s.Mend == "" {
				t.Errorf("%s requires something of %s, which does not say how to mend it", name, id)
			}
			if s.Unit != "" && len(q.OneOf)+len(q.NoneOf) > 0 {
				t.Errorf("%s wants a text of %s, which is in %s", name, id, s.Unit)
			}
			if q.Source == "" {
				t.Errorf("%s: who requires %s?", name, id)
			}
		}
	}
}

// This machine and this process, looked at for real: each check once, judged, with a
// reason; and what is a text is never held against a number.
func TestHere(t *testing.T) {
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		i, err := New(&target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()}, posture.Subject{}, p)
		if err != nil {
			t.Fatal(err)
		}
		r, err := i.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Checks) != len(Specs()) {
			t.Errorf("%d checks of %d", len(r.Checks), len(Specs()))
		}
		for n, c := range r.Checks {
			if c.ID != Specs()[n].ID || !slices.Contains(posture.Verdicts(), c.Verdict) || c.Why == "" || c.Source == "" || c.Grade == "" {
				t.Errorf("%+v", c)
			}
			if strings.Contains(c.Why, "please report that") {
				t.Errorf("a probe forgets %s", c.ID)
			}
			if (c.Verdict == posture.Pass || c.Verdict == posture.Warn || c.Verdict == posture.Fail) && c.Current == "" {
				t.Errorf("%s is %s, and nothing was seen", c.ID, c.Verdict)
			}
		}
	}
}

// A requirement of a number would be met by a text, whose value is 0: what the real
// probes see must be of the kind that the profiles ask for.
func TestNumberOrText(t *testing.T) {
	tgt := &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()}
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, pr := range Probes() {
			for _, o := range pr.Look(t.Context(), begun(tgt)) {
				q, asked := p.Checks[o.ID]
				if !asked || o.Absent != "" {
					continue
				}
				if text := len(q.OneOf)+len(q.NoneOf) > 0; text != (o.Text != "") {
					t.Errorf("%s: %s asks for a text: %v; seen is %+v", name, o.ID, text, o)
				}
			}
		}
	}
}

func begun(t *target.Target) *target.Target {
	t.Begin(time.Now())
	return t
}
