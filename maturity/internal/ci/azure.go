package ci

import (
	"maps"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// azure reads the pipelines of Azure. Which files are pipelines is set at the host:
// those with the usual names are taken, and templates where these use them.
func (c *collector) azure() {
	for _, file := range c.t.Match("azure-pipelines*.{yml,yaml}", ".azure-pipelines.{yml,yaml}", ".azure-pipelines/azure-pipelines*.{yml,yaml}", ".azure/pipelines/*.{yml,yaml}", ".azuredevops/*.{yml,yaml}", ".azure-pipelines/pipeline*.{yml,yaml}", ".pipelines/*.{yml,yaml}") {
		for _, d := range c.parse(file) {
			a := &azure{collector: c, file: file}
			a.pipeline(d)
		}
	}
}

type azure struct {
	*collector
	file string
}

// An azureAt is where in a pipeline something stands.
type azureAt struct {
	step
	params map[string]string
	env    script.Vars
	dir    string
	depth  int
	via    []verdict.Place
	// set are the variables that steps set, in upper case: not known before.
	set map[string]bool
}

func (a *azure) pipeline(d yamltree.Node) {
	on := a.moments(d)
	a.jobs++
	at := azureAt{step: step{provider: "Azure Pipelines", job: "job", jobID: a.jobs, on: on}, params: map[string]string{}, env: script.Vars{}, dir: ".", set: make(map[string]bool)}
	at.settings(d)
	a.parameters(&at, d, yamltree.Node{})
	at.env = a.variables(at, d.Get("variables"))
	a.parts(d, at)
}

var azureSet = pattern.New(`task\.setvariable variable=([\w.]+)`)

// settings notes the variables that steps of a document set.
func (at *azureAt) settings(d yamltree.Node) {
	for n := range d.All() {
		for _, m := range azureSet.Regexp().FindAllStringSubmatch(n.Text(), -1) {
			at.set[strings.ToUpper(strings.ReplaceAll(m[1], ".", "_"))] = true
		}
	}
}

func (a *azure) moments(d yamltree.Node) Moments {
	on := PullRequest | DefaultBranch | OtherBranch | Release
	if pr := d.Get("pr"); pr.Text() == "none" {
		on &^= PullRequest
	}
	t := d.Get("trigger")
	if t.Text() == "none" {
		on &^= DefaultBranch | OtherBranch | Release
	} else if t.Exists() {
		branches := t
		if t.IsMap() {
			branches = t.Get("branches", "include")
		}
		on &^= OtherBranch | DefaultBranch | Release
		for _, b := range branches.Texts() {
			for _, name := range []string{"main", "master"} {
				if globMatch(strings.ReplaceAll(b, "*", "**"), name) {
					on |= DefaultBranch
				}
			}
			if slices.ContainsFunc(samples, func(s string) bool { return globMatch(strings.ReplaceAll(b, "*", "**"), s) }) {
				on |= Release
			}
		}
		if t.Get("tags").Exists() {
			on |= Release
		}
	}
	if d.Get("schedules").Exists() {
		on |= Schedule
	}
	return on
}

// parts walks what may stand at the top of a pipeline or in a template.
func (a *azure) parts(d yamltree.Node, at azureAt) {
	for _, s := range d.Get("stages").List() {
		if a.template(s, at, a.parts) {
			continue
		}
		a.stage(s, at)
	}
	for _, j := range d.Get("jobs").List() {
		if a.template(j, at, a.parts) {
			continue
		}
		a.job(j, at)
	}
	if steps := d.Get("steps"); steps.Exists() {
		a.steps(steps, at)
	}
}

func (a *azure) stage(s yamltree.Node, at azureAt) {
	if a.condition(s, &at) {
		at.env = a.variables(at, s.Get("variables"))
		a.parts(s, at)
	}
}

func (a *azure) job(j yamltree.Node, at azureAt) {
	a.jobs++
	at.jobID = a.jobs
	at.job = firstOf(j.Get("job").Text(), j.Get("deployment").Text())
	if !a.condition(j, &at) {
		return
	}
	if j.Get("continueOnError").Text() == "true" && at.why == "" {
		at.why = "`continueOnError` on the job"
	}
	at.env = a.variables(at, j.Get("variables"))
	a.steps(j.Get("steps"), at)
	a.steps(j.Get("strategy", "runOnce", "deploy", "steps"), at)
}

// condition narrows the moments by a condition; false if it never holds.
func (a *azure) condition(n yamltree.Node, at *azureAt) bool {
	// Parameters are put in before a condition is looked at.
	text := azureParam.Regexp().ReplaceAllStringFunc(n.Get("condition").Text(), func(m string) string {
		if v, ok := at.params[strings.TrimPrefix(azureParam.FindStringSubmatch(m)[1], "parameters.")]; ok {
			return v
		}
		return m
	})
	return at.narrow(text)
}

// template walks a template of the repository; false if n uses none.
func (a *azure) template(n yamltree.Node, at azureAt, walk func(yamltree.Node, azureAt)) bool {
	// ${{ if … }}: a list of what runs then.
	for key, v := range n.Fields() {
		if inner, ok := strings.CutPrefix(key, "${{"); ok {
			inner = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(inner), "}}"))
			cond, isIf := strings.CutPrefix(inner, "if ")
			if isIf && !at.narrow(cond) {
				return true
			}
			if !isIf {
				at.cond = and(at.cond, "`"+inner+"`")
			}
			for _, e := range v.List() {
				if !a.template(e, at, walk) && e.IsMap() {
					switch {
					case e.Get("job").Exists():
						a.job(e, at)
					case e.Get("stage").Exists():
						a.stage(e, at)
					default:
						a.step(e, at)
					}
				}
			}
			return true
		}
	}
	name := n.Get("template").Text()
	if name == "" || !a.visit() {
		return name != ""
	}
	file := tree.Join(n.File(), name)
	if strings.Contains(name, "@") || file == "" || !a.t.Has(file) || at.depth > 20 {
		at.place = verdict.Place{File: n.File(), Line: n.Line(), Text: "template: " + name}
		at.argv, at.unread = []string{name}, "uses a template of another repository, "+name
		a.run(at.step)
		return true
	}
	at.depth++
	at.via = append(slices.Clone(at.via), verdict.Place{File: n.File(), Line: n.Line(), Text: "template: " + name})
	for _, d := range a.parse(file) {
		sub := at
		sub.settings(d)
		sub.params = map[string]string{}
		a.parameters(&sub, d, n.Get("parameters"))
		walk(d, sub)
	}
	return true
}

