package benchload

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/perf/benchfmt"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
)

// file writes a policy and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "load.yml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// short is a load of a second.
const short = "rate: 100/s\nduration: 1s\ntimeout: 20s\n"

// outcome is what a run leaves.
type outcome struct {
	code      int
	err       error
	out, errs string
}

// attempts is how often a load is tried that this machine is too busy for: then limits are
// UNKNOWN, as they should be, and the test sees nothing of what it is about.
const attempts = 8

// busy matches what such a load says.
var busy = regexp.MustCompile(`half of the calls were sent more than|why: the generator sent calls late`)

func attempt(t *testing.T, ctx context.Context, o Options) (got outcome) {
	t.Helper()
	if o.Format == "" {
		o.Format = "text"
	}
	for range attempts {
		if got = once(ctx, o); got.code != 3 || !busy.MatchString(got.out+got.errs) {
			break
		}
	}
	return got
}

func once(ctx context.Context, o Options) outcome {
	var out, errs bytes.Buffer
	code, err := Run(ctx, o, &out, &errs)
	return outcome{code, err, out.String(), errs.String()}
}

// anyCode is that of a run whose machine may hide what a limit needs.
const anyCode = -1

// expect fails unless the outcome has a code and texts.
func (o outcome) expect(t *testing.T, name string, code int, texts ...string) {
	t.Helper()
	all := fmt.Sprintf("%s%s%v", o.out, o.errs, o.err)
	if o.code != code && code != anyCode {
		t.Errorf("%s: exit code %d, want %d\n%s", name, o.code, code, all)
	}
	for _, text := range texts {
		if !regexp.MustCompile(`(?m)` + text).MatchString(all) {
			t.Errorf("%s: no %q in\n%s", name, text, all)
		}
	}
}

