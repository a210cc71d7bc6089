package manifests

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

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
