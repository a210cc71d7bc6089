package manifests

import (
	"slices"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
)

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
	c.trafficPolicyOf(o, host, o.get("spec", "trafficPolicy"))
	for _, s := range o.get("spec", "subsets").List() {
		c.trafficPolicyOf(o, host, s.Get("trafficPolicy"))
	}
}

func (c *collector) trafficPolicyOf(o *object, host string, n yamltree.Node) {
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
		c.trafficPolicyOf(o, host, port)
	}
}

func zero(n yamltree.Node) bool {
	v, ok := n.Int()
	return ok && v == 0
}

func zeroOrNone(n yamltree.Node) bool { return !n.Exists() || zero(n) }
