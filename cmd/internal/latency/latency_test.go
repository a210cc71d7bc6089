package latency

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/runtimecheck/trace/bundle"
)

// recorded returns a trace of 200 regions "request" in a group that was throttled, and the
// samples that were taken beside it.
func recorded(t *testing.T) (trace, samples []byte) {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "runtimecheck", "trace", "internal", "planted", "testdata", "throttled")
	return unzip(t, filepath.Join(dir, "trace.out.gz")), unzip(t, filepath.Join(dir, "trace.out.sched.gz"))
}

func unzip(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// written writes a file into a directory of its own and returns its path.
func written(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A result is what a run says.
type result struct {
	out, errs string
	code      int
	err       error
}

func run(t *testing.T, o Options) result {
	t.Helper()
	if o.Format == "" {
		o.Format = "text"
	}
	var out, errs bytes.Buffer
	code, err := Run(t.Context(), o, &out, &errs)
	return result{out.String(), errs.String(), code, err}
}

// ofSource takes out of a report what tells one source from another.
func ofSource(t *testing.T, r result) string {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		t.Fatalf("%v (%d, %v, %s)", err, r.code, r.err, r.errs)
	}
	delete(d, "source")
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The same trace tells the same, wherever it comes from.
func TestSources(t *testing.T) {
	trace, samples := recorded(t)
	plain := written(t, "trace.out", trace)
	if err := os.WriteFile(plain+".sched", samples, 0o666); err != nil {
		t.Fatal(err)
	}
	var packed, both bytes.Buffer
	z := gzip.NewWriter(&packed)
	must(t, only(z.Write(trace)), z.Close())
	w := bundle.NewWriter(&both)
	for _, part := range []struct {
		open func() (io.Writer, error)
		data []byte
	}{{w.Trace, trace}, {w.Samples, samples}} {
		to, err := part.open()
		must(t, err, only(to.Write(part.data)))
	}
	must(t, w.Close())
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/debug/lagvet/trace" {
			w.Write(both.Bytes())
		} else if r.URL.Path == "/debug/pprof/trace" && r.FormValue("seconds") == "5" {
			w.Write(trace)
		}
	}))
	defer service.Close()
	want := run(t, Options{Files: []string{plain}, Format: "json"})
	if want.code != 0 || want.err != nil || !strings.Contains(want.out, `"component": "throttled"`) {
		t.Fatalf("%+v", want)
	}
	tests := map[string]Options{
		"gzip":                 {Files: []string{written(t, "t.gz", packed.Bytes())}, Kernel: plain + ".sched"},
		"a bundle":             {Files: []string{written(t, "t.zip", both.Bytes())}},
		"standard input":       {Files: []string{"-"}, Stdin: bytes.NewReader(trace), Kernel: plain + ".sched"},
		"a bundle, by a pipe":  {Files: []string{"-"}, Stdin: bytes.NewReader(both.Bytes())},
		"a service":            {URL: service.URL, Kernel: plain + ".sched"},
		"a service's bundle":   {URL: service.URL + "/debug/lagvet/trace"},
		"other samples beside": {Files: []string{written(t, "t2.zip", both.Bytes())}, Kernel: plain + ".sched"},
	}
	for name, o := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			o.Format = "json"
			if got := run(t, o); ofSource(t, got) != ofSource(t, want) {
				t.Errorf("it tells something else: %s", got.errs)
			}
			if left, err := filepath.Glob(filepath.Join(os.TempDir(), "*")); err != nil || left != nil {
				t.Errorf("it leaves %v (%v)", left, err)
			}
		})
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func only(_ int, err error) error { return err }

