package maturity

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// The model is whole: each level of each track asks for three things at least, every
// check that it names is there, and every check is asked for.
func TestModel(t *testing.T) {
	m, err := parseModel(modelYAML)
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[string]bool)
	for _, tr := range m.Tracks {
		for _, c := range tr.Controls {
			used[c.Check] = true
			if !strings.HasPrefix(c.ID, tr.ID+"-") {
				t.Errorf("%s is a control of %s", c.ID, tr.ID)
			}
		}
	}
	for name := range checks {
		if !used[name] {
			t.Errorf("no control asks for %s", name)
		}
	}
	weights := []int{9, 7, 6, 5, 4} // of the incidents that the model is derived from, by class
	for i, tr := range m.Tracks {
		if tr.Incidents != weights[i] {
			t.Errorf("%s has %d incidents, want %d", tr.ID, tr.Incidents, weights[i])
		}
	}
}

func TestModelRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown check":   {"check: ci.race", "check: ci.races", `concurrency-race: there is no check "ci.races"`},
		"unknown key":     {"incidents: 37", "incident: 37", "field incident not found"},
		"two of one ID":   {"id: concurrency-leaks", "id: concurrency-race", `the ID "concurrency-race" is none, or another's`},
		"no sixth level":  {"id: concurrency-leaks\n        level: 2", "id: concurrency-leaks\n        level: 6", "there is no level 6"},
		"two controls":    {"id: concurrency-leaks\n        level: 2", "id: concurrency-leaks\n        level: 3", "concurrency: level 2 has 2 controls, want 3"},
		"other incidents": {"incidents: 9\n", "incidents: 10\n", "its tracks have 38 incidents, of 37"},
	} {
		t.Run(name, func(t *testing.T) {
			text := string(modelYAML)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the model does not hold %q", c.old)
			}
			_, err := parseModel([]byte(strings.Replace(text, c.old, c.new, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one that says %q", err, c.want)
			}
		})
	}
}

// track has controls with these results, from level 1 on.
func track(id string, results ...verdict.Result) TrackState {
	s := TrackState{ID: id, Applies: true, Incidents: 5}
	for i, r := range results {
		s.Controls = append(s.Controls, ControlState{Control: Control{ID: id, Level: i + 1}, Result: r})
	}
	return s
}

var (
	pass    = verdict.Passed("r")
	fail    = verdict.Failed("r")
	unknown = verdict.Unseen("r")
	none    = verdict.Needless("r")
)

// A level is reached through all below it, the lowest track decides, and what is not
// known neither passes nor fails.
func TestLevels(t *testing.T) {
	for name, c := range map[string]struct {
		tracks   []TrackState
		level    int
		against2 Outcome
	}{
		"all":               {[]TrackState{track("a", pass, pass, pass, pass, pass)}, 5, Meets},
		"gap":               {[]TrackState{track("a", pass, fail, pass, pass, pass)}, 1, Below},
		"not applicable":    {[]TrackState{track("a", pass, none, pass, fail, pass)}, 3, Meets},
		"lowest":            {[]TrackState{track("a", pass, pass, pass, pass, pass), track("b", pass, pass, fail, pass, pass)}, 2, Meets},
		"unknown":           {[]TrackState{track("a", pass, unknown, pass, pass, pass)}, 1, Unmeasurable},
		"unknown and fail":  {[]TrackState{track("a", unknown, fail, pass, pass, pass)}, 0, Below},
		"unknown above":     {[]TrackState{track("a", pass, pass, unknown, fail, pass)}, 2, Meets},
		"does not apply":    {[]TrackState{{ID: "a", Controls: track("a", fail).Controls}, track("b", pass, pass, pass, fail, pass)}, 3, Meets},
		"nothing applies":   {[]TrackState{{ID: "a"}}, 0, Meets},
		"nothing is passed": {[]TrackState{track("a", fail, fail, fail, fail, fail)}, 0, Below},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Report{Tracks: c.tracks}
			r.settle()
			if r.Level != c.level {
				t.Errorf("level is %d, want %d", r.Level, c.level)
			}
			if got := r.Against(2); got != c.against2 {
				t.Errorf("outcome against level 2 is %d, want %d", got, c.against2)
			}
		})
	}
	optional := track("a", fail)
	optional.Controls[0].Optional = true
	if got := optional.stand(); got != Levels {
		t.Errorf("an optional control holds a track at %d", got)
	}
}

func TestCoverage(t *testing.T) {
	r := &Report{Tracks: []TrackState{track("a", pass, pass, fail, fail, fail), track("b", pass, fail, fail, fail, fail)}}
	r.settle()
	want := []Coverage{{1, 10}, {2, 5}, {3, 0}, {4, 0}, {5, 0}}
	if !slices.Equal(r.Coverage, want) {
		t.Errorf("coverage is %v, want %v", r.Coverage, want)
	}
}