// serving returns a server whose answers are slow, or fail, as the path says.
func serving(t *testing.T) *httptest.Server {
	t.Helper()
	var n atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { time.Sleep(300 * time.Millisecond) })
	mux.HandleFunc("/flaky", func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%100 == 50 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	s := serving(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	_ = l.Close() // nobody listens there now
	tests := []struct {
		name   string
		o      Options
		policy string
		code   int
		texts  []string
	}{
		{"passes", Options{URL: s.URL + "/ok"}, "pass: {p50: 5s, errors: 0}", 0, []string{`\APASS  http://127`, `^PASS     steady p50 +\S+, required: at most 5s$`, `^PASS     steady errors  0 of 100 calls`, `^ *phase +due/s`, `^generator: sent calls late by`, `this machine`}},
		{"too slow", Options{URL: s.URL + "/slow"}, "pass: {p50: 100ms}", 1, []string{`\AFAIL`, `0 of 1 limits were kept, 1 were not`}},
		{"errors", Options{URL: s.URL + "/flaky"}, "pass: {errors: 0, p50: 5s}", 1, []string{`^FAIL +steady errors  1 of 100 calls`, `^PASS +steady p50`, `^steady: 1 status \(it answered 503 Service Unavailable\)`}},
		{"too few calls", Options{URL: s.URL + "/ok"}, "pass: {p99.9: 5s}", 3, []string{`^UNKNOWN  steady p99.9  not measured`, `why: too few calls for P99.9: 100, and it takes 1000`, `mend: let the phase last longer`}},
		{"CPU of nobody", Options{URL: s.URL + "/ok"}, "pass: {cpu: 100%}", 3, []string{`the process of the service is not known`, `--pid`}},
		{"a process that is not there", Options{URL: s.URL + "/ok", PID: 1 << 30}, "pass: {cpu: 100%}", 3, []string{`^UNKNOWN +steady cpu`}},
		{"no stop", Options{URL: s.URL + "/ok"}, "pass: {stop: 1s}", 3, []string{`lagvet did not start the service`}},
		{"warm-up", Options{URL: s.URL + "/ok"}, "warmup: 200ms\npass: {errors: 0}", 0, []string{`^note: the 20 calls of the first 200ms are a warm-up`, `^ *warm-up `}},
		{"too many at the same time", Options{URL: s.URL + "/slow"}, "in-flight: 2\npass: {p50: 5s}", 3, []string{`the generator could not keep up`, `^steady: .*not sent`}},
		{"nobody listens", Options{URL: nobody}, "pass: {p50: 5s}", 3, []string{`\Acould not measure: the first call failed: .*refused`, `mend: see that the service listens there`}},
		{"a ready URL without a command", Options{URL: s.URL + "/ok"}, "command: {ready: 'http://127.0.0.1:1/'}\npass: {p50: 5s}", 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Policy = file(t, short+tt.policy)
			attempt(t, t.Context(), tt.o).expect(t, tt.name, tt.code, tt.texts...)
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	const pass = short + "pass: {p50: 5s}\n"
	tests := []struct {
		name string
		o    Options
		text string // of the policy
		want string
	}{
		{"no policy", Options{}, "", "--policy names no file"},
		{"a policy with a fault", Options{URL: "http://127.0.0.1/"}, pass + "p99: 5s", `load.yml:5: there is no key "p99" here`},
		{"a format", Options{Format: "xml"}, pass, `--format is "xml"`},
		{"a report", Options{Reports: []string{"text"}}, pass, "FORMAT=FILE"},
		{"no URL", Options{}, pass, "nothing says what to call"},
		{"no URL that is one", Options{URL: "./server"}, pass, "a command stands behind --"},
		{"another machine", Options{URL: "http://192.0.2.7/"}, pass, "load that nobody there expects is an attack.*--allow-host 192.0.2.7"},
		{"a pid and a command", Options{PID: 1, Command: []string{"x"}}, pass, "leave one of them out"},
		{"a negative pid", Options{PID: -1}, pass, "--pid is -1"},
		{"no baseline", Options{URL: "http://127.0.0.1/"}, pass + "baseline: {file: none.json, p99: 1%}", "reading the baseline"},
		{"no body", Options{URL: "http://127.0.0.1/"}, pass + "target: {body-file: none}", "reading the body"},
		{"no CA", Options{URL: "http://127.0.0.1/", CA: "none"}, pass, "reading the certificates"},
		{"a method of gRPC", Options{URL: "grpc://127.0.0.1:1/a.B/C"}, pass + "target: {method: POST}", "method and http are of HTTP"},
		{"no method of gRPC", Options{URL: "grpc://127.0.0.1:1/"}, pass, "must be written as package.Service/Method"},
		{"connections of HTTP", Options{URL: "http://127.0.0.1/"}, pass + "target: {connections: 2}", "connections is of gRPC"},
	}
	for _, tt := range tests {
		if tt.text != "" {
			tt.o.Policy = file(t, tt.text)
		}
		got := attempt(t, t.Context(), tt.o)
		if got.err == nil {
			t.Errorf("%s: no error", tt.name)
		}
		got.expect(t, tt.name, 2, tt.want)
	}
}

// The formats say the same, each as its reader takes it.
func TestFormats(t *testing.T) {
	t.Parallel()
	s, dir := serving(t), t.TempDir()
	name := func(format string) string { return filepath.Join(dir, format) }
	o := Options{URL: s.URL + "/flaky", Policy: file(t, short+"warmup: 200ms\npass: {errors: 10%}\n"), Format: "markdown"}
	for _, f := range []string{"json", "hdr", "benchfmt", "text"} {
		o.Reports = append(o.Reports, f+"="+name(f))
	}
	attempt(t, t.Context(), o).expect(t, "markdown", 0, `\A\*\*PASS\*\* .http://`, `^\| steady errors \| at most 10 % \| \d+ of 100 calls`)
	read := func(format string) []byte {
		data, err := os.ReadFile(name(format))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	checkJSON(t, read("json"))

	logs, n := hdrhistogram.NewHistogramLogReader(bytes.NewReader(read("hdr"))), int64(0)
	for h, err := logs.NextIntervalHistogram(); h != nil; h, err = logs.NextIntervalHistogram() {
		if err != nil {
			t.Fatal(err)
		}
		n += h.TotalCount()
	}
	if n < 110 || n > 120 {
		t.Errorf("%d calls in the log of histograms", n)
	}

	results := benchfmt.NewReader(bytes.NewReader(read("benchfmt")), "b")
	found := 0
	for results.Scan() {
		switch rec := results.Result().(type) {
		case *benchfmt.Result:
			found++
			if v, ok := rec.Value("p50-sec/op"); rec.Name.String() != "Load/phase=steady" || rec.Iters != 100 || !ok || v <= 0 {
				t.Errorf("%+v", rec)
			}
		case *benchfmt.SyntaxError:
			t.Error(rec)
		}
	}
	if found != 1 {
		t.Errorf("%d results in\n%s", found, read("benchfmt"))
	}
}

// checkJSON holds a report against the schema and the page.
func checkJSON(t *testing.T, data []byte) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "load.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
	var r policy.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Phases) != 2 || !r.Phases[0].Warmup || r.Phases[1].Due != 100 || len(r.Series) == 0 || r.Machine == nil || r.Tool.Name != "lagvet" {
		t.Errorf("%+v", r)
	}
}

func TestUnwritten(t *testing.T) {
	t.Parallel()
	s := serving(t)
	o := Options{URL: s.URL + "/ok", Policy: file(t, "rate: 100/s\nduration: 100ms\npass: {errors: 0}\n"), Reports: []string{"json=no/such/folder/x"}}
	attempt(t, t.Context(), o).expect(t, "unwritten", 2, `\A[A-Z]+  http:`, `--report json: writing the report`)
}

// Interrupted, it tells what was measured, and that it is not all.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	interrupted, interrupt := context.WithCancel(t.Context())
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n.Add(1) == 30 {
			interrupt()
		}
	}))
	defer s.Close()
	o := Options{URL: s.URL + "/ok", Policy: file(t, "rate: 100/s\nduration: 10m\npass: {errors: 0, p50: 5s}\n")}
	attempt(t, interrupted, o).expect(t, "interrupted", 3, `\AUNKNOWN`, `^UNKNOWN  steady errors  0 of \d+ calls`, `could not measure to the end: it was interrupted`)
}

