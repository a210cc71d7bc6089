package manifests

import (
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
	for _, o := range r.objects {
		if at, ok := r.monitors(o, w); ok {
			return at, true
		}
	}
	for _, s := range r.services {
		if n := s.annotation("prometheus.io/scrape"); n.Text() == "true" && s.leads(w) {
			return s.at(n, s.String()+", prometheus.io/scrape: true"), true
		}
	}
	for _, t := range r.scrapes {
		if w.platform == compose && t.host == w.name || r.reaches(t.host, w) {
			return t.at, true
		}
	}
	return r.pushes(w)
}

// reaches reports whether a host is a service that leads to w.
func (r *Result) reaches(host string, w *workload) bool {
	for _, s := range r.services {
		if s.leads(w) && hosts.Same(host, s.name) {
			return true
		}
	}
	return false
}

// monitors reports whether o is a monitor of a Prometheus operator that selects w.
func (r *Result) monitors(o *object, w *workload) (verdict.Place, bool) {
	at := o.at(o.node, o.String())
	selector := o.get("spec", "selector")
	switch o.kind {
	case "PodMonitor", "VMPodScrape", "PodMonitoring":
		return at, selects(selector, w.labels) && w.platform == cluster && o.sees(w.namespace)
	case "ServiceMonitor", "VMServiceScrape":
		for _, s := range r.services {
			if s.leads(w) && selects(selector, s.labels) && o.sees(s.namespace) {
				return at, true
			}
		}
	}
	return at, false
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
