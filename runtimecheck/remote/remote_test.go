package remote

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func latency(t testing.TB) *posture.Profile {
	t.Helper()
	p, err := posture.Named("latency")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// look opens a service and looks once.
func look(t *testing.T, o Options) map[string]posture.Check {
	t.Helper()
	i, err := Open(o, latency(t))
	if err != nil {
		t.Fatal(err)
	}
	r, err := i.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checks := make(map[string]posture.Check)
	for _, c := range r.Checks {
		checks[c.ID] = c
	}
	return checks
}

// answers serves the same of every path.
func answers(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// bomb is much, compressed to little.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestService(t *testing.T) {
	page := string(stored(t, "all.txt"))
	var asked atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/svc/metrics", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			t.Errorf("the request is of %q", user)
		}
		answers("text/plain; version=0.0.4", page)(w, r)
	})
	url := strings.Replace(serve(t, mux), "://", "://me:secret@", 1) + "/svc/debug/pprof/"
	checks := look(t, Options{URL: url})
	for id, want := range map[string]string{"gc.gogc": "80 %", "gc.bound": "GOGC and GOMEMLIMIT", "gc.limiter": "never"} {
		if c := checks[id]; c.Current != want || c.Grade != posture.Runtime || strings.Contains(c.Source, "secret") || !strings.Contains(c.Source, "/svc/metrics go_gc_") {
			t.Errorf("%+v, want %s", c, want)
		}
	}
	// The buckets of the exporter are too wide for a certain verdict.
	if c := checks["gc.pauses"]; c.Grade != posture.Heuristic || !strings.Contains(c.Current, " to ") {
		t.Errorf("%+v", c)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("one look has asked for the page %d times", n)
	}
	// Nothing of this machine is taken for the service's.
	for _, id := range []string{"clock.source", "clock.cost", "limits.nofile", "build.race", "goroutines.run_queue", "cgroup.cpu_quota"} {
		if c := checks[id]; c.Verdict != posture.Unknown || c.Mend == "" {
			t.Errorf("%+v", c)
		}
	}
	for id, c := range checks {
		if strings.Contains(fmt.Sprint(c), "secret") {
			t.Errorf("%s shows the password: %+v", id, c)
		}
	}
}

