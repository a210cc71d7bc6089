package telemetry

import "strings"

// A class is what a package is for.
type class int

const (
	none       class = iota
	structured       // logs fields
	plain            // logs text
	bridge           // binds logs to traces
	tracing
	serverSide // instruments servers
	clientSide // instruments clients
	bothSides
	metrics
	transport // servers or clients that can be instrumented
	service   // what only services use
)

// A library is a package, and all below it, of a class.
type library struct {
	path  string
	class class
	name  string // what people call it, or what it instruments
}

// traces reports whether what uses a library makes traces: the instrumentation that
// Prometheus's libraries give both sides only counts.
func (l library) traces() bool {
	return l.class == tracing || l.class == bothSides && !strings.Contains(l.path, "prometheus")
}

// libraries are the packages that are known, the more special ones first.
var libraries = []library{
	{"log/slog", structured, "slog"},
	{"golang.org/x/exp/slog", structured, "slog"},
	{"go.uber.org/zap/exp/zapslog", none, ""}, // makes one of the other
	{"go.uber.org/zap", structured, "zap"},
	{"github.com/rs/zerolog", structured, "zerolog"},
	{"github.com/sirupsen/logrus", structured, "logrus"},
	{"github.com/containerd/log", structured, "logrus"}, // a thin layer over it
	{"github.com/go-kit/log", structured, "go-kit"},
	{"github.com/go-kit/kit/log", structured, "go-kit"},
	{"github.com/hashicorp/go-hclog", structured, "hclog"},
	{"github.com/go-logr/logr", structured, "logr"},
	{"k8s.io/klog", structured, "klog"},
	{"github.com/inconshreveable/log15", structured, "log15"},
	{"github.com/apex/log", structured, "apex/log"},
	{"github.com/charmbracelet/log", structured, "charmbracelet/log"},
	{"github.com/phuslu/log", structured, "phuslu/log"},
	{"github.com/golang/glog", plain, "glog"},
	{"log", plain, "log"},

	{"go.opentelemetry.io/contrib/bridges/prometheus", metrics, ""},
	{"go.opentelemetry.io/contrib/bridges", bridge, ""},
	{"github.com/uptrace/opentelemetry-go-extra/otelzap", bridge, ""},
	{"github.com/uptrace/opentelemetry-go-extra/otellogrus", bridge, ""},
	{"github.com/uptrace/opentelemetry-go-extra/otelzerolog", bridge, ""},
	{"github.com/uptrace/opentelemetry-go-extra/otelslog", bridge, ""},
	{"github.com/remychantenay/slog-otel", bridge, ""},
	{"github.com/go-slog/otelslog", bridge, ""},
	{"github.com/samber/slog-otel", bridge, ""},
	{"github.com/grafana/dskit/spanlogger", bridge, ""},

	{"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", bothSides, "http"},
	{"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc", bothSides, "gRPC"},
	{"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin", serverSide, "http"},
	{"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho", serverSide, "http"},
	{"go.opentelemetry.io/contrib/instrumentation/github.com/gorilla/mux/otelmux", serverSide, "http"},
	{"go.opentelemetry.io/contrib/instrumentation/github.com/emicklei/go-restful/otelrestful", serverSide, "http"},
	{"go.opentelemetry.io/contrib/instrumentation/runtime", metrics, ""},
	{"github.com/riandyrn/otelchi", serverSide, "http"},
	{"github.com/gofiber/contrib/otelfiber", serverSide, "http"},
	{"github.com/grafana/dskit/middleware", bothSides, "http"},
	{"github.com/grafana/dskit/server", serverSide, "http, gRPC"},
	{"github.com/grafana/dskit/grpcclient", clientSide, "gRPC"},
	{"github.com/weaveworks/common/middleware", bothSides, "http"},
	{"github.com/weaveworks/common/server", serverSide, "http, gRPC"},
	{"github.com/weaveworks/common/tracing", tracing, "OpenTracing"},
	{"connectrpc.com/otelconnect", bothSides, "http"},
	{"github.com/opentracing-contrib/go-stdlib/nethttp", bothSides, "http"},
	{"github.com/opentracing-contrib/go-grpc", bothSides, "gRPC"},
	{"github.com/grpc-ecosystem/go-grpc-prometheus", bothSides, "gRPC"},
	{"github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus", bothSides, "gRPC"},
	{"google.golang.org/grpc/stats/opentelemetry", bothSides, "gRPC"},
	{"github.com/prometheus/client_golang/prometheus/promhttp", metrics, ""},
	{"github.com/slok/go-http-metrics", serverSide, "http"},
	{"go.nhat.io/otelsql", clientSide, "SQL"},
	{"github.com/XSAM/otelsql", clientSide, "SQL"},
	{"github.com/uptrace/opentelemetry-go-extra/otelsql", clientSide, "SQL"},
	{"github.com/uptrace/opentelemetry-go-extra/otelgorm", clientSide, "SQL"},
	{"gorm.io/plugin/opentelemetry", clientSide, "SQL"},
	{"github.com/exaring/otelpgx", clientSide, "SQL"},
	{"github.com/ngrok/sqlmw", clientSide, "SQL"},
	{"github.com/redis/go-redis/extra/redisotel", clientSide, "Redis"},

	{"go.opentelemetry.io/otel/metric", metrics, ""},
	{"go.opentelemetry.io/otel/sdk/metric", metrics, ""},
	{"go.opentelemetry.io/otel", tracing, "OpenTelemetry"},
	{"go.opentelemetry.io/contrib", tracing, "OpenTelemetry"},
	{"github.com/opentracing/opentracing-go", tracing, "OpenTracing"},
	{"go.opencensus.io/trace", tracing, "OpenCensus"},
	{"gopkg.in/DataDog/dd-trace-go.v1", tracing, "Datadog"},
	{"github.com/DataDog/dd-trace-go", tracing, "Datadog"},
	{"github.com/grafana/dskit/tracing", tracing, "OpenTelemetry"},

	{"github.com/prometheus/client_golang", metrics, ""},
	{"github.com/docker/go-metrics", metrics, ""},
	{"github.com/VictoriaMetrics/metrics", metrics, ""},
	{"github.com/hashicorp/go-metrics", metrics, ""},
	{"github.com/armon/go-metrics", metrics, ""},
	{"github.com/rcrowley/go-metrics", metrics, ""},
	{"github.com/go-kit/kit/metrics", metrics, ""},
	{"github.com/uber-go/tally", metrics, ""},
	{"github.com/DataDog/datadog-go", metrics, ""},
	{"runtime/metrics", metrics, ""},

	{"github.com/gin-gonic/gin", service, ""},
	{"github.com/labstack/echo", service, ""},
	{"github.com/gofiber/fiber", service, ""},
	{"github.com/go-chi/chi", service, ""},
	{"github.com/cloudwego/hertz", service, ""},
	{"github.com/go-kratos/kratos", service, ""},
	{"github.com/zeromicro/go-zero", service, ""},
	{"github.com/grafana/dskit/services", service, ""},
	{"github.com/segmentio/kafka-go", service, ""},
	{"github.com/IBM/sarama", service, ""},
	{"github.com/twmb/franz-go", service, ""},
	{"github.com/rabbitmq/amqp091-go", service, ""},
	{"github.com/nats-io/nats.go", service, ""},
	{"sigs.k8s.io/controller-runtime", service, ""},
	{"go.temporal.io/sdk/worker", service, ""},

	{"cloud.google.com/go/logging", transport, "Cloud Logging"},
	{"google.golang.org/grpc", transport, "gRPC"},
	{"github.com/valyala/fasthttp", transport, "fasthttp"},
	{"github.com/redis/go-redis", transport, "Redis"},
	{"github.com/go-redis/redis", transport, "Redis"},
}

// of is the library that a package belongs to.
func of(pkg string) (library, bool) {
	for _, l := range libraries {
		if pkg == l.path || strings.HasPrefix(pkg, l.path+"/") {
			return l, true
		}
	}
	return library{}, false
}
