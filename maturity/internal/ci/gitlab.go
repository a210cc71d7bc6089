package ci

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

const gitlabCI = "GitLab CI"

// gitlab reads .gitlab-ci.yml and what it includes of the repository.
func (c *collector) gitlab() {
	const root = ".gitlab-ci.yml"
	if !c.t.Has(root) {
		return
	}
	g := &gitlab{collector: c, read: make(map[string]bool)}
	g.load(root, 0)
	vars := make(script.Vars)
	for _, d := range g.docs {
		g.variables(vars, d.Get("variables"))
	}
	for _, name := range g.names() {
		g.job(name, vars)
	}
}

type gitlab struct {
	*collector
	docs []yamltree.Node // those that count for less first
	read map[string]bool
}

// load reads a file after those that it includes, whose values it replaces.
func (g *gitlab) load(file string, depth int) {
	const most = 150 // GitLab's own bound of includes
	if g.read[file] || len(g.read) >= most || depth > most {
		return
	}
	g.read[file] = true
	for _, d := range g.parse(file) {
		for _, inc := range d.Get("include").List() {
			g.include(inc, depth)
		}
		g.docs = append(g.docs, d)
	}
}

func (g *gitlab) include(inc yamltree.Node, depth int) {
	local := inc.Get("local").Text()
	if text := inc.Text(); text != "" && !strings.Contains(text, "://") {
		local = text
	}
	if local != "" {
		pattern := strings.TrimPrefix(local, "/")
		for _, f := range g.t.Match(pattern) {
			g.load(f, depth+1)
		}
		return
	}
	for _, key := range []string{"remote", "template", "project", "component", "artifact"} {
		what := inc.Get(key).Text()
		if what == "" {
			what = inc.Text()
		}
		if what == "" {
			continue
		}
		g.jobs++
		st := step{
			provider: gitlabCI, job: "include", jobID: g.jobs, on: PullRequest | DefaultBranch | Release,
			place: verdict.Place{File: inc.File(), Line: inc.Line(), Text: "include: " + what},
			argv:  append([]string{what}, inc.Get("file").Texts()...), unread: "includes a configuration from elsewhere, " + what, any: true,
		}
		// What GitLab's own templates run is known: scanners, whose jobs may fail.
		if key == "template" && (strings.HasPrefix(what, "Security/") || strings.HasPrefix(what, "Jobs/")) {
			if !strings.Contains(what, "Dependency-Scanning") {
				return
			}
			st.argv, st.unread, st.why = []string{"gemnasium"}, "", "GitLab's template lets it fail (`allow_failure`)"
		}
		g.run(st)
		return
	}
}

// notJobs are the keys of a configuration that are no jobs.
var notJobs = []string{"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script", "spec"}

