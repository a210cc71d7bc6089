package manifests

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/hosts"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Timeouts says whether each route of HTTP ends, by its own timeout or by that of
// another route to the same service. Envoy's and Linkerd's defaults count; that of
// ingress-nginx does not, as it bounds only the time between two reads and nobody has
// chosen it.
func (r *Result) Timeouts() verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.routes); done {
		return v
	}
	judged := r.judged()
	if len(judged) == 0 {
		return r.absent("no route of a mesh or an ingress leads to what is built here", "write a VirtualService, an HTTPRoute or an Ingress with timeouts")
	}
	var t tally
	for _, rt := range judged {
		at := rt.At
		at.Text = fmt.Sprintf("%s %s to %s: timeout %s", rt.Kind, rt.Name, rt.Service, rt.Timeout)
		ends := rt.ends()
		if !ends && !rt.Timeout.Off {
			ends = slices.ContainsFunc(r.routes, func(o *route) bool {
				return o.Name+o.Kind != rt.Name+rt.Kind && o.ends() && o.patch == nil && o.Path == "" && hosts.Same(o.Service, rt.Service)
			})
		}
		if !ends && rt.unsure != "" {
			at.Text = fmt.Sprintf("%s %s: %s", rt.Kind, rt.Name, rt.unsure)
			t.unknown(at)
			continue
		}
		t.add(ends, at, doubt{patch: rt.patch})
	}
	v := r.verdict(t, noun{"route", "routes"},
		predicate{"has a timeout", "have a timeout"},
		predicate{"has no timeout", "have no timeout"})
	if left := r.unrouted(); v.Status == verdict.Pass && left > 0 {
		v.Reason += "; " + verdict.Count(left, "service is", "services are") + " in no route"
	}
	return v
}

// ends reports whether the route bounds the time of an answer.
func (rt *route) ends() bool {
	return rt.Timeout.Set() && !(rt.Timeout.Default && rt.Timeout.Between)
}

// unrouted counts the services of what is built here that no route leads to.
func (r *Result) unrouted() int {
	n := 0
	for _, s := range r.services {
		if s.own && !slices.ContainsFunc(r.routes, func(rt *route) bool { return hosts.Same(rt.Service, s.name) }) {
			n++
		}
	}
	return n
}

// CallerNotShorter says whether who waits has as much time as who works: the ingress as
// the mesh's route, that as the handler, and the endpoint and its client as what they
// ask. Endpoints are the budgets of code; without any, only routes are held against each
// other.
func (r *Result) CallerNotShorter(endpoints []budgets.Endpoint) verdict.Result {
	needless, done := r.nothing(servingOnCluster, r.routes)
	if done && len(endpoints) == 0 {
		return needless
	}
	var t tally
	var sure []budgets.Route
	for _, rt := range r.routes {
		if rt.patch != nil {
			t.unknown(*rt.patch)
			continue
		}
		sure = append(sure, rt.Route)
	}
	for _, row := range budgets.Hold(endpoints, sure).Rows {
		if row.State != budgets.Cut && row.State != budgets.Fits {
			continue
		}
		at := verdict.Place{Text: row.Endpoint}
		for _, c := range []budgets.Cell{row.Callee, row.Code, row.Ingress, row.Mesh} {
			if c.At != nil && c.At.File != "" {
				at = *c.At
			}
		}
		at.Text = strings.TrimSpace(row.Endpoint+" "+row.Call) + ": " + row.Reason
		t.add(row.State == budgets.Fits, at, doubt{})
	}
	r.routesWithin(&t)
	switch {
	case t.total == 0 && done:
		return needless
	case t.total == 0:
		return verdict.Unseen("no two budgets of the same request are known, and so none can be held against another")
	}
	return r.verdict(t, noun{"pair of budgets", "pairs of budgets"},
		predicate{"leaves the caller as much time as the callee", "leave the caller as much time as the callee"},
		predicate{"leaves the caller less time than the callee", "leave the caller less time than the callee"})
}