func TestWaivers(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	now := day("2026-06-15").Add(23 * time.Hour)
	at := func(files ...string) verdict.Result {
		r := verdict.Failed("it fails")
		for _, f := range files {
			r.Proofs = append(r.Proofs, verdict.Place{File: f, Line: 1})
		}
		return r
	}
	for name, c := range map[string]struct {
		waiver Waiver
		result verdict.Result
		waived bool
		reason string
	}{
		"whole control":    {Waiver{Control: "c", Expires: day("2026-12-31")}, at("a.go"), true, "it fails"},
		"last day":         {Waiver{Control: "c", Expires: day("2026-06-15")}, at("a.go"), true, "it fails"},
		"expired":          {Waiver{Control: "c", Owner: "ops", Expires: day("2026-06-14")}, at("a.go"), false, "it fails; its waiver by ops expired on 2026-06-14"},
		"other control":    {Waiver{Control: "d", Expires: day("2026-12-31")}, at("a.go"), false, "it fails"},
		"directory":        {Waiver{Control: "c", Path: "sim", Expires: day("2026-12-31")}, at("sim/a.go", "sim/b.go"), true, "it fails"},
		"elsewhere too":    {Waiver{Control: "c", Path: "sim", Expires: day("2026-12-31")}, at("sim/a.go", "simple.go"), false, "it fails"},
		"file":             {Waiver{Control: "c", Path: "a.go", Expires: day("2026-12-31")}, at("a.go"), true, "it fails"},
		"what is nowhere":  {Waiver{Control: "c", Path: "sim", Expires: day("2026-12-31")}, at(), false, "it fails"},
		"what is not seen": {Waiver{Control: "c", Expires: day("2026-12-31")}, verdict.Unseen("why"), false, "why"},
	} {
		t.Run(name, func(t *testing.T) {
			state := ControlState{Control: Control{ID: "c", Level: 1}, Result: c.result}
			ws := []Waiver{c.waiver}
			waive(&state, ws, now)
			if got := state.Waiver != nil; got != c.waived || ws[0].Used != c.waived || state.Met() != c.waived {
				t.Errorf("waived: %t, used: %t, met: %t, want %t", got, ws[0].Used, state.Met(), c.waived)
			}
			if state.Reason != c.reason {
				t.Errorf("reason is %q, want %q", state.Reason, c.reason)
			}
		})
	}
	m := Default()
	whole := Waiver{Control: "concurrency-race", Owner: "o", Reason: "r", Expires: now}
	for name, w := range map[string]Waiver{
		"unknown control": {Control: "x", Owner: "o", Reason: "r", Expires: now},
		"no owner":        {Control: "concurrency-race", Owner: " ", Reason: "r", Expires: now},
		"no reason":       {Control: "concurrency-race", Owner: "o", Expires: now},
		"no end":          {Control: "concurrency-race", Owner: "o", Reason: "r"},
	} {
		if w.Validate(m) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := whole.Validate(m); err != nil {
		t.Error(err)
	}
}

// A report that holds what users write does not break the formats that it is put into.
func TestWriters(t *testing.T) {
	tr := track("a|b", verdict.Failed("x | <script>", verdict.Place{File: "a.go", Line: 3, Text: "y"}), pass, unknown, none, pass)
	tr.Title = "A track"
	r := &Report{
		Version: 1, Tool: "lagvet devel", Model: 1, Required: 2, Incidents: 37,
		Repository: Repository{Module: "example.com/a", Commit: "0123456789abcdef", Time: time.Unix(0, 0).UTC(), Dirty: true},
		Tracks:     []TrackState{tr, {ID: "b", Title: "B", Reason: "it calls nothing"}},
		Waivers:    []Waiver{{Control: "c", Owner: "o", Reason: "r", Expires: time.Unix(0, 0).UTC()}},
		Problems:   []Problem{{Place: verdict.Place{File: "x.yml", Line: 2, Text: "broken"}, Column: 5}},
	}
	r.settle()
	texts := make(map[string]string)
	for name, write := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error { return r.WriteText(w, true) }, "json": r.WriteJSON, "markdown": r.WriteMarkdown, "badge": r.WriteBadge,
	} {
		var first, second bytes.Buffer
		if err := errors.Join(write(&first), write(&second)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s differs from one time to the next", name)
		}
		texts[name] = first.String()
	}
	for _, want := range []string{"example.com/a at 0123456789ab with changes stands at level 0 of 5, below level 2", "x.yml:2:5: broken", "b              does not apply: it calls nothing", "a.go:3  y", "waiver: c until 1970-01-01 by o: r (it lets nothing pass)"} {
		if !strings.Contains(texts["text"], want) {
			t.Errorf("text lacks %q:\n%s", want, texts["text"])
		}
	}
	for _, want := range []string{`| fail | x \| &lt;script> (a.go:3) |`, "| 3 |", "does not apply: it calls nothing"} {
		if !strings.Contains(texts["markdown"], want) {
			t.Errorf("Markdown lacks %q:\n%s", want, texts["markdown"])
		}
	}
	var back Report
	if err := json.Unmarshal([]byte(texts["json"]), &back); err != nil || back.Tracks[0].Controls[0].Status != verdict.Fail || back.Tracks[0].Controls[0].Level != 1 {
		t.Errorf("JSON is read as %+v, %v", back, err)
	}
	if err := xml.Unmarshal([]byte(texts["badge"]), new(struct{ XMLName xml.Name })); err != nil || !strings.Contains(texts["badge"], ">L0<") {
		t.Errorf("badge: %v\n%s", err, texts["badge"])
	}
	s := r.Statement("server", "ab12")
	if len(s.Subject) != 2 || s.Subject[0].Digest["gitCommit"] != r.Repository.Commit || s.Subject[1].Digest["sha256"] != "ab12" || s.Predicate.Tracks["a|b"] != 0 || len(s.Predicate.Tracks) != 1 {
		t.Errorf("statement is %+v", s)
	}
}