// The example is a policy, and the one that the page shows.
func TestExample(t *testing.T) {
	p, err := policy.Parse("example.yml", []byte(Example))
	if err != nil {
		t.Fatal(err)
	}
	if p.Burst == nil || p.Pass.Recovery == nil || p.Pass.P95 == nil || p.Pass.CPU == nil || p.Command.Ready == "" {
		t.Errorf("the example leaves something out: %+v", p)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "load.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```yaml\n"+Example+"```\n") {
		t.Error("docs/load.md shows another example than lagvet bench load --example prints")
	}
	attempt(t, t.Context(), Options{Example: true}).expect(t, "example", 0, `^target:$`)
	// What is commented out is right too.
	var all strings.Builder
	for line := range strings.Lines(Example) {
		if rest, ok := strings.CutPrefix(line, "# "); ok && !strings.HasSuffix(rest, ".\n") && strings.Contains(rest, ":") && !strings.HasPrefix(rest, "phases") {
			line = rest
		}
		all.WriteString(line)
	}
	for _, key := range []string{"hosts: [", "arrivals: poisson", "in-flight: 2000", "baseline: {"} {
		if !strings.Contains(all.String(), "\n"+key) {
			t.Errorf("the example does not say %s", key)
		}
	}
}

// What comes from others does nothing to a terminal or a page.
func TestHostile(t *testing.T) {
	r := &policy.Report{
		Verdict: "FAIL", Target: "http://x/\x1b[31m`|", Limits: []policy.Limit{{What: "p99", Verdict: "FAIL", Measured: "<script>|\x1b]0;x\a", Required: "r", Why: "a\nb"}},
		Phases: []policy.PhaseReport{{Name: "a|b\x1b[2J"}}, Warnings: []string{"\x1b[31m"},
	}
	var text, page bytes.Buffer
	if err := writeText(&text, r, false); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(&page, r); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text.String(), "\x1b\a") || strings.ContainsAny(page.String(), "\x1b\a") || strings.Contains(page.String(), "<script>|") {
		t.Errorf("%q\n%q", text.String(), page.String())
	}
}

func TestGRPC(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	healthpb.RegisterHealthServer(s, health.NewServer())
	reflection.Register(s)
	go func() { _ = s.Serve(l) }() // until it is stopped
	defer s.Stop()
	url := "grpc://" + l.Addr().String() + "/grpc.health.v1.Health/"
	attempt(t, t.Context(), Options{URL: url + "Check", Policy: file(t, short+"target: {body: '{\"service\": \"\"}', connections: 2}\npass: {errors: 0}\n")}).
		expect(t, "a unary method", 0, `^PASS +steady errors  0 of 100 calls`)
	attempt(t, t.Context(), Options{URL: url + "Check", Policy: file(t, short+"target: {body: '{\"service\": \"x\"}'}\npass: {errors: 0}\n")}).
		expect(t, "an error", 1, `100 status \(.*NotFound`)
	attempt(t, t.Context(), Options{URL: url + "Watch", Policy: file(t, short+"pass: {errors: 0}\n")}).
		expect(t, "a stream", 3, `could not measure: .*is a stream`)
}

func TestProgress(t *testing.T) {
	p, err := policy.Parse("p", []byte("rate: 1/s\nduration: 10s\nwarmup: 2s\npass: {p50: 1s}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration]string{time.Second: "warm-up, 1s of 12s", 5 * time.Second: "steady, 5s of 12s", 13 * time.Second: "waiting for the last answers"} {
		if got := progress(p.Plan(), at); got != want {
			t.Errorf("%v: %s", at, got)
		}
	}
}