// names are the jobs, in the order of the files.
func (g *gitlab) names() []string {
	var names []string
	for _, d := range g.docs {
		for name, n := range d.Fields() {
			if !strings.HasPrefix(name, ".") && n.IsMap() && !slices.Contains(notJobs, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// layers are the mappings that make up a job, the one that counts most first.
func (g *gitlab) layers(name string, depth int) []yamltree.Node {
	if depth > 11 || !g.visit() { // GitLab's own bound of extends
		return nil
	}
	var own, parents []yamltree.Node
	for _, d := range slices.Backward(g.docs) {
		if n := d.Get(name); n.IsMap() {
			own = append(own, n)
		}
	}
	for _, n := range own {
		if e := n.Get("extends"); e.Exists() {
			for _, p := range slices.Backward(e.Texts()) {
				parents = append(parents, g.layers(p, depth+1)...)
			}
			break
		}
	}
	return append(own, parents...)
}

func field(layers []yamltree.Node, key string) yamltree.Node {
	for _, l := range layers {
		if n := l.Get(key); n.Exists() {
			return n
		}
	}
	return yamltree.Node{}
}

// global is a value of all jobs: of "default", or at the top.
func (g *gitlab) global(key string) yamltree.Node {
	for _, d := range slices.Backward(g.docs) {
		if n := d.Get("default", key); n.Exists() {
			return n
		}
		if n := d.Get(key); n.Exists() {
			return n
		}
	}
	return yamltree.Node{}
}

// variables adds those of a mapping; values may speak of others.
func (g *gitlab) variables(to script.Vars, n yamltree.Node) {
	for name, v := range n.Fields() {
		text := v.Text()
		if v.IsMap() {
			text = v.Get("value").Text()
		}
		to[name] = g.expand(text, to)
	}
}

func (g *gitlab) expand(text string, vars script.Vars) string {
	return os.Expand(text, func(name string) string {
		if v, ok := vars[name]; ok {
			return v
		}
		if name == "CI_PROJECT_DIR" {
			return rootOf
		}
		return g.r.Mark("$" + name)
	})
}

func (g *gitlab) job(name string, vars script.Vars) {
	layers := g.layers(name, 0)
	text := field(layers, "script")
	g.jobs++
	id := g.jobs
	if trigger := field(layers, "trigger"); trigger.Exists() {
		g.run(step{
			provider: gitlabCI, job: name, jobID: id, place: verdict.Place{File: trigger.File(), Line: trigger.Line(), Text: "trigger of " + name},
			on: PullRequest | DefaultBranch | Release, argv: []string{"trigger", name}, unread: "starts a pipeline of its own",
		})
		return
	}
	if !text.Exists() {
		return
	}
	env := maps.Clone(vars)
	for _, l := range slices.Backward(layers) {
		g.variables(env, l.Get("variables"))
	}
	var lines []yamltree.Node
	before := field(layers, "before_script")
	if !before.Exists() {
		before = g.global("before_script")
	}
	for _, n := range []yamltree.Node{before, text} {
		lines = g.commands(n, lines, 0)
	}
	why := ""
	if field(layers, "allow_failure").Text() == "true" || field(layers, "allow_failure").IsMap() {
		why = "`allow_failure`"
	}
	for _, combo := range g.matrix(field(layers, "parallel"), env) {
		for _, m := range gitlabMoments {
			g.at(name, id, layers, lines, combo, why, m)
		}
	}
}

// commands flattens a script: what is listed within lists, and what stands elsewhere.
func (g *gitlab) commands(n yamltree.Node, to []yamltree.Node, depth int) []yamltree.Node {
	if depth > 10 || len(to) > 2000 || !g.visit() { // GitLab's own bound of references
		return to
	}
	if n.Tag() == "!reference" {
		keys := n.Texts()
		if len(keys) < 2 {
			return to
		}
		return g.commands(field(g.layers(keys[0], 0), keys[1]), to, depth+1)
	}
	if !n.IsList() {
		if n.Text() != "" {
			to = append(to, n)
		}
		return to
	}
	for _, e := range n.List() {
		to = g.commands(e, to, depth+1)
	}
	return to
}

// matrix returns the environments of a job that runs several times.
func (g *gitlab) matrix(n yamltree.Node, env script.Vars) []script.Vars {
	all := []script.Vars{}
	for _, entry := range n.Get("matrix").List() {
		combos := []script.Vars{env}
		for name, values := range entry.Fields() {
			var next []script.Vars
			for _, c := range combos {
				for _, v := range values.Texts() {
					e := maps.Clone(c)
					e[name] = v
					next = append(next, e)
				}
			}
			if combos = next; len(combos) > 64 {
				return []script.Vars{env}
			}
		}
		all = append(all, combos...)
	}
	if len(all) == 0 || len(all) > 64 {
		return []script.Vars{env}
	}
	return all
}

// A gitlabMoment is a kind of pipeline, with the variables that rules look at; those
// that are not there are null.
type gitlabMoment struct {
	on      Moments
	keyword string // of only and except
	vars    map[string]string
}

var gitlabMoments = []gitlabMoment{
	{PullRequest, "merge_requests", map[string]string{"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_ID": "1", "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature", "CI_MERGE_REQUEST_EVENT_TYPE": "detached"}},
	// A merge request shows the pipeline of its branch, if it has none of its own.
	{PullRequest | OtherBranch, "branches", map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "feature", "CI_COMMIT_REF_NAME": "feature"}},
	{DefaultBranch, "branches", map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main"}},
	{Release, "tags", map[string]string{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1.2.3", "CI_COMMIT_REF_NAME": "v1.2.3"}},
	{Schedule, "schedules", map[string]string{"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main"}},
	{Manual, "web", map[string]string{"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_REF_NAME": "main"}},
}

// at adds the commands of a job in one kind of pipeline.
func (g *gitlab) at(name string, id int, layers, lines []yamltree.Node, env script.Vars, why string, m gitlabMoment) {
	lookup := func(name string) (string, bool, bool) {
		if v, ok := m.vars[name]; ok {
			return v, true, true
		}
		if name == "CI_DEFAULT_BRANCH" {
			return "main", true, true
		}
		if v, ok := env[name]; ok {
			return v, true, !strings.Contains(v, "\uE000")
		}
		switch name {
		case "CI_PROJECT_PATH", "CI_PROJECT_NAMESPACE", "CI_PROJECT_ROOT_NAMESPACE", "CI_PROJECT_NAME", "CI_SERVER_HOST", "CI_SERVER_URL":
			return ownName, true, true
		}
		// What GitLab sets is known; other variables may be set for the project.
		return "", false, strings.HasPrefix(name, "CI_COMMIT_") || strings.HasPrefix(name, "CI_MERGE_REQUEST_") || name == "CI_PIPELINE_SOURCE"
	}
	if d := g.decide(g.global("workflow").Get("rules"), lookup); !d.runs {
		return
	}
	d := decision{runs: true, when: field(layers, "when").Text()}
	if rules := field(layers, "rules"); rules.Exists() {
		d = g.decide(rules, lookup)
	} else if only, except := field(layers, "only"), field(layers, "except"); only.Exists() || except.Exists() {
		d.runs = (!only.Exists() || g.refs(only, m, lookup)) && !(except.Exists() && g.refs(except, m, lookup))
	} else {
		d.runs = m.keyword != "merge_requests"
	}
	on := m.on
	switch d.when {
	case "never", "on_failure":
		return
	case "manual":
		on = Manual
	}
	if !d.runs || len(lines) == 0 {
		return
	}
	if why == "" && d.allowed {
		why = "`allow_failure` in the rule"
	}
	st := step{
		provider: gitlabCI, job: name, jobID: id, on: on, cond: d.open, note: d.note, why: why,
		place: verdict.Place{File: lines[0].File(), Line: lines[0].Line(), Text: name},
	}
	st.script = script.Script{Dir: ".", Env: env, Errexit: true, Pipefail: true}
	for i, l := range lines {
		t := script.Text{Text: l.Text(), File: l.File(), Line: l.Line() + g.blockStart(l.File(), l.Line())}
		if i == 0 {
			st.script.Text, st.script.File, st.script.Line = t.Text, t.File, t.Line
			continue
		}
		st.script.More = append(st.script.More, t)
	}
	if windows(name, layers) && slices.ContainsFunc(lines, func(l yamltree.Node) bool { return !g.r.Parses(l.Text()) }) {
		st.argv, st.unread = []string{"pwsh"}, "is written for PowerShell"
	}
	g.run(st)
}

// windows reports whether a job runs where PowerShell is the shell.
func windows(name string, layers []yamltree.Node) bool {
	names := append(field(layers, "tags").Texts(), name)
	return slices.ContainsFunc(names, func(s string) bool { return strings.Contains(strings.ToLower(s), "windows") })
}

// A decision is what rules say of a job.
type decision struct {
	runs       bool
	allowed    bool // to fail
	when       string
	open, note string
}

// decide applies the first rule that fits. No rules at all let everything run.
func (g *gitlab) decide(rules yamltree.Node, lookup lookup) decision {
	if !rules.Exists() {
		return decision{runs: true}
	}
	d := decision{}
	for _, r := range g.rules(rules, nil, 0) {
		yes, known := true, true
		if cond := r.Get("if"); cond.Exists() {
			yes, known = evalRule(cond.Text(), lookup)
		}
		if known && !yes {
			continue
		}
		if !known {
			d.open = and(d.open, "`"+cond(r)+"`")
		}
		if changes := r.Get("changes"); changes.Exists() {
			paths := changes
			if changes.IsMap() {
				paths = changes.Get("paths")
			}
			d.note = "changes of " + few(paths.Texts())
		}
		d.when = r.Get("when").Text()
		d.runs = d.when != "never"
		d.allowed = r.Get("allow_failure").Text() == "true"
		if !known && !d.runs {
			// Where it does not hold, the next one counts.
			continue
		}
		return d
	}
	return decision{open: d.open}
}

// few lists the first of many.
func few(names []string) string {
	const most = 2
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return strings.Join(names, ", ")
}

func cond(r yamltree.Node) string { return r.Get("if").Text() }

// rules flattens lists within the list, and references.
func (g *gitlab) rules(n yamltree.Node, to []yamltree.Node, depth int) []yamltree.Node {
	if depth > 10 || !g.visit() {
		return to
	}
	if n.Tag() == "!reference" {
		if keys := n.Texts(); len(keys) > 1 {
			return g.rules(field(g.layers(keys[0], 0), keys[1]), to, depth+1)
		}
		return to
	}
	if n.IsMap() {
		return append(to, n)
	}
	for _, e := range n.List() {
		if e.IsMap() || e.IsList() {
			to = g.rules(e, to, depth+1)
		}
	}
	return to
}

// refs reports whether only or except speaks of a moment.
func (g *gitlab) refs(n yamltree.Node, m gitlabMoment, lookup lookup) bool {
	refs := n
	if n.IsMap() {
		for _, v := range n.Get("variables").Texts() {
			if yes, known := evalRule(v, lookup); known && yes {
				return true
			}
		}
		refs = n.Get("refs")
		if !refs.Exists() {
			return n.Get("changes").Exists() && m.keyword != "merge_requests" || n.Get("changes").Exists()
		}
	}
	ref := m.vars["CI_COMMIT_REF_NAME"]
	return slices.ContainsFunc(refs.Texts(), func(r string) bool {
		name, _, _ := strings.Cut(r, "@")
		switch {
		case name == m.keyword, name == "pushes" && m.vars["CI_PIPELINE_SOURCE"] == "push", name == ref && ref != "":
			return true
		case name == "branches":
			return m.vars["CI_COMMIT_BRANCH"] != ""
		case (name == "master" || name == "trunk") && ref == "main":
			return true
		case strings.HasPrefix(name, "/"):
			return regexMatch(name, ref)
		}
		return false
	})
}
