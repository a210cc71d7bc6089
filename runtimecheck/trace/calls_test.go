package trace

import (
	"testing"
	"time"
)

// stacks of a server's goroutine.
var (
	reading   = []string{"internal/poll.(*FD).Read", "net/http.(*conn).readRequest", "net/http.(*conn).serve"}
	finishing = []string{"syscall.write", "net/http.(*response).finishRequest", "net/http.(*conn).serve"}
)

func serving(inner ...string) []string {
	return append(inner, "net/http.(*ServeMux).ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.(*conn).serve")
}

// TestHandlers tells calls of handlers from stacks.
func TestHandlers(t *testing.T) {
	s := newScript(t, Options{})
	s.create(0, 9, 1, "net/http.(*conn).serve")
	s.start(5, 1)
	s.block(10, 1, "network", reading...)
	s.unblock(100, none, 1)
	s.seen(110, 1, reading...)
	s.seen(120, 1, serving("main.wrap")...) // a middleware, before what it wraps
	s.block(130, 1, "sleep", serving("time.Sleep", "main.users", "net/http.HandlerFunc.ServeHTTP", "main.wrap")...)
	s.unblock(180, none, 1)
	s.seen(190, 1, serving("main.wrap")...)
	s.seen(200, 1, "context.(*cancelCtx).cancel", "net/http.(*conn).serve")
	s.seen(203, 1, finishing...)
	s.seen(205, 1, finishing...)
	s.seen(210, 1, reading...)
	s.seen(230, 1, finishing...) // a call without an event inside
	s.seen(300, 1, reading...)
	s.seen(310, 1, reading...)
	s.seen(330, 1, serving("main.orders")...)
	s.exit(350, 1) // without another event
	r := s.report()
	tests := []struct {
		name         string
		total, slack time.Duration
	}{{"main.users", 90, 20}, {unnamed, 20, 20}, {"main.orders", 40, 40}}
	for _, test := range tests {
		g := groupOf(t, r, Handler, test.name)
		if g.Count != 1 || g.Total != test.total*time.Microsecond || g.Slack != test.slack*time.Microsecond {
			t.Errorf("%s: %d of %v, slack %v", test.name, g.Count, g.Total, g.Slack)
		}
	}
	if len(r.Groups) != len(tests) {
		t.Errorf("%d groups", len(r.Groups))
	}
	if got := micros(groupOf(t, r, Handler, "main.users").Slowest[0].Parts)[Sleep]; got != 50 {
		t.Errorf("sleeps for %d", got)
	}
}

// TestOpenHandlers has calls of handlers at both ends of the trace.
func TestOpenHandlers(t *testing.T) {
	s := newScript(t, Options{})
	s.add(0, none, event{kind: stateEvent, id: 1, from: undeterminedState, to: waiting})
	s.unblock(10, none, 1)
	s.seen(10, 1, serving("main.users")...)
	s.seen(20, 1, serving("main.users")...)
	s.seen(30, 1, finishing...)
	s.seen(40, 1, reading...)
	s.seen(50, 1, serving("main.users")...)
	g := groupOf(t, s.report(), Handler, "main.users")
	if g.Count != 0 || g.OpenStart != 1 || g.OpenEnd != 1 {
		t.Errorf("%d, open %d and %d", g.Count, g.OpenStart, g.OpenEnd)
	}
}

