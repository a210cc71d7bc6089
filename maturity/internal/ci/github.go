package ci

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/rhysd/actionlint"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

const githubActions = "GitHub Actions"

// github reads the workflows of GitHub Actions and of hosts with the same format.
func (c *collector) github() {
	flows := make(map[string]*actionlint.Workflow)
	files := c.t.Match(".github/workflows/*.{yml,yaml}", ".forgejo/workflows/*.{yml,yaml}", ".gitea/workflows/*.{yml,yaml}")
	for _, f := range files {
		if w := c.workflow(f); w != nil {
			flows[f] = w
		}
	}
	g := &github{collector: c, flows: flows, main: mainBranch(flows, files)}
	for _, f := range files {
		if w := flows[f]; w != nil {
			g.file(f, w)
		}
	}
}

// workflow reads a workflow; nil if it is none.
func (c *collector) workflow(file string) *actionlint.Workflow {
	// The parser of workflows does not look how much aliases stand for.
	if docs := c.parse(file); len(docs) != 1 {
		return nil
	}
	data, err := c.t.Read(file)
	if err != nil {
		return nil
	}
	w, errs := actionlint.Parse(data)
	if w == nil || len(w.Jobs) == 0 {
		for _, e := range errs {
			c.problem(verdict.Place{File: file, Line: e.Line, Text: e.Message}, e.Column)
			break
		}
		return nil
	}
	return w
}

type github struct {
	*collector
	flows map[string]*actionlint.Workflow
	main  string // the default branch
}

// mainBranch is the default branch, which stands in no file: the usual name that
// workflows speak of most.
func mainBranch(flows map[string]*actionlint.Workflow, files []string) string {
	counts := make(map[string]int)
	for _, f := range files {
		if flows[f] == nil {
			continue
		}
		for _, e := range flows[f].On {
			if w, ok := e.(*actionlint.WebhookEvent); ok && w.Branches != nil {
				for _, b := range w.Branches.Values {
					counts[b.Value]++
				}
			}
		}
	}
	most := "main"
	for _, usual := range []string{"master", "trunk", "develop", "dev"} {
		if counts[usual] > counts[most] {
			most = usual
		}
	}
	return most
}

// A moment is a time at which a workflow runs, with what expressions see then.
type moment struct {
	on    Moments
	event string
	ref   string // the whole one
	note  string
	fork  bool // the pull request is from a fork
}

// file walks a workflow at each of its moments.
func (g *github) file(file string, w *actionlint.Workflow) {
	base := g.jobs
	for _, m := range g.moments(file, w) {
		g.jobs = base
		g.walk(file, w, m, run{depth: 0})
	}
}

// samples are names that patterns for branches releases are cut from would match.
var samples = []string{"release/1.2", "release-1.2", "releases/1.2", "release_1.2", "release", "stable", "1.2", "v1.2", "1.x", "v1.x", "1.2.x", "v1.2.3"}

var releaseName = pattern.New(`(?i)\b(release|publish)(s|d|r)?\b|[-_](release|publish)|(release|publish)[-_]`)

func (g *github) moments(file string, w *actionlint.Workflow) []moment {
	var all []moment
	add := func(on Moments, event, ref, note string) {
		all = append(all, moment{on: on, event: event, ref: ref, note: note})
	}
	main := "refs/heads/" + g.main
	for _, e := range w.On {
		switch e := e.(type) {
		case *actionlint.ScheduledEvent:
			add(Schedule, "schedule", main, "")
		case *actionlint.WorkflowDispatchEvent, *actionlint.RepositoryDispatchEvent:
			name := ""
			if w.Name != nil {
				name = w.Name.Value
			}
			on := Manual
			if releaseName.MatchString(file) || releaseName.MatchString(name) {
				on |= Release
			}
			add(on, e.EventName(), main, "")
		case *actionlint.WebhookEvent:
			note, some := g.paths(e)
			if !some {
				continue
			}
			switch e.EventName() {
			case "pull_request", "merge_group", "pull_request_target":
				if onChange(e.Types) && branchMatches(e, g.main) && e.EventName() != "pull_request_target" {
					add(PullRequest, e.EventName(), "refs/pull/1/merge", note)
				}
			case "push":
				g.pushes(e, note, add)
			case "release":
				add(Release, "release", "refs/tags/v1.2.3", note)
			case "create":
				add(Release, "create", "refs/tags/v1.2.3", note)
			default:
				add(Manual, e.EventName(), main, "")
			}
		}
	}
	return append(all, fromForks(all)...)
}

