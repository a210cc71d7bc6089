package telemetry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// unseen is UNKNOWN if not all code could be read.
func (r *Result) unseen() (verdict.Result, bool) {
	switch {
	case r.over:
		return verdict.Unseen(fmt.Sprintf("there are more than %d Go files, or %d references of dashboards to metrics, of which the others were not looked at", MaxFiles, maxReferences)), true
	case len(r.Problems) > 0:
		p := r.Problems[0]
		return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.Place, p.Text), p.Place), true
	}
	return verdict.Result{}, false
}

// unwatched is needless for a repository without a service: who runs one watches it.
func (r *Result) unwatched() (verdict.Result, bool) {
	if len(r.programs) > 0 && r.serves() {
		return verdict.Result{}, false
	}
	if v, ok := r.unseen(); ok {
		return v, true
	}
	if len(r.programs) > 0 && r.exposed.File != "" {
		return verdict.Unseen("no code that is here listens, and an image exposes a port: what the programs are built from may listen", r.exposed), true
	}
	if len(r.programs) > 0 {
		return verdict.Needless("the programs that are built here listen to nothing: they are tools, which nobody watches", r.programs[0]), true
	}
	return verdict.Needless("no program is built here: what a library's users run is theirs to watch"), true
}

// serves reports whether a program listens on the network, or takes what others send,
// other than for profiles and metrics.
func (r *Result) serves() bool {
	for _, s := range r.sources {
		if !r.built(s) {
			continue
		}
		for _, i := range s.imports {
			if _, own := within(r.modules, i.path); i.lib.class == service && !own {
				return true
			}
		}
		if !s.watcher && slices.ContainsFunc(s.calls, listens) {
			return true
		}
	}
	return false
}

func listens(c call) bool {
	switch c.pkg {
	case "net", "crypto/tls":
		return strings.HasPrefix(c.name, "Listen") || c.name == "NewListener"
	case "google.golang.org/grpc":
		return c.name == "NewServer"
	case "github.com/valyala/fasthttp":
		return c.lit && c.name == "Server" || strings.HasPrefix(c.name, "ListenAndServe") || c.name == "Serve"
	}
	return servesHTTP(c)
}

// servesHTTP reports whether a server is run, or made: http.Server as a literal, a
// variable or a part of another type.
func servesHTTP(c call) bool {
	return c.pkg == "net/http" && (c.name == "Server" && !c.lit || strings.HasPrefix(c.name, "ListenAndServe") || c.name == "Serve" || c.name == "ServeTLS")
}

// imports returns where packages of these classes are imported, each package once a file.
func (r *Result) imports(classes ...class) []spec {
	var all []spec
	for _, s := range r.sources {
		for _, i := range s.imports {
			if slices.Contains(classes, i.lib.class) {
				all = append(all, i)
			}
		}
	}
	return all
}

// tracers are the imports of libraries by which traces are made.
func (r *Result) tracers() []spec {
	return slices.DeleteFunc(r.imports(tracing, bothSides), func(i spec) bool { return !i.lib.traces() })
}

// calls returns the calls and literals that a test holds for.
func (r *Result) calls(is func(c call) bool) []verdict.Place {
	var all []verdict.Place
	for _, s := range r.sources {
		for _, c := range s.calls {
			if is(c) {
				all = append(all, c.Place)
			}
		}
	}
	return all
}

// callsOf is as calls, without what serves profiles and metrics.
func (r *Result) callsOf(is func(c call) bool) []verdict.Place {
	var all []verdict.Place
	for _, s := range r.sources {
		for _, c := range s.calls {
			if !s.watcher && is(c) {
				all = append(all, c.Place)
			}
		}
	}
	return all
}

