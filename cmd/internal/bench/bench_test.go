package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/perf/benchfmt"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// sample has a result of each verdict.
func sample(t *testing.T) *Report {
	t.Helper()
	r := &Report{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Tool: report.Tool{Version: "v1.2.3", Go: "go1.26.8"}, Size: claims.Full(),
		Machine: Machine{OS: "linux", Arch: "amd64", Go: "go1.26.8", CPUs: 2, CPU: "A CPU | of\nsome make", Gomaxprocs: 2, Kernel: "6.18", Clock: "tsc", Profile: "latency", Summary: "1 WARN",
			Checks: []posture.Check{{ID: "clock.synced", Verdict: posture.Warn, Current: "no", Source: "adjtimex(2)", Grade: posture.Kernel, Why: "w"}}},
	}
	noise := &claims.Noise{P99: 60_000, Max: 90_000}
	for id, m := range map[string]*claims.Measurement{
		"cacheline.padded": {Arms: arms(20, 4, "one line", "a line each"), Notes: []string{"a note"}, Noise: noise, Overhead: &claims.Overhead{Loop: 0.3, Stamp: 90}},
		"queue.ring":       {Noise: &claims.Noise{P99: 2e6, Max: 3e6}, Unfit: true},
		"cgo.call":         {Arms: arms(10, 20, "Go function", "C function")},
		"numa.local":       {NotHere: "all memory is on one NUMA node"},
	} {
		c, ok := claims.Named(id)
		if !ok {
			t.Fatal(id)
		}
		r.Results = append(r.Results, Entry{c, claims.Judge(c, m, 1500*time.Millisecond)})
	}
	c, _ := claims.Named("defer.six")
	r.Results = append(r.Results, Entry{c, claims.Result{ID: c.ID, Verdict: claims.Broken, Reason: "the bench crashed: panic: <b>|"}})
	slices.SortFunc(r.Results, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	for _, v := range claims.Verdicts() {
		if r.count(v) != 1 {
			t.Fatalf("%d results are %s", r.count(v), v)
		}
	}
	return r
}

// arms returns readings of two arms.
func arms(a, b float64, names ...string) (all []claims.Arm) {
	for i, v := range []float64{a, b} {
		arm := claims.Arm{Name: names[i]}
		ns, ops := claims.Readings{Unit: "ns/op"}, claims.Readings{Unit: "op/s"}
		for round := range 7 {
			arm.Ops = append(arm.Ops, int64(100+round))
			ns.Values, ops.Values = append(ns.Values, v+float64(round)/100), append(ops.Values, 1e9/v)
		}
		arm.Readings = []claims.Readings{ns, ops}
		all = append(all, arm)
	}
	return all
}

func rendered(t *testing.T, r *Report, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.render(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	out := rendered(t, sample(t), "text")
	for _, want := range []string{
		"linux/amd64, 2 CPUs (A CPU | of some make), kernel 6.18, clock source tsc, GOMAXPROCS 2, go1.26.8\nposture by the profile latency: 1 WARN\n    WARN clock.synced (lagvet doctor says more)\n",
		"HOLDS                cacheline.padded  what different CPUs write",
		"    measured: ns/op of a line each against one line: ×0.201 [×0.2, ×0.202] in 7 rounds, 4.03 ns against 20 ns\n",
		"    measuring costs: 0.3 ns a turn of the loop, 90 ns to time an operation; not subtracted\n",
		"TOO NOISY TO TELL    queue.ring", "because: an idle goroutine of this machine wakes up to 2 ms late (P99), and the effect to be seen is 1 ms",
		"DOES NOT HOLD        cgo.call", "NOT MEASURABLE HERE  numa.local", "FAILED               defer.six  ⚠ ", "    disputed: ",
		"5 claims: 1 holds, 1 does not hold, 1 too noisy to tell, 1 not measurable here, 1 failed.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	_, loud, _ := strings.Cut(out, "queue.ring")
	loud, _, _ = strings.Cut(loud, "\n\n")
	if strings.Contains(loud, "measured:") {
		t.Errorf("a number is told that the noise hides: %s", loud)
	}
}

func TestMarkdown(t *testing.T) {
	out := rendered(t, sample(t), "markdown")
	for _, want := range []string{
		"- measured by `lagvet bench --format markdown` (lagvet v1.2.3, built with go1.26.8), on 2026-01-02\n",
		`A CPU \| of some make`, "| [`cacheline.padded`](#cachelinepadded) | ", "\n### cacheline.padded\n", "| one line | 20 ns | 50 M op/s |\n",
		`&lt;b>\|`, "- bench: a note\n", "- it holds if: ns/op of a line each against one line is at most ×0.479\n",
		"an idle goroutine woke up to 60 µs late (P99)",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "| [") && len(regexp.MustCompile(`[^\\]\|`).FindAllString(line, -1)) != 5 {
			t.Errorf("a row of the table has not five cells: %s", line)
		}
	}
	for _, tt := range []struct {
		size claims.Size
		want string
	}{
		{claims.Full(), "lagvet bench --format markdown"},
		{claims.Quick(), "lagvet bench --format markdown --quick"},
		{claims.Size{Time: time.Second, Rounds: claims.Quick().Rounds, Anyway: true}, "lagvet bench --format markdown --quick --time 1s --anyway"},
	} {
		if got := (&Report{Size: tt.size}).command(); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "bench.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Report{sample(t), {Time: time.Now(), Machine: look(t.Context()), Size: claims.Quick()}} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(rendered(t, r, "json")))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
	}
	for _, broken := range []string{`{}`, `{"version":2}`} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Errorf("the schema takes %s", broken)
		}
	}
	var b bytes.Buffer
	if err := list(&b, "json", claims.All()); err != nil {
		t.Fatal(err)
	}
	var rows []about
	if err := json.Unmarshal(b.Bytes(), &rows); err != nil || len(rows) != len(claims.All()) {
		t.Errorf("%d claims are listed; %v", len(rows), err)
	}
}