// What builds programs is told by go.mod, and by the jobs that build releases.
func TestBuilders(t *testing.T) {
	const release = "name: release\non: {push: {tags: ['v*']}}\njobs:\n  build:\n    runs-on: x\n    steps:\n      - uses: actions/setup-go@v6\n        with: {go-version: '%s'}\n"
	for _, c := range []struct {
		name, goLine, version string
		supported, toolchain  verdict.Status
	}{
		{"newer in CI", "go 1.24.0", "1.26.x", verdict.Pass, verdict.Fail},
		{"old in CI too", "go 1.24.0", "1.24.7", verdict.Fail, verdict.Fail},
		{"older in CI, which fetches", "go 1.26.3", "1.26.1", verdict.Pass, verdict.Pass},
		{"newest in CI", "go 1.24.0", "stable", verdict.Pass, verdict.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := atLevel5(t)
			for name := range p.files {
				if strings.HasPrefix(name, ".github/workflows/") || strings.HasSuffix(name, "Dockerfile") {
					delete(p.files, name)
				}
			}
			p.files["go.mod"] = "module example.com/orders\n\n" + c.goLine + "\n"
			p.files[".github/workflows/release.yml"] = fmt.Sprintf(release, c.version)
			r := p.audit(t)
			if got := state(t, r, "modules-go"); got.Status != c.supported {
				t.Errorf("supported: %s: %s", got.Status, got.Reason)
			}
			if got := state(t, r, "modules-toolchain"); got.Status != c.toolchain {
				t.Errorf("toolchain: %s: %s", got.Status, got.Reason)
			}
		})
	}
}

// A deadline that expires in a test is held against the error that it makes.
func TestDeadlineTested(t *testing.T) {
	for _, c := range []struct {
		line string
		want verdict.Status
	}{
		{"if !errors.Is(err, context.DeadlineExceeded) {}", verdict.Pass},
		{"require.ErrorIs(t, err, context.DeadlineExceeded)", verdict.Pass},
		{"if err != os.ErrDeadlineExceeded {}", verdict.Pass},
		{"if status.Code(err) != codes.DeadlineExceeded {}", verdict.Pass},
		{"tests = append(tests, test{wantErr: context.DeadlineExceeded})", verdict.Pass},
		{"return 0, context.DeadlineExceeded", verdict.Unknown},
		{"fake.err = context.DeadlineExceeded", verdict.Unknown},
		{"if !os.IsTimeout(err) {}", verdict.Pass},
		{"err: errDeadlineExceeded,", verdict.Unknown},
		{"reason := \"ProgressDeadlineExceeded\"", verdict.Fail},
		{"// context.DeadlineExceeded", verdict.Fail},
		{"if !errors.Is(err, context.Canceled) {}", verdict.Fail},
	} {
		p := atLevel5(t)
		for name := range p.files {
			if strings.HasSuffix(name, "_test.go") {
				delete(p.files, name)
			}
		}
		p.files["a_test.go"] = "package orders\n\nfunc f() {\n\t" + c.line + "\n}\n"
		if got := state(t, p.audit(t), "context-tested"); got.Status != c.want {
			t.Errorf("%s: %s: %s, want %s", c.line, got.Status, got.Reason, c.want)
		}
	}
}

// state is what a control of a report came to.
func state(t *testing.T, r *Report, control string) ControlState {
	t.Helper()
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			if c.ID == control {
				return c
			}
		}
	}
	t.Fatalf("the report has no control %s", control)
	return ControlState{}
}

// The page on the model says how many controls this version has.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "maturity.md"))
	if err != nil {
		t.Fatal(err)
	}
	m, n := Default(), 0
	for _, tr := range m.Tracks {
		n += len(tr.Controls)
	}
	for _, want := range []string{fmt.Sprintf("three controls or more, %d in all", n), fmt.Sprintf("has a version, %d today", m.Version)} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/maturity.md does not say %q", want)
		}
	}
}