// OneLogger checks that one library for structured logs is used, and that nothing but
// commands writes to standard output or by the package log. A file that uses two
// libraries makes one of the other, and counts for neither.
func (r *Result) OneLogger() verdict.Result {
	files := make(map[string][]verdict.Place)
	var raw []verdict.Place
	for _, s := range r.sources {
		used := make(map[string]verdict.Place)
		for _, c := range s.calls {
			if c.lib.class == structured && !strings.HasPrefix(c.name, "Set") && !strings.HasPrefix(c.name, "Replace") {
				if _, seen := used[c.lib.name]; !seen {
					used[c.lib.name] = c.Place
				}
			}
			if !s.command && (c.print || c.lib.class == plain && writes(c.name)) {
				raw = append(raw, c.Place)
			}
		}
		if len(used) == 1 && len(s.loggers()) == 1 {
			for name, place := range used {
				files[name] = append(files[name], place)
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(files[b]), len(files[a])), cmp.Compare(a, b))
	})
	if len(names) > 1 {
		var said []string
		var places []verdict.Place
		for _, n := range slices.Backward(names) {
			places = append(places, files[n]...)
		}
		for _, n := range names {
			said = append(said, fmt.Sprintf("%s in %s", n, verdict.Count(len(files[n]), "file", "files")))
		}
		return verdict.Failed("several libraries log: "+strings.Join(said, ", "), places...)
	}
	others := r.otherLoggers()
	switch {
	case len(names) == 0 && len(raw) > 0 && len(others) > 0:
		return verdict.Failed(fmt.Sprintf("%s past %s, by the package log or fmt", verdict.Count(len(raw), "call writes", "calls write"), others[0].path), raw...)
	case len(names) == 0 && len(raw) > 0:
		return verdict.Failed("no library for structured logs is used, and the package log or fmt writes", raw...)
	}
	if len(raw) > 0 {
		return verdict.Failed(fmt.Sprintf("%s past %s, by the package log or fmt", verdict.Count(len(raw), "call writes", "calls write"), names[0]), raw...)
	}
	if v, ok := r.unseen(); ok {
		return v
	}
	if len(names) == 0 && len(others) > 0 {
		return verdict.Unseen("logs are written by a library that is not known here, "+others[0].path, others[0].Place)
	}
	if len(names) == 0 {
		return verdict.Needless("nothing logs by a library that is known here, nor by the package log or fmt")
	}
	return verdict.Passed(fmt.Sprintf("all logs are by %s, in %s", names[0], verdict.Count(len(files[names[0]]), "file", "files")), files[names[0]]...)
}

// otherLoggers are the imports of packages of other modules that by their names write
// logs, and are no library that is known here, those that are imported most first.
func (r *Result) otherLoggers() []spec {
	var all []spec
	files := make(map[string]int)
	for _, s := range r.sources {
		for _, i := range s.imports {
			if _, own := within(r.modules, i.path); own || i.lib.class != none || !strings.Contains(i.path, ".") {
				continue
			}
			switch baseName(i.path) {
			case "log", "logs", "logger", "logging":
				all = append(all, i)
				files[i.path]++
			}
		}
	}
	slices.SortStableFunc(all, func(a, b spec) int { return files[b.path] - files[a.path] })
	return all
}

// loggers are the libraries for structured logs that a file imports.
func (s *source) loggers() []string {
	var all []string
	for _, i := range s.imports {
		if i.lib.class == structured && !slices.Contains(all, i.lib.name) {
			all = append(all, i.lib.name)
		}
	}
	return all
}