// What is written can be read by the tools for Go benchmarks, reading by reading.
func TestBenchfmt(t *testing.T) {
	r := sample(t)
	in := benchfmt.NewReader(strings.NewReader(rendered(t, r, "benchfmt")), "test")
	lines := make(map[string]int)
	for in.Scan() {
		switch line := in.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(line)
		case *benchfmt.Result:
			lines[line.Name.String()]++
			if v, ok := line.Value("sec/op"); !ok || v <= 0 || v > 21e-9 || line.Iters < 100 {
				t.Errorf("%s: %v s, %d operations", line.Name, v, line.Iters)
			}
			if cpu := line.GetConfig("cpu"); cpu != "A CPU | of some make" || line.GetConfig("posture") != "WARN clock.synced" {
				t.Errorf("the configuration is %v", line.Config)
			}
			if _, ok := line.Value("hiccup-p99-sec"); ok != strings.Contains(line.Name.String(), "cacheline") {
				t.Errorf("%s has a hiccup: %v", line.Name, ok)
			}
		}
	}
	if err := in.Err(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"one_line", "a_line_each"} {
		if n := lines["Claim/claim=cacheline.padded/arm="+name]; n != 7 {
			t.Errorf("%d lines of %s: %v", n, name, lines)
		}
	}
	if in.Units().GetBetter("op/s") != 1 || in.Units().GetBetter("sec/op") != -1 {
		t.Error("it is not said which way is better")
	}
}

func TestOptions(t *testing.T) {
	ok := Options{Format: "text"}
	for _, tt := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) {}, ""},
		{func(o *Options) { o.Format = "yaml" }, "--format"},
		{func(o *Options) { o.Time = time.Millisecond }, "a claim takes 200ms at least"},
		{func(o *Options) { o.Time = -time.Second }, "--time is -1s"},
		{func(o *Options) { o.List, o.Format = true, "markdown" }, "--list prints text or json"},
		{func(o *Options) { o.List, o.Output = true, "x" }, "leave out --output and --report"},
		{func(o *Options) { o.Claims = []string{"pool.reuze"} }, `there is no claim "pool.reuze" (did you mean "pool.reuse"?)`},
		{func(o *Options) { o.Only = []string{"pools"} }, `there is no group "pools" (did you mean "pool"?)`},
		{func(o *Options) { o.Reports = []string{"pdf=x"} }, "--report"},
		{func(o *Options) { o.Format, o.Reports = "json", []string{"text=-"} }, "standard output"},
	} {
		o := ok
		tt.change(&o)
		if tt.want == "" {
			continue
		}
		code, err := Run(t.Context(), o, nil, new(bytes.Buffer), new(bytes.Buffer))
		if code != report.Usage || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d, %v; want %s", code, err, tt.want)
		}
	}
	if s := (Options{Quick: true, Time: time.Second, Anyway: true}).size(); s.Rounds != claims.Quick().Rounds || s.Time != time.Second || !s.Anyway {
		t.Errorf("%+v", s)
	}
}

