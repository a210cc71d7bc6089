package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Result is how a repository is deployed.
type Result struct {
	// Problems are the manifests that could not be read, or not in full.
	Problems []tree.Problem

	objects    []*object
	byKind     map[string][]*object
	workloads  []*workload
	services   []*service
	routes     []*route
	policies   []*trafficPolicy
	unrendered []verdict.Place // templates and overlays, and how to render them
	others     []verdict.Place // what deploys by means that are not read
	aside      []verdict.Place // manifests of tests and examples
	ejections  []verdict.Place // where metrics of ejections are used
	profiles   []verdict.Place // configurations of continuous profilers
	scrapes    []target        // that configurations of Prometheus name
	images     []override      // of kustomizations
	skaffold   verdict.Place   // what gives images their tags
	foreign    []string        // images that others build
}

// Collect reads the manifests of t. Rendered are directories with what templates and
// overlays come to, if the user has given any.
func Collect(t *tree.Tree, rendered ...*tree.Tree) *Result {
	c := &collector{t: t, r: new(Result), byFile: make(map[string][]*object), byDir: make(map[string]*kustomization), partial: make(map[string]bool)}
	c.identify()
	c.find()
	for _, k := range c.kustomizations {
		c.readKustomization(k)
	}
	for _, f := range t.Files() {
		c.file(f)
	}
	c.overlays(len(rendered) > 0)
	for _, tr := range rendered {
		c.rendered(tr)
	}
	c.derive()
	return c.r
}

// How many objects, and how many routes and rules of traffic in them, are kept. Services
// are held against workloads and routes against each other, so that the time grows with
// the square of it; a cluster that is described by more is not described by one repository.
const (
	maxObjects = 10_000
	maxRoutes  = 5_000
)

type collector struct {
	t              *tree.Tree
	r              *Result
	names          []string // by which images of this repository may be called
	owners         []string // organisations that its modules belong to
	charts         []string // their directories
	kustomizations []*kustomization
	byFile         map[string][]*object
	byDir          map[string]*kustomization
	partial        map[string]bool // files that patch others
	overflow       bool
}

// find notes charts and kustomizations: they say how other files are to be taken.
func (c *collector) find() {
	for _, f := range c.t.Files() {
		if vendored(f) {
			continue
		}
		switch path.Base(f) {
		case "Chart.yaml":
			c.charts = append(c.charts, path.Dir(f))
		case "kustomization.yaml", "kustomization.yml", "Kustomization":
			if !setAside(f) {
				k := &kustomization{file: f, dir: path.Dir(f)}
				c.kustomizations = append(c.kustomizations, k)
				c.byDir[k.dir] = k
			}
		}
	}
}

// file reads a file of the repository for what it may be.
func (c *collector) file(f string) {
	if vendored(f) || c.partial[f] {
		return
	}
	base, ext := path.Base(f), path.Ext(f)
	switch {
	case other(f) != "":
		if !setAside(f) {
			c.r.others = append(c.r.others, verdict.Place{File: f, Text: "deployed by " + other(f) + ", which is not read"})
		}
	case base == "Chart.yaml":
		c.chart(f)
	case c.ofChart(f) != "" || strings.HasPrefix(base, "kustomization.") || base == "Kustomization":
	case base == "skaffold.yaml" || base == "skaffold.yml":
		c.r.skaffold = verdict.Place{File: f, Text: "Skaffold gives images their tags"}
	case ext == ".service":
		c.unit(f)
	case ext == ".tf", ext == ".jsonnet", ext == ".libsonnet", base == "Procfile":
		c.program(f)
	case ext == ".alloy", ext == ".river":
		c.profiler(f)
	case ext == ".yaml", ext == ".yml", ext == ".json":
		c.structured(f)
	}
}

// program notes programs that make manifests.
func (c *collector) program(f string) {
	if setAside(f) || within(f, shown) && path.Ext(f) == ".tf" {
		return
	}
	data, err := c.t.Read(f)
	if err != nil {
		return // what is no manifest need not be readable
	}
	means, mark := "Jsonnet", "deployment"
	switch path.Ext(f) {
	case ".tf":
		means, mark = "Terraform", `resource "`
	case "":
		means, mark = "a Procfile", "web:"
	}
	if bytes.Contains(data, []byte(mark)) {
		c.r.others = append(c.r.others, verdict.Place{File: f, Text: "deployed by " + means + ", which is not read"})
	}
}

// profiler notes a configuration that fetches profiles.
func (c *collector) profiler(f string) {
	if data, err := c.t.Read(f); err == nil && !setAside(f) {
		if at := bytes.Index(data, []byte("pyroscope.scrape")); at >= 0 {
			c.r.profiles = append(c.r.profiles, placeAt(f, data, at, "profiles are fetched by pyroscope.scrape"))
		}
	}
}

