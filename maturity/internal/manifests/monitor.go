package manifests

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/hosts"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A target is a host that a configuration of Prometheus names.
type target struct {
	host string
	at   verdict.Place
}

// scrape reads a configuration of Prometheus, or of a profiler that has its form.
func (c *collector) scrape(doc yamltree.Node) {
	for _, s := range doc.Get("scrape_configs").List() {
		for _, static := range s.Get("static_configs").List() {
			for _, t := range static.Get("targets").List() {
				c.r.scrapes = append(c.r.scrapes, target{hosts.Name(t.Text()), verdict.Place{File: t.File(), Line: t.Line(), Text: "scrapes " + t.Text()}})
			}
		}
		for _, key := range []string{"profiling_config", "pprof_config"} {
			if p := s.Get(key); p.Exists() {
				c.r.profiles = append(c.r.profiles, verdict.Place{File: p.File(), Line: p.Line(), Text: "fetches profiles, " + key})
			}
		}
	}
}

// monitored returns where it is said that the metrics of w are fetched.
func (r *Result) monitored(w *workload) (verdict.Place, bool) {
	if n := w.annotations.Get("prometheus.io/scrape"); n.Text() == "true" {
		return verdict.Place{File: n.File(), Line: n.Line(), Text: "prometheus.io/scrape: true"}, true
	}
	for _, kind := range monitorKinds() {
		for _, o := range r.byKind[kind] {
			if o.monitors(w) {
				return o.at(o.node, o.String()), true
			}
		}
	}
	for _, s := range w.services {
		if n := s.annotation("prometheus.io/scrape"); n.Text() == "true" {
			return s.at(n, s.String()+", prometheus.io/scrape: true"), true
		}
	}
	for _, t := range r.scrapes {
		if w.platform == compose && t.host == w.name || w.reached(t.host) {
			return t.at, true
		}
	}
	return r.pushes(w)
}

// reached reports whether a host is a service that leads to w.
func (w *workload) reached(host string) bool {
	return slices.ContainsFunc(w.services, func(s *service) bool { return hosts.Same(host, s.name) })
}

// monitorKinds are those of the objects by which operators of Prometheus, VictoriaMetrics
// and Google's managed service are told what to fetch.
func monitorKinds() []string {
	return []string{"PodMonitor", "ServiceMonitor", "VMPodScrape", "VMServiceScrape", "PodMonitoring"}
}

// monitors reports whether the monitor o selects w.
func (o *object) monitors(w *workload) bool {
	selector := o.get("spec", "selector")
	if o.kind == "ServiceMonitor" || o.kind == "VMServiceScrape" {
		return slices.ContainsFunc(w.services, func(s *service) bool { return selects(selector, s.labels) && o.sees(s.namespace) })
	}
	return w.platform == cluster && selects(selector, w.labels) && o.sees(w.namespace)
}

// sees reports whether a monitor looks into a namespace: its own, if it names none.
func (o *object) sees(namespace string) bool {
	n := o.get("spec", "namespaceSelector")
	if anywhere, _ := n.Get("any").Bool(); anywhere {
		return true
	}
	names := n.Get("matchNames").Texts()
	if len(names) == 0 {
		return near(o.namespace, namespace)
	}
	for _, name := range names {
		if near(name, namespace) {
			return true
		}
	}
	return false
}

// pushes reports whether the containers of w send their metrics by OpenTelemetry.
func (r *Result) pushes(w *workload) (verdict.Place, bool) {
	for _, k := range w.own() {
		if v, ok := r.variable(w, k, "OTEL_METRICS_EXPORTER"); ok && strings.Contains(v.value, "otlp") {
			return v.at, true
		}
		if v, ok := r.variable(w, k, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"); ok {
			return v.at, true
		}
	}
	return verdict.Place{}, false
}