// writes reports whether a function of the package log, or of one like it, logs.
func writes(name string) bool {
	for _, prefix := range []string{"Print", "Fatal", "Panic", "Output", "Info", "Warning", "Error"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// TracingSetUp checks that a program sets a provider of traces up, without which
// instrumentation does nothing.
func (r *Result) TracingSetUp() verdict.Result {
	if v, ok := r.unwatched(); ok {
		return v
	}
	set := r.calls(func(c call) bool {
		if strings.HasSuffix(c.pkg, "/noop") {
			return false
		}
		switch c.name {
		case "SetTracerProvider", "NewTracerProvider", "NewSDK":
			return strings.HasPrefix(c.pkg, "go.opentelemetry.io/")
		case "SetGlobalTracer", "InitGlobalTracer":
			return strings.Contains(c.pkg, "opentracing")
		case "Start":
			return strings.Contains(c.pkg, "dd-trace-go") && strings.HasSuffix(c.pkg, "tracer")
		}
		return strings.HasPrefix(c.pkg, "github.com/grafana/dskit/tracing") && strings.HasPrefix(c.name, "NewOTel") || c.name == "NewFromEnv" && strings.Contains(c.pkg, "tracing")
	})
	if len(set) > 0 {
		return verdict.Passed("a provider of traces is set up", set...)
	}
	if v, ok := r.unseen(); ok {
		return v
	}
	if used := r.tracers(); len(used) > 0 {
		return verdict.Failed("traces are made, and no provider is set up that would export them (otel.SetTracerProvider)", used[0].Place)
	}
	return verdict.Failed("nothing traces: neither go.opentelemetry.io/otel nor another tracer that is known here is imported")
}

// Correlated checks that logs carry the id of the trace that they belong to: by a
// bridge, or by code that takes the span of a context and logs "trace_id".
func (r *Result) Correlated() verdict.Result {
	if v, ok := r.unwatched(); ok {
		return v
	}
	var bound []verdict.Place
	for _, i := range r.imports(bridge) {
		bound = append(bound, i.Place)
	}
	bound = append(bound, r.calls(logsRequests)...)
	for _, s := range r.sources {
		if p, ok := s.bindsTraces(); ok {
			bound = append(bound, p)
		}
	}
	if len(bound) > 0 {
		return verdict.Passed("logs carry the id of their trace", bound...)
	}
	if v, ok := r.unseen(); ok {
		return v
	}
	used := r.tracers()
	if len(used) == 0 {
		return verdict.Failed("nothing traces, so that logs cannot carry the id of a trace")
	}
	return verdict.Failed(`traces are made, and nothing binds logs to them: neither a bridge (otelslog, otelzap) nor code that logs the "trace_id" of a context's span`, used[0].Place)
}

// logsRequests reports whether a call is of a library's handler that logs requests with
// the id of their trace.
func logsRequests(c call) bool {
	switch c.pkg {
	case "github.com/grafana/dskit/middleware", "github.com/weaveworks/common/middleware":
		return c.name == "Log" || c.name == "NewLogMiddleware"
	}
	return false
}

// bindsTraces finds where a file that logs takes the trace's id from a context.
func (s *source) bindsTraces() (verdict.Place, bool) {
	logs := slices.ContainsFunc(s.imports, func(i spec) bool {
		return i.lib.class == structured || strings.HasSuffix(i.path, "/log") || strings.HasSuffix(i.path, "/logs") || strings.HasSuffix(i.path, "/logger")
	})
	for _, c := range s.calls {
		switch c.name {
		case "SpanContextFromContext", "SpanFromContext":
			if c.lib.class == tracing && s.traced.File != "" && logs {
				return s.traced, true
			}
		case "ExtractTraceID", "ExtractSampledTraceID":
			if c.lib.class == tracing && logs {
				return c.Place, true
			}
		}
	}
	return verdict.Place{}, false
}

// RuntimeMetrics checks that metrics of the Go runtime are exported: by a collector of
// the Prometheus client, which its default registry has, by OpenTelemetry's runtime
// instrumentation, or by reading runtime/metrics.
func (r *Result) RuntimeMetrics() verdict.Result {
	if v, ok := r.unwatched(); ok {
		return v
	}
	const client = "github.com/prometheus/client_golang/prometheus"
	on := r.calls(func(c call) bool {
		switch {
		case strings.HasPrefix(c.pkg, client):
			return c.name == "NewGoCollector" || c.name == "DefaultGatherer" || c.pkg == client+"/promhttp" && c.name == "Handler"
		case c.pkg == "go.opentelemetry.io/contrib/instrumentation/runtime":
			return c.name == "Start"
		case c.pkg == "k8s.io/component-base/metrics/legacyregistry": // which has a Go collector
			return c.name == "DefaultGatherer" || strings.HasPrefix(c.name, "Handler")
		case c.pkg == "github.com/docker/go-metrics": // of Prometheus's default registry
			return c.name == "Handler"
		case strings.HasPrefix(c.pkg, "github.com/hashicorp/go-metrics") || c.pkg == "github.com/armon/go-metrics":
			return c.name == "DefaultConfig" // which has EnableRuntimeMetrics
		case c.pkg == "runtime/metrics":
			return c.name == "All"
		case c.pkg == "github.com/VictoriaMetrics/metrics":
			return c.name == "WriteProcessMetrics" || c.name == "WritePrometheus" || c.name == "InitPush"
		}
		return false
	})
	if len(on) > 0 {
		return verdict.Passed("metrics of the Go runtime are exported", on...)
	}
	if def := r.calls(func(c call) bool { return c.pkg == client && (c.name == "MustRegister" || c.name == "Register") }); len(def) > 0 {
		return verdict.Passed("metrics are registered with Prometheus's default registry, which has those of the Go runtime", def...)
	}
	read, exported := r.readsRuntime()
	if len(exported) > 0 {
		return verdict.Passed("metrics of the Go runtime are exported", exported...)
	}
	switch v, unseen := r.unseen(); {
	case unseen:
		return v
	case len(read) > 0:
		return verdict.Unseen("metrics of the Go runtime are read; whether they are exported is not known", read...)
	}
	if used := r.exporters(); len(used) > 0 {
		return verdict.Failed("metrics are exported, and none of the Go runtime: register collectors.NewGoCollector, or start OpenTelemetry's runtime instrumentation", used[0].Place)
	}
	return verdict.Failed("no metrics are exported by a library that is known here")
}

// exports reports whether a library is one by which metrics are exported.
func (l library) exports() bool { return l.class == metrics && l.path != "runtime/metrics" }

// exporters are the imports of libraries by which metrics are exported.
func (r *Result) exporters() []spec {
	return slices.DeleteFunc(r.imports(metrics), func(i spec) bool { return !i.lib.exports() })
}

// readsRuntime returns where metrics of the Go runtime are read, and in which files that
// export metrics they are: elsewhere the program itself may go by them.
func (r *Result) readsRuntime() (read, exported []verdict.Place) {
	for _, s := range r.sources {
		exports := slices.ContainsFunc(s.imports, func(i spec) bool { return i.lib.exports() })
		for _, c := range s.calls {
			switch {
			case c.pkg != "runtime/metrics" || c.name != "Read":
			case exports:
				exported = append(exported, c.Place)
			default:
				read = append(read, c.Place)
			}
		}
	}
	return read, exported
}

// A kind of transport, with what makes servers and clients of it, and what these do
// past any instrumentation.
type kind struct {
	name             string
	server, client   func(c call) bool
	servedBy, doneBy func(c call) bool // instrumentation of either
	past             func(c call) bool
}

func kinds() []kind {
	const prom = "github.com/prometheus/client_golang/prometheus/promhttp"
	by := func(name string, side class, words ...string) func(c call) bool {
		return func(c call) bool {
			l := c.lib
			if !strings.Contains(l.name, name) || l.class != side && l.class != bothSides {
				return false
			}
			return l.class == side || strings.Contains(c.pkg, "dskit") || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(c.name, w) })
		}
	}
	never := func(call) bool { return false }
	httpServer := by("http", serverSide, "NewHandler", "NewMiddleware", "WithRouteTag", "Middleware", "NewInterceptor", "Instrument", "Tracer")
	httpClient := by("http", clientSide, "NewTransport", "Transport", "Get", "Post", "Head", "Do", "DefaultClient", "NewInterceptor", "TraceRequest")
	return []kind{
		{
			name:   "HTTP",
			server: servesHTTP,
			servedBy: func(c call) bool {
				return httpServer(c) || byHand(c, "SpanKindServer") || c.pkg == prom && strings.HasPrefix(c.name, "InstrumentHandler")
			},
			client: func(c call) bool { return c.pkg == "net/http" && (c.lit && c.name == "Client" || plainHTTP(c)) },
			doneBy: func(c call) bool {
				return httpClient(c) || byHand(c, "SpanKindClient") || c.pkg == prom && strings.HasPrefix(c.name, "InstrumentRoundTripper")
			},
			past: func(c call) bool {
				return plainHTTP(c) || c.pkg == "net/http" && c.lit && c.name == "Client" && !slices.Contains(c.keys, "Transport")
			},
		},
		{
			name:     "gRPC",
			server:   func(c call) bool { return c.pkg == "google.golang.org/grpc" && c.name == "NewServer" },
			servedBy: by("gRPC", serverSide, "Server"),
			client: func(c call) bool {
				return c.pkg == "google.golang.org/grpc" && (c.name == "NewClient" || c.name == "Dial" || c.name == "DialContext")
			},
			doneBy: by("gRPC", clientSide, "Client", "DialOption"),
			past:   never,
		},
		{
			name:     "SQL",
			server:   never,
			servedBy: never,
			client: func(c call) bool {
				return c.pkg == "database/sql" && (c.name == "Open" || c.name == "OpenDB")
			},
			doneBy: by("SQL", clientSide),
			past:   never,
		},
		{
			name:     "Redis",
			server:   never,
			servedBy: never,
			client: func(c call) bool {
				return c.lib.class == transport && c.lib.name == "Redis" && strings.HasPrefix(c.name, "New") && strings.HasSuffix(c.name, "Client")
			},
			doneBy: by("Redis", clientSide),
			past:   never,
		},
	}
}

