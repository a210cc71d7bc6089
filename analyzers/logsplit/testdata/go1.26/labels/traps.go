package labels

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

type status int

func (s status) String() string { return "ok" }

// code is an error of which there are a few.
type code string

func (c code) Error() string { return string(c) }

var errClosed = errors.New("closed")

var known = map[string]bool{"/orders": true}

// The method and the status are few.
func (s *server) few(w http.ResponseWriter, r *http.Request, st status, n int) {
	requests.WithLabelValues(r.Method, st.String()).Inc()
	requests.WithLabelValues(r.Method, strconv.Itoa(n)).Inc()
	requests.WithLabelValues("GET", "/orders").Inc()
}

// The pattern of the route is what there are a few of.
func (s *server) pattern(w http.ResponseWriter, r *http.Request) {
	requests.WithLabelValues(r.Method, r.Pattern).Inc()
}

func (s *server) full(c *gin.Context) { latency.WithLabelValues(c.FullPath()).Observe(1) }

// One text.
func (s *server) sentinel() { failures.WithLabelValues(errClosed.Error()).Inc() }

// A few of them, by their type.
func (s *server) coded(c code) { failures.WithLabelValues(c.Error()).Inc() }

// What is not known becomes "other".
func (s *server) normalised(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if !known[path] {
		path = "other"
	}
	latency.WithLabelValues(path).Observe(1)
}

// A function that decides.
func section(r *http.Request) string {
	if len(r.URL.Path) > 1 {
		return "page"
	}
	return "root"
}

func (s *server) sections(w http.ResponseWriter, r *http.Request) {
	latency.WithLabelValues(section(r)).Observe(1)
}

// Spans and logs may hold what they like.
func (s *server) span(r *http.Request) attribute.KeyValue {
	return attribute.String("path", r.URL.Path)
}

func (s *server) classes(ctx context.Context, err error) {
	s.metrics.Failed(err)
	s.orders.Add(ctx, 1, metric.WithAttributes(attribute.String("class", "other")))
}

// Its callers say which.
func (s *server) named(name string) { failures.WithLabelValues(name).Inc() }

func (s *server) names() {
	s.named("timeout")
	s.named("refused")
}

// Configured names are few.
type backend struct{ name, url string }

func (s *server) backends(list []backend) {
	for _, b := range list {
		failures.WithLabelValues(b.name).Inc()
	}
}

// A set is asked first.
func (s *server) asked(w http.ResponseWriter, r *http.Request) {
	if known[r.URL.Path] {
		latency.WithLabelValues(r.URL.Path).Observe(1) // want `^suspected: the path of a request`
	}
}

// Series that are deleted again.
var live = prometheus.NewCounterVec("client")

func (s *server) connected(w http.ResponseWriter, r *http.Request) {
	live.WithLabelValues(r.RemoteAddr).Inc() // want `^suspected: the client's address`
	<-r.Context().Done()
	live.DeleteLabelValues(r.RemoteAddr)
}

// There may be a few tenants.
func (s *server) tenant(w http.ResponseWriter, r *http.Request) {
	tenantID := lookup(r)
	requests.WithLabelValues(r.Method, tenantID).Inc() // want `^suspected: an identity \(tenantID\)`
}

func lookup(r *http.Request) string {
	if c, err := r.Cookie("tenant"); err == nil {
		return c.Value
	}
	return ""
}
