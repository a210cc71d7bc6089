package ci

import (
	"maps"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// buildkite reads the pipelines in .buildkite. Which pushes start them is set at the
// host; what it has by default is taken: branches and pull requests.
func (c *collector) buildkite() {
	for _, file := range c.t.Match(".buildkite/*.{yml,yaml}", ".buildkite/pipelines/*.{yml,yaml}", "buildkite.{yml,yaml}") {
		docs := c.parse(file)
		if len(docs) > 0 && !docs[0].Get("steps").Exists() && !docs[0].IsList() {
			// Not a pipeline: what its plugins are told.
			c.res.Files = c.res.Files[:len(c.res.Files)-1]
			continue
		}
		for _, d := range docs {
			b := &buildkite{c}
			env := b.env(nil, d.Get("env"))
			steps := d.Get("steps")
			if d.IsList() {
				steps = d
			}
			b.steps(steps, env, "", 0)
		}
	}
}

type buildkite struct{ *collector }

func (b *buildkite) env(base script.Vars, n yamltree.Node) script.Vars {
	env := maps.Clone(base)
	if env == nil {
		env = make(script.Vars)
	}
	for k, v := range n.Fields() {
		env[k] = v.Text()
	}
	return env
}

func (b *buildkite) steps(n yamltree.Node, env script.Vars, cond string, depth int) {
	if depth > 5 {
		return
	}
	for _, s := range n.List() {
		if group := s.Get("steps"); group.Exists() {
			b.steps(group, env, cond, depth+1)
			continue
		}
		b.step(s, env, cond)
	}
}

// The moments of pipelines, with what conditions see then.
var buildkiteMoments = []struct {
	on     Moments
	branch string
	vars   map[string]string
}{
	{PullRequest, "feature", map[string]string{"build.branch": "feature", "build.pull_request.id": "1", "build.source": "webhook", "build.pull_request.base_branch": "main"}},
	{DefaultBranch, "main", map[string]string{"build.branch": "main", "build.source": "webhook"}},
	{Release, "release/1.2", map[string]string{"build.branch": "release/1.2", "build.source": "webhook"}},
	{OtherBranch, "feature", map[string]string{"build.branch": "feature", "build.source": "webhook"}},
}

func (b *buildkite) step(s yamltree.Node, env script.Vars, cond string) {
	text := s.Get("command")
	if !text.Exists() {
		text = s.Get("commands")
	}
	if !text.Exists() {
		if p := s.Get("plugins"); p.Exists() {
			text = pluginCommand(p)
		}
	}
	lines := text.List()
	if len(lines) == 0 {
		return
	}
	b.jobs++
	name := firstOf(firstOf(s.Get("label").Text(), s.Get("name").Text()), s.Get("key").Text())
	st := step{provider: "Buildkite", job: name, jobID: b.jobs, place: verdict.Place{File: s.File(), Line: s.Line(), Text: name}}
	if f := s.Get("soft_fail"); f.Text() == "true" || f.IsList() {
		st.why = "`soft_fail`"
	}
	st.script = script.Script{Dir: ".", Env: b.env(env, s.Get("env")), Errexit: true}
	for i, l := range lines {
		t := script.Text{Text: strings.ReplaceAll(l.Text(), "$$", "$"), File: l.File(), Line: l.Line() + b.blockStart(l.File(), l.Line())}
		if i == 0 {
			st.script.Text, st.script.File, st.script.Line = t.Text, t.File, t.Line
			continue
		}
		st.script.More = append(st.script.More, t)
	}
	for _, m := range buildkiteMoments {
		if branches := s.Get("branches").Text(); branches != "" && !buildkiteBranch(branches, m.branch) {
			continue
		}
		st.on, st.cond = m.on, cond
		if c := s.Get("if").Text(); c != "" {
			yes, known := evalRule(c, func(name string) (string, bool, bool) {
				v, ok := m.vars[name]
				return v, ok, ok || strings.HasPrefix(name, "build.pull_request") || name == "build.tag"
			})
			if known && !yes {
				continue
			}
			if !known {
				st.cond = and(cond, "`"+c+"`")
			}
		}
		b.run(st)
	}
}

// pluginCommand is the command of the plugins for Docker, which takes the place of
// the step's.
func pluginCommand(plugins yamltree.Node) yamltree.Node {
	for _, p := range plugins.List() {
		for name, conf := range p.Fields() {
			if strings.Contains(name, "docker") && conf.Get("command").Exists() {
				return conf.Get("command")
			}
		}
	}
	return yamltree.Node{}
}

func buildkiteBranch(patterns, name string) bool {
	in, any := false, false
	for _, p := range strings.Fields(patterns) {
		not, negated := strings.CutPrefix(p, "!")
		match := globMatch(strings.ReplaceAll(not, "*", "**"), name) || (not == "master" && name == "main")
		if negated {
			if match {
				return false
			}
			continue
		}
		any = true
		in = in || match
	}
	return in || !any
}
