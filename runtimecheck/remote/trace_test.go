package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNewRecording(t *testing.T) {
	tests := []struct {
		address, want string // "": an error
		takes         time.Duration
	}{
		{"http://host:6060", "http://host:6060/debug/pprof/trace?seconds=5", 5 * time.Second},
		{"http://host:6060/", "http://host:6060/debug/pprof/trace?seconds=5", 5 * time.Second},
		{"https://host/x/debug/pprof/", "https://host/x/debug/pprof/trace?seconds=5", 5 * time.Second},
		{"http://host/debug/pprof/trace?seconds=0.5&a=b", "http://host/debug/pprof/trace?a=b&seconds=0.5", 500 * time.Millisecond},
		{"http://host/debug/lagvet/trace", "http://host/debug/lagvet/trace", 5 * time.Second},
		{"http://host/debug/lagvet/trace?seconds=20#x", "http://host/debug/lagvet/trace?seconds=20", 20 * time.Second},
		{"http://u:secret@host", "http://u:xxxxx@host/debug/pprof/trace?seconds=5", 5 * time.Second},
		{address: "localhost:6060"}, {address: "ftp://host"}, {address: "http://"}, {address: "http://host:6060%"}, {address: ""},
		{address: "http://host?seconds=x"}, {address: "http://host?seconds=0"}, {address: "http://host?seconds=-1"}, {address: "http://host?seconds=1e9"}, {address: "http://host?seconds=NaN"},
	}
	for _, tt := range tests {
		r, err := NewRecording(tt.address)
		if (err != nil) != (tt.want == "") {
			t.Errorf("%q: %v", tt.address, err)
		}
		if err == nil && (r.String() != tt.want || r.For != tt.takes) {
			t.Errorf("%q: %s for %v, want %s for %v", tt.address, r, r.For, tt.want, tt.takes)
		}
	}
}

// A service takes a trace of itself.
func TestRecordingOfPprof(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	service := httptest.NewServer(mux)
	defer service.Close()
	r, err := NewRecording(service.URL + "/debug/pprof/trace?seconds=0.1")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.To(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("go 1.")) {
		t.Errorf("it begins with %.20q", &b)
	}
}

func TestRecordingFails(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "go 1.26 trace") }))
	defer elsewhere.Close()
	tests := []struct {
		name  string
		serve http.HandlerFunc
		says  string
	}{
		{"not there", http.NotFound, "404"},
		{"taken already", func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "Could not enable tracing: tracing is already enabled\nmore", http.StatusInternalServerError)
		}, `answers 500 Internal Server Error: "Could not enable tracing: tracing is already enabled"`},
		{"a login", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "asks for a login"},
		{"a page", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html>")
		}, "web page"},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, "redirects to another place"},
		{"broken off", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "go 1.26 trace")
		}, "breaks off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			service := httptest.NewServer(tt.serve)
			defer service.Close()
			u, err := url.Parse(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			u.User = url.UserPassword("user", "secret")
			r, err := NewRecording(u.String())
			if err != nil {
				t.Fatal(err)
			}
			err = r.To(t.Context(), io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want %q", err, tt.says)
			}
		})
	}
}

func TestRecordingIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer service.Close()
	r, err := NewRecording(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.To(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