// fromForks are pull requests of forks, where the branches of the repository itself are
// looked at when they are pushed: many a job runs either on a push or for a fork, and
// so before each merge.
func fromForks(all []moment) []moment {
	if !slices.ContainsFunc(all, func(m moment) bool { return m.on&OtherBranch != 0 }) {
		return nil
	}
	var forks []moment
	for _, m := range all {
		if m.event == "pull_request" {
			m.on, m.fork = forkRequest, true
			forks = append(forks, m)
		}
	}
	return forks
}

// settleForks tells what runs before each merge: what runs on pushes to other branches
// and for pull requests of forks.
func (r *Result) settleForks() {
	for i := range r.Gates {
		g := &r.Gates[i]
		both := OtherBranch | forkRequest
		if g.On&both == both {
			g.On |= PullRequest
		}
		if (g.On|g.Maybe)&both == both {
			g.Maybe |= PullRequest &^ g.On
		}
		g.On, g.Maybe = g.On&^forkRequest, g.Maybe&^(forkRequest|g.On)
	}
	r.Gates = slices.DeleteFunc(r.Gates, func(g Gate) bool { return g.On|g.Maybe == 0 })
}

// onChange reports whether an event for pull requests is one that their changes
// cause.
func onChange(types []*actionlint.String) bool {
	return len(types) == 0 || slices.ContainsFunc(types, func(t *actionlint.String) bool {
		switch t.Value {
		case "opened", "synchronize", "reopened", "ready_for_review", "checks_requested":
			return true
		}
		return strings.Contains(t.Value, "${{")
	})
}

func branchMatches(e *actionlint.WebhookEvent, name string) bool {
	return matches(e.Branches, name, true) && !matches(e.BranchesIgnore, name, false)
}

// matches applies a filter; none is what none says.
func matches(f *actionlint.WebhookEventFilter, name string, none bool) bool {
	if f.IsEmpty() {
		return none
	}
	in := false
	for _, v := range f.Values {
		pattern, negated := strings.CutPrefix(v.Value, "!")
		if globMatch(pattern, name) {
			in = !negated
		}
	}
	return in
}

// globMatch matches the patterns of GitHub: "+" and "?" repeat what is before them.
func globMatch(pattern, name string) bool {
	if pattern == name {
		return true
	}
	if ok := doublestar.MatchUnvalidated(pattern, name); ok {
		return true
	}
	if !strings.ContainsAny(pattern, "+[") {
		return false
	}
	expr := strings.NewReplacer(".", `\.`, "**", ".*", "*", "[^/]*").Replace(pattern)
	re, err := regexp.Compile("^(?:" + expr + ")$")
	return err == nil && re.MatchString(name)
}

func (g *github) pushes(e *actionlint.WebhookEvent, note string, add func(on Moments, event, ref, note string)) {
	branches, tags := !e.Branches.IsEmpty() || !e.BranchesIgnore.IsEmpty(), !e.Tags.IsEmpty() || !e.TagsIgnore.IsEmpty()
	if branches || !tags {
		if branchMatches(e, g.main) {
			add(DefaultBranch, "push", "refs/heads/"+g.main, note)
		}
		for _, s := range samples {
			if branchMatches(e, s) && (!e.Branches.IsEmpty() || s == "release/1.2") {
				add(Release, "push", "refs/heads/"+s, note)
				break
			}
		}
		if branchMatches(e, "feature/some-change") {
			add(OtherBranch, "push", "refs/heads/feature/some-change", note)
		}
	}
	if tags || !branches {
		if e.Tags.IsEmpty() || slices.ContainsFunc(e.Tags.Values, func(v *actionlint.String) bool { return !strings.HasPrefix(v.Value, "!") }) {
			add(Release, "push", "refs/tags/"+tagOf(e.Tags), note)
		}
	}
}

