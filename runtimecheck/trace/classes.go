package trace

import (
	"slices"
	"strings"
)

// A class is what is told from the frames of a stack, once for each.
type class struct {
	entry     name     // the function that the goroutine was started with; 0 if it was cut off
	wait      comp     // what a wait on a semaphore is
	found     comp     // what a goroutine that was found waiting waits for
	poller    bool     // whoever has it ends waits for the network on purpose: a close, a deadline
	server    place    // where in a server's loop it is
	handler   name     // whose, if inside
	depth     uint8    // 0 if it has no name, else one more than there are dispatchers above it
	functions []uint16 // of those asked for; ascending
}

// A place is one in the loop of a server's goroutine.
type place uint8

const (
	nowhere  place = iota // in no server
	outside               // of any call
	awaiting              // the next one
	finished              // right after one
	inside                // in a call
)

// maxStackFrames is how many frames the tracer keeps of a stack, the innermost:
// MaxFramesPerStack of internal/trace/tracev2.
const maxStackFrames = 128

// unnamed is the handler of calls without an event inside.
const unnamed = "(no event inside)"

// A sorter tells classes.
type sorter struct {
	tables    *tables
	functions []string
}

func (s *sorter) class(frames []int32) class {
	c := class{wait: syncComp, found: undeterminedComp}
	names := s.names(frames)
	whole := len(frames) < maxStackFrames
	if whole {
		c.entry = s.tables.name(names[len(names)-1])
	}
	c.wait = semaphore(names)
	c.found = foundWaiting(names)
	c.poller = slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, "internal/poll.") })
	s.server(&c, names, whole)
	for i, f := range s.functions {
		if slices.Contains(names, f) {
			c.functions = append(c.functions, uint16(i))
		}
	}
	return c
}

func (s *sorter) names(frames []int32) []string {
	names := make([]string, len(frames))
	for i, f := range frames {
		names[i] = s.tables.names[s.tables.frames[f].function]
	}
	return names
}

// semaphore tells what waits by a semaphore ("sync"): mutexes, wait groups, the start
// of a collection.
func semaphore(names []string) comp {
	for _, n := range names {
		switch {
		case strings.Contains(n, "sync.(*Mutex)."), strings.Contains(n, "sync.(*RWMutex)."):
			return lockComp
		case n == "runtime.mallocgc", strings.HasPrefix(n, "runtime.gc"):
			return gcWaitComp
		}
	}
	return syncComp
}

// foundWaiting tells from a stack why a goroutine waits of which the trace does not
// say it, for it began to before the trace.
func foundWaiting(names []string) comp {
	for _, n := range names {
		switch {
		case strings.HasPrefix(n, "runtime.chanrecv"), strings.HasPrefix(n, "runtime.chansend"):
			return channelComp
		case n == "runtime.selectgo":
			return selectComp
		case n == "internal/poll.runtime_pollWait":
			return networkComp
		case n == "time.Sleep":
			return sleepComp
		case n == "sync.(*Cond).Wait", n == "sync.(*WaitGroup).Wait":
			return syncComp
		case strings.Contains(n, "sync.(*Mutex)."), strings.Contains(n, "sync.(*RWMutex)."):
			return lockComp
		}
	}
	return undeterminedComp
}

// server finds the call of a handler that a stack is in.
func (s *sorter) server(c *class, names []string, whole bool) {
	at := slices.IndexFunc(names, callsHandler)
	if at < 0 {
		if whole && serves(names[len(names)-1]) {
			c.server = between(names)
		}
		return
	}
	c.server = inside
	handler, depth := handlerOf(names[:at])
	c.handler, c.depth = s.tables.name(handler), depth
}

// between tells where a server's goroutine is that is in no call.
func between(names []string) place {
	reads := ofGRPC(names[len(names)-1]) // what it does between calls is to wait for the next
	for _, n := range names {
		switch {
		case n == "net/http.(*response).finishRequest":
			return finished
		case n == "net/http.(*conn).readRequest", strings.HasPrefix(n, "net/http.(*connReader)."):
			reads = true
		}
	}
	if reads {
		return awaiting
	}
	return outside
}

// serves reports whether a goroutine started with a function calls handlers.
func serves(entry string) bool {
	return entry == "net/http.(*conn).serve" || ofHTTP2(entry) || ofGRPC(entry)
}

// ofHTTP2 reports whether a goroutine started with a function calls one handler, and
// ends.
func ofHTTP2(entry string) bool {
	switch entry {
	case "net/http.(*http2serverConn).runHandler",
		"net/http/internal/http2.(*serverConn).runHandler", // since Go 1.27
		"golang.org/x/net/http2.(*serverConn).runHandler":
		return true
	}
	return false
}

// ofGRPC reports whether a goroutine started with a function calls methods of gRPC: one,
// or as a worker one after another.
func ofGRPC(entry string) bool {
	return strings.HasPrefix(entry, "google.golang.org/grpc.(*Server).serveStreams") ||
		strings.HasPrefix(entry, "google.golang.org/grpc.(*Server).serverWorker")
}

// callsHandler reports whether a function calls nothing but the handler of a request.
// A server may be served by another one's handler: the innermost counts.
func callsHandler(n string) bool {
	return n == "net/http.serverHandler.ServeHTTP" || ofHTTP2(n) || callsUnary(n)
}

// callsUnary reports whether a function of gRPC calls nothing but a unary method.
func callsUnary(n string) bool {
	of, ok := strings.CutPrefix(n, "google.golang.org/grpc.(*Server).")
	return ok && (of == "processUnaryRPC" ||
		strings.HasSuffix("."+of, ".wrapUnaryHandler.func1")) // where unary calls are streams, as in 1.85: inlined, the name of who calls it comes first
}

// ofServer reports whether a function that is called where handlers are is the server's
// own: it receives the request, or sends what the handler left to send.
func ofServer(n string) bool {
	for _, own := range [...]string{
		"net/http.(*http2", "net/http/internal/http2.", "golang.org/x/net/http2.",
		"google.golang.org/grpc.", "google.golang.org/grpc/internal/",
	} {
		if strings.HasPrefix(n, own) {
			return true
		}
	}
	return false
}

// handlerOf names the handler among the functions called by a server, innermost
// first: the one below the innermost dispatcher. The depth of one that has a name is more
// than 0.
func handlerOf(names []string) (handler string, depth uint8) {
	if len(names) == 0 || ofServer(names[len(names)-1]) {
		return unnamed, 0
	}
	last := len(names) // of the innermost dispatcher
	depth = 1
	for i, n := range slices.Backward(names) {
		if n == "net/http.HandlerFunc.ServeHTTP" || n == "net/http.(*ServeMux).ServeHTTP" {
			last = i
			depth += min(1, 255-depth)
		}
	}
	for _, n := range slices.Backward(names[:last]) {
		if !strings.HasPrefix(n, "net/http.") && !strings.HasPrefix(n, "net/http/internal") && !strings.HasPrefix(n, "google.golang.org/grpc.") {
			return n, depth
		}
	}
	if last > 0 {
		return names[last-1], depth
	}
	return unnamed, 0
}