// Services that are none, or mean harm: each check is unknown, and says why.
func TestHostile(t *testing.T) {
	packed := bomb(t, 8<<20)
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"hangs": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer within 200ms"},
		"drips": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for r.Context().Err() == nil {
				fmt.Fprint(w, "g")
				w.(http.Flusher).Flush()
				time.Sleep(time.Millisecond)
			}
		}, "no answer within 200ms"},
		"never ends": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			line := bytes.Repeat([]byte("go_gc_gogc_percent 1\n"), 1000)
			for r.Context().Err() == nil {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, "more than 1000000 bytes"},
		"says it is long": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Length", "10000000000")
			fmt.Fprint(w, "go_gc_gogc_percent 1\n")
		}, "unexpected EOF"},
		"a bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed)
		}, `the encoding "gzip"`},
		"a login":           {answers("text/html; charset=utf-8", "<html>"), "a web page"},
		"a login, no cover": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "asks for a login (401)"},
		"no such page":      {http.NotFound, "404"},
		"broken":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, "503 Service Unavailable"},
		"lies":              {answers("text/plain", "\x1f\x8b\x08\x00nonsense"), "no metrics of a Go collector"},
		"no type":           {answers("///", "go_gc_gogc_percent 1\n"), "content type"},
		"round and round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"/x", http.StatusFound)
		}, "again and again"},
		"ends the connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{URL: serve(t, tt.handler), Timeout: time.Minute, MaxBytes: 1e6, Snapshots: time.Millisecond}
			if strings.HasPrefix(tt.says, "no answer") {
				o.Timeout = 200 * time.Millisecond
			}
			checks := look(t, o)
			for _, id := range []string{"gc.gogc", "gc.pauses", "goroutines.count", "goroutines.sched_latency"} {
				if c := checks[id]; c.Verdict != posture.Unknown || !strings.Contains(c.Why, tt.says) {
					t.Errorf("%+v, want %s", c, tt.says)
				}
			}
			for _, id := range []string{"goroutines.sites", "goroutines.leaked"} {
				if c := checks[id]; c.Verdict != posture.Unknown && c.Verdict != posture.NotApplicable || c.Why == "" {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}

// A redirect within the service is followed, one to another place is not.
func TestRedirect(t *testing.T) {
	elsewhere := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other place was asked") }))
	mux := http.NewServeMux()
	mux.Handle("/away/metrics", http.RedirectHandler(elsewhere+"/metrics", http.StatusFound))
	mux.Handle("/near/metrics", http.RedirectHandler("/all", http.StatusFound))
	mux.HandleFunc("/all", answers("text/plain", string(stored(t, "default.txt"))))
	url := serve(t, mux)
	if c := look(t, Options{URL: url + "/away/debug/pprof"})["gc.gogc"]; !strings.Contains(c.Why, "redirects to another place") {
		t.Errorf("%+v", c)
	}
	if c := look(t, Options{URL: url + "/near/debug/pprof"})["gc.gogc"]; c.Current != "80 %" {
		t.Errorf("%+v", c)
	}
}

func TestURLs(t *testing.T) {
	for _, tt := range []struct{ url, metrics, base, page string }{
		{"http://h:1", "", "http://h:1/debug/pprof", "http://h:1/metrics"},
		{"http://h:1/debug/pprof/", "", "http://h:1/debug/pprof", "http://h:1/metrics"},
		{"https://h/svc/debug/pprof", "", "https://h/svc/debug/pprof", "https://h/svc/metrics"},
		{"http://h/pprof", "", "http://h/pprof", "http://h/metrics"},
		{"http://h/pprof", "http://g:9/m", "http://h/pprof", "http://g:9/m"},
	} {
		c, err := Options{URL: tt.url, MetricsURL: tt.metrics}.client()
		if err != nil || c.base.String() != tt.base || c.metrics.String() != tt.page {
			t.Errorf("%q: %v, %v, %v", tt.url, c.base, c.metrics, err)
		}
	}
	for _, o := range []Options{
		{}, {URL: "localhost:6060"}, {URL: "ftp://h/"}, {URL: "http://"}, {URL: "/debug/pprof"}, {URL: "http://h/?a=b"}, {URL: "http://h/#a"},
		{URL: "http://h:p:q\x00"}, {URL: "http://h", MetricsURL: "h/metrics"}, {URL: "http://h", Timeout: -1}, {URL: "http://h", MaxBytes: -1}, {URL: "http://h", Snapshots: -1},
		{URL: "http://h", PID: -5},
	} {
		if _, err := Open(o, latency(t)); err == nil {
			t.Errorf("%+v is taken", o)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
	if _, err := Open(Options{URL: "ftp://me:secret@h/"}, latency(t)); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

//go:noinline
func held(runs, stop chan bool) {
	runs <- true
	<-stop
}

// A real profile of this process.
func TestSites(t *testing.T) {
	runs, stop := make(chan bool), make(chan bool)
	defer close(stop)
	for range 30 {
		go held(runs, stop)
	}
	for range 5 {
		go func() { held(runs, stop) }()
	}
	for range 35 {
		<-runs
	}
	sites, err := sitesOf(goroutines(t), 8<<20)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"remote.held (remote_test.go:": 30, "remote.TestSites.func1 (remote_test.go:": 5}
	for start, n := range want {
		found := false
		for _, s := range sites {
			if strings.Contains(s.Start, start) {
				found = true
				if s.Count != n || len(s.Waits) == 0 || !strings.Contains(s.Waits[0], "remote.held (remote_test.go:") {
					t.Errorf("%+v, want %d", s, n)
				}
			}
		}
		if !found {
			t.Errorf("there is no site %s in %+v", start, sites)
		}
	}
}

// goroutines returns the profile of this process's.
func goroutines(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSitesRefused(t *testing.T) {
	var heap bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&heap, 0); err != nil {
		t.Fatal(err)
	}
	whole := goroutines(t)
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"empty":         {nil, "not a profile"},
		"text":          {[]byte("goroutine profile: total 3\n"), "not a profile"},
		"another":       {heap.Bytes(), "something else than goroutines"},
		"a bomb":        {bomb(t, 4<<20), "more than 1048576 bytes"},
		"cut off":       {whole[:len(whole)/2], "decompressing"},
		"not a profile": {bomb(t, 100), "not a profile"},
	} {
		if sites, err := sitesOf(tt.data, 1<<20); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, %v", name, sites, err)
		}
	}
}

func TestGroup(t *testing.T) {
	f := func(name string) *profile.Function {
		return &profile.Function{Name: name, Filename: "/src/" + name + ".go", StartLine: 3}
	}
	at := func(name string) *profile.Location {
		return &profile.Location{Line: []profile.Line{{Function: f(name), Line: 7}}}
	}
	p := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "goroutineleak", Unit: "count"}},
		Sample: []*profile.Sample{
			{Value: []int64{3}, Location: []*profile.Location{at("runtime.gopark"), at("a"), at("b")}},
			{Value: []int64{4}, Location: []*profile.Location{at("runtime.gopark"), at("c"), at("b")}},
			{Value: []int64{9}, Location: []*profile.Location{at("runtime.gopark")}},
			{Value: []int64{-1}, Location: []*profile.Location{at("d")}},
			{Value: []int64{1 << 62}, Location: []*profile.Location{at("d")}},
			{Value: []int64{1}, Location: []*profile.Location{{}}},
			{Value: []int64{1}},
		},
	}
	got, err := group(p)
	want := "[{runtime.gopark (runtime.gopark.go:3) 9 [9 in runtime.gopark (runtime.gopark.go:7)]} " +
		"{b (b.go:3) 7 [4 in c (c.go:7) 3 in a (a.go:7)]} " +
		"{a function without a name 1 [1 in a function without a name]}]"
	if err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
	if long := place(&profile.Function{Name: strings.Repeat("ü", 1000)}, 0); len(long) > longestName+3 {
		t.Errorf("a name of %d bytes", len(long))
	}
}

