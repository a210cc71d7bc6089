package manifests

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A platform is what runs a workload.
type platform string

const (
	cluster platform = "Kubernetes"
	compose platform = "compose"
	systemd platform = "systemd"
)

// A workload is something that runs containers, or a process.
type workload struct {
	platform    platform
	kind, name  string
	namespace   string
	labels      map[string]string // of its pods
	annotations yamltree.Node     // of its pods
	misplaced   yamltree.Node     // annotations of the object that runs the pods
	containers  []*container
	init        []*container
	services    []*service    // that lead to it
	grace       time.Duration // between the signal to stop and the kill
	graceAt     verdict.Place // where that is said; without a line for the platform's default
	at          verdict.Place
	patch       *verdict.Place
	local       bool // it may be only a developer's
}

// serves reports whether it runs until it is stopped.
func (w *workload) serves() bool { return w.kind != "Job" && w.kind != "CronJob" }

// own returns the containers that run what is built here.
func (w *workload) own() []*container {
	return slices.DeleteFunc(slices.Clone(w.containers), func(c *container) bool { return !c.own })
}

func (w *workload) String() string { return w.kind + " " + w.name }

// A container is one of a workload's, or its process.
type container struct {
	name, image    string
	own            bool // what it runs is built here
	limit, request *amount
	env            map[string]variable
	envFrom        []string // names of ConfigMaps
	node           yamltree.Node
	at             verdict.Place
}

// An amount is one of CPU.
type amount struct {
	cores float64 // 0 for what is no amount
	at    verdict.Place
}

// A variable is one of a container's environment.
type variable struct {
	value string
	field string // of the container that it is taken from: "limits.cpu"
	unit  string // in which that is counted; "" for 1
	other bool   // it is taken from somewhere else
	at    verdict.Place
}

// defaultGrace is how long Kubernetes waits for pods to stop.
const defaultGrace = 30 * time.Second

