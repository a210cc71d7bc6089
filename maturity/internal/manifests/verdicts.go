package manifests

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// A tally gathers what a check says of each of several things.
type tally struct {
	good, bad, open []verdict.Place
	total           int
	elsewhere       bool // what the bad lack may be in a manifest of its own
}

// A doubt is why what a manifest says of something may not be what is deployed.
type doubt struct {
	patch *verdict.Place // an overlay changes it
	local bool           // it may be only a developer's
}

func (w *workload) doubt() doubt { return doubt{w.patch, w.local} }

func (t *tally) add(ok bool, at verdict.Place, d doubt) {
	t.total++
	switch {
	case d.patch != nil:
		t.open = append(t.open, *d.patch)
	case ok:
		t.good = append(t.good, at)
	case d.local:
		at.Text += " (whether it is more than a developer's set-up cannot be told)"
		t.open = append(t.open, at)
	default:
		t.bad = append(t.bad, at)
	}
}

func (t *tally) unknown(at verdict.Place) {
	t.total++
	t.open = append(t.open, at)
}

// A noun names what was counted; of one, and of several.
type noun struct{ one, many string }

// A predicate says what one of these is like, and what several are.
type predicate struct{ one, many string }

func (p predicate) of(n int) string {
	if n == 1 {
		return p.one
	}
	return p.many
}

// verdict says what a tally comes to. Pass and fail say what those are like that are as
// they are to be, and the others.
func (r *Result) verdict(t tally, things noun, pass, fail predicate) verdict.Result {
	hidden := r.hidden()
	bad := fmt.Sprintf("%d of %d %s %s", len(t.bad), t.total, things.many, fail.of(len(t.bad)))
	all := fmt.Sprintf("all %d %s", t.total, things.many)
	if t.total == 1 {
		bad = fmt.Sprintf("the only %s %s", things.one, fail.one)
		all = "the only " + things.one
	}
	switch {
	case len(t.bad) > 0 && t.elsewhere && len(hidden) > 0:
		return verdict.Unseen(fmt.Sprintf("%s, as far as can be seen: %s", bad, hidden[0].Text), append(t.bad, hidden...)...)
	case len(t.bad) > 0:
		return verdict.Failed(bad, t.bad...)
	case len(t.open) > 0 && t.total == 1:
		return verdict.Unseen(fmt.Sprintf("whether the only %s %s cannot be told", things.one, pass.one), compact(t.open)...)
	case len(t.open) > 0:
		return verdict.Unseen(fmt.Sprintf("whether all %s %s cannot be told: of %d of %d it is not known", things.many, pass.many, len(t.open), t.total), compact(t.open)...)
	}
	if len(hidden) > 0 {
		return verdict.Unseen(fmt.Sprintf("%s, as far as is seen, %s; but not all manifests can be read", all, pass.of(t.total)), hidden...)
	}
	return verdict.Passed(fmt.Sprintf("%s %s", all, pass.of(t.total)), t.good...)
}

func compact(places []verdict.Place) []verdict.Place {
	seen := make(map[verdict.Place]bool)
	return slices.DeleteFunc(places, func(p verdict.Place) bool {
		again := seen[p]
		seen[p] = true
		return again
	})
}

// hidden are the places of what is deployed and not seen.
func (r *Result) hidden() []verdict.Place {
	all := slices.Concat(r.unrendered, r.others)
	for _, p := range r.Problems {
		all = append(all, p.Place)
	}
	return compact(all)
}

// absent is the result of a check of what is not there, as far as can be seen; mend says
// what to write.
func (r *Result) absent(what, mend string, places ...verdict.Place) verdict.Result {
	if hidden := r.hidden(); len(hidden) > 0 {
		return verdict.Unseen(what+", as far as can be seen: "+hidden[0].Text, hidden...)
	}
	return verdict.Failed(what+": "+mend, places...)
}

// own returns the workloads that run what is built here.
func (r *Result) own(keep func(*workload) bool) []*workload {
	var all []*workload
	for _, w := range r.workloads {
		if len(w.own()) > 0 && keep(w) {
			all = append(all, w)
		}
	}
	if len(r.unrendered) > 0 || slices.ContainsFunc(all, func(w *workload) bool { return w.platform == cluster }) {
		// What runs on a cluster is what is judged: the rest is for those who try it out.
		all = slices.DeleteFunc(all, func(w *workload) bool { return w.platform != cluster })
	}
	return all
}

func anything(*workload) bool           { return true }
func serving(w *workload) bool          { return w.serves() }
func onCluster(w *workload) bool        { return w.platform == cluster }
func servingOnCluster(w *workload) bool { return w.platform == cluster && w.serves() }

// nothing says why there is nothing to judge, and whether that is so: there are none of
// the workloads that a check is about and, for one about routes, none of those.
func (r *Result) nothing(keep func(*workload) bool, routes []*route) (verdict.Result, bool) {
	if len(r.own(keep)) > 0 || len(routes) > 0 {
		return verdict.Result{}, false
	}
	if hidden := r.hidden(); len(hidden) > 0 {
		return verdict.Unseen("what is deployed cannot be seen: "+hidden[0].Text, hidden...), true
	}
	if rest := r.own(anything); len(rest) > 0 {
		what := map[platform]string{cluster: "jobs", compose: "compose services", systemd: "systemd units"}[rest[0].platform]
		return verdict.Needless("what is deployed here are only "+what, rest[0].at), true
	}
	switch {
	case len(r.foreign) > 0:
		return verdict.Needless("the manifests deploy only what others build: "+strings.Join(r.foreign[:min(3, len(r.foreign))], ", "), r.workloads[0].at), true
	case len(r.routes) > 0:
		return verdict.Unseen("the manifests say where requests go, and not what runs there", r.routes[0].At), true
	case len(r.aside) > 0:
		return verdict.Needless("the repository deploys nothing: its manifests are of tests and examples", r.aside[:min(3, len(r.aside))]...), true
	}
	return verdict.Needless("the repository deploys nothing: it has no manifests"), true
}

// clusterRoutes are those of objects of Kubernetes.
func (r *Result) clusterRoutes() []*route {
	return slices.DeleteFunc(slices.Clone(r.routes), func(rt *route) bool { return rt.Kind == envoyKind })
}