func placeAt(f string, data []byte, at int, text string) verdict.Place {
	return verdict.Place{File: f, Line: 1 + bytes.Count(data[:at], []byte("\n")), Text: text}
}

// structured reads YAML or JSON, if there is reason to.
func (c *collector) structured(f string) {
	data, err := c.t.Read(f)
	if err != nil {
		// One that is too large may be a manifest; most are definitions of resources.
		if !setAside(f) && path.Ext(f) != ".json" && !strings.Contains(strings.ToLower(f), "crd") {
			c.r.Problems = append(c.r.Problems, tree.Problem{Place: verdict.Place{File: f, Text: err.Error()}})
		}
		return
	}
	kind := smell(f, data)
	if kind == nothing {
		return
	}
	if setAside(f) {
		if kind == objects && len(c.r.aside) < maxObjects {
			c.r.aside = append(c.r.aside, verdict.Place{File: f, Text: "in a directory of tests or examples"})
		}
		return
	}
	c.metric(f, data)
	for _, doc := range c.parse(f, data) {
		switch kind {
		case composed:
			c.compose(f, doc)
		case scraping:
			c.scrape(doc)
		case proxy:
			c.envoy(doc, verdict.Place{File: f, Line: doc.Line(), Text: "Envoy's configuration"})
		case objects:
			c.object(doc, false)
		}
	}
}

// metric notes where a rule or dashboard uses Envoy's metric of replicas taken out.
func (c *collector) metric(f string, data []byte) {
	if at := bytes.Index(data, []byte(ejected)); at >= 0 {
		c.r.ejections = append(c.r.ejections, placeAt(f, data, at, "uses a metric of ejections"))
	}
}

const ejected = "outlier_detection_ejections"

// A scent is what a file looks like before it is parsed.
type scent int

const (
	nothing scent = iota
	objects
	composed
	scraping
	proxy
	metrics
)

func smell(f string, data []byte) scent {
	has := func(s string) bool { return bytes.Contains(data, []byte(s)) }
	switch {
	case isCompose(f):
		return composed
	case has("apiVersion") && has("kind"):
		return objects
	case has("static_resources") || has("virtual_hosts") || has("staticResources"):
		return proxy
	case has("scrape_configs"):
		return scraping
	case has(ejected):
		return metrics
	}
	return nothing
}

// parse returns the documents of a file, and notes what cannot be read.
func (c *collector) parse(f string, data []byte) []yamltree.Node {
	docs, err := yamltree.Parse(f, data)
	if err != nil {
		p := tree.Problem{Place: verdict.Place{File: f, Text: err.Error()}}
		if ye, ok := errors.AsType[*yamltree.Error](err); ok {
			p.Line, p.Column, p.Text = ye.Line, ye.Column, ye.Why
		}
		if bytes.Contains(data, []byte("{{")) {
			p.Text += " (it looks like a template: give what it renders to)"
		}
		c.r.Problems = append(c.r.Problems, p)
	}
	return docs
}

// kinds are those of the objects that are kept.
func kinds() []string {
	return []string{
		"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout",
		"Service", "Namespace", "ConfigMap", "LimitRange", "ResourceQuota",
		"VirtualService", "DestinationRule", "ServiceEntry", "IstioOperator", "EnvoyFilter", "Gateway",
		"HTTPRoute", "GRPCRoute", "BackendTrafficPolicy", "ServiceProfile", "HTTPLocalRateLimitPolicy",
		"Ingress", "HTTPProxy", "IngressRoute", "Middleware", "ServersTransport",
		"ClusterPolicy", "Policy", "ValidatingPolicy", "ConstraintTemplate", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
		"PodMonitor", "ServiceMonitor", "VMPodScrape", "VMServiceScrape", "PodMonitoring", "PrometheusRule", "VMRule",
		"Canary", "MetricTemplate", "AnalysisTemplate", "ClusterAnalysisTemplate",
	}
}

// object keeps the object that a document is, or those of the list that it is.
func (c *collector) object(n yamltree.Node, rendered bool) {
	if !n.IsMap() {
		for _, e := range n.List() {
			if e.IsMap() {
				c.object(e, rendered)
			}
		}
		return
	}
	kind := n.Get("kind").Text()
	if strings.HasSuffix(kind, "List") && n.Get("items").IsList() {
		for _, e := range n.Get("items").List() {
			c.object(e, rendered)
		}
		return
	}
	group, _, _ := strings.Cut(n.Get("apiVersion").Text(), "/")
	if group == "" || !slices.Contains(kinds(), kind) && group != "constraints.gatekeeper.sh" {
		return
	}
	if len(c.r.objects) >= maxObjects {
		c.tooMany("objects", maxObjects, verdict.Place{File: n.File(), Line: n.Line()})
		return
	}
	o := newObject(n)
	o.rendered = rendered
	c.r.objects = append(c.r.objects, o)
	if !rendered {
		c.byFile[n.File()] = append(c.byFile[n.File()], o)
	}
}

