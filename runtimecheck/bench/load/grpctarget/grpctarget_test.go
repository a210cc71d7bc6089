package grpctarget

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
)

// method is a unary method whose request has a text.
const method = "grpc.health.v1.Health/Check"

// A health answers by the name of the service that it is asked about.
type health struct {
	healthpb.UnimplementedHealthServer
	calls atomic.Int64
}

func (h *health) Check(ctx context.Context, r *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	h.calls.Add(1)
	switch r.Service {
	case "slow":
		<-ctx.Done()
		return nil, ctx.Err()
	case "missing":
		return nil, status.Error(codes.NotFound, "no such service")
	case "key":
		md, _ := metadata.FromIncomingContext(ctx)
		if strings.Join(md["x-key"], "") != "secret" {
			return nil, status.Error(codes.Unauthenticated, "no key")
		}
	}
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, nil
}

// serve starts a service; which registers what it reflects.
func serve(t *testing.T, which func(*grpc.Server), options ...grpc.ServerOption) (address string, h *health, s *grpc.Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, h = grpc.NewServer(options...), new(health)
	healthpb.RegisterHealthServer(s, h)
	which(s)
	go func() { _ = s.Serve(l) }() // until it is stopped
	t.Cleanup(s.Stop)
	return l.Addr().String(), h, s
}

func both(s *grpc.Server)  { reflection.Register(s) }
func first(s *grpc.Server) { reflection.RegisterV1(s) }
func none(*grpc.Server)    {}

func open(t *testing.T, o Options) *Target {
	t.Helper()
	target, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	if err := target.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return target
}

func TestDo(t *testing.T) {
	address, _, _ := serve(t, both)
	tests := []struct {
		name string
		o    Options
		want load.Kind
	}{
		{"no request", Options{}, ""},
		{"a request", Options{Request: []byte(`{"service": "shop"}`)}, ""},
		{"an error", Options{Request: []byte(`{"service": "missing"}`)}, load.Status},
		{"an error, as expected", Options{Request: []byte(`{"service": "missing"}`), Status: []codes.Code{codes.NotFound}}, ""},
		{"no error, against expectation", Options{Status: []codes.Code{codes.NotFound}}, load.Status},
		{"too slow", Options{Request: []byte(`{"service": "slow"}`)}, load.Timeout},
		{"no metadata", Options{Request: []byte(`{"service": "key"}`)}, load.Status},
		{"metadata", Options{Request: []byte(`{"service": "key"}`), Metadata: map[string][]string{"x-key": {"secret"}}}, ""},
		{"more connections", Options{Connections: 3}, ""},
	}
	for _, tt := range tests {
		tt.o.Address, tt.o.Method = address, method
		target := open(t, tt.o)
		long := 20 * time.Second
		if tt.want == load.Timeout {
			long = 100 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), long)
		var got load.Kind
		err := target.Do(ctx)
		if err != nil {
			got = load.KindOf(err)
		}
		cancel()
		if got != tt.want {
			t.Errorf("%s: %q (%v), want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestLoad(t *testing.T) {
	address, h, _ := serve(t, first)
	target := open(t, Options{Address: address, Method: method, Connections: 2})
	before := h.calls.Load()
	r, err := load.Run(t.Context(), target, load.Plan{Phases: []load.Phase{{Name: "steady", From: 200, To: 200, For: time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	if m := r.Phase("steady"); m.Latency.Answered() != 200 || h.calls.Load()-before != 200 {
		t.Errorf("%d of %d calls were answered, the service saw %d: %v", m.Latency.Answered(), m.Due, h.calls.Load()-before, m.Example)
	}
}

// A service that is gone refuses calls, and is called again when it is back.
func TestServiceGoes(t *testing.T) {
	address, _, s := serve(t, both)
	target := open(t, Options{Address: address, Method: method})
	s.Stop()
	refused := false
	for range 200 {
		kind := load.KindOf(target.Do(t.Context()))
		if refused = kind == load.Refused; refused {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !refused {
		t.Fatal("calls of nobody are not refused")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	back := grpc.NewServer()
	healthpb.RegisterHealthServer(back, new(health))
	go func() { _ = back.Serve(l) }() // until it is stopped
	defer back.Stop()
	for range 200 {
		if err = target.Do(t.Context()); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the service is back, and is not called: %v", err)
}

func TestPrepareRefuses(t *testing.T) {
	address, _, _ := serve(t, both)
	silent, _, _ := serve(t, none)
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"no such service", Options{Address: address, Method: "grpc.health.v1.Helth/Check"}, "NotFound"},
		{"a message", Options{Address: address, Method: "grpc.health.v1.HealthCheckRequest/Check"}, "is no service"},
		{"no such method", Options{Address: address, Method: "grpc.health.v1.Health/Chek"}, "has no method Chek, but "},
		{"a stream", Options{Address: address, Method: "grpc.health.v1.Health/Watch"}, "is a stream"},
		{"no such field", Options{Address: address, Method: method, Request: []byte(`{"servic": "x"}`)}, "in JSON"},
		{"no JSON", Options{Address: address, Method: method, Request: []byte(`{`)}, "in JSON"},
		{"no reflection", Options{Address: silent, Method: method}, "no server reflection"},
		{"TLS with a service that has none", Options{Address: address, Method: method, TLS: true, Timeout: 2 * time.Second}, "asking the service"},
	}
	for _, tt := range tests {
		target, err := New(t.Context(), tt.o)
		if err != nil {
			t.Fatal(err)
		}
		if err := target.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		target.Close()
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		o    Options
		want string
	}{
		{Options{Address: "127.0.0.1:1", Method: "Check"}, "must be written as"},
		{Options{Address: "127.0.0.1:1", Method: "a/b/c"}, "must be written as"},
		{Options{Address: "127.0.0.1", Method: method}, "reading the target's address"},
		{Options{Address: "192.0.2.7:1", Method: method}, "--allow-host 192.0.2.7"},
		{Options{Address: "127.0.0.1:1", Method: method, TLS: true, CA: []byte("none")}, "no certificate"},
	}
	for _, tt := range tests {
		if _, err := New(t.Context(), tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %s", tt.o, err, tt.want)
		}
	}
}

func TestTLS(t *testing.T) {
	// The certificate that net/http/httptest makes for 127.0.0.1.
	borrowed := httptest.NewUnstartedServer(http.NotFoundHandler())
	borrowed.EnableHTTP2 = true
	borrowed.StartTLS()
	defer borrowed.Close()
	config := &tls.Config{Certificates: borrowed.TLS.Certificates, NextProtos: []string{"h2"}}
	address, _, _ := serve(t, both, grpc.Creds(credentials.NewTLS(config)))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: borrowed.Certificate().Raw})
	for _, o := range []Options{{CA: ca}, {Insecure: true}} {
		o.Address, o.Method, o.TLS = address, method, true
		if err := open(t, o).Do(t.Context()); err != nil {
			t.Error(err)
		}
	}
	target, err := New(t.Context(), Options{Address: address, Method: method, TLS: true, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if err := target.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody trusts: %v", err)
	}
}
