package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

var update = flag.Bool("update", false, "write the golden files anew")

// src returns the absolute path of a file of the sample module.
func src(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "src", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// place returns the position of the first occurrence of text in a file of the
// sample module, and the byte offset of it.
func place(t *testing.T, name, text string) (finding.Place, int) {
	t.Helper()
	file := src(t, name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(data, []byte(text))
	if i < 0 {
		t.Fatalf("%s has no %q", name, text)
	}
	line := bytes.Count(data[:i], []byte("\n"))
	return finding.Place{File: file, Line: line + 1, Column: i - bytes.LastIndexByte(data[:i], '\n')}, i
}

func after(p finding.Place, text string) finding.Place {
	p.Column += len(text)
	return p
}

// sample returns a report with one of everything.
func sample(t *testing.T) *Report {
	const fn, pkg = "(*example.com/app/match.Engine).Match", "example.com/app/match"
	get, offset := place(t, "match/engine.go", "http.Get(url)")
	best, _ := place(t, "match/engine.go", "e.book.best")
	lock, _ := place(t, "match/book.go", "b.mu.Lock()")
	match, _ := place(t, "match/engine.go", "Match")
	tick, _ := place(t, "store/store.go", "time.Tick(")
	url := func(rule string) string { return "https://example.com/rules/" + rule + ".md" }
	return &Report{
		Tool:    Tool{Version: "v1.2.3", Commit: "0123456789ab", Go: "go1.26.8"},
		Dir:     src(t, "."),
		Root:    src(t, "."),
		Folders: []Folder{{"$GOROOT", "/nowhere/go"}},
		Rules: []Rule{
			{Name: "ctxless", Title: "reports outbound I/O without a context", Page: "Package ctxless reports outbound I/O without a context.\n\n# What\n\nA call that nobody can end:\n\n\thttp.Get(url) // for ever\n\n# Why\n\n  - because a < b\n  - see [context.Context]\n", Group: "deadlines and context", Class: "context lifecycle abuse", Severity: "high", Since: "go1.7", URL: url("ctxless")},
			{Name: "hotblock", Title: "reports waiting under a contract", Page: "Package hotblock reports waiting under a contract.\n", Group: "hot-path contracts", Class: "performance", Severity: "medium", Since: "go1.0", NeedsHot: true, URL: url("hotblock")},
			{Name: "tickerleak", Title: "reports tickers that are never stopped", Page: "Package tickerleak reports tickers that are never stopped.\n", Group: "timers and clocks", Class: "concurrency control failure", Severity: "low", Since: "go1.0", URL: url("tickerleak")},
		},
		Findings: []finding.Finding{
			{
				Rule: "hotblock", Severity: "medium", Tier: "proven", Class: "performance", Package: pkg, Func: fn,
				Message: "(*Engine).Match can wait for a lock",
				Start:   match, End: after(match, "Match"),
				Cause: "lock", Primitive: "(*sync.Mutex).Lock",
				Hot: &finding.Hot{Source: "profile", Detail: "nonblocking since engine.go:6; 31 % of CPU in default.pgo", Share: 0.31, Via: []finding.Step{
					{Place: match, Text: "is hot by itself"},
				}},
				Chain: []finding.Step{
					{Place: best, Text: "calls (*book).best"},
					{Place: lock, Text: "calls (*sync.Mutex).Lock"},
					{Place: finding.Place{File: "/nowhere/go/src/sync/mutex.go", Line: 46, Column: 3}, Text: "(*sync.Mutex).Lock waits"},
					{Text: "in the runtime"},
				},
				Evidence: &finding.Evidence{Status: finding.Confirmed, Weight: 0.63, Measures: []finding.Measure{
					{Source: "mutex.pprof", Kind: "mutex", Value: 0.42, Unit: "s/s", Share: 0.63, Line: true, Text: "63 % of waiting, 0.42 s/s, at this line (mutex.pprof)"},
					{Source: "trace.out", Kind: "trace", Unit: "s/s", Text: "not observed in trace.out"},
				}},
				Mend: "read an atomic snapshot, or say why it cannot wait: //lagvet:assume none -- …",
				URL:  url("hotblock"), Fingerprint: "v1:0000000000000001",
			},
			{
				Rule: "ctxless", Severity: "high", Tier: "likely", Class: "context lifecycle abuse", Package: pkg, Func: fn,
				Message: "http.Get cannot be cancelled",
				Start:   get, End: after(get, "http.Get(url)"),
				Cause: "no context form", Primitive: "net/http.Get",
				Fixes: []finding.Fix{{Message: "Pass ctx", Edits: []finding.Edit{{File: get.File, Start: offset, End: offset + len("http.Get"), New: "ctxhttp.Get"}}}},
				Evidence: &finding.Evidence{Status: finding.NotObserved, Measures: []finding.Measure{
					{Source: "block.pprof", Kind: "block", Unit: "s", Text: "not observed in block.pprof"},
					{Source: "trace.out", Kind: "trace", Unit: "s/s", Text: "not observed in trace.out"},
				}},
				URL: url("ctxless"), Fingerprint: "v1:0000000000000002",
			},
			{
				Rule: "tickerleak", Severity: "low", Tier: "suspected", Class: "concurrency control failure", Package: "example.com/app/store", Func: "example.com/app/store.Poll",
				Message: "ticker is never stopped", Start: tick, Mend: "stop it", URL: url("tickerleak"), Fingerprint: "v1:0000000000000003",
			},
		},
		Silenced: []finding.Finding{
			{
				Rule: "tickerleak", Severity: "low", Tier: "likely", Package: "example.com/app/store", Message: "allowed <here>", Start: tick, Fingerprint: "v1:0000000000000004",
				Allowed: &finding.Allowed{Place: tick, Reason: "lives as long as the process"},
			},
			{
				Rule: "tickerleak", Severity: "low", Tier: "likely", Package: "example.com/app/store", Message: "excluded", Start: tick, Fingerprint: "v1:0000000000000005",
				Excluded: &finding.Allowed{Place: finding.Place{File: src(t, ".lagvet.yml"), Line: 3, Column: 5}, Reason: "replaced in spring"},
			},
		},
		Problems: []finding.Problem{
			{Message: "package example.com/app/broken does not type-check: undefined: x", Remedy: "mend it: go build example.com/app/broken", Place: finding.Place{File: src(t, "broken/b.go"), Line: 4, Column: 7}},
			{Message: "3 lines of the compiler are unknown", Remedy: "upgrade lagvet"},
		},
		Notes:    []Note{{Place: finding.Place{File: src(t, ".lagvet.yml"), Line: 9, Column: 5}, Message: "the exclude of internal/legcy covers no file"}},
		Packages: 41,
		Cached:   39,
		Waiting:  12,
		Hidden:   4,
		Assumed:  []finding.Assumption{{Place: finding.Place{File: src(t, "store/store.go"), Line: 3, Column: 1}, Func: "(*example.com/app/store.Ring).Put", Reason: "it has room for all"}},
		HotKnown: true,
		Elapsed:  412 * time.Millisecond,
		Timings:  timings(),
	}
}

// golden compares got with a golden file, the place of the sample module left out.
func golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, filepath.ToSlash(src(t, ".")), "/src")
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it and run go test -update\n%s", name, got)
	}
}

