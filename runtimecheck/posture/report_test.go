package posture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// sample has a check of each verdict.
func sample() *Report {
	return &Report{
		Subject: Subject{Kind: "process", PID: 12, Exe: "/srv/app", Go: "go1.26.8", OS: "linux", Arch: "amd64"},
		Profile: "latency", Time: time.Date(2026, 3, 4, 5, 6, 7, 8_900_000, time.FixedZone("x", 3600)),
		Checks: []Check{
			{ID: "gc.gogc", Verdict: Pass, Current: "100 %", Required: "at least 100 %", Source: "/gc/gogc:percent", Grade: Runtime, Why: "why", Advice: "who"},
			{ID: "gc.assist", Verdict: Warn, Current: "9 % in 2s", Required: "at most 5 %", Source: "s", Grade: Runtime, Why: "it costs", Mend: "mend it", Advice: "who says so", Doubt: "perhaps", Details: []string{"d\x1b[31m"}},
			{ID: "limits.nofile", Verdict: Fail, Current: "9 of 10", Required: "at most 50 %", Source: "/proc/12/limits", Grade: Kernel, Why: "it costs", Mend: "raise it", Advice: "getrlimit(2)"},
			{ID: "limits.other", Verdict: Unknown, Source: "/proc/12/fd", Grade: Kernel, Why: "not permitted", Mend: "be root"},
			{ID: "limits.third", Verdict: Unknown, Source: "/proc/12/fd", Grade: Kernel, Why: "not permitted", Mend: "be root"},
			{ID: "numa.nodes", Verdict: NotApplicable, Current: "1", Source: "/sys", Grade: Kernel, Why: "for information"},
			{ID: "numa.far", Verdict: NotApplicable, Source: "/sys", Grade: Kernel, Why: "it does not exist"},
		},
	}
}

func TestText(t *testing.T) {
	const want = `PASS     gc.gogc        100 %
WARN     gc.assist      9 % in 2s
    required: at most 5 % (who says so)
    source: s (runtime)
    why: it costs
    mend: mend it
    doubt: perhaps
    - d\x1b[31m

FAIL     limits.nofile  9 of 10
    required: at most 50 % (getrlimit(2))
    source: /proc/12/limits (kernel)
    why: it costs
    mend: raise it
UNKNOWN  limits.other   not permitted
    source: /proc/12/fd (kernel)
    mend: be root
UNKNOWN  limits.third   not permitted

info     numa.nodes     1
n/a      numa.far       it does not exist

process 12 (/srv/app, go1.26.8): 1 FAIL, 1 WARN, 2 UNKNOWN, 1 PASS, 2 NOT APPLICABLE, by the profile latency.
`
	var b bytes.Buffer
	if err := sample().Text(&b, Style{}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", &b, want)
	}
}

