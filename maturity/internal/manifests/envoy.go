package manifests

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// envoyKind is the kind of routes that are no objects of Kubernetes.
const envoyKind = "Envoy"

// either returns a field of Envoy's configuration, which may be written in two ways:
// outlier_detection, or outlierDetection as in protobuf's JSON.
func either(n yamltree.Node, name string) yamltree.Node {
	if v := n.Get(name); v.Exists() {
		return v
	}
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return n.Get(strings.Join(words, ""))
}

// envoy reads clusters and routes, wherever in a configuration they are.
func (c *collector) envoy(doc yamltree.Node, at verdict.Place) {
	clusters := make(map[string][]string)
	for n := range doc.All() {
		for _, k := range either(n, "clusters").List() {
			if k.IsMap() && k.Get("name").Exists() {
				clusters[k.Get("name").Text()] = c.envoyCluster(k)
			}
		}
	}
	for n := range doc.All() {
		for _, host := range either(n, "virtual_hosts").List() {
			for _, rt := range host.Get("routes").List() {
				c.envoyRoute(rt, host.Get("domains").Texts(), clusters, at)
			}
		}
	}
}

// envoyCluster reads a cluster, and returns the hosts in it, its name included.
func (c *collector) envoyCluster(n yamltree.Node) []string {
	all := []string{n.Get("name").Text()}
	for v := range either(n, "load_assignment").All() {
		if a := either(v, "socket_address").Get("address").Text(); a != "" && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	p := &trafficPolicy{hosts: all, detection: either(n, "outlier_detection"), limit: either(n, "circuit_breakers")}
	p.at = verdict.Place{File: n.File(), Line: cmp.Or(p.detection.Line(), n.Line()), Text: "Envoy's cluster " + all[0]}
	if zero(either(p.detection, "enforcing_consecutive_5xx")) && !either(p.detection, "consecutive_gateway_failure").Exists() {
		p.idle = "it ejects nothing: enforcing_consecutive_5xx is 0"
	}
	c.policy(p)
	return all
}

func (c *collector) envoyRoute(n yamltree.Node, domains []string, clusters map[string][]string, at verdict.Place) {
	to := n.Get("route")
	if !to.Exists() {
		return // a redirect, or an answer of its own
	}
	var names []string
	if name := to.Get("cluster").Text(); name != "" {
		names = append(names, name)
	}
	for _, w := range either(to, "weighted_clusters").Get("clusters").List() {
		names = append(names, w.Get("name").Text())
	}
	r := route{}
	r.Layer, r.Kind, r.Name = budgets.Mesh, envoyKind, strings.Join(names, ", ")
	r.At = verdict.Place{File: n.File(), Line: n.Line(), Text: at.Text}
	r.Path = n.Get("match", "prefix").Text() + n.Get("match", "path").Text()
	r.Timeout = budgets.Timeout{Limit: envoyTimeout, Default: true}
	if t, ok := spent(to.Get("timeout")); ok {
		r.Timeout = t
		r.At.Line, r.At.Text = to.Get("timeout").Line(), "timeout: "+to.Get("timeout").Text()
	}
	r.Attempts = 1
	if retry := either(to, "retry_policy"); retry.Exists() {
		again, ok := either(retry, "num_retries").Int()
		if !ok {
			again = 1
		}
		r.Attempts, r.Implied = again+1, !ok
		r.PerTry, _ = duration(either(retry, "per_try_timeout"))
	}
	for _, name := range names {
		one := r
		one.Service = name
		one.Hosts = slices.DeleteFunc(slices.Concat(domains, clusters[name]), func(h string) bool { return h == "*" })
		c.route(&one)
	}
}
