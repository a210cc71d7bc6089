package manifests

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// How long the platform waits by default between asking a process to stop and killing it:
// compose's stop_grace_period and systemd's DefaultTimeoutStopSec.
const (
	composeGrace = 10 * time.Second
	systemdGrace = 90 * time.Second
)

// compose reads the services of a compose file.
func (c *collector) compose(f string, doc yamltree.Node) {
	for name, n := range doc.Get("services").Fields() {
		w := &workload{
			platform: compose, kind: "compose service", name: name,
			labels: labels(n.Get("labels")), grace: composeGrace, graceAt: verdict.Place{File: f},
			at:    verdict.Place{File: f, Line: n.Line(), Text: "compose service " + name},
			local: !strings.Contains(strings.ToLower(f), "prod") && !swarm(n.Get("deploy")),
		}
		k := &container{name: name, image: n.Get("image").Text(), own: c.builds(f, name, n.Get("build")), env: make(map[string]variable), node: n, at: w.at}
		for _, at := range []yamltree.Node{n.Get("deploy", "resources", "limits", "cpus"), n.Get("cpus")} {
			if k.limit == nil {
				k.limit = c.amount(at)
			}
		}
		for key, v := range environment(n.Get("environment")) {
			k.env[key] = v
		}
		if g := n.Get("stop_grace_period"); g.Exists() {
			if d, ok := duration(g); ok {
				w.grace = d
			}
			w.graceAt = verdict.Place{File: f, Line: g.Line(), Text: "stop_grace_period: " + g.Text()}
		}
		w.containers = []*container{k}
		c.r.workloads = append(c.r.workloads, w)
	}
}

// swarm reports whether "deploy" has what only a swarm goes by.
func swarm(deploy yamltree.Node) bool {
	return slices.ContainsFunc([]string{"mode", "placement", "update_config", "rollback_config"}, func(k string) bool { return deploy.Get(k).Exists() })
}

// buildsGo matches Dockerfiles of programs in Go.
var buildsGo = pattern.New(`(?mi)^FROM\s.*\bgolang\b|\bgo (?:build|install)\b`)

// builds reports whether a compose service is built from Go code of the repository: there
// is some where its Dockerfile is, or the Dockerfile is one of Go.
func (c *collector) builds(f, name string, build yamltree.Node) bool {
	if !build.Exists() {
		return false
	}
	context, file := build.Text(), build.Get("dockerfile").Text()
	if build.IsMap() {
		context = build.Get("context").Text()
	}
	if strings.Contains(context+file, "$") {
		return slices.Contains(c.names, strings.ToLower(name))
	}
	if data, err := c.t.Read(tree.Join(f, path.Join(context, cmp.Or(file, "Dockerfile")))); err == nil && buildsGo.MatchString(string(data)) {
		return true
	}
	dir := tree.Join(f, path.Join(context, path.Dir(file)))
	return dir != "" && slices.ContainsFunc(c.t.Under(dir), func(f string) bool { return path.Ext(f) == ".go" || path.Base(f) == "go.mod" })
}

// labels reads labels that are a mapping, or a list of "name=value".
func labels(n yamltree.Node) map[string]string {
	if n.IsMap() {
		return texts(n)
	}
	m := make(map[string]string)
	for _, t := range n.Texts() {
		k, v, _ := strings.Cut(t, "=")
		m[k] = v
	}
	return m
}

// environment reads variables that are a mapping, or a list of "name=value".
func environment(n yamltree.Node) map[string]variable {
	m := make(map[string]variable)
	set := func(k, v string, at yamltree.Node) {
		m[k] = variable{value: v, other: strings.Contains(v, "$"), at: verdict.Place{File: at.File(), Line: at.Line(), Text: k + "=" + v}}
	}
	if n.IsMap() {
		for k, v := range n.Fields() {
			set(k, v.Text(), v)
		}
		return m
	}
	for _, e := range n.List() {
		k, v, _ := strings.Cut(e.Text(), "=")
		set(k, v, e)
	}
	return m
}

// unit reads a unit of systemd.
func (c *collector) unit(f string) {
	if setAside(f) {
		return
	}
	data, err := c.t.Read(f)
	if err != nil {
		c.r.Problems = append(c.r.Problems, tree.Problem{Place: verdict.Place{File: f, Text: err.Error()}})
		return
	}
	w := &workload{platform: systemd, kind: "unit", name: path.Base(f), grace: systemdGrace, graceAt: verdict.Place{File: f}}
	k := &container{name: w.name, env: make(map[string]variable)}
	for _, s := range unitSettings(string(data)) {
		at := verdict.Place{File: f, Line: s.line, Text: s.key + "=" + s.value}
		switch s.key {
		case "ExecStart":
			k.image, w.at, k.at = s.value, at, at
		case "ExecStartPre":
			w.init = append(w.init, &container{name: w.name, image: s.value, at: at})
		case "CPUQuota":
			if v, err := quantity(strings.TrimSuffix(s.value, "%")); err == nil && strings.HasSuffix(s.value, "%") && v > 0 {
				k.limit = &amount{v / 100, at}
			} else if s.value != "" {
				at.Text = fmt.Sprintf("CPUQuota is %q, no share of CPU", s.value)
				c.r.Problems = append(c.r.Problems, tree.Problem{Place: at})
				k.limit = &amount{0, at}
			}
		case "Environment":
			for _, m := range assignment.Regexp().FindAllStringSubmatch(s.value, -1) {
				k.env[m[1]] = variable{value: m[2], at: at}
			}
		case "TimeoutStopSec", "TimeoutSec":
			if d, ok := unitDuration(s.value); ok {
				w.grace, w.graceAt = d, at
			}
		}
	}
	if k.image == "" {
		return
	}
	w.containers = []*container{k}
	c.r.workloads = append(c.r.workloads, w)
}

var assignment = pattern.New(`"?([A-Za-z_][A-Za-z0-9_]*)=([^"\s]*)"?`)

// A setting is one of a unit.
type setting struct {
	key, value string
	line       int
}

// unitSettings reads the settings of the section Service: lines "key=value", those that
// end in a backslash with the next; "#" and ";" begin comments.
func unitSettings(text string) []setting {
	var all []setting
	section, open := "", false
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' || l[0] == ';' {
			continue
		}
		more := strings.HasSuffix(l, `\`)
		l = strings.TrimSpace(strings.TrimSuffix(l, `\`))
		switch {
		case open:
			last := &all[len(all)-1]
			last.value = strings.TrimSpace(last.value + " " + l)
		case strings.HasPrefix(l, "["):
			section, more = l, false
		case section == "[Service]":
			key, value, ok := strings.Cut(l, "=")
			if !ok {
				continue
			}
			all = append(all, setting{strings.TrimSpace(key), strings.TrimSpace(value), i + 1})
		default:
			more = false
		}
		open = more
	}
	return all
}

// unitDuration reads a span of time of systemd: seconds, or with units. It is 0 for
// "infinity", as 0 is no bound there either.
func unitDuration(s string) (time.Duration, bool) {
	if s == "infinity" {
		return 0, true
	}
	if v, err := quantity(s); err == nil && v >= 0 && v < 1e9 && !strings.ContainsAny(s, "numkMGTPE") {
		return time.Duration(v * float64(time.Second)), true
	}
	s = strings.NewReplacer(" ", "", "min", "m", "sec", "s", "hr", "h").Replace(s)
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}
