// Package metrics is how the house counts.
package metrics

import "github.com/prometheus/client_golang/prometheus"

type Metrics struct {
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	failures *prometheus.CounterVec
}

// Request labels by what it is given.
func (m *Metrics) Request(method, path string) {
	m.requests.WithLabelValues(method, path).Inc()
}

// Took hands it on.
func (m *Metrics) Took(path string, seconds float64) { m.observe(path, seconds) }

func (m *Metrics) observe(path string, seconds float64) {
	m.latency.WithLabelValues(path).Observe(seconds)
}

// Failed makes something of it first: there are a few classes.
func (m *Metrics) Failed(err error) {
	m.failures.WithLabelValues(class(err)).Inc()
}

func class(err error) string {
	switch {
	case err == nil:
		return "none"
	}
	return "other"
}
