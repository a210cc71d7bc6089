package manifests

import (
	"math"
	"regexp"
	"slices"
	"strconv"
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

// virtualService reads Istio's routes of HTTP. Those of TCP have no answers to wait for.
func (c *collector) virtualService(o *object) {
	gateways := o.get("spec", "gateways").Texts()
	var layers []budgets.Layer
	if len(gateways) == 0 || slices.Contains(gateways, "mesh") {
		layers = append(layers, budgets.Mesh)
	}
	if slices.ContainsFunc(gateways, func(g string) bool { return g != "mesh" }) {
		layers = append(layers, budgets.Ingress)
	}
	for _, n := range o.get("spec", "http").List() {
		if n.Get("redirect").Exists() || n.Get("directResponse").Exists() || n.Get("delegate").Exists() {
			continue
		}
		r := route{parent: gateways}
		r.Hosts = o.get("spec", "hosts").Texts()
		r.At = o.at(n, o.String())
		if t, ok := spent(n.Get("timeout")); ok {
			r.Timeout, r.At = t, o.at(n.Get("timeout"), o.String()+", timeout: "+n.Get("timeout").Text())
		}
		r.PerTry, _ = duration(n.Get("retries", "perTryTimeout"))
		if again, ok := n.Get("retries", "attempts").Int(); ok {
			r.Attempts = again + 1
		} else {
			r.Attempts, r.Implied = istioRetries+1, true
		}
		r.Path = istioPath(n.Get("match"))
		for _, host := range destinations(n.Get("route")) {
			for _, layer := range layers {
				one := r
				one.Service, one.Layer = host, layer
				c.add(o, one)
			}
		}
	}
}

// istioPath is the path that all matches of a rule begin with; "" if they differ.
func istioPath(match yamltree.Node) string {
	all := match.List()
	if len(all) != 1 {
		return ""
	}
	uri := all[0].Get("uri")
	if p := uri.Get("prefix").Text(); p != "" {
		return p
	}
	return uri.Get("exact").Text()
}

func destinations(routes yamltree.Node) []string {
	var all []string
	for _, n := range routes.List() {
		if host := n.Get("destination", "host").Text(); host != "" && !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	return all
}

func (c *collector) destinationRule(o *object) {
	host := o.get("spec", "host").Text()
	c.trafficPolicy(o, host, o.get("spec", "trafficPolicy"))
	for _, s := range o.get("spec", "subsets").List() {
		c.trafficPolicy(o, host, s.Get("trafficPolicy"))
	}
}

func (c *collector) trafficPolicy(o *object, host string, n yamltree.Node) {
	p := &trafficPolicy{hosts: []string{host}, detection: n.Get("outlierDetection"), at: o.at(n, o.String()), patch: o.patch}
	if p.detection.Exists() {
		p.at = o.at(p.detection, o.String()+", outlierDetection")
		if zero(p.detection.Get("consecutive5xxErrors")) && zeroOrNone(p.detection.Get("consecutiveGatewayErrors")) {
			p.idle = "it counts no errors: consecutive5xxErrors is 0"
		}
	}
	pool := n.Get("connectionPool")
	for _, limit := range []yamltree.Node{
		pool.Get("http", "http2MaxRequests"), pool.Get("http", "http1MaxPendingRequests"), pool.Get("tcp", "maxConnections"),
	} {
		if limit.Exists() && !p.limit.Exists() {
			p.limit = limit
		}
	}
	if n.Exists() {
		c.policy(p)
	}
	for _, port := range n.Get("portLevelSettings").List() {
		c.trafficPolicy(o, host, port)
	}
}

func zero(n yamltree.Node) bool {
	v, ok := n.Int()
	return ok && v == 0
}

func zeroOrNone(n yamltree.Node) bool { return !n.Exists() || zero(n) }

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

// annotated reads Linkerd's annotations on services and routes.
func (c *collector) annotated(o *object, r *route) bool {
	found := false
	for _, key := range []string{"timeout.linkerd.io/response", "timeout.linkerd.io/request"} {
		if n := o.annotation(key); n.Exists() {
			if t, ok := spent(n); ok {
				r.Timeout, r.At, found = t, o.at(n, o.String()+", "+key+": "+n.Text()), true
			}
		}
	}
	if o.annotation("retry.linkerd.io/http").Exists() || o.annotation("retry.linkerd.io/grpc").Exists() {
		again, ok := o.annotation("retry.linkerd.io/limit").Int()
		if !ok {
			again = 1
		}
		r.Attempts, r.Implied, found = again+1, !ok, true
		r.PerTry, _ = duration(o.annotation("retry.linkerd.io/timeout"))
	}
	return found
}

func (c *collector) annotatedService(o *object) {
	r := route{Route: budgets.Route{Layer: budgets.Mesh, Service: o.name, Hosts: []string{o.name}, At: o.at(o.node, o.String())}}
	if c.annotated(o, &r) {
		c.add(o, r)
	}
	if n := o.annotation("balancer.linkerd.io/failure-accrual"); n.Text() == "consecutive" {
		c.policy(&trafficPolicy{hosts: []string{o.name}, detection: n, at: o.at(n, o.String()+", failure-accrual: consecutive"), patch: o.patch})
	}
}

func (c *collector) serviceProfile(o *object) {
	for _, n := range o.get("spec", "routes").List() {
		r := route{}
		r.Layer, r.Service, r.Hosts = budgets.Mesh, o.name, []string{o.name}
		r.At = o.at(n, o.String()+", "+n.Get("name").Text())
		r.Path = literalPath(n.Get("condition", "pathRegex").Text())
		r.Timeout = budgets.Timeout{Limit: linkerdTimeout, Default: true}
		if t, ok := spent(n.Get("timeout")); ok {
			r.Timeout, r.At = t, o.at(n.Get("timeout"), o.String()+", timeout: "+n.Get("timeout").Text())
		}
		r.Attempts = 1
		if again, _ := n.Get("isRetryable").Bool(); again {
			// The budget bounds how many requests are repeated, not how often one is.
			ratio, err := strconv.ParseFloat(o.get("spec", "retryBudget", "retryRatio").Text(), 64)
			if err != nil || ratio < 0 {
				ratio = linkerdRatio
			}
			r.Attempts, r.Implied = 1+int(math.Ceil(min(ratio, 100))), err != nil
		}
		c.add(o, r)
	}
}

// literalPath is what every path begins with that a regular expression matches.
func literalPath(pattern string) string {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return ""
	}
	p, _ := re.LiteralPrefix()
	if i := strings.LastIndexByte(p, '/'); i > 0 {
		return p[:i]
	}
	return ""
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

// ingress reads an Ingress by the annotations of its controller.
func (c *collector) ingress(o *object) {
	class := strings.ToLower(o.get("spec", "ingressClassName").Text() + o.annotation("kubernetes.io/ingress.class").Text())
	r := route{}
	r.Layer = budgets.Ingress
	r.At = o.at(o.node, o.String())
	nginx := strings.Contains(class, "nginx")
	for k := range o.get("metadata", "annotations").Fields() {
		nginx = nginx || strings.HasPrefix(k, "nginx.ingress.kubernetes.io/")
	}
	switch {
	case nginx:
		c.nginx(o, &r)
	case c.haproxy(o, &r):
	case class == "":
		r.unsure = "the class of the Ingress is not named, and so whose default holds cannot be told"
	default:
		r.unsure = "the timeouts of the ingress class " + class + " are not set here"
	}
	for _, rule := range o.get("spec", "rules").List() {
		for _, p := range rule.Get("http", "paths").List() {
			one := r
			one.Path = strings.TrimSuffix(p.Get("path").Text(), "*")
			if h := rule.Get("host").Text(); h != "" {
				one.Hosts = []string{h}
			}
			c.ingressTo(o, p.Get("backend"), one)
		}
	}
	for _, key := range []string{"defaultBackend", "backend"} {
		c.ingressTo(o, o.get("spec", key), r)
	}
}

func (c *collector) ingressTo(o *object, backend yamltree.Node, r route) {
	r.Service = backend.Get("service", "name").Text() + backend.Get("serviceName").Text()
	if r.Service != "" {
		c.add(o, r)
	}
}

func (c *collector) nginx(o *object, r *route) {
	const prefix = "nginx.ingress.kubernetes.io/"
	r.Timeout = budgets.Timeout{Limit: nginxTimeout, Default: true, Between: true}
	if n := o.annotation(prefix + "proxy-read-timeout"); n.Exists() {
		if s, err := strconv.Atoi(strings.TrimSuffix(n.Text(), "s")); err == nil && s > 0 && s < math.MaxInt32 {
			r.Timeout = budgets.Timeout{Limit: time.Duration(s) * time.Second, Between: true}
			r.At = o.at(n, o.String()+", proxy-read-timeout: "+n.Text())
		}
	}
	r.Attempts, r.Implied = nginxTries, true
	if n, ok := o.annotation(prefix + "proxy-next-upstream-tries").Int(); ok && n > 0 {
		r.Attempts, r.Implied = n, false
	}
	if o.annotation(prefix+"proxy-next-upstream").Text() == "off" {
		r.Attempts, r.Implied = 1, false
	}
	for _, key := range []string{"limit-connections", "limit-rps", "limit-rpm"} {
		if n := o.annotation(prefix + key); n.Exists() {
			for _, rule := range o.get("spec", "rules").List() {
				for _, p := range rule.Get("http", "paths").List() {
					c.limited(o, p.Get("backend", "service", "name").Text(), n)
				}
			}
			return
		}
	}
}

func (c *collector) haproxy(o *object, r *route) bool {
	for _, key := range []string{"haproxy.org/timeout-server", "haproxy-ingress.github.io/timeout-server", "ingress.kubernetes.io/timeout-server"} {
		if n := o.annotation(key); n.Exists() {
			if t, ok := spent(n); ok {
				t.Between = true
				r.Timeout, r.At = t, o.at(n, o.String()+", timeout-server: "+n.Text())
				return true
			}
		}
	}
	return false
}

// contour reads an HTTPProxy, whose route is Envoy's.
func (c *collector) contour(o *object) {
	for _, n := range o.get("spec", "routes").List() {
		r := route{}
		r.Layer = budgets.Ingress
		r.At = o.at(n, o.String())
		r.Timeout = budgets.Timeout{Limit: envoyTimeout, Default: true}
		response := n.Get("timeoutPolicy", "response")
		if t, ok := spent(response); ok {
			r.Timeout, r.At = t, o.at(response, o.String()+", response: "+response.Text())
		} else if response.Text() == "infinity" {
			r.Timeout, r.At = budgets.Timeout{Off: true}, o.at(response, o.String()+", response: infinity")
		}
		r.Attempts = 1
		if retry := n.Get("retryPolicy"); retry.Exists() {
			again, ok := retry.Get("count").Int()
			if !ok {
				again = 1
			}
			r.Attempts, r.Implied = again+1, !ok
		}
		if h := o.get("spec", "virtualhost", "fqdn").Text(); h != "" {
			r.Hosts = []string{h}
		}
		for _, s := range n.Get("services").List() {
			one := r
			one.Service = s.Get("name").Text()
			c.add(o, one)
		}
	}
}

// traefik reads an IngressRoute, with the transports and middlewares that it names.
func (c *collector) traefik(o *object) {
	for _, n := range o.get("spec", "routes").List() {
		r := route{}
		r.Layer, r.Attempts = budgets.Ingress, 1
		r.At = o.at(n, o.String())
		limit := yamltree.Node{}
		for _, m := range n.Get("middlewares").List() {
			spec := c.spec("Middleware", m.Get("name").Text())
			if again, ok := spec.Get("retry", "attempts").Int(); ok {
				r.Attempts = again // the first included
			}
			for _, key := range []string{"inFlightReq", "rateLimit"} {
				if !limit.Exists() {
					limit = spec.Get(key)
				}
			}
		}
		for _, s := range n.Get("services").List() {
			one := r
			one.Service = s.Get("name").Text()
			wait := c.spec("ServersTransport", s.Get("serversTransport").Text()).Get("forwardingTimeouts", "responseHeaderTimeout")
			if t, ok := spent(wait); ok {
				one.Timeout = t
				one.At = verdict.Place{File: wait.File(), Line: wait.Line(), Text: o.String() + ", responseHeaderTimeout: " + wait.Text()}
			}
			c.add(o, one)
			if limit.Exists() {
				c.limited(o, one.Service, limit)
			}
		}
	}
}

// spec returns what an object of this kind and name says; nothing if there is none.
func (c *collector) spec(kind, name string) yamltree.Node {
	for _, o := range c.r.byKind[kind] {
		if name != "" && o.name == name {
			return o.get("spec")
		}
	}
	return yamltree.Node{}
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
