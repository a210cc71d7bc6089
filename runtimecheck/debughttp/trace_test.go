package debughttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	rtrace "runtime/trace"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
	"github.com/lagvet/lagvet/runtimecheck/trace/bundle"
	"github.com/lagvet/lagvet/runtimecheck/trace/recorder"
	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// opened reads what was answered: the trace's report, and whether there are samples.
func opened(t *testing.T, body []byte) (*trace.Report, bool) {
	t.Helper()
	b, err := bundle.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var o trace.Options
	samples, err := b.Samples()
	if err == nil {
		log, err := sampler.Read(samples)
		if err != nil || log.Cut != "" {
			t.Fatal(err, log)
		}
		o.Kernel = log.Samples
	}
	out, err := b.Trace()
	if err != nil {
		t.Fatal(err)
	}
	r, err := trace.Analyze(t.Context(), out, o)
	if err != nil {
		t.Fatal(err)
	}
	return r, o.Kernel != nil
}

func requests(r *trace.Report) int64 {
	for _, g := range r.Groups {
		if g.Kind == trace.Region && g.Name == "request" {
			return g.Count
		}
	}
	return 0
}

// A recorder answers with what was, and a trace with what is.
func TestTrace(t *testing.T) {
	rec, err := recorder.Start(recorder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Stop()
	rtrace.WithRegion(t.Context(), "request", func() {})
	stop, stopped := make(chan struct{}), make(chan struct{})
	defer func() { close(stop); <-stopped }()
	tests := []struct {
		name, target string
		recorder     *recorder.Recorder
	}{
		{"the last seconds", "/", rec},
		{"the next ones", "/?seconds=0.2", rec},
		{"without a recorder", "/?seconds=0.2", nil},
		{"the next second", "/", nil},
	}
	// Requests that go on meanwhile.
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				rtrace.WithRegion(t.Context(), "request", func() {})
			}
		}
	}()
	for _, tt := range tests {
		w := ask(Trace(tt.recorder), "GET", tt.target)
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/zip" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", tt.name, w.Code, w.Header())
			continue
		}
		r, sampled := opened(t, w.Body.Bytes())
		if requests(r) == 0 {
			t.Errorf("%s: no requests in %+v", tt.name, r.Trace)
		}
		if why := w.Header().Get(unsampledHeader); sampled != (runtime.GOOS == "linux") || sampled != (why == "") {
			t.Errorf("%s: samples %t, %q", tt.name, sampled, why)
		}
	}
}

func TestTraceRefuses(t *testing.T) {
	for _, tt := range []struct {
		method, target string
		status         int
		want           string
	}{
		{"HEAD", "/", 405, "only GET"},
		{"POST", "/", 405, "only GET"},
		{"GET", "/?seconds=x", 400, "must be a number"},
		{"GET", "/?seconds=0", 400, "must be a number"},
		{"GET", "/?seconds=-1", 400, "must be a number"},
		{"GET", "/?seconds=NaN", 400, "must be a number"},
		{"GET", "/?seconds=301", 400, "from 0.001 to 300"},
	} {
		w := ask(Trace(nil), tt.method, tt.target)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s %s: %d %s", tt.method, tt.target, w.Code, w.Body)
		}
	}
}

// There is one trace at a time, and who comes second is told.
func TestTraceBusy(t *testing.T) {
	if err := rtrace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer rtrace.Stop()
	w := ask(Trace(nil), "GET", "/?seconds=1")
	if w.Code != 503 || !strings.Contains(w.Body.String(), "could not trace") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A server that gives answers little time gives a trace what it needs.
func TestTraceTimeout(t *testing.T) {
	s := httptest.NewUnstartedServer(Trace(nil))
	s.Config.WriteTimeout = 300 * time.Millisecond
	s.Start()
	defer s.Close()
	res, err := http.Get(s.URL + "?seconds=0.5")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res.Status, err)
	}
	opened(t, body)
	// What hides the connection cannot be given more.
	req := httptest.NewRequest("GET", "/?seconds=0.5", nil)
	w := httptest.NewRecorder()
	Trace(nil).ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), http.ServerContextKey, s.Config)))
	if w.Code != 500 || !strings.Contains(w.Body.String(), "WriteTimeout") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// What breaks off is seen to, and nothing goes on.
func TestTraceBreaks(t *testing.T) {
	for _, target := range []string{"/?seconds=300", "/"} {
		rec, err := recorder.Start(recorder.Options{})
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if got := recover(); got != http.ErrAbortHandler {
					t.Errorf("%s: ended by %v", target, got)
				}
			}()
			req := httptest.NewRequest("GET", target, nil)
			Trace(rec).ServeHTTP(&leaving{httptest.NewRecorder()}, req)
		}()
		if err := rec.Stop(); err != nil {
			t.Error(err)
		}
	}
	if rtrace.IsEnabled() {
		t.Error("the trace goes on")
	}
}

// leaving is a client that has left.
type leaving struct{ *httptest.ResponseRecorder }

func (*leaving) Write([]byte) (int, error) { return 0, errors.New("gone") }