func write(t *testing.T, r *Report, to func(io.Writer, *Report) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := to(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func text(color bool) func(io.Writer, *Report) error {
	return func(w io.Writer, r *Report) error { return Text(w, r, color) }
}

func TestText(t *testing.T) {
	golden(t, "sample.txt", write(t, sample(t), text(false)))
}

func TestTextColor(t *testing.T) {
	golden(t, "color.txt", write(t, sample(t), text(true)))
}

func TestTextFromElsewhere(t *testing.T) {
	r := sample(t)
	r.Dir = src(t, "store")
	golden(t, "elsewhere.txt", write(t, r, text(false)))
}

func TestJSON(t *testing.T) {
	golden(t, "sample.json", write(t, sample(t), JSON))
	golden(t, "gate.json", write(t, gate(t), JSON))
}

func TestSARIF(t *testing.T) {
	golden(t, "sample.sarif", write(t, sample(t), SARIF))
	golden(t, "gate.sarif", write(t, gate(t), SARIF))
}

func TestProblems(t *testing.T) {
	got := write(t, sample(t), func(w io.Writer, r *Report) error { return Problems(w, r, false) })
	const want = `broken/b.go:4:7: could not check: package example.com/app/broken does not type-check: undefined: x
    mend: mend it: go build example.com/app/broken
could not check: 3 lines of the compiler are unknown
    mend: upgrade lagvet
`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestSARIFValidates(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Report{"sample": sample(t), "gate": gate(t), "empty": {Root: "/"}} {
		out := write(t, r, SARIF)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		broken := strings.Replace(out, `"version": "2.1.0"`, `"version": "2.2"`, 1)
		if doc, err = jsonschema.UnmarshalJSON(strings.NewReader(broken)); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(doc) == nil {
			t.Error("the schema validates anything")
		}
	}
}

// What we write must mean to another reader what we meant.
func TestSARIFRead(t *testing.T) {
	r := sample(t)
	log, err := sarif.FromString(write(t, r, SARIF))
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if got, want := len(run.Results), len(r.Findings)+len(r.Silenced); got != want {
		t.Fatalf("%d results, want %d", got, want)
	}
	if n := len(run.Invocations[0].ToolExecutionNotifications); n != len(r.Problems) {
		t.Errorf("%d notifications, want %d", n, len(r.Problems))
	}
	get := run.Results[1]
	region := get.Locations[0].PhysicalLocation.Region
	// "/* größer 𝛼 */ resp, err := ": ö and ß are one unit each, 𝛼 is two.
	if got, want := *region.StartColumn, len("\t/* groSer ?? */ resp, err := ")+1; got != want {
		t.Errorf("column %d, want %d", got, want)
	}
	if got, want := *region.EndColumn-*region.StartColumn, len("http.Get(url)"); got != want {
		t.Errorf("region of %d units, want %d", got, want)
	}
	replaced := get.Fixes[0].ArtifactChanges[0].Replacements[0].DeletedRegion
	if *replaced.StartLine != *region.StartLine || *replaced.StartColumn != *region.StartColumn {
		t.Errorf("the fix is at %d:%d, the finding at %d:%d", *replaced.StartLine, *replaced.StartColumn, *region.StartLine, *region.StartColumn)
	}
	flow := run.Results[0].CodeFlows[0].ThreadFlows[0].Locations
	if got, want := len(flow), len(r.Findings[0].Chain)+1; got != want {
		t.Errorf("code flow of %d locations, want %d", got, want)
	}
	for i, res := range run.Results {
		if silenced := i >= len(r.Findings); silenced != (len(res.Suppressions) == 1) {
			t.Errorf("result %d: suppressions %v", i, res.Suppressions)
		}
		if id := run.Tool.Driver.Rules[res.RuleIndex].ID; *id != *res.RuleID {
			t.Errorf("result %d: rule index names %s, not %s", i, *id, *res.RuleID)
		}
	}
}

// A fix whose file changed since, or is gone, cannot be said in lines and columns.
func TestSARIFFixOfLostFile(t *testing.T) {
	r := sample(t)
	for i, edit := range []finding.Edit{{File: src(t, "gone.go")}, {File: src(t, "store/store.go"), Start: 1, End: 1 << 20}} {
		r.Findings[1].Fixes[0].Edits[0] = edit
		log, err := sarif.FromString(write(t, r, SARIF))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(log.Runs[0].Results[1].Fixes); n != 0 {
			t.Errorf("%d: %d fixes, want none", i, n)
		}
	}
}

func TestJSONReproducible(t *testing.T) {
	a, b := sample(t), sample(t)
	b.Elapsed, b.Cached = time.Hour, 0
	for _, to := range []func(io.Writer, *Report) error{JSON, SARIF} {
		if write(t, a, to) != write(t, b, to) {
			t.Error("the time of a run or its cache hits are in the report")
		}
	}
}

func TestJSONEmptyLists(t *testing.T) {
	var out map[string]any
	if err := json.Unmarshal([]byte(write(t, &Report{Root: "/"}, JSON)), &out); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"findings", "silenced", "problems", "notes"} {
		if _, ok := out[list].([]any); !ok {
			t.Errorf("%s is %v, want an empty list", list, out[list])
		}
	}
}

func TestExitCode(t *testing.T) {
	found, failed := []finding.Finding{{}}, []finding.Problem{{}}
	tests := []struct {
		report Report
		want   int
	}{
		{Report{}, 0},
		{Report{Silenced: found, Notes: []Note{{}}, Waiting: 3}, 0},
		{Report{Findings: found}, 1},
		{Report{Problems: failed}, 3},
		{Report{Findings: found, Problems: failed}, 3},
	}
	for _, tt := range tests {
		if got := tt.report.ExitCode(); got != tt.want {
			t.Errorf("%+v: exit code %d, want %d", tt.report, got, tt.want)
		}
	}
}

func TestSummary(t *testing.T) {
	in := func(packages ...string) (fs []finding.Finding) {
		for _, p := range packages {
			fs = append(fs, finding.Finding{Package: p})
		}
		return fs
	}
	hot := Rule{Name: "heapescape", NeedsHot: true}
	hot2 := Rule{Name: "hotdefer", NeedsHot: true}
	const ways = " Two ways to tell: --profile cpu.pprof (or default.pgo beside package main), or //lagvet:hot above a function.\n"
	tests := []struct {
		name   string
		report Report
		want   string
	}{
		{"clean", Report{Packages: 41, HotKnown: true}, "no findings in 41 packages.\n"},
		{"one", Report{Findings: in("a"), Packages: 1, HotKnown: true, Elapsed: 20 * time.Millisecond}, "1 finding in 1 of 1 package, 0.02 s.\n"},
		{"packages", Report{Findings: in("a", "b", "a"), Packages: 41, Cached: 39, HotKnown: true, Elapsed: 12 * time.Second}, "3 findings in 2 of 41 packages, 12.0 s (39 cached).\n"},
		{"silenced", Report{Packages: 3, HotKnown: true, Assumed: []finding.Assumption{{Func: "example.com/m.F", Effects: []string{"alloc", "lock"}, Reason: "r"}}, Silenced: []finding.Finding{{Allowed: &finding.Allowed{}}, {Excluded: &finding.Allowed{}}}}, "no findings in 3 packages; 1 allowed, 1 excluded, 1 assumed.\n"},
		{"one waits", Report{Packages: 3, HotKnown: true, Waiting: 1}, "no findings in 3 packages. 1 performance finding needs to know what is hot: --profile cpu.pprof\n"},
		{"nothing hot", Report{Packages: 3, Rules: []Rule{hot}}, "no findings in 3 packages.\nNothing tells what is hot here, so heapescape sees less." + ways},
		{"nothing hot, some wait", Report{Packages: 3, Rules: []Rule{hot, hot2, {Name: "ctxless"}}, Waiting: 2}, "no findings in 3 packages.\nNothing tells what is hot here, so heapescape and hotdefer see less, and 2 performance findings wait." + ways},
		{"nothing hot, nobody asks", Report{Packages: 3, Rules: []Rule{{Name: "ctxless"}}}, "no findings in 3 packages.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := write(t, &tt.report, text(false))
			got = got[strings.LastIndex(got, "(\n")+1:]
			if i := strings.Index(got, "\n\n"); i >= 0 {
				got = got[i+2:]
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
