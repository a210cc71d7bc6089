package claims

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A bench that goes wrong is told in clear words, and nothing else ends with it.
func TestChildGoesWrong(t *testing.T) {
	c, ok := Named("defer.three")
	if !ok {
		t.Fatal("there is no such claim")
	}
	killed := "signal: killed"
	if runtime.GOOS == "windows" {
		killed = "exit status"
	}
	for mode, want := range map[string]string{
		"panic":   "the bench crashed: panic: a planted panic",
		"fatal":   "the bench crashed: fatal error: concurrent map",
		"exit":    "ended with exit status 7: last words",
		"kill":    "the process of the bench ended with " + killed,
		"half":    "without a whole answer",
		"nothing": "answered nothing",
	} {
		t.Run(mode, func(t *testing.T) {
			r := child(t, mode, tiny()).Run(t.Context(), c)
			if r.Verdict != Broken || !strings.Contains(r.Reason, want) || r.ID != c.ID || len(r.Findings) > 0 {
				t.Errorf("%s: %s; want %s", r.Verdict, r.Reason, want)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		s := child(t, "hang", Size{Time: time.Millisecond, Rounds: 1})
		s.Grace = 100 * time.Millisecond
		r := s.Run(t.Context(), c)
		if r.Verdict != Broken || !strings.Contains(r.Reason, "did not end within 104ms, and was killed") {
			t.Errorf("%s: %s", r.Verdict, r.Reason)
		}
	})
	t.Run("no program", func(t *testing.T) {
		r := Supervisor{Command: []string{t.TempDir() + "/none"}, Size: tiny()}.Run(t.Context(), c)
		if r.Verdict != Broken || !strings.Contains(r.Reason, "could not be started") {
			t.Errorf("%s: %s", r.Verdict, r.Reason)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		r := child(t, "hang", tiny()).Run(ctx, c)
		if r.Verdict != Broken || r.Reason != "it was interrupted" {
			t.Errorf("%s: %s", r.Verdict, r.Reason)
		}
	})
}

// What a user has set for other programs does not set the benches.
func TestChildEnvironment(t *testing.T) {
	for _, name := range settings() {
		t.Setenv(name, "off")
	}
	t.Setenv("LAGVET_CLAIMS_OTHER", "stays")
	m, err := child(t, "environment", tiny()).measure(t.Context(), Claim{ID: "any"})
	if err != nil {
		t.Fatal(err)
	}
	stays := false
	for _, v := range m.Notes {
		stays = stays || v == "LAGVET_CLAIMS_OTHER=stays"
		if decides(v) {
			t.Errorf("the child has %s", v)
		}
	}
	if !stays {
		t.Error("the child has not the rest of the environment")
	}
}

func TestChildRequests(t *testing.T) {
	for in, want := range map[string]string{
		`{"claim":"no.such","size":{"time_ns":1,"rounds":1},"limit_ns":1}`:           `there is no claim "no.such"`,
		`{"claim":"defer.three","size":{"time_ns":0,"rounds":1},"limit_ns":1}`:       "cannot be measured",
		`{"claim":"defer.three","size":{"time_ns":1,"rounds":0},"limit_ns":1}`:       "cannot be measured",
		`{"claim":"defer.three","size":{"time_ns":1,"rounds":1}}`:                    "cannot be measured",
		`{"claim":"defer.three","size":{"time_ns":1000,"rounds":1},"limit_ns":1}`:    "deadline exceeded",
		`{"claim":"numa.local","size":{"time_ns":1000,"rounds":1},"limit_ns":1}`:     "",
		`{"claim":"clock.ptp","size":{"time_ns":1000,"rounds":1},"limit_ns":100000}`: "",
	} {
		var out strings.Builder
		if err := Child(t.Context(), strings.NewReader(in), &out); err != nil {
			t.Errorf("%s: %v", in, err)
		}
		var a answer
		if err := json.Unmarshal([]byte(out.String()), &a); err != nil || want != "" && !strings.Contains(a.Error, want) {
			t.Errorf("%s: %q, %v; want %q", in, a.Error, err, want)
		}
	}
	if err := Child(t.Context(), strings.NewReader("garbage"), new(strings.Builder)); err == nil {
		t.Error("garbage is no request")
	}
	if err := Child(t.Context(), strings.NewReader(`{}`), shut{}); !errors.Is(err, errShut) {
		t.Errorf("%v; the answer was not written", err)
	}
}

var errShut = errors.New("shut")

// shut takes nothing.
type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, errShut }

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "{}", `{"error":"no"}`, `{"measurement":{"arms":[{"name":"a","ops":[1],"readings":[{"unit":"ns/op","values":[1,2]}]}]}}`, `{"measurement":{"unfit":true}}`} {
		f.Add([]byte(s))
	}
	c := Claim{ID: "x.y", Holds: []Condition{faster("a", "b", "ns/op", 0.5), {Arm: "a", Unit: "ns/op", Max: 1}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := read(data)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
		if err == nil {
			Judge(c, m, 0)
		}
	})
}