// routesWithin holds the routes that no overlay changes against each other, and each
// against its attempts.
func (r *Result) routesWithin(t *tally) {
	for _, rt := range r.routes {
		if rt.patch != nil {
			continue
		}
		at := rt.At
		if rt.PerTry > 0 && rt.Timeout.Set() {
			at.Text = fmt.Sprintf("%s %s: %v for each attempt within %v", rt.Kind, rt.Name, rt.PerTry, rt.Timeout.Limit)
			t.add(rt.PerTry <= rt.Timeout.Limit, at, doubt{})
		}
		if rt.Layer != budgets.Ingress || !rt.Timeout.Set() {
			continue
		}
		for _, in := range r.routes {
			if in.patch != nil || in.Layer != budgets.Mesh || !in.Timeout.Set() || in.Kind+in.Name == rt.Kind+rt.Name || !hosts.Same(in.Service, rt.Service) || !overlap(in.Path, rt.Path) {
				continue
			}
			at.Text = fmt.Sprintf("%s: the ingress waits %v (%s), the mesh's route %v (%s)", rt.Service, rt.Timeout.Limit, rt.At, in.Timeout.Limit, in.At)
			t.add(rt.Timeout.Limit >= in.Timeout.Limit, at, doubt{})
		}
	}
}

// overlap reports whether a request may be on both paths.
func overlap(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// OutlierDetection says whether replicas of each of these hosts that answer with errors
// are taken out for a while: by Istio's outlierDetection, Envoy's outlier_detection,
// Linkerd's failure accrual, or a passive health check of Envoy Gateway. The hosts are
// those of the inventory of dependencies.
func (r *Result) OutlierDetection(inventory []string) verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.routes); done {
		return v
	}
	if len(inventory) == 0 {
		return verdict.Unseen("the inventory of dependencies names no host, and so it cannot be told whether all are watched")
	}
	t := tally{elsewhere: true}
	for _, host := range inventory {
		at, ok, patch := r.detected(host)
		t.add(ok, at, doubt{patch: patch})
	}
	if len(t.good)+len(t.open) == 0 {
		return r.absent("no host of the inventory has outlier detection", "set outlierDetection in a DestinationRule for "+strings.Join(inventory, ", "), t.bad...)
	}
	return r.verdict(t, noun{"host of the inventory", "hosts of the inventory"},
		predicate{"has outlier detection", "have outlier detection"},
		predicate{"has no outlier detection", "have no outlier detection"})
}

func (r *Result) detected(host string) (at verdict.Place, ok bool, patch *verdict.Place) {
	at.Text = host + ": no outlier detection"
	for _, p := range r.policies {
		if !p.about(host) {
			continue
		}
		if p.detection.Exists() && p.idle == "" {
			at = p.at
			at.Text = host + ": " + p.at.Text
			return at, true, p.patch
		}
		at.File, at.Line = p.at.File, p.at.Line
		at.Text = host + ": " + cmp.Or(p.idle, p.at.Text+" has no outlier detection")
	}
	return at, false, nil
}

// Attempts are how often the code asks a host at most, the first time included.
type Attempts struct {
	Host string // "" if it is not known
	N    int
	At   verdict.Place
}

// MaxAttempts is how often a request may be tried, over all layers.
const MaxAttempts = budgets.MaxAttempts

