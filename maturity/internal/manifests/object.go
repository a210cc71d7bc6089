package manifests

import (
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// An object is one that is given to Kubernetes.
type object struct {
	group, kind, name, namespace string // group is "" for the core's
	node                         yamltree.Node
	rendered                     bool
	patch                        *verdict.Place // an overlay changes it in a way that is not followed
}

func newObject(n yamltree.Node) *object {
	group, _, versioned := strings.Cut(n.Get("apiVersion").Text(), "/")
	if !versioned {
		group = ""
	}
	return &object{
		group:     group,
		kind:      n.Get("kind").Text(),
		name:      n.Get("metadata", "name").Text(),
		namespace: n.Get("metadata", "namespace").Text(),
		node:      n,
	}
}

func (o *object) String() string { return o.kind + " " + o.name }

func (o *object) get(keys ...string) yamltree.Node { return o.node.Get(keys...) }

func (o *object) annotation(name string) yamltree.Node {
	return o.get("metadata", "annotations").Get(name)
}

// at is the place of a value of the object; that of the object if there is none.
func (o *object) at(n yamltree.Node, text string) verdict.Place {
	return verdict.Place{File: o.node.File(), Line: max(n.Line(), o.node.Line()), Text: text}
}

// near reports whether two namespaces may be the same: what is not written is given
// when it is applied.
func near(a, b string) bool { return a == "" || b == "" || a == b }

// texts returns a mapping of strings.
func texts(n yamltree.Node) map[string]string {
	m := make(map[string]string)
	for k, v := range n.Fields() {
		m[k] = v.Text()
	}
	return m
}

// selects reports whether a label selector selects these labels. One that asks for
// nothing selects all; one that is not there, nothing.
func selects(selector yamltree.Node, labels map[string]string) bool {
	if !selector.Exists() {
		return false
	}
	for k, v := range selector.Get("matchLabels").Fields() {
		if got, ok := labels[k]; !ok || got != v.Text() {
			return false
		}
	}
	for _, e := range selector.Get("matchExpressions").List() {
		got, has := labels[e.Get("key").Text()]
		among := false
		for _, v := range e.Get("values").Texts() {
			among = among || v == got
		}
		ok := false
		switch e.Get("operator").Text() {
		case "In":
			ok = has && among
		case "NotIn":
			ok = !has || !among
		case "Exists":
			ok = has
		case "DoesNotExist":
			ok = !has
		}
		if !ok {
			return false
		}
	}
	return true
}

// duration is a span of time as Istio, Linkerd, the Gateway API and Envoy write it, and
// whether n is one.
func duration(n yamltree.Node) (time.Duration, bool) {
	d, err := time.ParseDuration(n.Text())
	return d, err == nil && d >= 0
}
