// Package labels labels metrics with what nothing bounds.
package labels

import (
	"context"
	"expvar"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/shop/metrics"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

var (
	requests = prometheus.NewCounterVec("method", "path")
	failures = prometheus.NewCounterVec("reason")
	latency  = prometheus.NewHistogramVec("path")
	pages    = expvar.NewMap("pages")
)

type server struct {
	metrics  *metrics.Metrics
	orders   metric.Int64Counter
	sessions *prometheus.CounterVec
}

func instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		next.ServeHTTP(w, r)
		requests.WithLabelValues(r.Method, r.URL.Path).Inc() // want `^likely: the path of a request labels requests: each value of it is a series of its own, kept in memory`
		latency.WithLabelValues(r.URL.Path).Observe(time.Since(start).Seconds())
	})
}

func (s *server) failed(err error) {
	failures.WithLabelValues(err.Error()).Inc() // want `^likely: the text of an error labels failures`
}

func (s *server) formatted(op string, err error) {
	reason := fmt.Sprintf("%s: %v", op, err)                 // formatted, it is no fewer
	failures.With(prometheus.Labels{"reason": reason}).Inc() // want `^likely: the text of an error labels failures`
}

// The value goes through a variable, a conversion and a trim.
func (s *server) trimmed(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(strings.ToLower(r.URL.Path), "/")
	latency.WithLabelValues(path).Observe(1) // want `^likely: the path of a request labels latency`
}

// The label is another package's.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.metrics.Request(r.Method, r.RequestURI) // want `^likely: the address that a request asks for labels a metric: .* ← \(\*metrics\.Metrics\)\.Request labels a metric with it$`
	s.metrics.Took(r.URL.Path, 1)             // want `^likely: the path of a request labels a metric: .* ← \(\*metrics\.Metrics\)\.Took labels a metric with it$`
}

// Two functions of this package.
func (s *server) agent(w http.ResponseWriter, r *http.Request) {
	s.count(r.UserAgent()) // want `^likely: the client's name for itself labels a metric: .* ← hands it on ← labels s\.sessions with it$`
}

func (s *server) count(agent string)   { s.session(agent) }
func (s *server) session(agent string) { s.sessions.WithLabelValues(agent).Inc() }

// What a framework gives.
func (s *server) gin(c *gin.Context) {
	requests.WithLabelValues(c.Request.Method, c.Param("id")).Inc() // want `^likely: what a request says labels requests`
}

// OpenTelemetry, written in place and in a variable.
func (s *server) order(ctx context.Context, r *http.Request) {
	s.orders.Add(ctx, 1, metric.WithAttributes(attribute.String("client", r.RemoteAddr))) // want `^likely: the client's address labels a metric`
	attrs := []attribute.KeyValue{
		attribute.String("method", r.Method),
		attribute.String("referer", r.Header.Get("Referer")), // want `^likely: a header of the request labels a metric`
	}
	s.orders.Add(ctx, 1, metric.WithAttributes(attrs...))
}

func (s *server) page(w http.ResponseWriter, r *http.Request) {
	pages.Add("/page/"+r.PathValue("name"), 1) // want `^likely: a part of the path of the request labels pages`
}

// A getter is looked through.
func route(r *http.Request) string { return r.URL.EscapedPath() }

func (s *server) routed(w http.ResponseWriter, r *http.Request) {
	latency.WithLabelValues(route(r)).Observe(1) // want `^likely: the address that a request asks for labels latency`
}

func (s *server) stamped() {
	failures.WithLabelValues(strconv.FormatInt(time.Now().Unix(), 10)).Inc() // want `^likely: a time labels failures`
}

// The client side of it: each path that this program asks for.
type transport struct{ next http.RoundTripper }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		o, _ := latency.GetMetricWithLabelValues(r.URL.String()) // want `^likely: the address that a request asks for labels latency`
		o.Observe(1)
	}
	return resp, err
}
