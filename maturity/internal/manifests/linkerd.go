package manifests

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/maturity/budgets"
)

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