// TestStreams has a goroutine for each call, as of HTTP/2 and gRPC.
func TestStreams(t *testing.T) {
	tests := []struct {
		entry string
		stack []string
		want  string // "" if no call is told of
	}{
		{"net/http.(*http2serverConn).runHandler", []string{"main.users", "net/http.HandlerFunc.ServeHTTP", "net/http.serverHandler.ServeHTTP", "net/http.initALPNRequest.ServeHTTP"}, "main.users"},
		{"net/http/internal/http2.(*serverConn).runHandler", []string{"main.users"}, "main.users"},
		{"golang.org/x/net/http2.(*serverConn).runHandler", []string{"main.users"}, "main.users"},
		{"net/http.(*http2serverConn).runHandler", nil, unnamed},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", []string{"main.(*users).Get", "pb._Users_Get_Handler", "google.golang.org/grpc.(*Server).processUnaryRPC", "google.golang.org/grpc.(*Server).handleStream"}, "pb._Users_Get_Handler"},
		{"net/http.(*http2serverConn).runHandler", []string{"runtime.selectgo", "net/http.(*http2serverConn).writeFrameFromHandler", "net/http.(*http2responseWriter).handlerDone"}, unnamed},
		{"net/http/internal/http2.(*serverConn).runHandler", []string{"runtime.selectgo", "net/http/internal/http2.(*responseWriter).handlerDone"}, unnamed},
		{"golang.org/x/net/http2.(*serverConn).runHandler", []string{"runtime.selectgo", "golang.org/x/net/http2.(*responseWriter).handlerDone"}, unnamed},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", []string{"google.golang.org/grpc/internal/transport.(*http2Server).write", "google.golang.org/grpc.(*Server).sendResponse", "google.golang.org/grpc.(*Server).processUnaryRPC", "google.golang.org/grpc.(*Server).handleStream"}, unnamed},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", []string{"main.(*users).Get", "pb._Users_Get_Handler", "google.golang.org/grpc.(*Server).register.(*Server).wrapUnaryHandler.func1", "google.golang.org/grpc.(*Server).processRPC"}, "pb._Users_Get_Handler"},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", []string{"google.golang.org/grpc.(*serverStream).RecvMsg", "google.golang.org/grpc.(*Server).wrapUnaryHandler.func1.1", "pb._Users_Get_Handler", "google.golang.org/grpc.(*Server).wrapUnaryHandler.func1", "google.golang.org/grpc.(*Server).processRPC"}, "pb._Users_Get_Handler"},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", []string{"google.golang.org/grpc.(*serverStream).SendMsg", "google.golang.org/grpc.(*Server).register.(*Server).wrapUnaryHandler.func1", "google.golang.org/grpc.(*Server).processRPC"}, unnamed},
		{"google.golang.org/grpc.(*Server).serveStreams.func2.1", nil, ""},
	}
	for _, test := range tests {
		s := newScript(t, Options{})
		s.create(10, 9, 1, test.entry)
		s.start(20, 1)
		if test.stack != nil {
			s.syscall(30, 35, 2)
			s.seen(40, 1, append(test.stack, test.entry)...)
		}
		s.exit(60, 1)
		r := s.report()
		if test.want == "" {
			if len(r.Groups) > 0 {
				t.Errorf("%s: %v", test.entry, r.Groups[0].Name)
			}
			continue
		}
		g := groupOf(t, r, Handler, test.want)
		if g.Total != 50*time.Microsecond {
			t.Errorf("%s: %v", test.want, g.Total)
		}
	}
}

// TestNamedLater has an event of the server's own before those of the handler.
func TestNamedLater(t *testing.T) {
	const entry = "google.golang.org/grpc.(*Server).serveStreams.func2.1"
	unary := []string{"google.golang.org/grpc.(*Server).processUnaryRPC", "google.golang.org/grpc.(*Server).handleStream", entry}
	s := newScript(t, Options{})
	s.create(10, 9, 1, entry)
	s.start(20, 1)
	s.block(30, 1, "select", append([]string{"google.golang.org/grpc/internal/transport.(*recvBufferReader).read", "google.golang.org/grpc.recvAndDecompress"}, unary...)...)
	s.unblock(40, none, 1)
	s.seen(50, 1, append([]string{"main.(*users).Get", "pb._Users_Get_Handler"}, unary...)...)
	s.seen(60, 1, append([]string{"google.golang.org/grpc/internal/transport.(*http2Server).write", "google.golang.org/grpc.(*Server).sendResponse"}, unary...)...)
	s.exit(70, 1)
	r := s.report()
	if g := groupOf(t, r, Handler, "pb._Users_Get_Handler"); len(r.Groups) != 1 || g.Count != 1 || g.Total != 60*time.Microsecond {
		t.Errorf("%d groups, %d calls of %v", len(r.Groups), g.Count, g.Total)
	}
}