// workload reads what an object runs; nil if it runs nothing.
func (c *collector) workload(o *object) *workload {
	var template yamltree.Node
	switch {
	case o.kind == "Pod" && o.group == "":
		template = o.node
	case o.kind == "CronJob" && o.group == "batch":
		template = o.get("spec", "jobTemplate", "spec", "template")
	case o.group == "apps" && slices.Contains([]string{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"}, o.kind),
		o.group == "batch" && o.kind == "Job", o.group == "argoproj.io" && o.kind == "Rollout",
		o.group == "serving.knative.dev" && o.kind == "Service":
		template = o.get("spec", "template")
	default:
		return nil
	}
	spec := template.Get("spec")
	if !spec.Get("containers").Exists() {
		return nil
	}
	w := &workload{
		platform: cluster, kind: o.kind, name: o.name, namespace: o.namespace,
		labels:      texts(template.Get("metadata", "labels")),
		annotations: template.Get("metadata", "annotations"),
		grace:       defaultGrace,
		graceAt:     verdict.Place{File: o.node.File()},
		at:          o.at(o.node, o.String()),
		patch:       o.patch,
	}
	if o.kind != "Pod" {
		w.misplaced = o.get("metadata", "annotations")
	}
	if n := spec.Get("terminationGracePeriodSeconds"); n.Exists() {
		if s, ok := n.Int(); ok {
			w.grace = time.Duration(s) * time.Second
		}
		w.graceAt = o.at(n, "terminationGracePeriodSeconds: "+n.Text())
	}
	for _, n := range spec.Get("containers").List() {
		w.containers = append(w.containers, c.container(w, n))
	}
	for _, n := range spec.Get("initContainers").List() {
		w.init = append(w.init, c.container(w, n))
	}
	return w
}

func (c *collector) container(w *workload, n yamltree.Node) *container {
	at := verdict.Place{File: n.File(), Line: n.Line()}
	k := &container{name: n.Get("name").Text(), image: n.Get("image").Text(), env: make(map[string]variable), node: n}
	at.Text = fmt.Sprintf("%s, container %s", w, k.name)
	k.at = at
	k.limit = c.amount(n.Get("resources", "limits", "cpu"))
	k.request = c.amount(n.Get("resources", "requests", "cpu"))
	for _, e := range n.Get("env").List() {
		ref := e.Get("valueFrom", "resourceFieldRef")
		v := variable{value: e.Get("value").Text(), field: ref.Get("resource").Text(), unit: ref.Get("divisor").Text()}
		v.other = v.field == "" && e.Get("valueFrom").Exists()
		v.at = verdict.Place{File: n.File(), Line: e.Line(), Text: e.Get("name").Text() + "=" + v.value + v.field}
		k.env[e.Get("name").Text()] = v
	}
	for _, e := range n.Get("envFrom").List() {
		if name := e.Get("configMapRef", "name").Text(); name != "" {
			k.envFrom = append(k.envFrom, name)
		}
	}
	return k
}

// amount reads an amount of CPU; nil where nothing is written.
func (c *collector) amount(n yamltree.Node) *amount {
	if n.Text() == "" {
		return nil
	}
	v, err := quantity(n.Text())
	at := verdict.Place{File: n.File(), Line: n.Line(), Text: "cpu: " + n.Text()}
	if err != nil || v <= 0 {
		at.Text = fmt.Sprintf("%q is no amount of CPU", n.Text())
		c.r.Problems = append(c.r.Problems, tree.Problem{Place: at})
		v = 0
	}
	return &amount{v, at}
}

// known reports a variable that a container gets, from its own manifest or a ConfigMap.
func (r *Result) variable(w *workload, k *container, name string) (variable, bool) {
	if v, ok := k.env[name]; ok {
		return v, true
	}
	for _, from := range k.envFrom {
		for _, o := range r.byKind["ConfigMap"] {
			if o.name != from || !near(o.namespace, w.namespace) {
				continue
			}
			if n := o.get("data", name); n.Exists() {
				return variable{value: n.Text(), at: o.at(n, name+"="+n.Text())}, true
			}
		}
	}
	return variable{}, false
}

// images of others, by the last element of their names: a container that runs one is
// not judged as Go code of this repository, unless the repository has its name.
func othersImages() []string {
	return []string{
		"alertmanager", "alloy", "alpine", "busybox", "caddy", "cassandra", "clickhouse", "clickhouse-server",
		"cloud-sql-proxy", "consul", "coredns", "curl", "datadog", "debian", "dex", "elasticsearch", "envoy", "etcd",
		"fluent-bit", "fluentd", "gce-proxy", "grafana", "haproxy", "httpbin", "influxdb", "jaeger", "kafka", "keycloak",
		"kibana", "kube-rbac-proxy", "kubectl", "localstack", "loki", "mariadb", "memcached", "minio", "mongo",
		"mongodb", "mysql", "nats", "netshoot", "nginx", "node", "node-exporter", "oauth2-proxy", "openjdk",
		"opensearch", "opentelemetry-collector", "opentelemetry-collector-contrib", "otel-collector", "pause", "perl",
		"php", "pgbouncer", "postgres", "postgresql", "prometheus", "promtail", "proxyv2", "python", "rabbitmq",
		"redis", "redis-exporter", "registry", "ruby", "statsd-exporter", "tempo", "toxiproxy", "traefik", "ubuntu",
		"valkey", "vault", "victoria-metrics", "wait-for-it", "zipkin", "zookeeper",
	}
}

// ours marks the containers that run what is built here: those whose images or programs
// have a name of the repository or its organisation or, where there are none and nothing is
// hidden in templates, all that nobody else is known for.
func (c *collector) ours() {
	found := make(map[platform]bool)
	for _, w := range c.r.workloads {
		for _, k := range w.containers {
			k.own = k.own || c.named(k.image)
			found[w.platform] = found[w.platform] || k.own
		}
	}
	for _, w := range c.r.workloads {
		for _, k := range w.containers {
			if !found[w.platform] && w.platform != compose && len(c.r.hidden()) == 0 {
				k.own = !slices.Contains(othersImages(), imageName(k.image))
			}
			if !k.own {
				c.r.foreign = append(c.r.foreign, k.image)
			}
		}
	}
	slices.Sort(c.r.foreign)
	c.r.foreign = slices.Compact(c.r.foreign)
}

// imageName is the last element of an image's name, or of the command of a unit.
func imageName(image string) string {
	image, _, _ = strings.Cut(image, " ")
	return strings.ToLower(path.Base(repository(image)))
}

// named reports whether an image, or what a kustomization puts in its place, is called
// as a program of the repository, or is its organisation's.
func (c *collector) named(image string) bool {
	all := []string{image}
	for _, o := range c.r.images {
		if o.name == repository(image) && o.newName != "" {
			all = append(all, o.newName)
		}
	}
	return slices.ContainsFunc(all, func(image string) bool {
		base := imageName(image)
		if slices.ContainsFunc(c.names, func(n string) bool { return base == n || strings.HasPrefix(base, n+"-") }) {
			return true
		}
		owner := strings.ToLower(path.Base(path.Dir(repository(image))))
		return slices.Contains(c.owners, owner) && !slices.Contains(othersImages(), base)
	})
}

// repository is an image's name without tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		image = image[:i]
	}
	return image
}

// procs is how many threads may run Go code under a CPU limit of so many cores, if the
// runtime of Go 1.25 and later decides: it rounds up, and takes 2 at least.
func procs(limit float64) int { return max(2, int(math.Ceil(limit))) }

// set returns the number that GOMAXPROCS is set to, or false.
func (v variable) number() (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(v.value))
	return n, err == nil && n > 0
}