func TestChosen(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string
	}{
		{Options{Claims: []string{"pool.reuse", "map.sync"}}, "map.sync pool.reuse"},
		{Options{Only: []string{"defer"}}, "defer.three defer.six"},
		{Options{Only: []string{"pool"}, Claims: []string{"defer.six"}}, "pool.reuse defer.six"},
		{Options{}, strings.Join(ids(claims.All()), " ")},
	} {
		got, err := tt.o.chosen()
		if err != nil || strings.Join(ids(got), " ") != tt.want {
			t.Errorf("%v, %v; want %s", ids(got), err, tt.want)
		}
	}
}

// Claims are measured in order, progress is told, and an interrupt keeps what there is.
func TestMeasure(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	all := claims.All()[:4]
	r := new(Report)
	var errs bytes.Buffer
	r.measure(ctx, all, func(_ context.Context, c claims.Claim) claims.Result {
		switch c.ID {
		case all[1].ID:
			return claims.Result{ID: c.ID, Verdict: claims.Broken, Reason: "it crashed"}
		case all[2].ID:
			cancel()
		}
		return claims.Result{ID: c.ID, Verdict: claims.Holds, Took: 1.25}
	}, &errs)
	want := "measuring 4 claims\n1/4 " + all[0].ID + ": holds (1.2 s)\n2/4 " + all[1].ID + ": failed (0.0 s)\n    it crashed\n"
	if len(r.Results) != 2 || errs.String() != want {
		t.Errorf("%d results:\n%swant\n%s", len(r.Results), &errs, want)
	}
}

func TestNothing(t *testing.T) {
	c, _ := claims.Named("numa.local")
	found := claims.Result{Verdict: claims.Noisy, Findings: []claims.Finding{{}}}
	none := claims.Result{Verdict: claims.NotHere, Reason: "one node"}
	for _, tt := range []struct {
		r    Report
		want string
	}{
		{Report{}, "it was interrupted before the first claim was measured"},
		{Report{Results: []Entry{{c, none}, {c, none}}}, "nothing was measured: numa.local: not measurable here: one node"},
		{Report{Results: []Entry{{c, none}, {c, found}}}, ""},
	} {
		if got := tt.r.nothing(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// A run whose benches cannot be had ends with 3, and its report is written all the same.
func TestRunWithoutChild(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.json")
	var out, errs bytes.Buffer
	// This test binary, told to run no test, is no child: it answers nothing.
	code, err := Run(t.Context(), Options{Format: "text", Claims: []string{"defer.six"}, Quick: true, Reports: []string{"json=" + file}}, []string{"-test.run=^$"}, &out, &errs)
	if err != nil || code != report.Unchecked || !strings.Contains(errs.String(), "could not check: nothing was measured: defer.six: failed: ") || !strings.Contains(out.String(), "FAILED") {
		t.Errorf("%d, %v\n%s%s", code, err, &out, &errs)
	}
	if data, err := os.ReadFile(file); err != nil || !json.Valid(data) {
		t.Errorf("%v: %s", err, data)
	}
}

// A file that cannot be written is told, and the other reports are written.
func TestUnwritten(t *testing.T) {
	var out bytes.Buffer
	err := Options{Format: "text", Reports: nil}.write(sample(t), nil, &out)
	if err != nil || out.Len() == 0 {
		t.Fatal(err)
	}
	out.Reset()
	o := Options{Format: "markdown", Output: filepath.Join(t.TempDir(), "none", "x.md"), Reports: []string{"text=-"}}
	plan := o.plan()
	targets, err := plan.Targets()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.write(sample(t), targets, &out); !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(out.String(), "linux/amd64") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestMachine(t *testing.T) {
	m := look(t.Context())
	if m.CPUs < 1 || m.Gomaxprocs < 1 || m.OS == "" || m.Summary == "" {
		t.Errorf("%+v", m)
	}
	for _, c := range m.Checks {
		if c.Verdict != posture.Fail && c.Verdict != posture.Warn {
			t.Errorf("%s is %s", c.ID, c.Verdict)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m := look(ctx); !strings.Contains(m.Summary, "could not be looked at") {
		t.Errorf("it was not looked at, and says %s", m.Summary)
	}
}