func TestHandlerNames(t *testing.T) {
	tests := []struct {
		stack []string // below the server's, innermost first
		want  string
	}{
		{[]string{"main.f", "main.(*users).ServeHTTP"}, "main.(*users).ServeHTTP"},
		{[]string{"main.f", "main.users", "net/http.HandlerFunc.ServeHTTP", "main.wrap.func1", "net/http.HandlerFunc.ServeHTTP", "net/http.(*ServeMux).ServeHTTP"}, "main.users"},
		{[]string{"net/http.(*response).Write", "main.users", "net/http.HandlerFunc.ServeHTTP"}, "main.users"},
		{[]string{"net/http.Error", "net/http.NotFound", "net/http.HandlerFunc.ServeHTTP", "net/http.(*ServeMux).ServeHTTP"}, "net/http.NotFound"},
		{[]string{"net/http/pprof.Trace", "net/http.HandlerFunc.ServeHTTP"}, "net/http/pprof.Trace"},
		{[]string{"net/http.(*ServeMux).ServeHTTP"}, unnamed},
		{nil, unnamed},
	}
	for _, test := range tests {
		s := newScript(t, Options{})
		class := s.tables.class(s.stack(append(test.stack, "net/http.serverHandler.ServeHTTP", "net/http.(*conn).serve")...))
		if got := s.tables.names[class.handler]; class.server != inside || got != test.want {
			t.Errorf("%v: %q, not %q", test.stack, got, test.want)
		}
	}
}

// TestFunctions tells calls of functions that are asked for from stacks.
func TestFunctions(t *testing.T) {
	s := newScript(t, Options{Functions: []string{"main.f", "main.g"}})
	s.running(0, 1)
	s.seen(10, 1, "main.worker")
	s.seen(20, 1, "main.f", "main.worker")                            // the call begins in 10 to 20
	s.block(30, 1, "chan receive", "main.h", "main.f", "main.worker") //
	s.unblock(70, none, 1)                                            // it lasts until then
	s.seen(90, 1, "main.worker")                                      // and ends in 70 to 90
	s.seen(100, 1, "main.g", "main.f", "main.worker")                 // one in the other
	s.seen(120, 1, "main.f", "main.worker")                           //
	s.exit(150, 1)                                                    //
	r := s.report()
	f, g := groupOf(t, r, Function, "main.f"), groupOf(t, r, Function, "main.g")
	if f.Count != 2 || f.Total != 70*time.Microsecond || f.Slack != 70*time.Microsecond {
		t.Errorf("f: %d of %v, slack %v", f.Count, f.Total, f.Slack)
	}
	if g.Count != 1 || g.Total != 0 || g.Slack != 30*time.Microsecond {
		t.Errorf("g: %d of %v, slack %v", g.Count, g.Total, g.Slack)
	}
	if got := micros(f.Slowest[0].Parts); got[Channel] != 40 || got[Running] != 10 {
		t.Errorf("f: %v", got)
	}
}

// TestOpenFunctions has calls at both ends of the trace, and a stack that was cut off.
func TestOpenFunctions(t *testing.T) {
	s := newScript(t, Options{Functions: []string{"main.f"}})
	s.add(0, none, event{kind: stateEvent, id: 1, from: undeterminedState, to: waiting})
	s.unblock(5, none, 1)
	s.seen(10, 1, "main.f", "main.worker")
	s.seen(20, 1, "main.worker")
	s.seen(30, 1, "main.f", "main.worker")
	deep := make([]string, maxStackFrames)
	for i := range deep {
		deep[i] = "main.deep"
	}
	s.seen(40, 1, deep...)
	s.seen(50, 1, "main.f", "main.worker")
	g := groupOf(t, s.report(), Function, "main.f")
	if g.Count != 0 || g.OpenStart != 1 || g.OpenEnd != 1 {
		t.Errorf("%d, open %d and %d", g.Count, g.OpenStart, g.OpenEnd)
	}
}

// TestRealHandlers has a server of net/http serve as it does.
func TestRealHandlers(t *testing.T) {
	r := analyze(t, record(t, func() { network(t) }), Options{})
	g := groupOf(t, r, Handler, "github.com/lagvet/lagvet/runtimecheck/trace.slowHandler")
	if g.Count != 12 || micros(g.Slowest[0].Parts)[Sleep] < 1000 {
		t.Errorf("%d calls, of %v", g.Count, g.Slowest[0].Parts)
	}
	if g := groupOf(t, r, Handler, unnamed); g.Count != 8 {
		t.Errorf("%d calls without an event", g.Count)
	}
}
