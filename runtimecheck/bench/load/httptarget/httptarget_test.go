package httptarget

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
)

// call makes a call of a target and returns the kind of its error, "" for none.
func call(t *testing.T, o Options) (load.Kind, error) {
	t.Helper()
	target := open(t, o)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := target.Do(ctx)
	if err == nil {
		return "", nil
	}
	return load.KindOf(err), err
}

func open(t *testing.T, o Options) *Target {
	t.Helper()
	target, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

// certificate returns what the server is trusted by.
func certificate(s *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

// speaking returns a server that answers with the protocol of the request.
func speaking(t *testing.T, tls bool, set func(*http.Protocols)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Proto", r.Proto)
		if want := r.URL.Query().Get("proto"); want != "" && r.Proto != want {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	s.Config.Protocols = new(http.Protocols)
	set(s.Config.Protocols)
	if tls {
		s.EnableHTTP2 = s.Config.Protocols.HTTP2()
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func TestProtocols(t *testing.T) {
	both := speaking(t, true, func(p *http.Protocols) { p.SetHTTP1(true); p.SetHTTP2(true) })
	old := speaking(t, true, func(p *http.Protocols) { p.SetHTTP1(true) })
	clear := speaking(t, false, func(p *http.Protocols) { p.SetHTTP1(true); p.SetUnencryptedHTTP2(true) })
	tests := []struct {
		name string
		o    Options
		ok   bool
	}{
		{"negotiated", Options{URL: both.URL + "?proto=HTTP/2.0", CA: certificate(both)}, true},
		{"negotiated with an old server", Options{URL: old.URL + "?proto=HTTP/1.1", CA: certificate(old)}, true},
		{"HTTP/1.1 with TLS", Options{URL: both.URL + "?proto=HTTP/1.1", CA: certificate(both), Protocol: HTTP1}, true},
		{"h2", Options{URL: both.URL + "?proto=HTTP/2.0", Insecure: true, Protocol: HTTP2}, true},
		{"h2 of an old server", Options{URL: old.URL, Insecure: true, Protocol: HTTP2}, false},
		{"h2c", Options{URL: clear.URL + "?proto=HTTP/2.0", Protocol: H2C}, true},
		{"HTTP/1.1", Options{URL: clear.URL + "?proto=HTTP/1.1"}, true},
		{"a certificate that nobody trusts", Options{URL: both.URL}, false},
	}
	for _, tt := range tests {
		if kind, err := call(t, tt.o); (err == nil) != tt.ok {
			t.Errorf("%s: %s, %v", tt.name, kind, err)
		}
	}
}

// hijacked answers a request with bytes of its own, and closes the connection.
func hijacked(text string, reset bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err) // the server speaks HTTP/1.1
		}
		_, _ = io.WriteString(c, text) // the test notices
		if tcp, ok := c.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0) // so does it here
		}
		_ = c.Close()
	}
}

