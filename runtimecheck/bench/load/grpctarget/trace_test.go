package grpctarget

import (
	"bytes"
	"context"
	"net"
	rtrace "runtime/trace"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

const nap = time.Millisecond

// A napper sleeps in each call.
type napper struct {
	healthpb.UnimplementedHealthServer
}

func (napper) List(context.Context, *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	time.Sleep(nap)
	return new(healthpb.HealthListResponse), nil
}

// A quick one does nothing.
type quick struct {
	healthpb.UnimplementedHealthServer
}

func (quick) List(context.Context, *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	return new(healthpb.HealthListResponse), nil
}

// TestTrace finds the unary calls of a real server in an execution trace, whether each
// has a goroutine of its own or workers take them: package trace knows gRPC by the
// names of its functions alone.
func TestTrace(t *testing.T) {
	const calls = 10
	tests := []struct {
		name    string
		server  healthpb.HealthServer
		options []grpc.ServerOption
	}{
		{"a goroutine for each call", napper{}, nil},
		{"workers", napper{}, []grpc.ServerOption{grpc.NumStreamWorkers(2)}},
		{"an interceptor", napper{}, []grpc.ServerOption{grpc.ChainUnaryInterceptor(passOn, passOn)}},
		{"nothing happens", quick{}, nil},
	}
	for _, tt := range tests {
		r := traced(t, func() { call(t, tt.server, calls, tt.options) })
		const handler = "google.golang.org/grpc/health/grpc_health_v1._Health_List_Handler"
		named, unnamed := find(r, handler), find(r, "(no event inside)")
		if total := named.Count + named.OpenEnd + unnamed.Count + unnamed.OpenEnd; total > calls {
			t.Errorf("%s: %d calls", tt.name, total)
		}
		if _, sleeps := tt.server.(napper); sleeps && (named.Count+named.OpenEnd != calls || named.Total < time.Duration(named.Count)*nap) {
			t.Errorf("%s: %d calls, %d that do not end, of %v", tt.name, named.Count, named.OpenEnd, named.Total)
		}
		for _, g := range r.Groups {
			if g.Kind == trace.Handler && g.Name != named.Name && g.Name != unnamed.Name {
				t.Errorf("%s: %d calls of %s", tt.name, g.Count, g.Name)
			}
		}
	}
}

func passOn(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	return next(ctx, req)
}

// call calls a server of its own a number of times, one call after another.
func call(t *testing.T, h healthpb.HealthServer, calls int, options []grpc.ServerOption) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return
	}
	s := grpc.NewServer(options...)
	healthpb.RegisterHealthServer(s, h)
	go func() { _ = s.Serve(l) }() // until it is stopped
	conn, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Error(err)
		return
	}
	defer s.GracefulStop() // waits for calls to end
	defer conn.Close()
	client := healthpb.NewHealthClient(conn)
	for range calls {
		if _, err := client.List(t.Context(), new(healthpb.HealthListRequest)); err != nil {
			t.Error(err)
		}
	}
}

// traced returns what is told from the trace of what f does.
func traced(t *testing.T, f func()) *trace.Report {
	t.Helper()
	if rtrace.IsEnabled() {
		t.Fatal("the execution tracer is in use: run without -trace")
	}
	var buf bytes.Buffer
	if err := rtrace.Start(&buf); err != nil {
		t.Fatal(err)
	}
	defer rtrace.Stop() // even if f ends the test
	f()
	rtrace.Stop()
	r, err := trace.Analyze(t.Context(), &buf, trace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// find returns a group of calls of handlers, or one without any.
func find(r *trace.Report, name string) trace.Group {
	for _, g := range r.Groups {
		if g.Kind == trace.Handler && g.Name == name {
			return g
		}
	}
	return trace.Group{Name: name}
}