// RetriesBounded says whether no request is tried more than [MaxAttempts] times: those
// in code times those of the mesh's route. What Istio does by default counts.
func (r *Result) RetriesBounded(code []Attempts) verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.routes); done {
		return v
	}
	var t tally
	for _, a := range code {
		n, implied, at, patch := r.tries(a.Host)
		if at.File == "" {
			at = a.At
		}
		what := fmt.Sprintf("%d in code × %d in the mesh", a.N, n)
		if implied {
			what += " by default"
		}
		at.Text = fmt.Sprintf("%s: %s = %d attempts (%s)", cmp.Or(a.Host, "a host that is not known"), what, a.N*n, a.At)
		if a.Host == "" && a.N*n > MaxAttempts {
			t.unknown(at)
			continue
		}
		t.add(a.N*n <= MaxAttempts, at, doubt{patch: patch})
	}
	for _, rt := range r.routes {
		if rt.Attempts == 0 {
			continue
		}
		at := rt.At
		at.Text = fmt.Sprintf("%s %s to %s: %d attempts", rt.Kind, rt.Name, rt.Service, rt.Attempts)
		if rt.Implied {
			at.Text += " by default"
		}
		t.add(rt.Attempts <= MaxAttempts, at, doubt{patch: rt.patch})
	}
	if t.total == 0 {
		return verdict.Unseen("neither the code nor a route says how often it tries")
	}
	return r.verdict(t, noun{"call or route", "calls and routes"},
		predicate{fmt.Sprintf("tries at most %d times", MaxAttempts), fmt.Sprintf("try at most %d times", MaxAttempts)},
		predicate{fmt.Sprintf("may try more than %d times", MaxAttempts), fmt.Sprintf("may try more than %d times", MaxAttempts)})
}

// tries is how often the mesh asks a host for each time that it is asked, at most; for a
// host that is not known, the most that it asks any.
func (r *Result) tries(host string) (n int, implied bool, at verdict.Place, patch *verdict.Place) {
	n = 1
	routed := false
	for _, rt := range r.routes {
		if rt.Layer != budgets.Mesh && (host == "" || !slices.ContainsFunc(rt.Hosts, func(h string) bool { return h != "*" && hosts.Same(h, host) })) {
			continue
		}
		if host != "" && !hosts.Same(rt.Service, host) && !slices.ContainsFunc(rt.Hosts, func(h string) bool { return hosts.Same(h, host) }) {
			continue
		}
		routed = true
		if rt.Attempts > n {
			n, implied, at, patch = rt.Attempts, rt.Implied, rt.At, rt.patch
		}
	}
	if o := r.istioKnows(host); o != nil && !routed {
		return istioRetries + 1, true, o.at(o.node, o.String()), nil
	}
	return n, implied, at, patch
}

// istioKnows returns the object by which Istio knows a host that no route leads to, and
// so tries again by default; nil if it does not, or is not used.
func (r *Result) istioKnows(host string) *object {
	if host == "" || !slices.ContainsFunc(r.objects, func(o *object) bool { return o.group == "networking.istio.io" }) {
		return nil
	}
	for _, o := range r.objects {
		switch {
		case o.kind == "ServiceEntry" && slices.ContainsFunc(o.get("spec", "hosts").Texts(), func(h string) bool { return hosts.Same(h, host) }),
			o.kind == "Service" && o.group == "" && hosts.Same(o.name, host):
			return o
		}
	}
	return nil
}

// EjectionsScraped says whether somebody can see that replicas are taken out: a rule or
// dashboard uses Envoy's metrics of that, or they are fetched. Istio keeps them to itself
// unless it is told otherwise.
func (r *Result) EjectionsScraped() verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.routes); done {
		return v
	}
	if len(r.ejections) > 0 {
		return verdict.Passed("the metric of replicas that are taken out is used", r.ejections...)
	}
	told, tells := r.included()
	for _, o := range r.objects {
		if !slices.Contains(monitorKinds(), o.kind) || !mentions(o.get("spec"), "/stats/prometheus") {
			continue
		}
		at := o.at(o.node, o.String()+" fetches Envoy's metrics")
		if tells {
			return verdict.Passed("Envoy's metrics are fetched, with those of replicas that are taken out", at, told)
		}
		if slices.ContainsFunc(r.objects, func(o *object) bool { return o.group == "networking.istio.io" }) {
			return r.absent("Envoy's metrics are fetched, but Istio's do not have those of replicas that are taken out", "name outlier_detection in proxyStatsMatcher or sidecar.istio.io/statsInclusionPrefixes", at)
		}
		return verdict.Passed("Envoy's metrics are fetched", at)
	}
	return r.absent("nobody fetches the metric of replicas that are taken out", "have envoy_cluster_outlier_detection_ejections_active fetched from the sidecars, and write a rule for it")
}

