package remote

import (
	"math"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// stored reads a page that client_golang 1.24 wrote, of a program with GOGC=80, a
// memory limit of 3 GiB and 20 collections.
func stored(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read parses a page and looks names up in it.
func read(t testing.TB, b body, names ...string) map[string]target.Metric {
	t.Helper()
	families, err := parsePage(b)
	if err != nil {
		t.Fatal(err)
	}
	p := &pageOfMetrics{fetched: true, families: families}
	m, err := p.Read(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const (
	text        = "text/plain"
	openMetrics = "application/openmetrics-text"
)

// Both formats say the same, of all that the runtime has.
func TestStoredPages(t *testing.T) {
	var names []string
	for _, d := range metrics.All() {
		if strings.HasPrefix(d.Name, "/gc/") || strings.HasPrefix(d.Name, "/sched/") || strings.HasPrefix(d.Name, "/cpu/") {
			names = append(names, d.Name)
		}
	}
	for page, media := range map[string]string{"all.txt": text, "all.om": openMetrics} {
		got := read(t, body{stored(t, page), media}, names...)
		for _, name := range names {
			m, ok := got[name]
			d := slices.IndexFunc(metrics.All(), func(d metrics.Description) bool { return d.Name == name })
			if histogram := metrics.All()[d].Kind == metrics.KindFloat64Histogram; !ok || histogram != (m.Histogram != nil) {
				t.Errorf("%s: %s is %+v, %v", page, name, m, ok)
			}
		}
		for name, want := range map[string]float64{"/gc/gogc:percent": 80, "/gc/gomemlimit:bytes": 3 << 30, "/gc/limiter/last-enabled:gc-cycle": 0} {
			if v := got[name].Number; v != want {
				t.Errorf("%s: %s is %v, want %v", page, name, v, want)
			}
		}
		if v := got["/gc/cycles/total:gc-cycles"].Number; v < 20 {
			t.Errorf("%s: %v collections, there were 20", page, v)
		}
		var pauses uint64
		for _, n := range got["/sched/pauses/total/gc:seconds"].Histogram.Counts {
			pauses += n
		}
		if pauses < 40 {
			t.Errorf("%s: %d pauses, 20 collections have 40", page, pauses)
		}
	}
}

// The collector as it is by default exports little, and the number of goroutines under
// a name of its own.
func TestDefaultPage(t *testing.T) {
	got := read(t, body{stored(t, "default.txt"), text}, "/gc/gogc:percent", "/sched/goroutines:goroutines", "/sched/latencies:seconds")
	if got["/gc/gogc:percent"].Number != 80 || got["/sched/goroutines:goroutines"].Number < 1 || len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestExportedName(t *testing.T) {
	for name, want := range map[string]string{
		"/gc/gogc:percent":                        "go_gc_gogc_percent",
		"/gc/limiter/last-enabled:gc-cycle":       "go_gc_limiter_last_enabled_gc_cycle",
		"/cpu/classes/gc/mark/assist:cpu-seconds": "go_cpu_classes_gc_mark_assist_cpu_seconds",
		"/sched/goroutines:goroutines":            "go_sched_goroutines_goroutines",
		"/sched/goroutines/not-in-go:goroutines":  "go_sched_goroutines_not_in_go_goroutines",
		"/x/y:bytes/second":                       "go_x_y_bytes_per_second",
		"":                                        "", "/gc/gogc": "", "/gc/gogc:percent:x": "", "gc/gogc:percent": "", "/x:y": "", "/ü/x:y": "",
	} {
		if got, ok := exportedName(name); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", name, got, ok)
		}
	}
}

// Of any name there is one that Prometheus takes, or none.
func FuzzExportedName(f *testing.F) {
	for _, d := range metrics.All() {
		if strings.HasPrefix(d.Name, "/sched/") {
			f.Add(d.Name)
		}
	}
	f.Add("/:")
	f.Add("//:/")
	f.Fuzz(func(t *testing.T, name string) {
		exported, ok := exportedName(name)
		if ok && (!strings.HasPrefix(exported, "go_") || strings.ContainsAny(exported, "/-:*\n \"{}")) {
			t.Errorf("%q is exported as %q", name, exported)
		}
	})
}

func TestParsePage(t *testing.T) {
	for name, tt := range map[string]struct {
		page, media string
		want        float64 // of GOGC; NaN for none
		err         string
	}{
		"a number":                {"go_gc_gogc_percent 100\n", text, 100, ""},
		"without an end of line":  {"go_gc_gogc_percent 100", text, 100, ""},
		"carriage returns":        {"go_gc_gogc_percent 100\r\n", text, 100, ""},
		"a label":                 {`go_gc_gogc_percent{pod="a b # {"} 100 1700000000000` + "\n", text, 100, ""},
		"a fraction of a second":  {"go_gc_gogc_percent 100 1700000000.5\n# EOF\n", openMetrics, 100, ""},
		"an example":              {`go_gc_gogc_percent_total{a="\"}"} 100 # {id="x"} 1 2.5` + "\n# EOF\n", openMetrics, 100, ""},
		"types of OpenMetrics":    {"# TYPE go_info info\n# TYPE go_gc_gogc_percent unknown\ngo_gc_gogc_percent 7\n", openMetrics, 7, ""},
		"of several processes":    {`go_gc_gogc_percent{pod="a"} 1` + "\n" + `go_gc_gogc_percent{pod="b"} 2` + "\n", text, math.NaN(), ""},
		"not a number":            {"go_gc_gogc_percent NaN\n", text, math.NaN(), ""},
		"others are nonsense":     {"app_x{ 1 2 3\ngo_gc_gogc_percent 5\n", text, 5, ""},
		"a line without an end":   {strings.Repeat("x", 1<<20) + "\ngo_gc_gogc_percent 5\n", text, 5, ""},
		"a long line of its own":  {"go_" + strings.Repeat("x", 1<<20) + " 1\ngo_gc_gogc_percent 5\n", text, 5, ""},
		"a word for a value":      {"go_gc_gogc_percent much\n", text, 0, "cannot be understood"},
		"no value":                {"go_gc_gogc_percent\n", text, 0, "cannot be understood"},
		"empty":                   {"", text, 0, "no metrics of a Go collector"},
		"of another program":      {"app_requests_total 1\n", text, 0, "no metrics of a Go collector"},
		"types without values":    {"# TYPE go_gc_gogc_percent gauge\n", text, 0, "no metrics of a Go collector"},
		"a login that says text":  {"<html><body>go_away</body></html>\n", text, 0, "no metrics of a Go collector"},
		"JSON":                    {"{}", "application/json", 0, `with "application/json"`},
		"protocol buffers":        {"\x00", "application/vnd.google.protobuf", 0, "not with metrics in the text format"},
		"more than can be of one": {strings.Repeat("go_"+strings.Repeat("x", 2000)+" 1\n", 3000), text, 0, "more than"},
	} {
		families, err := parsePage(body{[]byte(tt.page), tt.media})
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, want %s", name, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, ok := (&pageOfMetrics{families: families}).find("/gc/gogc:percent")
		if ok == math.IsNaN(tt.want) || ok && m.Number != tt.want {
			t.Errorf("%s: %v, %v", name, m, ok)
		}
	}
}

func histogram(total uint64, bounds []float64, counts ...uint64) *dto.Histogram {
	h := &dto.Histogram{SampleCount: &total}
	for i := range bounds {
		h.Bucket = append(h.Bucket, &dto.Bucket{UpperBound: &bounds[i], CumulativeCount: &counts[i]})
	}
	return h
}

func TestHistogramOf(t *testing.T) {
	inf := math.Inf(1)
	up := func(v float64) float64 { return math.Nextafter(v, inf) }
	for name, tt := range map[string]struct {
		h       *dto.Histogram
		counts  []uint64
		buckets []float64
	}{
		"with an end":     {histogram(7, []float64{1, 2, inf}, 3, 3, 7), []uint64{3, 0, 4}, []float64{-inf, up(1), up(2), inf}},
		"without":         {histogram(7, []float64{1, 2}, 3, 5), []uint64{3, 2, 2}, []float64{-inf, up(1), up(2), inf}},
		"empty":           {histogram(0, nil), []uint64{0}, []float64{-inf, inf}},
		"falling counts":  {histogram(7, []float64{1, 2}, 3, 2), nil, nil},
		"falling at last": {histogram(2, []float64{1}, 3), nil, nil},
		"falling bounds":  {histogram(7, []float64{2, 1}, 3, 4), nil, nil},
		"a bound twice":   {histogram(7, []float64{1, 1}, 3, 4), nil, nil},
		"no number":       {histogram(7, []float64{math.NaN()}, 3), nil, nil},
		"below all":       {histogram(7, []float64{-inf}, 3), []uint64{3, 4}, []float64{-inf, -math.MaxFloat64, inf}},
	} {
		got, ok := histogramOf(tt.h)
		if ok != (tt.counts != nil) || ok && (!slices.Equal(got.Counts, tt.counts) || !slices.Equal(got.Buckets, tt.buckets)) {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

// Of any page there is an error, or metrics that make sense.
func FuzzPage(f *testing.F) {
	f.Add(stored(f, "default.txt")[:2000]) // a whole page would take long to vary
	f.Add([]byte("# TYPE go_sched_latencies_seconds histogram\ngo_sched_latencies_seconds_bucket{le=\"0.1\"} 5\ngo_sched_latencies_seconds_bucket{le=\"+Inf\"} 7\ngo_sched_latencies_seconds_sum 1\ngo_sched_latencies_seconds_count 7\n"))
	f.Add([]byte(`go_x{a="\` + "\ngo_gc_gogc_percent{} 1 # {\n"))
	f.Fuzz(func(t *testing.T, page []byte) {
		families, err := parsePage(body{page, openMetrics})
		if err != nil {
			return
		}
		p := &pageOfMetrics{fetched: true, families: families}
		got, err := p.Read(t.Context(), "/gc/gogc:percent", "/sched/latencies:seconds", "/gc/cycles/total:gc-cycles")
		if err != nil {
			t.Fatal(err)
		}
		for name, m := range got {
			if math.IsNaN(m.Number) {
				t.Errorf("%s is no number", name)
			}
			if h := m.Histogram; h != nil && (len(h.Buckets) != len(h.Counts)+1 || !slices.IsSorted(h.Buckets)) {
				t.Errorf("%s is %+v", name, h)
			}
		}
	})
}

// What is left of a line are its name, its labels and one value.
func FuzzSample(f *testing.F) {
	f.Add(`go_x{a="b"} 1 2 # {c="d"} 3`)
	f.Add(`go_x 1`)
	f.Fuzz(func(t *testing.T, line string) {
		got := sample(line)
		if len(got) > len(line) {
			t.Errorf("%q of %q is longer", got, line)
		}
		if again := sample(got); again != got {
			t.Errorf("%q of %q, and of that %q", got, line, again)
		}
	})
}