// tagOf is a tag that a filter lets through, as far as that can be written down.
func tagOf(f *actionlint.WebhookEventFilter) string {
	for _, tag := range []string{"v1.2.3", "1.2.3"} {
		if matches(f, tag, true) {
			return tag
		}
	}
	return strings.NewReplacer("**", "1.2.3", "*", "1.2.3").Replace(f.Values[0].Value)
}

// paths says which files an event is for, and whether Go's are among them.
func (g *github) paths(e *actionlint.WebhookEvent) (note string, some bool) {
	if e.Paths.IsEmpty() {
		return "", true
	}
	for _, f := range g.t.Files() {
		if strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "go.mod") {
			if matches(e.Paths, f, true) {
				return "changes of " + short(e.Paths.Values), true
			}
		}
	}
	return "", false
}

func short(values []*actionlint.String) string {
	var all []string
	for _, v := range values {
		all = append(all, v.Value)
	}
	return few(all)
}

// A run is how a workflow came to run: by itself, or called by another.
type run struct {
	inputs     map[string]value
	via        []verdict.Place
	job        string
	cond, note string
	why        string
	depth      int
	fromCaller bool
}

// context is what expressions see at a moment.
func (g *github) context(m moment, r run) context {
	kind, name := "branch", strings.TrimPrefix(m.ref, "refs/heads/")
	if tag, ok := strings.CutPrefix(m.ref, "refs/tags/"); ok {
		kind, name = "tag", tag
	}
	x := context{vars: map[string]value{
		"github.event_name": m.event, "github.ref": m.ref, "github.ref_name": name, "github.ref_type": kind,
		"github.event.repository.default_branch": g.main, "github.base_ref": "", "github.head_ref": "",
		"github.event.inputs": nil, "github.workspace": rootOf, "github.event.ref": m.ref,
	}, whole: map[string]bool{}}
	if m.event == "pull_request" {
		x.vars["github.ref_name"], x.vars["github.base_ref"], x.vars["github.head_ref"] = "1/merge", g.main, unknown{}
		x.vars["github.event.pull_request.base.ref"] = g.main
		x.vars["github.event.pull_request.head.repo.fork"] = m.fork
		if m.fork {
			x.vars["github.event.pull_request.head.repo.full_name"] = foreigner{}
		}
	}
	if m.on&Manual == 0 || r.fromCaller {
		x.whole["inputs"] = true
	}
	for name, v := range r.inputs {
		x.vars["inputs."+name] = v
	}
	return x
}

// rootOf is how scripts see the directory of the repository.
const rootOf = "/\uE002"

// walk adds the commands of a workflow's jobs at a moment.
func (g *github) walk(file string, w *actionlint.Workflow, m moment, r run) {
	if r.depth > 4 || !g.visit() { // GitHub's own bound of calls
		return
	}
	if note := m.note; note != "" && r.note == "" {
		r.note = note
	}
	jobs := slices.Collect(maps.Values(w.Jobs))
	slices.SortFunc(jobs, func(a, b *actionlint.Job) int { return a.Pos.Line - b.Pos.Line })
	for _, j := range jobs {
		g.jobs++
		id := g.jobs
		x := g.context(m, r)
		for _, combo := range combinations(j) {
			for name, v := range combo {
				x.vars["matrix."+name] = v
			}
			x.whole["matrix"] = combo != nil || j.Strategy == nil || j.Strategy.Matrix == nil
			g.job(file, w, j, id, m, r, x)
			for name := range combo {
				delete(x.vars, "matrix."+name)
			}
		}
	}
}