// included returns where Istio is told to give metrics of outlier detection.
func (r *Result) included() (verdict.Place, bool) {
	for _, w := range r.workloads {
		for k, n := range w.annotations.Fields() {
			if strings.Contains(n.Text(), "outlier_detection") && strings.Contains(k, "istio.io/") {
				return verdict.Place{File: n.File(), Line: n.Line(), Text: k}, true
			}
		}
	}
	for _, o := range r.objects {
		if (o.kind == "IstioOperator" || o.kind == "ConfigMap") && mentions(o.node, "outlier_detection") {
			return o.at(o.node, o.String()), true
		}
	}
	return verdict.Place{}, false
}

// OTelInjected says whether all that is built here and runs on a cluster is given
// OpenTelemetry by the platform: by the annotation of its operator on the pods or their
// namespace, or an exporter in the environment.
func (r *Result) OTelInjected() verdict.Result {
	if v, done := r.nothing(onCluster, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(onCluster) {
		at, ok := r.injected(w)
		t.add(ok, at, w.doubt())
	}
	return r.verdict(t, noun{"workload", "workloads"},
		predicate{"is given OpenTelemetry", "are given OpenTelemetry"},
		predicate{"is not given OpenTelemetry: annotate its pods by instrumentation.opentelemetry.io/inject-go, or set OTEL_EXPORTER_OTLP_ENDPOINT", "are not given OpenTelemetry: annotate their pods by instrumentation.opentelemetry.io/inject-go, or set OTEL_EXPORTER_OTLP_ENDPOINT"})
}

const injection = "instrumentation.opentelemetry.io/inject-"

func (r *Result) injected(w *workload) (verdict.Place, bool) {
	for _, k := range w.own() {
		if v, _ := r.variable(w, k, "OTEL_SDK_DISABLED"); v.value == "true" {
			return v.at, false
		}
	}
	for _, kind := range []string{"go", "sdk"} {
		if n := w.annotations.Get(injection + kind); n.Exists() {
			return verdict.Place{File: n.File(), Line: n.Line(), Text: w.String() + ": inject-" + kind + ": " + n.Text()}, n.Text() != "false" && n.Text() != ""
		}
		for _, o := range r.byKind["Namespace"] {
			n := o.annotation(injection + kind)
			if n.Exists() && n.Text() != "false" && (o.name == w.namespace || w.namespace == "") {
				return o.at(n, o.String()+": inject-"+kind), true
			}
		}
	}
	for _, k := range w.own() {
		for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"} {
			if v, ok := r.variable(w, k, name); ok && v.value != "none" {
				return v.at, true
			}
		}
	}
	at := w.at
	if n := w.misplaced.Get(injection + "go"); n.Exists() {
		at = verdict.Place{File: n.File(), Line: n.Line(), Text: w.String() + ": the annotation is on the " + w.kind + ", and not on its pods, where it would be seen"}
	}
	return at, false
}

// MetricsScraped says whether the metrics of all that serves are fetched or sent: by a
// monitor of a Prometheus operator, the annotation prometheus.io/scrape, a configuration
// of Prometheus, or OpenTelemetry.
func (r *Result) MetricsScraped() verdict.Result {
	if v, done := r.nothing(servingOnCluster, nil); done {
		return v
	}
	t := tally{elsewhere: true}
	for _, w := range r.own(servingOnCluster) {
		at, ok := r.monitored(w)
		if !ok {
			at = w.at
			if n := w.misplaced.Get("prometheus.io/scrape"); n.Exists() {
				at = verdict.Place{File: n.File(), Line: n.Line(), Text: w.String() + ": prometheus.io/scrape is on the " + w.kind + ", and not on its pods, where it would be seen"}
			}
		} else {
			at.Text = w.String() + ": " + at.Text
		}
		t.add(ok, at, w.doubt())
	}
	return r.verdict(t, noun{"workload", "workloads"},
		predicate{"has its metrics fetched", "have their metrics fetched"},
		predicate{"has no metrics fetched: no ServiceMonitor or PodMonitor selects it, and its pods have no prometheus.io/scrape", "have no metrics fetched: no ServiceMonitor or PodMonitor selects them, and their pods have no prometheus.io/scrape"})
}
