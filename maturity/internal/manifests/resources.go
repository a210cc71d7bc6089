package manifests

import (
	"fmt"
	"go/version"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/hosts"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Runtime is what decides how many threads run Go code.
type Runtime struct {
	// Go is the version in go.mod's go line, such as 1.25.1; "" if it is not known. From
	// 1.25 the runtime goes by the limit of its container.
	Go string
	// Sets is where the code sets GOMAXPROCS by the limit, as go.uber.org/automaxprocs
	// does; without a file for nowhere.
	Sets verdict.Place
}

// LimitsAgainstGOMAXPROCS says whether each container that is built here has a limit of
// CPU that GOMAXPROCS goes by: with more threads than its share of CPU a process is
// stopped for most of each 100 ms, its collector of garbage included.
func (r *Result) LimitsAgainstGOMAXPROCS(rt Runtime) verdict.Result {
	if v, done := r.nothing(anything, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(anything) {
		for _, k := range w.own() {
			if w.platform == systemd && k.limit == nil {
				continue // all CPUs of the machine are its own
			}
			r.threads(&t, rt, w, k)
		}
	}
	if t.total == 0 {
		return verdict.Needless("no CPU is withheld: the units set no CPUQuota", r.own(anything)[0].at)
	}
	return r.verdict(t, noun{"container", "containers"},
		predicate{"has GOMAXPROCS within its CPU limit", "have GOMAXPROCS within their CPU limit"},
		predicate{"has no CPU limit that GOMAXPROCS goes by", "have no CPU limit that GOMAXPROCS goes by"})
}

func (r *Result) threads(t *tally, rt Runtime, w *workload, k *container) {
	limit := k.limit
	if limit == nil {
		limit = r.limitRange(w)
	}
	if limit != nil && limit.cores == 0 {
		t.unknown(limit.at)
		return
	}
	at := k.at
	say := func(ok bool, from verdict.Place, format string, args ...any) {
		at.Text = k.at.Text + ": " + fmt.Sprintf(format, args...)
		if from.File != "" {
			at.File, at.Line = from.File, from.Line
		}
		t.add(ok, at, w.doubt())
	}
	set, ok := r.variable(w, k, "GOMAXPROCS")
	switch n, number := set.number(); {
	case ok && set.field != "":
		why := k.unfit(set, limit)
		say(why == "", set.at, "GOMAXPROCS is its %s%s", set.field, why)
	case ok && !number:
		at.Text = k.at.Text + ": what GOMAXPROCS is set to is not in the manifest"
		t.unknown(at)
	case ok && limit == nil:
		say(true, set.at, "GOMAXPROCS is %d, without a limit", n)
	case ok && n > procs(limit.cores):
		say(false, set.at, "GOMAXPROCS is %d under a CPU limit of %s", n, cores(limit.cores))
	case ok:
		say(true, set.at, "GOMAXPROCS is %d under a CPU limit of %s", n, cores(limit.cores))
	case limit == nil:
		say(false, verdict.Place{}, "it has neither a CPU limit nor GOMAXPROCS, and takes a thread for each CPU of the node")
	case rt.Sets.File != "":
		say(true, limit.at, "a CPU limit of %s, and the code sets GOMAXPROCS by it (%s)", cores(limit.cores), rt.Sets)
	case rt.Go == "":
		at.Text = k.at.Text + ": which Go builds it is not known; from 1.25 GOMAXPROCS goes by the CPU limit"
		t.unknown(at)
	case version.Compare("go"+strings.TrimPrefix(rt.Go, "go"), "go1.25") < 0:
		say(false, limit.at, "a CPU limit of %s, which Go %s takes no notice of: set GOMAXPROCS, or \"go 1.25\" in go.mod", cores(limit.cores), rt.Go)
	case r.ignoresLimit(w, k):
		say(false, limit.at, "GODEBUG has containermaxprocs=0, by which GOMAXPROCS takes no notice of the CPU limit of %s", cores(limit.cores))
	default:
		say(true, limit.at, "a CPU limit of %s, which the runtime of Go %s goes by", cores(limit.cores), rt.Go)
	}
}

// unfit says why a field of the container is no GOMAXPROCS for it, or "".
func (k *container) unfit(v variable, limit *amount) string {
	switch {
	case v.unit != "" && v.unit != "0" && v.unit != "1":
		return ", counted in " + v.unit
	case v.field == "limits.cpu" && limit == nil:
		return ", which without a limit is all CPUs of the node"
	case v.field == "requests.cpu" && k.request == nil, v.field != "limits.cpu" && v.field != "requests.cpu":
		return ", which says nothing of CPUs"
	}
	return ""
}

func (r *Result) ignoresLimit(w *workload, k *container) bool {
	v, _ := r.variable(w, k, "GODEBUG")
	return slices.Contains(strings.Split(v.value, ","), "containermaxprocs=0")
}

// limitRange returns the limit of CPU that the namespace gives containers without one.
func (r *Result) limitRange(w *workload) *amount {
	if w.platform != cluster {
		return nil
	}
	for _, o := range r.byKind["LimitRange"] {
		if !near(o.namespace, w.namespace) {
			continue
		}
		for _, l := range o.get("spec", "limits").List() {
			n := l.Get("default", "cpu")
			if v, err := quantity(n.Text()); err == nil && v > 0 && l.Get("type").Text() == "Container" {
				return &amount{v, o.at(n, o.String())}
			}
		}
	}
	return nil
}

// Concurrency says whether something before each service bounds how many requests or
// connections it gets at a time: connection pools of Istio, circuit breakers of Envoy,
// limits of ingresses, rate limits of Linkerd.
func (r *Result) Concurrency() verdict.Result {
	if v, done := r.nothing(servingOnCluster, r.routes); done {
		return v
	}
	t := tally{elsewhere: true}
	for _, s := range r.subjects() {
		i := slices.IndexFunc(r.policies, func(p *trafficPolicy) bool { return p.limit.Exists() && p.about(s.name) })
		if i < 0 {
			t.add(false, s.at, s.doubt)
			continue
		}
		p := r.policies[i]
		t.add(true, verdict.Place{File: p.limit.File(), Line: p.limit.Line(), Text: s.name + ": a limit in " + p.at.Text}, doubt{patch: p.patch})
	}
	if t.total == 0 || len(t.good)+len(t.open) == 0 {
		return r.absent("nothing bounds how many requests a service gets at a time", "set connectionPool in a DestinationRule, circuit_breakers of Envoy, or a limit at the ingress", t.bad...)
	}
	return r.verdict(t, noun{"service", "services"},
		predicate{"has a bound on requests at a time", "have a bound on requests at a time"},
		predicate{"has no bound on requests at a time", "have no bound on requests at a time"})
}

// A subject is a service that requests come to.
type subject struct {
	name  string
	at    verdict.Place
	doubt doubt
}

// subjects are the services that routes lead to or, without any routes, those that lead
// to what is built here.
func (r *Result) subjects() []subject {
	var all []subject
	add := func(s subject) {
		if s.name != "" && !slices.ContainsFunc(all, func(o subject) bool { return o.name == s.name }) {
			all = append(all, s)
		}
	}
	for _, rt := range r.judged() {
		add(subject{rt.Service, rt.At, doubt{}})
	}
	if len(all) > 0 {
		return all
	}
	for _, s := range r.services {
		if s.own {
			add(subject{s.name, s.at(s.node, s.String()), doubt{patch: s.patch}})
		}
	}
	return all
}

// judged are the routes but for those to what only others build.
func (r *Result) judged() []*route {
	foreign := make(map[string]bool)
	for _, s := range r.services {
		if s.foreign {
			foreign[s.name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(r.routes), func(rt *route) bool {
		name, _, _ := strings.Cut(hosts.Name(rt.Service), ".")
		return foreign[name] && hosts.Same(name, rt.Service)
	})
}

// Quota says whether the CPU of each container that is built here is bounded: by its
// limit, by a LimitRange or a ResourceQuota of its namespace, or by CPUQuota of its unit.
func (r *Result) Quota() verdict.Result {
	if v, done := r.nothing(anything, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(anything) {
		for _, k := range w.own() {
			at, limit := k.at, k.limit
			if limit == nil {
				limit = r.limitRange(w)
			}
			if limit == nil {
				limit = r.resourceQuota(w)
			}
			switch {
			case limit == nil:
				t.add(false, at, w.doubt())
			case limit.cores == 0:
				t.unknown(limit.at)
			default:
				at.File, at.Line, at.Text = limit.at.File, limit.at.Line, at.Text+": "+limit.at.Text
				t.add(true, at, w.doubt())
			}
		}
	}
	return r.verdict(t, noun{"container", "containers"},
		predicate{"has a bound on its CPU", "have a bound on their CPU"},
		predicate{"has no bound on its CPU", "have no bound on their CPU"})
}

// resourceQuota returns what the namespace gives all of its containers: it takes none
// that has no limit.
func (r *Result) resourceQuota(w *workload) *amount {
	for _, o := range r.byKind["ResourceQuota"] {
		n := o.get("spec", "hard", "limits.cpu")
		if w.platform != cluster || !near(o.namespace, w.namespace) {
			continue
		}
		if v, err := quantity(n.Text()); err == nil && v > 0 {
			return &amount{v, o.at(n, o.String())}
		}
	}
	return nil
}

// leaks are the profiles that show what is kept for ever.
func leaks() []string { return []string{"goroutine", "memory"} }

// LeakProfileCollected says whether profiles that show leaks are fetched from what is
// built here: of goroutines or memory, by Pyroscope, Parca or Datadog.
func (r *Result) LeakProfileCollected() verdict.Result {
	if v, done := r.nothing(serving, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(serving) {
		at, ok := r.profiled(w)
		t.add(ok, at, w.doubt())
	}
	return r.verdict(t, noun{"workload", "workloads"},
		predicate{"has its goroutines or memory profiled", "have their goroutines or memory profiled"},
		predicate{"has neither profiled: annotate pods by profiles.grafana.com/goroutine.scrape, or give Parca a scrape configuration", "have neither profiled: annotate pods by profiles.grafana.com/goroutine.scrape, or give Parca a scrape configuration"})
}

func (r *Result) profiled(w *workload) (verdict.Place, bool) {
	for _, kind := range leaks() {
		if n := w.annotations.Get("profiles.grafana.com/" + kind + ".scrape"); n.Text() == "true" {
			return verdict.Place{File: n.File(), Line: n.Line(), Text: w.String() + ": " + kind + " is profiled"}, true
		}
	}
	if n := w.annotations.Get("pyroscope.io/scrape"); n.Text() == "true" {
		return verdict.Place{File: n.File(), Line: n.Line(), Text: w.String() + ": pyroscope.io/scrape"}, true
	}
	for _, k := range w.own() {
		for _, name := range []string{"PYROSCOPE_SERVER_ADDRESS", "DD_PROFILING_ENABLED"} {
			if v, ok := r.variable(w, k, name); ok && v.value != "false" && v.value != "0" {
				return v.at, true
			}
		}
	}
	if len(r.profiles) > 0 {
		return r.profiles[0], true
	}
	at := w.at
	if n := w.annotations.Get("profiles.grafana.com/cpu.scrape"); n.Text() == "true" {
		at.Text += ": only CPU is profiled, which shows no leak"
	}
	return at, false
}

// Readiness says whether all that serves runs lagvet doctor before it gets requests: in
// an init container, a startup or readiness probe, or by the path /debug/lagvet.
func (r *Result) Readiness() verdict.Result {
	if v, done := r.nothing(serving, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(serving) {
		at, ok := w.doctored()
		t.add(ok, at, w.doubt())
	}
	return r.verdict(t, noun{"workload", "workloads"},
		predicate{"runs lagvet doctor before it serves", "run lagvet doctor before they serve"},
		predicate{"does not run lagvet doctor before it serves: give it an init container, a readiness probe of /debug/lagvet, or ExecStartPre", "do not run lagvet doctor before they serve: give them an init container, a readiness probe of /debug/lagvet, or ExecStartPre"})
}

func (w *workload) doctored() (verdict.Place, bool) {
	for _, k := range w.init {
		if at, ok := doctor(k.node, k.at); ok {
			return at, true
		}
		if isDoctor(k.image) {
			return k.at, true
		}
	}
	at := w.at
	for _, k := range w.containers {
		for _, hook := range [][]string{{"startupProbe"}, {"readinessProbe"}, {"lifecycle", "postStart"}} {
			n := k.node.Get(hook...)
			if at, ok := doctor(n.Get("exec"), k.at); ok {
				return at, true
			}
			if p := n.Get("httpGet", "path"); strings.HasPrefix(p.Text(), "/debug/lagvet") {
				return verdict.Place{File: p.File(), Line: p.Line(), Text: k.at.Text + ", " + strings.Join(hook, ".") + ": " + p.Text()}, true
			}
		}
		if n := k.node.Get("healthcheck", "test"); isDoctor(strings.Join(n.Texts(), " ")) {
			return verdict.Place{File: n.File(), Line: n.Line(), Text: k.at.Text + ", healthcheck"}, true
		}
		if k.own && k.node.Get("readinessProbe").Exists() {
			at.Text = w.String() + ": its readiness probe asks something else"
		}
	}
	return at, false
}

// doctor reports whether a container or hook runs lagvet doctor.
func doctor(n yamltree.Node, at verdict.Place) (verdict.Place, bool) {
	line := strings.Join(append(n.Get("command").Texts(), n.Get("args").Texts()...), " ")
	if n.Line() > 0 {
		at.Line = n.Line()
	}
	at.Text += ": " + line
	return at, isDoctor(line)
}

var doctorCommand = pattern.New(`\blagvet["']?\s+["']?doctor\b`)

func isDoctor(command string) bool { return doctorCommand.MatchString(command) }

// Probes says whether everything that serves on a cluster has a readiness probe: without
// one it gets requests before it can answer, and while it cannot.
func (r *Result) Probes() verdict.Result {
	if v, done := r.nothing(servingOnCluster, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(servingOnCluster) {
		at, found := w.at, false
		for _, k := range w.containers {
			if n := k.node.Get("readinessProbe"); n.Exists() {
				at, found = verdict.Place{File: n.File(), Line: n.Line(), Text: k.at.Text + ", readinessProbe"}, true
			}
		}
		t.add(found, at, w.doubt())
	}
	return r.verdict(t, noun{"workload", "workloads"},
		predicate{"has a readiness probe", "have a readiness probe"},
		predicate{"has no readiness probe", "have no readiness probe"})
}

// SlowestRoute returns the longest timeout of a route and where it is set, zero if no
// route has one: as long may the last request take that comes before a process is told
// to stop.
func (r *Result) SlowestRoute() (time.Duration, verdict.Place) {
	var longest time.Duration
	var at verdict.Place
	for _, rt := range r.judged() {
		if rt.Timeout.Set() && rt.Timeout.Limit > longest {
			longest, at = rt.Timeout.Limit, rt.At
		}
	}
	return longest, at
}

// StopsInTime says whether what serves is given the time to finish its requests before
// it is killed: as long as that takes, by drain, and before it what a preStop hook
// waits. At is where it is said how long it takes; drain is 0 if that is not known.
func (r *Result) StopsInTime(drain time.Duration, at verdict.Place) verdict.Result {
	if v, done := r.nothing(serving, nil); done {
		return v
	}
	var t tally
	for _, w := range r.own(serving) {
		need := drain
		for _, k := range w.own() {
			need = max(need, drain+pause(k.node.Get("lifecycle", "preStop")))
		}
		place := w.graceAt
		place.Text = fmt.Sprintf("%s: killed after %v, for %v of draining", w, w.grace, need)
		if w.grace == 0 && w.platform == systemd {
			place.Text = w.String() + ": is never killed"
		}
		if place.Line == 0 {
			place.Line = w.at.Line
		}
		t.add(w.grace >= need || w.grace == 0 && w.platform == systemd, place, w.doubt())
	}
	if drain == 0 && len(t.bad) == 0 {
		return verdict.Unseen("how long the slowest request may take is not known: no route has a timeout", t.good...)
	}
	v := r.verdict(t, noun{"workload", "workloads"},
		predicate{"is given the time to finish its requests", "are given the time to finish their requests"},
		predicate{"is killed before it can finish its requests: raise terminationGracePeriodSeconds, TimeoutStopSec or stop_grace_period", "are killed before they can finish their requests: raise terminationGracePeriodSeconds, TimeoutStopSec or stop_grace_period"})
	if at.File != "" {
		v.Proofs = append(v.Proofs, at)
	}
	return v
}

var sleepCommand = pattern.New(`\bsleep["']?[\s,]+["']?([0-9]{1,6})\b`)

// pause is how long a preStop hook waits, as far as it says.
func pause(hook yamltree.Node) time.Duration {
	if s, ok := hook.Get("sleep", "seconds").Int(); ok {
		return time.Duration(s) * time.Second
	}
	if m := sleepCommand.FindStringSubmatch(strings.Join(hook.Get("exec", "command").Texts(), " ")); m != nil {
		if s, err := strconv.Atoi(m[1]); err == nil {
			return time.Duration(s) * time.Second
		}
	}
	return 0
}

// moving are tags that name another image from day to day.
func moving() []string {
	return []string{"", "latest", "main", "master", "trunk", "edge", "nightly", "dev", "develop", "devel", "head", "snapshot", "stable", "canary", "unstable"}
}

// ImagesPinned says whether each image has a digest, or a tag that names a version. That
// of a kustomization counts; a tag that is put in later does not, and is not known.
func (r *Result) ImagesPinned() verdict.Result {
	if v, done := r.nothing(anything, nil); done {
		return v
	}
	var t tally
	on := r.own(anything)
	for _, w := range r.workloads {
		if w.platform == systemd || len(on) > 0 && w.platform != on[0].platform {
			continue
		}
		for _, k := range slices.Concat(w.init, w.containers) {
			r.pinned(&t, w, k)
		}
	}
	if t.total == 0 {
		return verdict.Needless("no manifest names an image")
	}
	return r.verdict(t, noun{"image", "images"},
		predicate{"has a digest or the tag of a version", "have a digest or the tag of a version"},
		predicate{"has neither a digest nor the tag of a version", "have neither a digest nor the tag of a version"})
}

func (r *Result) pinned(t *tally, w *workload, k *container) {
	name, at := k.image, k.at
	for _, o := range r.images {
		if o.name == repository(name) && o.version != "" {
			name = o.name + ":" + o.version
		}
	}
	at.Text = k.at.Text + ": " + k.image
	_, tag, tagged := strings.Cut(path.Base(name), ":")
	switch {
	case name == "":
		if !k.node.Get("build").Exists() {
			t.unknown(at)
		}
	case strings.HasPrefix(name, "ko://") || strings.Contains(name, "@sha256:"):
		t.add(true, at, w.doubt())
	case strings.Contains(name, "$"), !tagged && !strings.Contains(name, "/") && r.skaffold.File != "":
		at.Text += ", which is put in later"
		t.unknown(at)
	default:
		t.add(!slices.Contains(moving(), strings.ToLower(tag)), at, w.doubt())
	}
}
