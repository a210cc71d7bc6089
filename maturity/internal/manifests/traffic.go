package manifests

import (
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/hosts"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A service is one of Kubernetes'.
type service struct {
	*object
	selector map[string]string
	labels   map[string]string
	own      bool // it leads to a workload that is built here
	foreign  bool // it leads only to what others build
}

func newService(o *object) *service {
	return &service{object: o, selector: texts(o.get("spec", "selector")), labels: texts(o.get("metadata", "labels"))}
}

// among returns those of the workloads, by their labels, that the service may lead to.
func (s *service) among(labelled map[string][]*workload) []*workload {
	var fewest []*workload
	first := true
	for k, v := range s.selector {
		if ws := labelled[k+"="+v]; first || len(ws) < len(fewest) {
			fewest, first = ws, false
		}
	}
	return fewest
}

// leads reports whether the service leads to a workload.
func (s *service) leads(w *workload) bool {
	if len(s.selector) == 0 || w.platform != cluster || !near(s.namespace, w.namespace) {
		return false
	}
	for k, v := range s.selector {
		if w.labels[k] != v {
			return false
		}
	}
	return true
}

// A route is what an object says of requests to a service.
type route struct {
	budgets.Route
	unsure string         // why its timeout cannot be told
	patch  *verdict.Place // an overlay changes it
	parent []string       // gateways that it hangs on, for policies about them
}

// A trafficPolicy is what an object says of connections to a host.
type trafficPolicy struct {
	hosts     []string
	detection yamltree.Node // of outliers
	idle      string        // why the detection finds nothing
	limit     yamltree.Node // of connections or requests at a time
	at        verdict.Place
	patch     *verdict.Place
}

// The defaults of proxies, for what a manifest does not say.
const (
	// How long Envoy waits for a whole answer: config.route.v3.RouteAction, timeout.
	envoyTimeout = 15 * time.Second
	// How long Linkerd waits by a ServiceProfile: spec.routes[].timeout.
	linkerdTimeout = 10 * time.Second
	// How long ingress-nginx waits between two reads: proxy-read-timeout.
	nginxTimeout = 60 * time.Second
	// How often ingress-nginx tries: proxy-next-upstream-tries.
	nginxTries = 3
	// How often Istio tries again: HTTPRetry.attempts.
	istioRetries = 2
	// The part of requests that Linkerd may repeat: spec.retryBudget.retryRatio.
	linkerdRatio = 0.2
)

// traffic reads what is said of requests.
func (c *collector) traffic() {
	for _, o := range c.r.objects {
		switch {
		case o.group == "networking.istio.io" && o.kind == "VirtualService":
			c.virtualService(o)
		case o.group == "networking.istio.io" && o.kind == "DestinationRule":
			c.destinationRule(o)
		case (o.group == "gateway.networking.k8s.io" || o.group == "policy.linkerd.io") && (o.kind == "HTTPRoute" || o.kind == "GRPCRoute"):
			c.gatewayRoute(o)
		case o.group == "linkerd.io" && o.kind == "ServiceProfile":
			c.serviceProfile(o)
		case o.kind == "Service" && o.group == "":
			c.annotatedService(o)
		case o.kind == "Ingress" && (o.group == "networking.k8s.io" || o.group == "extensions"):
			c.ingress(o)
		case o.kind == "HTTPProxy" && o.group == "projectcontour.io":
			c.contour(o)
		case o.kind == "IngressRoute" && strings.HasPrefix(o.group, "traefik."):
			c.traefik(o)
		case o.kind == "HTTPLocalRateLimitPolicy" && o.group == "policy.linkerd.io":
			c.limited(o, o.get("spec", "targetRef", "name").Text(), o.get("spec"))
		}
	}
	for _, o := range c.r.objects {
		if o.kind == "BackendTrafficPolicy" && o.group == "gateway.envoyproxy.io" {
			c.backendPolicy(o)
		}
	}
}

func (c *collector) add(o *object, r route) {
	r.Kind, r.Name, r.patch = o.kind, o.name, o.patch
	if r.At.File == "" {
		r.At = o.at(o.node, o.String())
	}
	c.route(&r)
}

// route and policy keep what is said of traffic.
func (c *collector) route(r *route) {
	if len(c.r.routes) >= maxRoutes {
		c.tooMany("routes", maxRoutes, r.At)
		return
	}
	c.r.routes = append(c.r.routes, r)
}

func (c *collector) policy(p *trafficPolicy) {
	if len(c.r.policies) >= maxRoutes {
		c.tooMany("rules of traffic", maxRoutes, p.at)
		return
	}
	c.r.policies = append(c.r.policies, p)
}

func (c *collector) limited(o *object, host string, limit yamltree.Node) {
	c.policy(&trafficPolicy{hosts: []string{host}, limit: limit, at: o.at(limit, o.String()), patch: o.patch})
}

// spent reads a timeout: "0s" turns it off.
func spent(n yamltree.Node) (t budgets.Timeout, ok bool) {
	d, ok := duration(n)
	if !ok {
		return budgets.Timeout{}, false
	}
	return budgets.Timeout{Limit: d, Off: d == 0}, true
}

// Services returns the names by which others ask for a program of the repository, such as
// orders for cmd/orders: those of the services that lead to a container whose image has
// its name, sorted. It is how an endpoint in code gets the name that routes go by.
func (r *Result) Services(program string) []string {
	var all []string
	for _, w := range r.workloads {
		runs := slices.ContainsFunc(w.own(), func(k *container) bool { return imageName(k.image) == strings.ToLower(program) })
		if !runs {
			continue
		}
		for _, s := range w.services {
			all = append(all, s.name)
		}
		if w.platform == compose {
			all = append(all, w.name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Routes returns what the manifests say of requests, in the order of files.
func (r *Result) Routes() []budgets.Route {
	var all []budgets.Route
	for _, rt := range r.routes {
		all = append(all, rt.Route)
	}
	return all
}

// about reports whether a policy is about a host.
func (p *trafficPolicy) about(host string) bool {
	return slices.ContainsFunc(p.hosts, func(h string) bool { return hosts.Same(h, host) })
}