// parameters sets those of a template: its defaults, and what it is given.
func (a *azure) parameters(at *azureAt, d, given yamltree.Node) {
	p := d.Get("parameters")
	for _, e := range p.List() {
		if name := e.Get("name").Text(); name != "" {
			at.params[name] = e.Get("default").Text()
		}
	}
	if p.IsMap() {
		for name, v := range p.Fields() {
			at.params[name] = v.Text()
		}
	}
	for name, v := range given.Fields() {
		at.params[name] = v.Text()
	}
}

func (a *azure) variables(at azureAt, n yamltree.Node) script.Vars {
	env := maps.Clone(at.env)
	set := func(name, value string) { env[strings.ToUpper(strings.ReplaceAll(name, ".", "_"))] = a.fill(value, at) }
	if n.IsMap() {
		for name, v := range n.Fields() {
			set(name, v.Text())
		}
		return env
	}
	for _, v := range n.List() {
		if name := v.Get("name").Text(); name != "" {
			set(name, v.Get("value").Text())
		}
	}
	return env
}

var azureParam = pattern.New(`\$\{\{\s*([^}]*?)\s*\}\}|\$\(([A-Za-z_][\w.]*)\)`)

// fill puts parameters and variables in their place.
func (a *azure) fill(text string, at azureAt) string {
	return azureParam.Regexp().ReplaceAllStringFunc(text, func(m string) string {
		sub := azureParam.FindStringSubmatch(m)
		if name, ok := strings.CutPrefix(sub[1], "parameters."); ok {
			if v, ok := at.params[name]; ok {
				return v
			}
		}
		if name := sub[2]; name != "" {
			if v, ok := at.env[strings.ToUpper(strings.ReplaceAll(name, ".", "_"))]; ok {
				return v
			}
			switch strings.ToLower(name) {
			case "build.sourcesdirectory", "system.defaultworkingdirectory":
				return rootOf
			}
			if !strings.Contains(name, ".") && strings.ToLower(name) == name {
				return m // $(command)
			}
		}
		return a.r.Mark(m)
	})
}

func (a *azure) steps(n yamltree.Node, at azureAt) {
	for _, s := range n.List() {
		if !a.template(s, at, a.parts) {
			a.step(s, at)
		}
	}
}

func (a *azure) step(s yamltree.Node, at azureAt) {
	if s.Get("enabled").Text() == "false" || !a.condition(s, &at) {
		return
	}
	if s.Get("continueOnError").Text() == "true" && at.why == "" {
		at.why = "`continueOnError` on the step"
	}
	at.place = verdict.Place{File: s.File(), Line: s.Line(), Text: s.Get("displayName").Text()}
	env := maps.Clone(at.env)
	for k, v := range s.Get("env").Fields() {
		env[k] = a.fill(v.Text(), at)
	}
	dir := s.Get("workingDirectory")
	text := s.Get("script")
	if b := s.Get("bash"); b.Exists() {
		text = b
	}
	if in := s.Get("inputs"); in.Exists() {
		if w := in.Get("workingDirectory"); w.Exists() {
			dir = w
		}
		switch name, _, _ := strings.Cut(s.Get("task").Text(), "@"); name {
		case "Bash", "CmdLine", "ShellScript":
			text = in.Get("script")
			if p := in.Get("filePath"); p.Exists() {
				text = p
			}
		case "Go":
			at.argv = append([]string{"go", in.Get("command").Text()}, strings.Fields(a.fill(in.Get("arguments").Text(), at))...)
		}
	}
	at.step.script = script.Script{Env: env, Dir: inRoot(firstOf(a.fill(dir.Text(), at), ".")), Via: at.via}
	if at.argv == nil {
		if !text.Exists() {
			return
		}
		// The step's status is that of its last command, unless it says set -e.
		at.step.script.Text, at.step.script.File, at.step.script.Line = a.fill(text.Text(), at), text.File(), text.Line()+a.blockStart(text.File(), text.Line())
	}
	a.run(at.step)
}