func (g *github) job(file string, w *actionlint.Workflow, j *actionlint.Job, id int, m moment, r run, x context) {
	yes, cond, note := x.holds(textOf(j.If))
	if !yes || !g.visit() {
		return
	}
	r.cond, r.note = and(r.cond, cond), and(r.note, note)
	r.job = j.ID.Value
	if r.why == "" && isTrue(j.ContinueOnError, x) {
		r.why = "`continue-on-error` on the job"
	}
	if j.WorkflowCall != nil {
		g.call(file, j, id, m, r, x)
		return
	}
	env := make(script.Vars)
	g.addEnv(env, w.Env, x)
	g.addEnv(env, j.Env, x)
	windows := false
	if j.RunsOn != nil {
		for _, l := range labels(j.RunsOn) {
			name := x.replace(l.Value, g.r.Mark)
			windows = windows || strings.Contains(name, "windows")
			if os := map[bool]string{true: "Windows", false: "Linux"}[windows]; strings.Contains(name, "macos") {
				x.vars["runner.os"] = "macOS"
			} else {
				x.vars["runner.os"] = os
			}
		}
	}
	at := &jobAt{github: g, id: id, m: m, r: r, x: x, env: env, windows: windows, shell: defaultShell(w, j), dir: defaultDir(w, j, x, g)}
	at.container(file, j.Container)
	for _, s := range j.Steps {
		at.step(file, s)
	}
}

func labels(r *actionlint.Runner) []*actionlint.String {
	if r.LabelsExpr != nil {
		return append(slices.Clone(r.Labels), r.LabelsExpr)
	}
	return r.Labels
}

