package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	gosarif "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// hostile is text that every format must take for text.
const hostile = "</script><script>alert(1)</script> \"q\" \\ \n\x1b[31m größer 𝛼 & {{.}}"

// sample has a check of each verdict, with what each can have.
func sample() *posture.Report {
	id := runtimecheck.Specs()[0].ID
	check := func(v posture.Verdict, current string) posture.Check {
		return posture.Check{ID: id, Verdict: v, Current: current, Required: "at most 1", Source: "/proc/12/" + hostile, Grade: posture.Kernel,
			Why: "why " + hostile, Mend: "mend " + hostile, Advice: "who " + hostile, Doubt: "doubt " + hostile, Details: []string{"detail " + hostile}}
	}
	return &posture.Report{
		Subject: posture.Subject{Kind: "process", PID: 12, Exe: "/srv/" + hostile, OS: "linux", Arch: "amd64"}, Profile: "latency", Time: time.Unix(1_700_000_000, 500_000_000),
		Checks: []posture.Check{
			check(posture.Fail, "9 "+hostile), check(posture.Warn, "8"), check(posture.Unknown, ""), check(posture.Pass, "1"),
			check(posture.NotApplicable, "only so"), check(posture.NotApplicable, ""),
			{ID: "zz.unknown", Verdict: posture.Pass, Current: "1", Source: "s", Grade: posture.Runtime, Why: "w"},
		},
	}
}

func TestSARIF(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "report", "testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*posture.Report{sample(), {Subject: posture.Subject{Kind: "host"}, Profile: "p"}} {
		var b bytes.Buffer
		if err := writeSARIF(&b, r, 1); err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%v", err)
		}
	}
	var b bytes.Buffer
	if err := writeSARIF(&b, sample(), 1); err != nil {
		t.Fatal(err)
	}
	log, err := gosarif.FromString(b.String())
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if got, want := len(run.Tool.Driver.Rules), len(runtimecheck.Specs()); got != want {
		t.Errorf("%d rules, want %d", got, want)
	}
	want := []string{"fail error", "fail warning", "open none", "pass none", "informational none", "notApplicable none", "pass none"}
	for i, res := range run.Results {
		if got := fmt.Sprint(res.Kind, " ", res.Level); got != want[i] {
			t.Errorf("result %d is %s, want %s", i, got, want[i])
		}
		if indexed := res.RuleIndex >= 0 && i < 6; i < 6 && (!indexed || *run.Tool.Driver.Rules[res.RuleIndex].ID != *res.RuleID) {
			t.Errorf("result %d is of rule %d, not of %s", i, res.RuleIndex, *res.RuleID)
		}
	}
	text := *run.Results[0].Message.Text
	for _, want := range []string{"9 " + hostile, "required: at most 1", "why " + hostile, "To mend it: mend " + hostile} {
		if !strings.Contains(text, want) {
			t.Errorf("the message does not say %q: %s", want, text)
		}
	}
}

func TestPrometheus(t *testing.T) {
	r := sample()
	for i := range r.Checks { // each series is there once
		if r.Checks[i].ID != "zz.unknown" {
			r.Checks[i].ID = fmt.Sprintf("g%d.x", i)
		}
	}
	var b bytes.Buffer
	if err := writePrometheus(&b, r); err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(&b)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := make(map[string]string)
	for _, m := range families["lagvet_check"].Metric {
		labels := make(map[string]string)
		for _, l := range m.Label {
			labels[l.GetName()] = l.GetValue()
		}
		verdicts[labels["id"]] = labels["verdict"]
		if m.Gauge.GetValue() != 1 || labels["group"]+"." != labels["id"][:strings.Index(labels["id"], ".")+1] {
			t.Errorf("%v", m)
		}
	}
	if len(verdicts) != len(r.Checks) || verdicts["g0.x"] != "FAIL" || verdicts["g5.x"] != "NOT_APPLICABLE" {
		t.Errorf("%v", verdicts)
	}
	for _, m := range families["lagvet_checks"].Metric {
		if want := r.Count(posture.Verdict(m.Label[0].GetValue())); m.Gauge.GetValue() != float64(want) {
			t.Errorf("%v, want %d", m, want)
		}
	}
	if got := families["lagvet_doctor_last_look_timestamp_seconds"].Metric[0].Gauge.GetValue(); got != 1_700_000_000.5 {
		t.Errorf("looked at %v", got)
	}
	for name, f := range families {
		if f.GetHelp() == "" || f.GetType().String() != "GAUGE" {
			t.Errorf("%s has no help or type", name)
		}
	}
	b.Reset()
	if err := writePrometheus(&b, &posture.Report{Profile: "p"}); err != nil || strings.Contains(b.String(), "lagvet_check{") {
		t.Errorf("of nothing: %v\n%s", err, &b)
	}
}