func TestFaults(t *testing.T) {
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/created", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	mux.HandleFunc("/missing", http.NotFound)
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/never", func(http.ResponseWriter, *http.Request) { <-release })
	mux.HandleFunc("/early", hijacked("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", false))
	mux.HandleFunc("/nothing", hijacked("", false))
	mux.HandleFunc("/reset", hijacked("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", true))
	s := httptest.NewServer(mux)
	defer s.Close()
	defer close(release)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	_ = l.Close() // nobody listens there now

	tests := []struct {
		name string
		o    Options
		want load.Kind
	}{
		{"answered", Options{URL: s.URL + "/ok"}, ""},
		{"any success", Options{URL: s.URL + "/created"}, ""},
		{"another success than expected", Options{URL: s.URL + "/created", Status: []int{200}}, load.Status},
		{"not found", Options{URL: s.URL + "/missing"}, load.Status},
		{"not found, as expected", Options{URL: s.URL + "/missing", Status: []int{200, 404}}, ""},
		{"a redirect is not followed", Options{URL: s.URL + "/moved"}, load.Status},
		{"half an answer", Options{URL: s.URL + "/early"}, load.Closed},
		{"no answer", Options{URL: s.URL + "/nothing", Method: http.MethodPost, Body: []byte("x")}, load.Closed},
		{"reset", Options{URL: s.URL + "/reset"}, load.Reset},
		{"nobody", Options{URL: "http://" + nobody}, load.Refused},
	}
	for _, tt := range tests {
		if kind, err := call(t, tt.o); kind != tt.want {
			t.Errorf("%s: %q (%v), want %q", tt.name, kind, err, tt.want)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := open(t, Options{URL: s.URL + "/never"}).Do(ctx); load.KindOf(err) != load.Timeout {
		t.Errorf("never answered: %v", err)
	}
}

func TestRequest(t *testing.T) {
	var seen atomic.Pointer[string]
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		text := fmt.Sprintf("%s %s %s %s %s %d %v", r.Method, r.URL, r.Host, r.Header.Get("X-Key"), body, r.ContentLength, err)
		seen.Store(&text)
	}))
	defer s.Close()
	target := open(t, Options{
		URL: s.URL + "/a?b=c", Method: http.MethodPut, Body: []byte("text"),
		Header: http.Header{"x-key": {"secret"}, "Host": {"shop.example.com"}},
	})
	for range 2 { // a body that was sent once can be sent again
		if err := target.Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := *seen.Load(); got != "PUT /a?b=c shop.example.com secret text 4 <nil>" {
			t.Errorf("the service saw %s", got)
		}
	}
}

// A large answer is read to its end, so that the connection is used again.
func TestConnectionsAreKept(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range 8 {
			if _, err := w.Write(chunk); err != nil {
				return // the test notices
			}
		}
	}))
	defer s.Close()
	target := open(t, Options{URL: s.URL, Connections: 4})
	for range 10 {
		if err := target.Do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := target.Dials(); n != 1 {
		t.Errorf("%d connections for calls one after the other", n)
	}
}

// So many calls at the same time do not close and open connections all the time.
func TestPoolIsAsLargeAsTheLoad(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(5 * time.Millisecond) }))
	defer s.Close()
	target := open(t, Options{URL: s.URL, Connections: 64})
	p := load.Plan{Phases: []load.Phase{{Name: "steady", From: 400, To: 400, For: time.Second}}, MaxInFlight: 64}
	r, err := load.Run(t.Context(), target, p)
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Phase("steady"); m.Errors() != 0 || target.Dials() > 64 {
		t.Errorf("%d of %d calls failed, over %d connections: %v", m.Errors(), m.Due, target.Dials(), m.Example)
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		o    Options
		want string
	}{
		{Options{URL: "ftp://127.0.0.1/"}, "is no URL such as"},
		{Options{URL: "http:///path"}, "is no URL such as"},
		{Options{URL: "http://127.0.0.1:x/"}, "reading the target's URL"},
		{Options{URL: "http://127.0.0.1/", Protocol: HTTP2}, "h2 is HTTP/2 with TLS"},
		{Options{URL: "https://127.0.0.1/", Protocol: H2C}, "h2c is HTTP/2 without TLS"},
		{Options{URL: "https://127.0.0.1/", Protocol: "h3"}, `the protocol is "h3"`},
		{Options{URL: "https://127.0.0.1/", CA: []byte("none")}, "no certificate in PEM"},
		{Options{URL: "http://127.0.0.1/", Method: "G ET"}, "making the request"},
		{Options{URL: "http://192.0.2.7/"}, "--allow-host 192.0.2.7"},
	}
	for _, tt := range tests {
		if _, err := New(t.Context(), tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %s", tt.o, err, tt.want)
		}
	}
	if _, err := New(t.Context(), Options{URL: "http://192.0.2.7/", Hosts: []string{"192.0.2.7"}}); err != nil {
		t.Errorf("a host that is allowed: %v", err)
	}
	if _, err := New(t.Context(), Options{URL: "http://127.0.0.1/"}); err != nil {
		t.Errorf("%v", err)
	}
}