func FuzzGroup(f *testing.F) {
	fn := &profile.Function{ID: 1, Name: "main.work", Filename: "main.go", StartLine: 3}
	at := &profile.Location{ID: 1, Line: []profile.Line{{Function: fn, Line: 7}}}
	small := &profile.Profile{
		SampleType: []*profile.ValueType{{Type: "goroutine", Unit: "count"}},
		Sample:     []*profile.Sample{{Value: []int64{3}, Location: []*profile.Location{at, at}}},
		Location:   []*profile.Location{at},
		Function:   []*profile.Function{fn},
	}
	var seed bytes.Buffer
	if err := small.WriteUncompressed(&seed); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		sites, err := sitesOf(b.Bytes(), 1<<20)
		for _, s := range sites {
			if err != nil || s.Count <= 0 || s.Start == "" || len(s.Waits) == 0 {
				t.Errorf("%+v, %v", s, err)
			}
		}
	})
}

// What a service does not serve is told from what it refuses.
func TestNoProfile(t *testing.T) {
	for status, want := range map[int]bool{404: true, 403: false, 500: false} {
		c, err := Options{URL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))}.client()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.sites(t.Context(), "goroutineleak"); err == nil || errors.Is(err, target.ErrNoProfile) != want {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// A look whose context ends asks nobody, and says so.
func TestCancelled(t *testing.T) {
	i, err := Open(Options{URL: serve(t, http.NotFoundHandler())}, latency(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(os.ErrDeadlineExceeded)
	if _, err := i.Inspect(ctx); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