func textOf(s *actionlint.String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func and(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + " and " + b
}

func isTrue(b *actionlint.Bool, x context) bool {
	if b == nil {
		return false
	}
	if b.Expression != nil {
		yes, open, _ := x.holds(b.Expression.Value)
		return yes && open == ""
	}
	return b.Value
}

func (g *github) addEnv(env script.Vars, e *actionlint.Env, x context) {
	if e == nil {
		return
	}
	for _, v := range e.Vars {
		text := x.replace(v.Value.Value, g.r.Mark)
		env[v.Name.Value] = text
	}
	// Known only now: variables may use those of other levels.
	for name, text := range env {
		if !strings.Contains(text, "\uE000") {
			x.vars["env."+strings.ToLower(name)] = text
		}
	}
}

func defaultShell(w *actionlint.Workflow, j *actionlint.Job) string {
	for _, d := range []*actionlint.Defaults{j.Defaults, w.Defaults} {
		if d != nil && d.Run != nil && d.Run.Shell != nil {
			return d.Run.Shell.Value
		}
	}
	return ""
}

func defaultDir(w *actionlint.Workflow, j *actionlint.Job, x context, g *github) string {
	for _, d := range []*actionlint.Defaults{j.Defaults, w.Defaults} {
		if d != nil && d.Run != nil && d.Run.WorkingDirectory != nil {
			return x.replace(d.Run.WorkingDirectory.Value, g.r.Mark)
		}
	}
	return "."
}

// call walks a workflow that a job uses.
func (g *github) call(file string, j *actionlint.Job, id int, m moment, r run, x context) {
	uses := j.WorkflowCall.Uses.Value
	place := verdict.Place{File: file, Line: j.WorkflowCall.Uses.Pos.Line, Text: "uses: " + uses}
	name := g.local(uses)
	w := g.flows[name]
	if w == nil {
		argv := []string{uses}
		if strings.Contains(uses, "osv-scanner") {
			argv = []string{"osv-scanner"}
		}
		g.run(step{
			provider: githubActions, job: r.job, jobID: id, place: place, on: m.on, cond: r.cond, note: r.note, why: r.why,
			argv: argv, unread: "runs a workflow of another repository, " + uses,
		})
		return
	}
	inputs := make(map[string]value)
	if call, ok := w.FindWorkflowCallEvent(); ok {
		for _, in := range call.Inputs {
			if in.Default != nil {
				inputs[in.ID] = plain(in.Default.Value)
			}
		}
	}
	for id, in := range j.WorkflowCall.Inputs {
		if in.Value == nil {
			continue
		}
		inputs[id] = x.input(in.Value.Value)
	}
	r.inputs, r.fromCaller = inputs, true
	r.via = append(slices.Clone(r.via), place)
	r.depth++
	jobs := g.jobs
	g.jobs = id * 1000 // each call has jobs of its own
	g.walk(name, w, m, r)
	g.jobs = jobs
}

// local is the file of this repository that "uses" names; "" for those of others.
func (g *github) local(uses string) string {
	if p, ok := strings.CutPrefix(uses, "./"); ok {
		return tree.Join("x", p)
	}
	spec, _, _ := strings.Cut(uses, "@")
	parts := strings.SplitN(spec, "/", 3)
	if len(parts) < 3 {
		return ""
	}
	mod, err := g.t.Read("go.mod")
	if err != nil || !strings.Contains(string(mod), "module github.com/"+parts[0]+"/"+parts[1]) {
		return ""
	}
	return tree.Join("x", parts[2])
}

// plain is an input that is written down: a boolean, or a text.
func plain(s string) value {
	switch s {
	case "true":
		return true
	case "false":
		return false
	}
	return s
}

// input is an input of a call, which may be an expression.
func (x context) input(s string) value {
	t := strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(t, "${{"); ok && strings.HasSuffix(inner, "}}") && strings.Count(inner, "}}") == 1 {
		return x.eval(strings.TrimSuffix(inner, "}}"))
	}
	if strings.Contains(s, "${{") {
		open := false
		out := x.replace(s, func(string) string { open = true; return "" })
		if open {
			return unknown{}
		}
		return out
	}
	return plain(s)
}

// combinations are the values of a job's matrix, those of them that its steps speak
// of. A nil map stands for values that are not known.
func combinations(j *actionlint.Job) []map[string]value {
	if j.Strategy == nil || j.Strategy.Matrix == nil {
		return []map[string]value{{}}
	}
	m := j.Strategy.Matrix
	if m.Expression != nil || m.Include != nil && m.Include.ContainsExpression() {
		return []map[string]value{nil}
	}
	combos := []map[string]value{{}}
	rows := slices.Sorted(maps.Keys(m.Rows))
	const most = 256
	for _, name := range rows {
		var next []map[string]value
		for _, combo := range combos {
			for _, v := range rowValues(m.Rows[name]) {
				c := maps.Clone(combo)
				flatten(c, strings.ToLower(name), v)
				next = append(next, c)
			}
		}
		if combos = next; len(combos) > most {
			return []map[string]value{nil}
		}
	}
	if len(rows) == 0 {
		combos = nil
	}
	combos = include(combos, m.Include, rows)
	return used(combos, j)
}

func rowValues(r *actionlint.MatrixRow) []actionlint.RawYAMLValue {
	if r.Expression != nil || len(r.Values) == 0 {
		return []actionlint.RawYAMLValue{nil}
	}
	return r.Values
}

// flatten sets a value of a matrix, and those within it by their path.
func flatten(to map[string]value, name string, v actionlint.RawYAMLValue) {
	switch v := v.(type) {
	case *actionlint.RawYAMLString:
		if strings.Contains(v.Value, "${{") {
			to[name] = unknown{}
			return
		}
		to[name] = plain(v.Value)
	case *actionlint.RawYAMLObject:
		for k, e := range v.Props {
			flatten(to, name+"."+strings.ToLower(k), e)
		}
	default:
		to[name] = unknown{}
	}
}

// include adds the combinations of "include": to those that they contradict nothing
// in, and else as their own.
func include(combos []map[string]value, inc *actionlint.MatrixCombinations, rows []string) []map[string]value {
	if inc == nil {
		return combos
	}
	original := len(combos)
	for _, in := range inc.Combinations {
		extra := make(map[string]value)
		for name, a := range in.Assigns {
			flatten(extra, strings.ToLower(name), a.Value)
		}
		added := false
		for _, c := range combos[:original] {
			if contradicts(c, extra, rows) {
				continue
			}
			added = true
			maps.Copy(c, extra)
		}
		if !added {
			combos = append(combos, extra)
		}
	}
	return combos
}

func contradicts(c, extra map[string]value, rows []string) bool {
	for _, name := range rows {
		name = strings.ToLower(name)
		v, ok := extra[name]
		if ok && c[name] != v {
			return true
		}
	}
	return false
}

var matrixRE = pattern.New(`matrix\.([\w.-]+)|matrix\['([^']+)'\]`)

// used drops what the job does not speak of, and the combinations that are then the
// same.
func used(combos []map[string]value, j *actionlint.Job) []map[string]value {
	names := make(map[string]bool)
	note := func(texts ...string) {
		for _, t := range texts {
			for _, m := range matrixRE.Regexp().FindAllStringSubmatch(t, -1) {
				names[strings.ToLower(m[1]+m[2])] = true
			}
		}
	}
	note(jobTexts(j)...)
	seen := make(map[string]bool)
	var out []map[string]value
	for _, c := range combos {
		for name := range c {
			if !names[name] {
				delete(c, name)
			}
		}
		if key := fmt.Sprint(c); !seen[key] { // maps print sorted
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}

// jobTexts are the texts of a job that may hold expressions.
func jobTexts(j *actionlint.Job) []string {
	texts := []string{textOf(j.If)}
	env := func(e *actionlint.Env) {
		if e != nil {
			for _, v := range e.Vars {
				texts = append(texts, v.Value.Value)
			}
		}
	}
	expr := func(b *actionlint.Bool) {
		if b != nil {
			texts = append(texts, textOf(b.Expression))
		}
	}
	env(j.Env)
	expr(j.ContinueOnError)
	if j.RunsOn != nil {
		for _, l := range labels(j.RunsOn) {
			texts = append(texts, l.Value)
		}
	}
	if j.Defaults != nil && j.Defaults.Run != nil {
		texts = append(texts, textOf(j.Defaults.Run.WorkingDirectory), textOf(j.Defaults.Run.Shell))
	}
	if j.WorkflowCall != nil {
		for _, in := range j.WorkflowCall.Inputs {
			texts = append(texts, textOf(in.Value))
		}
	}
	for _, s := range j.Steps {
		texts = append(texts, textOf(s.If))
		env(s.Env)
		expr(s.ContinueOnError)
		switch e := s.Exec.(type) {
		case *actionlint.ExecRun:
			texts = append(texts, textOf(e.Run), textOf(e.WorkingDirectory), textOf(e.Shell))
		case *actionlint.ExecAction:
			for _, in := range e.Inputs {
				texts = append(texts, textOf(in.Value))
			}
			texts = append(texts, textOf(e.Args))
		}
	}
	return texts
}

// A jobAt is a job at a moment, on its way through its steps.
type jobAt struct {
	*github
	id      int
	m       moment
	r       run
	x       context
	env     script.Vars
	windows bool
	shell   string
	dir     string
	at      string // where the repository was checked out, if that is not the top
	foreign bool   // another repository was checked out over this one

	// others are the repositories that were checked out beside this one, by directory.
	others map[string]string
}

func (j *jobAt) step(file string, s *actionlint.Step) {
	if j.foreign || !j.visit() {
		return
	}
	env := maps.Clone(j.env)
	x := j.x
	x.vars = maps.Clone(x.vars)
	j.addEnv(env, s.Env, x)
	yes, cond, note := x.holds(textOf(s.If))
	if !yes {
		return
	}
	why := j.r.why
	if why == "" && isTrue(s.ContinueOnError, x) {
		why = "`continue-on-error` on the step"
	}
	st := step{
		provider: githubActions, job: j.r.job, jobID: j.id, on: j.m.on,
		cond: and(j.r.cond, cond), note: and(j.r.note, note), why: why, place: verdict.Place{File: file, Line: s.Pos.Line},
	}
	if s.Name != nil {
		st.place.Text = s.Name.Value
	}
	st.script = script.Script{File: file, Env: env, Via: slices.Clone(j.r.via)}
	switch e := s.Exec.(type) {
	case *actionlint.ExecRun:
		line := e.Run.Pos.Line
		j.shellStep(st, x, shellText{e.Run.Value, file, line + j.blockStart(file, line), textOf(e.Shell), textOf(e.WorkingDirectory)})
	case *actionlint.ExecAction:
		in := make(map[string]string)
		for name, i := range e.Inputs {
			if i.Value != nil {
				in[strings.ToLower(name)] = x.replace(i.Value.Value, j.github.r.Mark)
			}
		}
		if e.Args != nil {
			in["args"] = x.replace(e.Args.Value, j.github.r.Mark)
		}
		j.action(st, x, e.Uses.Value, in, 0)
	}
}

// A shellText is the text of a step with what it is run by.
type shellText struct {
	text, file string
	line       int
	shell, dir string
}

var envFileRE = pattern.New(`([A-Za-z_]\w*)=`)

func (j *jobAt) shellStep(st step, x context, t shellText) {
	mark := j.github.r.Mark
	sc := &st.script
	sc.Text, sc.File, sc.Line = x.replace(t.text, mark), t.file, t.line
	dir := j.dir
	if t.dir != "" {
		dir = x.replace(t.dir, mark)
	}
	sc.Dir, st.at = j.inRepository(dir), j.at
	shell := x.replace(firstOf(t.shell, j.shell), mark)
	switch name, _, _ := strings.Cut(shell, " "); {
	case shell == "" && j.windows, name == "pwsh", name == "powershell", name == "cmd":
		// Its syntax is close enough for lines that only run something.
		if !j.github.r.Parses(sc.Text) {
			st.argv, st.unread = []string{"pwsh"}, "is written for "+firstOf(name, "pwsh")
		}
	case shell == "bash":
		sc.Errexit, sc.Pipefail = true, true
	case shell == "" || shell == "sh":
		sc.Errexit = true
	case name == "bash" || name == "sh":
		sc.Errexit = strings.Contains(shell, " -e") || strings.Contains(shell, "errexit") || regexp.MustCompile(` -\w*e`).MatchString(shell)
		sc.Pipefail = strings.Contains(shell, "pipefail")
	case strings.Contains(shell, "bash") || strings.Contains(shell, "sh {0}"):
		sc.Errexit = true
	default:
		st.argv, st.unread = []string{name}, "is written for "+name
	}
	j.run(st)
	// What a step puts into the environment of those after it is not known.
	for _, line := range strings.Split(t.text, "\n") {
		if strings.Contains(line, "GITHUB_ENV") {
			for _, m := range envFileRE.Regexp().FindAllStringSubmatch(line, -1) {
				j.env[m[1]] = mark("$" + m[1])
				delete(j.x.vars, "env."+strings.ToLower(m[1]))
			}
		}
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// inRoot is a directory as scripts know it: relative, "" if it is not known.
func inRoot(dir string) string {
	dir = strings.TrimPrefix(strings.TrimPrefix(dir, rootOf), "/")
	if strings.ContainsAny(dir, "\uE000$") {
		return ""
	}
	return tree.Join("x", firstOf(dir, "."))
}

// inRepository is inRoot for a job that checked the repository out elsewhere.
func (j *jobAt) inRepository(dir string) string {
	dir = inRoot(dir)
	if j.at == "" {
		return dir
	}
	rest, ok := strings.CutPrefix(dir+"/", j.at+"/")
	if !ok {
		return dir
	}
	return firstOf(strings.TrimSuffix(rest, "/"), ".")
}

// action adds what an action runs: that of the repository is followed, of others
// some are known.
func (j *jobAt) action(st step, x context, uses string, in map[string]string, depth int) {
	if repo, ok := j.others[path.Clean(uses)]; ok {
		uses = repo
	}
	if dir := j.localAction(uses); dir != "" {
		j.composite(st, dir, in, depth)
		return
	}
	name, _, _ := strings.Cut(uses, "@")
	st.place.Text = "uses: " + uses
	if repo := in["repository"]; name == "actions/checkout" && repo != "" && in["path"] == "" && !strings.Contains(repo, "\uE000") {
		j.foreign = true
		return
	}
	if at, repo := path.Clean(in["path"]), in["repository"]; name == "actions/checkout" && at != "." && repo != "" && !strings.Contains(repo, "\uE000") {
		if j.others == nil {
			j.others = make(map[string]string)
		}
		j.others[at] = repo
		return
	}
	if at := in["path"]; name == "actions/checkout" && at != "" && (in["repository"] == "" || strings.Contains(in["repository"], "\uE000")) {
		j.at = strings.Trim(strings.TrimPrefix(at, "./"), "/")
		return
	}
	if name == "actions/setup-go" {
		j.installs(st.place, in)
		return
	}
	if text, ok := in["command"]; ok && strings.Contains(name, "retry") {
		st.script.Text, st.script.Line, st.script.Dir, st.script.Errexit = text, st.place.Line, j.inRepository(j.dir), true
		j.run(st)
		return
	}
	if text, ok := in["run"]; ok && strings.Contains(name, "-vm") {
		st.script.Text, st.script.Line, st.script.Dir = text, st.place.Line, j.inRepository(j.dir)
		st.script.Errexit = strings.HasPrefix(name, "vmactions/")
		j.run(st)
		return
	}
	if v := in["version"]; name == "golangci/golangci-lint-action" && v != "" {
		j.res.tools = append(j.res.tools, Tool{"golangci-lint", v, st.place})
	}
	known := knownAction(name, in)
	if known.argv == nil {
		return
	}
	st.argv, st.unread, st.about = known.argv, known.unread, known.about
	st.script.Dir = j.inRepository(firstOf(firstOf(in["working-directory"], in["work-dir"]), j.dir))
	if st.why == "" {
		st.why = known.why
	}
	j.run(st)
}

func (j *jobAt) localAction(uses string) string {
	if !strings.HasPrefix(uses, "./") {
		return ""
	}
	return firstOf(tree.Join("x", strings.TrimPrefix(uses, "./")), "")
}

// composite walks the steps of an action of the repository.
func (j *jobAt) composite(st step, dir string, in map[string]string, depth int) {
	const most = 10 // GitHub's own bound
	if depth > most {
		return
	}
	var doc yamltree.Node
	file := ""
	for _, name := range []string{"action.yml", "action.yaml"} {
		if f := tree.Join("x", dir+"/"+name); f != "" && j.t.Has(f) {
			if docs := j.parse(f); len(docs) > 0 {
				file, doc = f, docs[0]
			}
		}
	}
	if !doc.Exists() {
		return
	}
	x := j.x
	x.vars = maps.Clone(x.vars)
	x.whole = maps.Clone(x.whole)
	x.whole["inputs"] = true
	for name, input := range doc.Get("inputs").Fields() {
		x.vars["inputs."+strings.ToLower(name)] = input.Get("default").Text()
	}
	for name, v := range in {
		x.vars["inputs."+name] = v
		if strings.Contains(v, "\uE000") {
			x.vars["inputs."+name] = unknown{}
		}
	}
	x.vars["github.action_path"] = rootOf + "/" + dir
	st.script.Via = append(slices.Clone(st.script.Via), st.place)
	for _, s := range doc.Get("runs", "steps").List() {
		j.compositeStep(st, x, file, s, depth)
	}
}

func (j *jobAt) compositeStep(st step, x context, file string, s yamltree.Node, depth int) {
	yes, cond, note := x.holds(s.Get("if").Text())
	if !yes || !j.visit() {
		return
	}
	st.cond, st.note = and(st.cond, cond), and(st.note, note)
	if on, ok := s.Get("continue-on-error").Bool(); ok && on && st.why == "" {
		st.why = "`continue-on-error` on the step"
	}
	st.place = verdict.Place{File: file, Line: s.Line(), Text: s.Get("name").Text()}
	st.script.Env = maps.Clone(st.script.Env)
	for name, v := range s.Get("env").Fields() {
		st.script.Env[name] = x.replace(v.Text(), j.github.r.Mark)
	}
	if uses := s.Get("uses").Text(); uses != "" {
		in := make(map[string]string)
		for name, v := range s.Get("with").Fields() {
			in[strings.ToLower(name)] = x.replace(v.Text(), j.github.r.Mark)
		}
		j.action(st, x, uses, in, depth+1)
		return
	}
	text := s.Get("run")
	if !text.Exists() {
		return
	}
	line := text.Line()
	j.shellStep(st, x, shellText{text.Text(), file, line + j.blockStart(file, line), s.Get("shell").Text(), s.Get("working-directory").Text()})
}
