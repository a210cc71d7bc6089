package ci

import (
	"maps"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

const circle = "CircleCI"

// circleci reads .circleci/config.yml.
func (c *collector) circleci() {
	for _, file := range c.t.Match(".circleci/config.{yml,yaml}") {
		for _, d := range c.parse(file) {
			cc := &circleConfig{collector: c, doc: d}
			cc.workflows()
		}
	}
}

type circleConfig struct {
	*collector
	doc    yamltree.Node
	source string // of the pipeline: webhook, or scheduled_pipeline
}

func (c *circleConfig) workflows() {
	flows := c.doc.Get("workflows")
	if !flows.Exists() {
		// Before there were workflows, there was the job "build".
		c.job("build", yamltree.Node{}, params{}, PullRequest|DefaultBranch|OtherBranch, "", 0)
		return
	}
	for name, w := range flows.Fields() {
		if name == "version" || !w.IsMap() {
			continue
		}
		base := PullRequest | DefaultBranch | OtherBranch
		if t := w.Get("triggers"); t.Exists() {
			base = Schedule
		}
		for _, source := range []struct {
			name string
			on   Moments
		}{{"webhook", base}, {"scheduled_pipeline", Schedule}} {
			c.source = source.name
			open, runs := c.condition(w)
			// Without a condition on it, a workflow runs in scheduled pipelines too, which
			// are set up elsewhere.
			if runs && (source.name == "webhook" || w.Get("when").Exists() && open == "") {
				c.workflow(w, source.on, open)
			}
		}
	}
}

func (c *circleConfig) workflow(w yamltree.Node, on Moments, open string) {
	for _, j := range w.Get("jobs").List() {
		if j.Text() != "" {
			c.job(j.Text(), yamltree.Node{}, nil, on, open, j.Line())
			continue
		}
		for name, conf := range j.Fields() {
			if conf.Get("type").Text() == "approval" {
				continue
			}
			for _, p := range c.combinations(conf) {
				c.job(name, conf, p, filtered(conf.Get("filters"), on), open, j.Line())
			}
		}
	}
}

// condition is that under which a workflow runs: open if it is not known.
func (c *circleConfig) condition(w yamltree.Node) (open string, runs bool) {
	for _, key := range []string{"when", "unless"} {
		n := w.Get(key)
		if !n.Exists() {
			continue
		}
		yes, known := c.logic(n, nil, 0)
		switch {
		case !known:
			return "`" + key + "` of the workflow", true
		case yes != (key == "when"):
			return "", false
		}
	}
	return "", true
}

// logic evaluates a condition: a text, or and, or, not and equal of others.
func (c *circleConfig) logic(n yamltree.Node, p params, depth int) (yes, known bool) {
	if depth > 20 {
		return false, false
	}
	if !n.IsMap() {
		text := c.fill(n.Text(), p)
		return text != "" && text != "false", !strings.Contains(text, "\uE000")
	}
	for op, arg := range n.Fields() {
		switch op {
		case "and", "or":
			known = true
			for _, e := range arg.List() {
				v, k := c.logic(e, p, depth+1)
				if k && v == (op == "or") {
					return v, true
				}
				known = known && k
			}
			return op == "and", known
		case "not":
			yes, known = c.logic(arg, p, depth+1)
			return !yes, known
		case "equal":
			first, yes := "", true
			for i, e := range arg.Texts() {
				text := c.fill(e, p)
				if strings.Contains(text, "\uE000") {
					return false, false
				}
				if i == 0 {
					first = text
				}
				yes = yes && text == first
			}
			return yes, true
		}
	}
	return false, false
}

// params are the parameters of a job or command.
type params map[string]string

// combinations are the parameters of a job in a workflow, once per matrix entry.
func (c *circleConfig) combinations(conf yamltree.Node) []params {
	base := params{}
	for k, v := range conf.Fields() {
		if v.Text() != "" {
			base[k] = v.Text()
		}
	}
	combos := []params{base}
	for name, values := range conf.Get("matrix", "parameters").Fields() {
		var next []params
		for _, p := range combos {
			for _, v := range values.Texts() {
				e := maps.Clone(p)
				e[name] = v
				next = append(next, e)
			}
		}
		if len(next) == 0 || len(next) > 64 {
			return []params{base}
		}
		combos = next
	}
	return combos
}

// filtered narrows the moments by a filter of branches and tags.
func filtered(f yamltree.Node, base Moments) Moments {
	on := base
	pass := func(n yamltree.Node, name string, none bool) bool {
		if only := n.Get("only"); only.Exists() {
			return slices.ContainsFunc(only.Texts(), func(p string) bool { return p == name || regexMatch(p, name) })
		}
		if ignore := n.Get("ignore"); ignore.Exists() {
			return !slices.ContainsFunc(ignore.Texts(), func(p string) bool { return p == name || regexMatch(p, name) })
		}
		return none
	}
	if b := f.Get("branches"); b.Exists() && base&Schedule == 0 {
		if !pass(b, "feature/some-change", true) {
			on &^= PullRequest | OtherBranch
		}
		if !pass(b, "main", true) && !pass(b, "master", true) {
			on &^= DefaultBranch
		}
		if slices.ContainsFunc(samples, func(s string) bool { return b.Get("only").Exists() && pass(b, s, false) }) {
			on |= Release
		}
	}
	if t := f.Get("tags"); t.Exists() && (pass(t, "v1.2.3", false) || pass(t, "1.2.3", false) || t.Get("only").Exists()) {
		on |= Release
	}
	return on
}

var circleParam = pattern.New(`<<\s*([\w.-]+)\s*>>`)

// fill puts parameters in their place.
func (c *circleConfig) fill(text string, p params) string {
	return circleParam.Regexp().ReplaceAllStringFunc(text, func(m string) string {
		name := circleParam.FindStringSubmatch(m)[1]
		if rest, ok := strings.CutPrefix(name, "parameters."); ok {
			if v, ok := p[rest]; ok {
				return v
			}
		}
		if name == "pipeline.trigger_source" {
			return c.source
		}
		if rest, ok := strings.CutPrefix(name, "pipeline.parameters."); ok {
			if d := c.doc.Get("parameters", rest, "default"); d.Exists() {
				return d.Text()
			}
		}
		return c.r.Mark(m)
	})
}

// defaults are the parameters that a job or command has by itself, and those given.
func defaults(n yamltree.Node, given params) params {
	p := params{}
	for name, d := range n.Get("parameters").Fields() {
		if def := d.Get("default"); def.Exists() {
			p[name] = def.Text()
		}
	}
	maps.Copy(p, given)
	return p
}

func (c *circleConfig) job(name string, conf yamltree.Node, p params, on Moments, open string, line int) {
	c.jobs++
	st := step{provider: circle, job: name, jobID: c.jobs, on: on, cond: open, place: verdict.Place{File: c.doc.File(), Line: line, Text: name}}
	job := c.doc.Get("jobs", name)
	if !job.Exists() {
		if line == 0 {
			return
		}
		st.argv, st.unread = []string{name}, "runs a job of an orb, "+name
		c.run(st)
		return
	}
	p = defaults(job, p)
	st.script.Env = make(script.Vars)
	for k, v := range job.Get("environment").Fields() {
		st.script.Env[k] = c.fill(v.Text(), p)
	}
	at := &circleJob{circleConfig: c, step: st, dir: c.fill(job.Get("working_directory").Text(), p), shell: job.Get("shell").Text()}
	for _, key := range []string{"pre-steps", "post-steps"} {
		if key == "post-steps" {
			at.steps(job.Get("steps"), p, 0)
		}
		at.steps(conf.Get(key), p, 0)
	}
}

type circleJob struct {
	*circleConfig
	step  step
	dir   string // where the repository is checked out, unless a step says
	shell string
}

func (j *circleJob) steps(n yamltree.Node, p params, depth int) {
	if depth > 10 {
		return
	}
	for _, s := range n.List() {
		if !j.visit() {
			return
		}
		if name := s.Text(); name != "" {
			j.named(name, yamltree.Node{}, s.Line(), p, depth)
			continue
		}
		for name, conf := range s.Fields() {
			switch name {
			case "run":
				j.runStep(conf, p)
			case "when", "unless":
				j.conditional(name, conf, p, depth)
			default:
				j.named(name, conf, s.Line(), p, depth)
			}
		}
	}
}

func (j *circleJob) conditional(key string, conf yamltree.Node, p params, depth int) {
	yes, known := j.logic(conf.Get("condition"), p, 0)
	prev := j.step.cond
	switch {
	case !known:
		j.step.cond = and(prev, "`"+key+"`")
	case yes != (key == "when"):
		return
	}
	j.steps(conf.Get("steps"), p, depth+1)
	j.step.cond = prev
}

// named runs a command of the configuration, or one of an orb.
func (j *circleJob) named(name string, conf yamltree.Node, line int, p params, depth int) {
	if cmd := j.doc.Get("commands", name); cmd.Exists() {
		given := params{}
		for k, v := range conf.Fields() {
			given[k] = j.fill(v.Text(), p)
		}
		j.steps(cmd.Get("steps"), defaults(cmd, given), depth+1)
		return
	}
	if !strings.Contains(name, "/") || strings.HasPrefix(name, "go/install") || strings.HasPrefix(name, "go/load") || strings.HasPrefix(name, "go/save") ||
		strings.HasPrefix(name, "slack/") || strings.HasPrefix(name, "codecov/") || strings.HasPrefix(name, "docker/check") {
		return
	}
	st := j.step
	st.place = verdict.Place{File: j.doc.File(), Line: line, Text: name}
	switch name {
	case "go/test":
		st.argv = []string{"go", "test"}
		for _, f := range []string{"race", "failfast", "short", "verbose"} {
			if conf.Get(f).Text() == "true" {
				st.argv = append(st.argv, "-"+map[bool]string{true: "v", false: f}[f == "verbose"])
			}
		}
		st.argv = append(st.argv, firstOf(j.fill(conf.Get("packages").Text(), p), "./..."))
	case "go/mod-download", "go/mod-download-cached":
		return
	default:
		st.argv, st.unread = []string{name}, "runs a command of an orb, "+name
	}
	st.script.Dir = "."
	j.run(st)
}

func (j *circleJob) runStep(conf yamltree.Node, p params) {
	text, name := conf, ""
	if conf.IsMap() {
		text, name = conf.Get("command"), conf.Get("name").Text()
	}
	if conf.Get("when").Text() == "on_fail" {
		return
	}
	st := j.step
	st.place = verdict.Place{File: j.doc.File(), Line: conf.Line(), Text: name}
	if conf.Get("background").Text() == "true" {
		st.why = "the step runs in the background"
	}
	env := maps.Clone(st.script.Env)
	for k, v := range conf.Get("environment").Fields() {
		env[k] = j.fill(v.Text(), p)
	}
	dir := j.fill(conf.Get("working_directory").Text(), p)
	if j.dir != "" && (dir == j.dir || strings.HasPrefix(dir, j.dir+"/")) {
		dir = strings.TrimPrefix(strings.TrimPrefix(dir, j.dir), "/")
	}
	shell := firstOf(conf.Get("shell").Text(), j.shell)
	st.script = script.Script{
		Text: j.fill(text.Text(), p), File: text.File(), Line: text.Line() + j.blockStart(text.File(), text.Line()), Dir: inRoot(dir), Env: env,
		Errexit: shell == "" || strings.Contains(shell, "-e"), Pipefail: shell == "" || strings.Contains(shell, "pipefail"),
	}
	j.run(st)
}