// byHand reports whether a span of a kind is made by the code itself.
func byHand(c call, kind string) bool {
	return c.name == kind && c.pkg == "go.opentelemetry.io/otel/trace"
}

// plainHTTP reports whether a call uses http.DefaultClient.
func plainHTTP(c call) bool {
	if c.pkg != "net/http" || c.lit {
		return false
	}
	switch c.name {
	case "Get", "Post", "PostForm", "Head", "DefaultClient":
		return true
	}
	return false
}

// InstrumentedServers checks that there is instrumentation for each kind of servers,
// HTTP and gRPC, that programs run. Servers of profiles, metrics and health checks need
// none.
func (r *Result) InstrumentedServers() verdict.Result {
	return r.instrumented("servers", func(k kind) (made, by, past func(call) bool) {
		return k.server, k.servedBy, func(call) bool { return false }
	})
}

// InstrumentedClients checks that there is instrumentation for each kind of clients
// (HTTP, gRPC, SQL, Redis), and that no HTTP client goes past it: http.DefaultClient,
// or a client without a Transport.
func (r *Result) InstrumentedClients() verdict.Result {
	return r.instrumented("clients", func(k kind) (made, by, past func(call) bool) {
		return k.client, k.doneBy, k.past
	})
}

func (r *Result) instrumented(what string, pick func(k kind) (made, by, past func(call) bool)) verdict.Result {
	if v, ok := r.unwatched(); ok {
		return v
	}
	var bare, past []string
	var bad, good []verdict.Place
	var seen []string
	for _, k := range kinds() {
		made, by, around := pick(k)
		places := r.callsOf(made)
		if len(places) == 0 {
			continue
		}
		seen = append(seen, k.name)
		wrapped := r.calls(by)
		if len(wrapped) == 0 {
			bare = append(bare, k.name)
			bad = append(bad, places...)
			continue
		}
		good = append(good, wrapped...)
		if missed := r.calls(around); len(missed) > 0 {
			past = append(past, k.name)
			bad = append(bad, missed...)
		}
	}
	switch {
	case len(bare) > 0:
		return verdict.Failed(fmt.Sprintf("%s %s have no instrumentation that is known here", strings.Join(bare, ", "), what), bad...)
	case len(past) > 0:
		return verdict.Failed(fmt.Sprintf("there is instrumentation for %s %s, and %s past it (http.DefaultClient, or a client without a Transport)", strings.Join(past, ", "), what, verdict.Count(len(bad), "goes", "go")), bad...)
	}
	if v, ok := r.unseen(); ok {
		return v
	}
	if len(seen) == 0 {
		return verdict.Needless(fmt.Sprintf("no HTTP or gRPC %s are made here", what))
	}
	return verdict.Passed(fmt.Sprintf("instrumentation is set up for %s %s", strings.Join(seen, " and "), what), good...)
}
