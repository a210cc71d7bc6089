package check

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git/gittest"
)

// What another toolchain moves is told apart from what the code moves: the base is
// looked at a second time, under the toolchain that its go.mod asks for.
func TestGateToolchain(t *testing.T) {
	// What F allocates, by the toolchain and by whether the code is the base's.
	costs := func(o engine.Options) []string {
		base, old := len(o.Overlay) > 0, slices.Contains(o.Env, "GOTOOLCHAIN=go1.26.1")
		switch {
		case base && old:
			return []string{"a", "b", "c"}
		case base:
			return []string{"a", "d"} // the compiler moved three
		}
		return []string{"a", "d", "e"} // the code one
	}
	dir := t.TempDir()
	mod := filepath.Join(dir, "go.mod")
	tests := []struct {
		name    string
		answer  string // what the base's toolchain is called
		err     error
		problem string // that the base's toolchain ends with
		want    string
		note    string
	}{
		{name: "another", answer: "go1.26.1", want: "-b toolchain, -c toolchain, +d toolchain, +e code"},
		{name: "the same", answer: "go1.27.4", want: "+e code"},
		{name: "none", err: errors.New("go1.99 not available"), want: "+e code", note: "HEAD asks for a toolchain that cannot be asked: go1.99 not available"},
		{name: "too old", answer: "go1.26.1", problem: "nothing was checked", want: "+e code", note: "cannot be asked: nothing was checked"},
	}
	text := func(toolchain string) {
		if err := os.WriteFile(mod, []byte("module m\n\ngo 1.26\n\ntoolchain "+toolchain+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text("go1.26.1")
	gittest.Init(t, dir).Commit(t)
	text("go1.27.4")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &run{Options: Options{Dir: dir, Format: "text"}, streams: Streams{Out: new(bytes.Buffer), Err: new(bytes.Buffer)}}
			r.engine = func(_ context.Context, o engine.Options) (*engine.Result, error) {
				res := &engine.Result{Packages: 1, Toolchain: "go1.27.4", ToolchainFile: mod}
				if tt.problem != "" && len(o.Env) > 0 {
					res.Problems = []finding.Problem{{Message: tt.problem}}
				}
				book := finding.Ledger{Func: "m.F", Package: "m", Start: finding.Place{File: filepath.Join(dir, "m.go")}}
				for _, c := range costs(o) {
					book.Allocs = append(book.Allocs, finding.Alloc{Cause: c, Text: c, Certainty: finding.Proven})
				}
				res.Ledger = []finding.Ledger{book}
				return res, nil
			}
			r.toolchain = func(_ context.Context, _ engine.Options, file string, text []byte) (string, error) {
				if file != mod || !strings.Contains(string(text), "toolchain go1.26.1") {
					t.Errorf("asked for the toolchain of %s:\n%s", file, text)
				}
				return tt.answer, tt.err
			}
			if err := r.prepare(); err != nil {
				t.Fatal(err)
			}
			rep, err := r.gate(t.Context(), Against{Base: "HEAD"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range rep.Gate.Changes {
				sign := "-"
				if c.Gained {
					sign = "+"
				}
				got = append(got, sign+c.Text+" "+c.By)
			}
			slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
			if s := strings.Join(got, ", "); s != tt.want {
				t.Errorf("changes %s, want %s", s, tt.want)
			}
			var notes []string
			for _, n := range rep.Notes {
				notes = append(notes, n.Message)
			}
			if said := strings.Join(notes, "\n"); !strings.Contains(said, tt.note) || tt.note == "" && said != "" {
				t.Errorf("notes %q, want %q", said, tt.note)
			}
		})
	}
}

// A run that is moved takes from the other directory what lies below the root, and
// profiles only if they were there then.
func TestMoveTo(t *testing.T) {
	root, tmp := t.TempDir(), t.TempDir()
	service := filepath.Join(root, "service")
	there := engine.StandIn(tmp, filepath.Join(service, "then.pprof"))
	if err := os.MkdirAll(filepath.Dir(there), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "go.work")
	c := &config.Config{Dir: service}
	c.Root, c.Profile = service, []string{"then.pprof"}
	for _, tt := range []struct{ work, want string }{
		{"", ""},
		{"off", ""},
		{elsewhere, elsewhere},
		{filepath.Join(root, "go.work"), engine.StandIn(tmp, filepath.Join(root, "go.work"))},
	} {
		t.Setenv("GOWORK", tt.work)
		r := &run{Options: Options{
			Dir:      service,
			Patterns: []string{"./...", filepath.Join(service, "..."), filepath.Join(elsewhere, "...")},
			Profiles: []string{filepath.Join(service, "now.pprof"), "then.pprof"},
		}}
		r.policy.Config = c
		r.moveTo(tmp, root)
		var env []string
		if tt.want != "" {
			env = []string{"GOWORK=" + tt.want}
		}
		for _, got := range []struct {
			what      string
			got, want []string
		}{
			{"directories", []string{r.Dir, r.policy.Root}, []string{engine.StandIn(tmp, service), engine.StandIn(tmp, service)}},
			{"patterns", r.Patterns, []string{"./...", engine.StandIn(tmp, filepath.Join(service, "...")), filepath.Join(elsewhere, "...")}},
			{"profiles", r.Profiles, []string{filepath.Join(service, "now.pprof"), there}},
			{"profiles of the configuration", r.policy.Profile, []string{there}},
			{"environment", r.env, env},
		} {
			if !slices.Equal(got.got, got.want) {
				t.Errorf("GOWORK=%s: %s %q, want %q", tt.work, got.what, got.got, got.want)
			}
		}
		if c.Root != service {
			t.Fatal("the run of today is moved too")
		}
	}
}
