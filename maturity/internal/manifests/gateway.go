package manifests

import (
	"slices"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
)

// gatewayRoute reads routes of the Gateway API. Those that hang on a Service are the
// mesh's.
func (c *collector) gatewayRoute(o *object) {
	layer := budgets.Ingress
	var parents, targets []string
	for _, p := range o.get("spec", "parentRefs").List() {
		if p.Get("kind").Text() == "Service" {
			layer = budgets.Mesh
			targets = append(targets, p.Get("name").Text())
			continue
		}
		parents = append(parents, p.Get("name").Text())
	}
	for _, n := range o.get("spec", "rules").List() {
		r := route{parent: parents}
		r.Layer = layer
		r.Hosts = slices.Concat(o.get("spec", "hostnames").Texts(), targets)
		r.At = o.at(n, o.String())
		c.annotated(o, &r)
		for _, key := range []string{"backendRequest", "request"} {
			if t, ok := spent(n.Get("timeouts", key)); ok {
				r.Timeout, r.At = t, o.at(n.Get("timeouts", key), o.String()+", timeouts."+key+": "+n.Get("timeouts", key).Text())
				if key == "backendRequest" {
					r.PerTry = t.Limit
				}
			}
		}
		if retry := n.Get("retry"); retry.Exists() {
			again, ok := retry.Get("attempts").Int()
			if !ok {
				again = 1
			}
			r.Attempts, r.Implied = again+1, !ok
		}
		if m := n.Get("matches").List(); len(m) == 1 {
			r.Path = m[0].Get("path", "value").Text()
		}
		c.backends(o, n, r)
	}
}

// backends adds a route for each service that a rule leads to: those of a rule without
// any, in the mesh, to the service that it hangs on.
func (c *collector) backends(o *object, rule yamltree.Node, r route) {
	var found bool
	for _, b := range rule.Get("backendRefs").List() {
		one := r
		one.Service = b.Get("name").Text()
		if ns := b.Get("namespace").Text(); ns != "" {
			one.Service += "." + ns
		}
		found = true
		c.add(o, one)
	}
	redirects := slices.ContainsFunc(rule.Get("filters").List(), func(f yamltree.Node) bool { return f.Get("type").Text() == "RequestRedirect" })
	if !found && !redirects && r.Layer == budgets.Mesh && len(r.Hosts) > 0 {
		r.Service = r.Hosts[len(r.Hosts)-1]
		c.add(o, r)
	}
}

// backendPolicy reads what Envoy Gateway is told of routes: it hangs on them, or on
// their gateways.
func (c *collector) backendPolicy(o *object) {
	refs := append(o.get("spec", "targetRefs").List(), o.get("spec", "targetRef").List()...)
	for _, r := range c.r.routes {
		hangs := slices.ContainsFunc(refs, func(ref yamltree.Node) bool {
			name := ref.Get("name").Text()
			return ref.Get("kind").Text() == r.Kind && name == r.Name || ref.Get("kind").Text() == "Gateway" && slices.Contains(r.parent, name)
		})
		if !hangs {
			continue
		}
		if n := o.get("spec", "timeout", "http", "requestTimeout"); !r.Timeout.Set() && !r.Timeout.Off {
			if t, ok := spent(n); ok {
				r.Timeout, r.At = t, o.at(n, o.String()+", requestTimeout: "+n.Text())
			}
		}
		if retry := o.get("spec", "retry"); retry.Exists() && r.Attempts == 0 {
			again, ok := retry.Get("numRetries").Int()
			if !ok {
				again = 2
			}
			r.Attempts, r.Implied = again+1, !ok
			r.PerTry, _ = duration(retry.Get("perRetry", "timeout"))
		}
		p := &trafficPolicy{hosts: append([]string{r.Service}, r.Hosts...), detection: o.get("spec", "healthCheck", "passive"), limit: o.get("spec", "circuitBreaker"), patch: o.patch}
		if !p.limit.Exists() {
			p.limit = o.get("spec", "rateLimit")
		}
		p.at = o.at(p.detection, o.String())
		c.policy(p)
	}
}