// Each format says what it must, to each place.
func TestFormats(t *testing.T) {
	trace, _ := recorded(t)
	dir := t.TempDir()
	o := Options{Files: []string{written(t, "trace.out", trace)}}
	for _, f := range Formats() {
		o.Reports = append(o.Reports, f+"="+filepath.Join(dir, f))
	}
	got := run(t, o)
	if got.code != 0 || got.err != nil || got.errs != "" || !strings.HasPrefix(got.out, "request: P99 ") {
		t.Fatalf("%+v", got)
	}
	begin := map[string]string{"text": "request: P99 ", "json": "{\n", "markdown": "### lagvet trace", "html": "<!doctype html>", "pprof": "\x1f\x8b"}
	for _, f := range Formats() {
		data, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil || !bytes.HasPrefix(data, []byte(begin[f])) {
			t.Errorf("%s: %v, %.40q", f, err, data)
		}
		if main := run(t, Options{Files: o.Files, Format: f}); main.out != string(data) && f != "pprof" {
			t.Errorf("%s: it is another one on standard output", f)
		}
	}
	f, err := os.Open(filepath.Join(dir, "pprof"))
	must(t, err)
	defer f.Close()
	if p, err := profile.Parse(f); err != nil || len(p.Sample) == 0 {
		t.Errorf("the profile cannot be read: %v", err)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "trace.schema.json"))
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(run(t, Options{Files: o.Files, Format: "json"}).out))
	must(t, err)
	if err := schema.Validate(doc); err != nil {
		t.Errorf("the JSON of a real trace: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	trace, samples := recorded(t)
	good := written(t, "trace.out", trace)
	cut := written(t, "cut.out", trace[:len(trace)*9/10])
	beside := written(t, "beside.out", trace)
	must(t, os.WriteFile(beside+".sched", []byte("no samples\n"), 0o666))
	sampled := written(t, "sampled.out", trace)
	must(t, os.WriteFile(sampled+".sched", samples[:len(samples)*2/3], 0o666))
	of := func(files ...string) Options { return Options{Files: files} }
	with := func(change func(o *Options)) Options {
		o := of(good)
		change(&o)
		return o
	}
	tests := []struct {
		name string
		o    Options
		code int
		says string // in the error, on standard error, or printed
	}{
		{"a trace", of(good), 0, "1 group of 200 spans"},
		{"its end is cut", of(cut), 0, "its end was not read"},
		{"the samples are cut", of(sampled), 0, "the sampler was not stopped"},
		{"within limits", with(func(o *Options) { o.Most = []string{"request:max=1h", "region/request:P50=1s"} }), 0, "within the limit: max of request"},
		{"over one", with(func(o *Options) { o.Most = []string{"request:p99=1ns"} }), 1, "over the limit: P99 of request"},
		{"of a group that is not shown", with(func(o *Options) { o.Most, o.Kinds = []string{"request:p99=1ns"}, []string{"region"} }), 1, "over the limit"},

		{"no trace", Options{}, 2, "there is no trace"},
		{"three", of(good, good, good), 2, "there are 3 traces"},
		{"two of one pipe", of("-", "-"), 2, "standard input"},
		{"a file and a service", Options{Files: []string{good}, URL: "http://localhost"}, 2, "--url takes a trace"},
		{"no such file", of(good + ".missing"), 2, "no such file"},
		{"no such samples", with(func(o *Options) { o.Kernel = good + ".missing" }), 2, "samples of the kernel's accounts"},
		{"no such findings", with(func(o *Options) { o.Findings = []string{good} }), 2, "no JSON report of lagvet check"},
		{"a format that is none", with(func(o *Options) { o.Format = "xml" }), 2, "--format"},
		{"a kind that is none", with(func(o *Options) { o.Kinds = []string{"regions"} }), 2, "region"},
		{"a limit that is none", with(func(o *Options) { o.Most = []string{"request=5ms"} }), 2, "GROUP:PERCENTILE=TIME"},
		{"a URL that is none", Options{URL: "localhost:6060"}, 2, "http://host:6060"},
		{"an empty group", with(func(o *Options) { o.Groups = []string{""} }), 2, "--group"},
		{"an empty function", with(func(o *Options) { o.Functions = []string{""} }), 2, "--function"},
		{"less than none", with(func(o *Options) { o.Top = -1 }), 2, "--top"},
		{"a report that cannot be written", with(func(o *Options) { o.Output = filepath.Join(good, "x") }), 2, "writing the report"},
		{"a page that compares", Options{Files: []string{good, good}, Format: "html"}, 2, "not as html"},
		{"findings of two", Options{Files: []string{good, good}, Findings: []string{"./..."}}, 2, "--findings"},
		{"samples of two", Options{Files: []string{good, good}, Kernel: good}, 2, "--kernel"},

		{"no trace at all", of(written(t, "x", []byte("hello, world"))), 3, "it is not an execution trace"},
		{"nothing", of(written(t, "y", nil)), 3, "it is empty"},
		{"all of it cut", of(written(t, "z", trace[:100])), 3, "could not check: "},
		{"half a zip file", of(written(t, "b", []byte("PK\x03\x04 and no more"))), 3, "bundle"},
		{"half a gzip file", of(written(t, "g", []byte{0x1f, 0x8b, 0, 0})), 3, "uncompressing"},
		{"a service that is down", Options{URL: "http://127.0.0.1:1"}, 3, "mend: see that the service serves net/http/pprof there"},
		{"no such group", with(func(o *Options) { o.Groups = []string{"login"} }), 3, "name one that there is: request (region)"},
		{"no group of the kind", with(func(o *Options) { o.Kinds = []string{"task"} }), 3, "no group"},
		{"a function that is not called", with(func(o *Options) { o.Functions = []string{"main.missing"} }), 3, "no call of main.missing was seen"},
		{"a limit of nothing", with(func(o *Options) { o.Most = []string{"login:p99=1h"} }), 3, `no group is called "login"`},
		{"a limit of too few", with(func(o *Options) { o.Most = []string{"request:p99.9=1h"} }), 3, "cannot be told from 200 whole spans"},
		{"over one, and one of nothing", with(func(o *Options) { o.Most = []string{"request:p99=1ns", "login:p99=1h"} }), 3, "over the limit"},
		{"samples that are none", of(beside), 3, "the kernel's part of the time is not told"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := run(t, tt.o)
			if all := got.out + got.errs + fmt.Sprint(got.err); got.code != tt.code || (got.err != nil) != (tt.code == 2) || !strings.Contains(all, tt.says) {
				t.Errorf("exit code %d, want %d, and %q in\n%s", got.code, tt.code, tt.says, all)
			}
		})
	}
}

// What could not be told is on standard error wherever the report itself goes to a
// program, and once where it goes to a person.
func TestFailuresAreSaid(t *testing.T) {
	trace, _ := recorded(t)
	o := Options{Files: []string{written(t, "trace.out", trace)}, Groups: []string{"login"}}
	for _, f := range Formats() {
		o.Format = f
		got := run(t, o)
		if said := strings.Contains(got.errs, "could not check:"); got.code != 3 || said == (f == "text") {
			t.Errorf("%s: exit code %d, and on standard error %q", f, got.code, got.errs)
		}
	}
}

func TestComparison(t *testing.T) {
	trace, _ := recorded(t)
	file := written(t, "trace.out", trace)
	got := run(t, Options{Files: []string{file, file}, Most: []string{"request:p50=1ns"}})
	if got.code != 1 || !strings.HasPrefix(got.out, "request: P99 ") || !strings.Contains(got.out, "(the same)") || !strings.Contains(got.out, "over the limit") {
		t.Errorf("%+v", got)
	}
	for _, f := range comparedFormats() {
		if got := run(t, Options{Files: []string{file, file}, Format: f}); got.code != 0 || got.err != nil || got.out == "" {
			t.Errorf("%s: %+v", f, got)
		}
	}
}