func TestTextStyles(t *testing.T) {
	var verbose, colored bytes.Buffer
	r := sample()
	for i := range 20 {
		r.Checks[1].Details = append(r.Checks[1].Details, fmt.Sprintf("thread %d", i))
	}
	if err := errors.Join(r.Text(&verbose, Style{Verbose: true}), r.Text(&colored, Style{Color: true})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"required: at least 100 % (who)\n", "source: /sys (kernel)\n    why: for information\n", "- thread 19\n"} {
		if !strings.Contains(verbose.String(), want) {
			t.Errorf("--verbose does not say %q", want)
		}
	}
	for _, want := range []string{"\x1b[31mFAIL\x1b[0m     limits", "\x1b[32mmend:\x1b[0m", "and 13 more: --verbose shows them", `d\x1b[31m`} {
		if !strings.Contains(colored.String(), want) {
			t.Errorf("no %q in\n%s", want, &colored)
		}
	}
	if strings.Contains(colored.String(), "thread 19") {
		t.Error("all details are shown to who did not ask for them")
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"größer 𝛼 100 %": "größer 𝛼 100 %", "a\nb": `a\nb`, "\x1b]0;x\x07": `\x1b]0;x\a`, "\xff": `\xff`, "\u202eabc": `\u202eabc`, "\ufffd": "\ufffd", "": "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestChanges(t *testing.T) {
	before, now := sample(), sample()
	now.Over = 2 * time.Second
	now.Checks[0].Current = "200 %"
	now.Checks[2].Verdict, now.Checks[2].Current = Pass, "3 of 10"
	now.Checks[3].Verdict, now.Checks[3].Current = Fail, "7"
	var b bytes.Buffer
	if err := now.Changes(&b, before, Style{}); err != nil {
		t.Fatal(err)
	}
	const want = `05:06:07
PASS     gc.gogc        200 % (was 100 %)
WARN     gc.assist      9 % in 2s
PASS     limits.nofile  3 of 10 (was 9 of 10)
    was: FAIL
FAIL     limits.other   7
    was: UNKNOWN
    source: /proc/12/fd (kernel)
    why: not permitted
    mend: be root
`
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", &b, want)
	}
	// A counter that says the same of another time is no news.
	now.Checks[0].Current, before.Checks[0].Current = "none in 2s", "none since the start"
	now.Checks, before.Checks = now.Checks[:1], before.Checks[:1]
	b.Reset()
	if err := now.Changes(&b, before, Style{}); err != nil || b.Len() > 0 {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestChangesOfCounters(t *testing.T) {
	var b bytes.Buffer
	now := sample()
	now.Over = 2 * time.Second
	// A counter as it was before, over a time that is never quite the same, is no news
	// if nothing is wrong with it.
	later := sample()
	later.Over = 2003 * time.Millisecond
	later.Checks, now.Checks = later.Checks[:2], now.Checks[:2]
	later.Checks[0], later.Checks[1].Verdict, later.Checks[1].Current = now.Checks[0], Pass, "9 % in 2.003s"
	now.Checks[1].Verdict = Pass
	if err := later.Changes(&b, now, Style{}); err != nil || b.Len() > 0 {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "doctor.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	tool := Tool{Name: "lagvet", Version: "devel", Go: "go1.26.8"}
	over := sample()
	over.Over = 1500 * time.Millisecond
	for _, r := range []*Report{sample(), over, {Subject: Subject{Kind: "host", OS: "linux", Arch: "arm64"}, Profile: "p"}} {
		for _, indent := range []string{"", "  "} {
			var b bytes.Buffer
			if err := r.JSON(&b, tool, indent); err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(b.String(), "\n"); indent == "" && lines != 1 {
				t.Errorf("%d lines", lines)
			}
			text := b.String()
			doc, err := jsonschema.UnmarshalJSON(&b)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%v\n%s", err, text)
			}
		}
	}
	for _, broken := range []string{`{}`, `{"checks": [{"id": "x"}]}`} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("the schema validates %s", broken)
		}
	}
	var b bytes.Buffer
	if err := over.JSON(&b, tool, ""); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Time   string
		Over   float64 `json:"over_seconds"`
		Counts map[string]int
		Checks []map[string]any
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Time != "2026-03-04T04:06:07.008Z" || got.Over != 1.5 || got.Counts["NOT_APPLICABLE"] != 2 || got.Counts["FAIL"] != 1 {
		t.Errorf("%+v", got)
	}
	for _, c := range got.Checks {
		for _, key := range []string{"id", "verdict", "current", "required", "source", "grade", "why", "mend"} {
			if _, ok := c[key]; !ok {
				t.Errorf("%v has no %s", c["id"], key)
			}
		}
	}
}

func TestReaches(t *testing.T) {
	tests := []struct {
		has   Verdict
		fails []Verdict
	}{
		{Fail, []Verdict{Fail, Warn}}, {Warn, []Verdict{Warn}}, {Unknown, []Verdict{Unknown}}, {Pass, []Verdict{Pass}}, {NotApplicable, []Verdict{NotApplicable}},
	}
	for _, tt := range tests {
		r := &Report{Checks: []Check{{Verdict: tt.has}}}
		for _, v := range Verdicts() {
			want := false
			for _, f := range tt.fails {
				want = want || f == v
			}
			if got := r.Reaches(v); got != want {
				t.Errorf("a report with %s reaches %s: %v", tt.has, v, got)
			}
		}
	}
}

func TestSubject(t *testing.T) {
	for want, s := range map[string]Subject{
		"this machine (linux/amd64)":                   {Kind: "host", OS: "linux", Arch: "amd64"},
		"process 12":                                   {Kind: "process", PID: 12, OS: "linux", Arch: "amd64"},
		"process 12 (/a, go1.26.8)":                    {Kind: "self", PID: 12, Exe: "/a", Go: "go1.26.8"},
		"endpoint (http://h:6060/debug/pprof, go1.27)": {Kind: "endpoint", URL: "http://h:6060/debug/pprof", Go: "go1.27"},
	} {
		if got := s.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