// tooMany notes, once, that not all there is was read.
func (c *collector) tooMany(what string, limit int, at verdict.Place) {
	if c.overflow {
		return
	}
	c.overflow = true
	at.Text = fmt.Sprintf("there are more than %d %s", limit, what)
	c.r.Problems = append(c.r.Problems, tree.Problem{Place: at})
}

// rendered reads what templates and overlays come to.
func (c *collector) rendered(t *tree.Tree) {
	for _, f := range t.Files() {
		data, err := t.Read(f)
		if err != nil {
			c.r.Problems = append(c.r.Problems, tree.Problem{Place: verdict.Place{File: f, Text: err.Error()}})
			continue
		}
		c.metric(f, data)
		for _, doc := range c.parse(f, data) {
			c.object(doc, true)
		}
	}
}

// chart notes a Helm chart: templates are not rendered.
func (c *collector) chart(f string) {
	dir := path.Dir(f)
	if setAside(f) {
		c.r.aside = append(c.r.aside, verdict.Place{File: f, Text: "a Helm chart in a directory of tests or examples"})
		return
	}
	data, err := c.t.Read(f)
	if err != nil {
		c.r.Problems = append(c.r.Problems, tree.Problem{Place: verdict.Place{File: f, Text: err.Error()}})
		return
	}
	for _, doc := range c.parse(f, data) {
		if doc.Get("type").Text() == "library" {
			return
		}
	}
	if c.ofChart(dir+"/x") != "" {
		return // it belongs to another
	}
	c.r.unrendered = append(c.r.unrendered, verdict.Place{File: f, Line: 1,
		Text: fmt.Sprintf("templates of a Helm chart are not rendered: run `helm template %s > rendered.yaml`, and give it by --manifests rendered.yaml", dir)})
}

// derive makes of the objects what checks ask for.
func (c *collector) derive() {
	c.r.byKind = make(map[string][]*object)
	for _, o := range c.r.objects {
		c.r.byKind[o.kind] = append(c.r.byKind[o.kind], o)
		if w := c.workload(o); w != nil {
			c.r.workloads = append(c.r.workloads, w)
		}
		if o.kind == "Service" && o.group == "" {
			c.r.services = append(c.r.services, newService(o))
		}
		c.configMap(o)
	}
	c.ours()
	c.link()
	c.traffic()
}

// link tells services and workloads of each other.
func (c *collector) link() {
	labelled := make(map[string][]*workload)
	for _, w := range c.r.workloads {
		for k, v := range w.labels {
			labelled[k+"="+v] = append(labelled[k+"="+v], w)
		}
	}
	for _, s := range c.r.services {
		for _, w := range s.among(labelled) {
			if s.leads(w) {
				w.services = append(w.services, s)
				s.own = s.own || len(w.own()) > 0
				s.foreign = len(w.own()) == 0
			}
		}
		s.foreign = s.foreign && !s.own
	}
}

// configMap reads the configuration of a proxy or a scraper that a ConfigMap holds.
func (c *collector) configMap(o *object) {
	if o.kind != "ConfigMap" {
		return
	}
	for name, n := range o.get("data").Fields() {
		text := n.Text()
		kind := smell(name, []byte(text))
		if kind != proxy && kind != scraping && kind != metrics || path.Ext(name) != ".yaml" && path.Ext(name) != ".yml" && path.Ext(name) != ".json" {
			continue
		}
		if strings.Contains(text, ejected) {
			c.r.ejections = append(c.r.ejections, o.at(n, "uses a metric of ejections"))
		}
		// The text of a block begins in the line below its key.
		docs, err := yamltree.Parse(n.File(), append(bytes.Repeat([]byte("\n"), n.Line()), text...))
		if err != nil {
			c.r.Problems = append(c.r.Problems, tree.Problem{Place: o.at(n, fmt.Sprintf("%s in %s: %v", name, o, err))})
		}
		for _, doc := range docs {
			if kind == proxy {
				c.envoy(doc, o.at(n, "Envoy's configuration in "+o.String()))
			}
			if kind == scraping {
				c.scrape(doc)
			}
		}
	}
}