func TestHTML(t *testing.T) {
	var b bytes.Buffer
	if err := HTML(&b, sample()); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if n := len(regexp.MustCompile(`(?i)<script[ \t\n\f\r/>]`).FindAllString(out, -1)); n != 1 {
		t.Errorf("%d scripts in the page, want one", n)
	}
	if got := regexp.MustCompile(`(?i)(src\s*=|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|unsafe-)`).FindAllString(out, -1); got != nil {
		t.Errorf("the page asks for something: %q", got)
	}
	for _, want := range []string{"default-src &#39;none&#39;", `<h1 class="verdict found">`, "<title>lagvet: process 12", `<section class="group" id="zz"`, "required: at most 1", ">info<", ">n/a<", ">UNKNOWN<"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if got := strings.Count(out, "<details open>"); got != 2 {
		t.Errorf("%d checks are open, want those that fail or warn", got)
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"", "plain", hostile, "<!--", "\u2028", "\xff", "' onclick=x '", "</style>", "</title>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := sample()
		c := &r.Checks[0]
		c.Current, c.Why, c.Mend, c.Source, c.Advice, c.Doubt, c.Details = s, s, s, s, s, s, []string{s}
		r.Profile, r.Subject.Exe = s, s
		var b bytes.Buffer
		if err := HTML(&b, r); err != nil {
			t.Fatal(err)
		}
		plain := sample()
		var p bytes.Buffer
		if err := HTML(&p, plain); err != nil {
			t.Fatal(err)
		}
		for _, tag := range []string{"<script", "<style", "<li", "<section", "<h1", "</title>"} {
			if got, want := strings.Count(b.String(), tag), strings.Count(p.String(), tag); got != want {
				t.Errorf("%q makes %d of %s, want %d", s, got, tag, want)
			}
		}
	})
}

func TestPageState(t *testing.T) {
	for v, want := range map[posture.Verdict]string{posture.Fail: "found", posture.Warn: "unchecked", posture.Unknown: "unchecked", posture.Pass: "clean", posture.NotApplicable: "clean"} {
		if got := pageState(&posture.Report{Checks: []posture.Check{{Verdict: v}}}); got != want {
			t.Errorf("%s: %s, want %s", v, got, want)
		}
	}
}

func TestExitCode(t *testing.T) {
	report := func(vs ...posture.Verdict) *posture.Report {
		r := &posture.Report{}
		for _, v := range vs {
			r.Checks = append(r.Checks, posture.Check{Verdict: v, Current: "something"})
		}
		return r
	}
	f, w, u, p := posture.Fail, posture.Warn, posture.Unknown, posture.Pass
	tests := []struct {
		r      *posture.Report
		failOn string
		want   int
	}{
		{&posture.Report{Checks: []posture.Check{{Verdict: u, Why: "it does not answer"}, {Verdict: posture.NotApplicable}}}, "fail", 3},
		{&posture.Report{Checks: []posture.Check{{Verdict: u, Why: "it does not answer"}}}, "never", 0},
		{&posture.Report{Checks: []posture.Check{{Verdict: posture.NotApplicable, Why: "it does not exist"}}}, "fail", 0},
		{report(p), "fail", 0}, {report(w, u), "fail", 0}, {report(f), "fail", 1}, {report(f, u), "fail", 1},
		{report(p, u), "warn", 0}, {report(w), "warn", 1}, {report(f), "warn", 1},
		{report(p, w), "unknown", 0}, {report(u), "unknown", 3}, {report(f), "unknown", 1}, {report(f, u), "unknown", 3},
		{report(w), "warn,unknown", 1}, {report(w, u), "warn,unknown", 3}, {report(p), "warn,unknown", 0},
		{report(f, w, u), "never", 0},
	}
	for _, tt := range tests {
		if got := exitCode(tt.r, strings.Split(tt.failOn, ",")); got != tt.want {
			t.Errorf("%v with --fail-on %s: %d, want %d", tt.r.Checks, tt.failOn, got, tt.want)
		}
	}
}

// A profile that is printed can be loaded, and is the same.
func TestPrintProfile(t *testing.T) {
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "p.yml")
		if err := output.File(file, func(w io.Writer) error { return printProfile(w, p) }); err != nil {
			t.Fatal(err)
		}
		again, err := posture.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		a, err1 := json.Marshal(p)
		b, err2 := json.Marshal(again)
		if err1 != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Errorf("%v, %v:\n%s\nbecame\n%s", err1, err2, a, b)
		}
	}
}

// Interrupted before there was anything to say, nothing was checked.
func TestInterruptedAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code, err := Run(ctx, Options{Profile: "latency", Format: "text", Timeout: time.Minute, Window: time.Hour}, &out, &errs)
	if err != nil || code != 3 || out.Len() > 0 || !strings.Contains(errs.String(), "could not check: it was interrupted before the first look was done\n    mend: ") {
		t.Errorf("exit code %d, %v\n%s%s", code, err, &out, &errs)
	}
}

func TestBlind(t *testing.T) {
	out := posture.Check{Verdict: posture.Unknown, Grade: posture.Kernel, Why: "out of sight"}
	silent := posture.Check{Verdict: posture.Unknown, Grade: posture.Runtime, Why: "it does not answer"}
	for _, tt := range []struct {
		checks []posture.Check
		want   string
	}{
		{nil, ""},
		{[]posture.Check{out}, "out of sight"},
		{[]posture.Check{out, silent, out}, "it does not answer"},
		{[]posture.Check{silent, {Verdict: posture.Pass, Current: "1"}}, ""},
		{[]posture.Check{{Verdict: posture.NotApplicable, Why: "it does not exist"}}, ""},
	} {
		if got := blind(&posture.Report{Checks: tt.checks}); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.checks, got, tt.want)
		}
	}
}
