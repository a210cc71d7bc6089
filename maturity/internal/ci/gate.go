package ci

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Moments are when something runs.
type Moments uint8

// The moments that checks ask for. A release is a push of a tag or to a branch that
// releases are cut from, the publication of a release, or a workflow that is named
// after it.
const (
	PullRequest   Moments = 1 << iota
	DefaultBranch         // after a merge
	Release
	OtherBranch
	Schedule
	Manual
	forkRequest // from a fork, while files are read: settled by settleForks
)

func (m Moments) String() string {
	var all []string
	for i, name := range []string{"pull requests", "pushes to the default branch", "releases", "pushes to other branches", "a schedule", "demand"} {
		if m&(1<<i) != 0 {
			all = append(all, name)
		}
	}
	return enumerate(all)
}

// enumerate is "a, b and c".
func enumerate(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

// A Gate is a command that continuous integration runs.
type Gate struct {
	verdict.Place // of the command; Text is its words
	Provider      string
	Job           string
	Argv          []string // what could not be resolved stands as it is written
	Open          []string // those parts
	Env           map[string]string
	Dir           string          // relative to the repository's root; "" if it is not known
	Via           []verdict.Place // what ran it, the outermost first: the step of a job

	On    Moments // when it runs
	Maybe Moments // when it runs if If holds
	If    string  // what is not known
	Note  string  // what it depends on besides, such as the files that changed

	Why    string // why its failure stops nothing; empty if the job fails with it
	Checks bool   // the job fails if it prints something
	// Steps are the commands that make up the gate together, if it is not Argv alone.
	Steps  [][]string
	Unread string // why what it runs could not be looked into; empty for programs
	Any    bool   // what it runs may be of any kind, whatever it is called

	about string // what an action is called, where Argv says more than that

	job int // gates of one job are in the order in which they run
}

// Command is the command as it would be written plainly: its program without path and
// version, and without what only starts it, so that [go tool lagvet check] is [lagvet check].
func (g *Gate) Command() []string { return normal(g.Argv) }

// Blocking reports whether its job fails with it.
func (g *Gate) Blocking() bool { return g.Why == "" }

// Result is what continuous integration of a repository runs.
type Result struct {
	Gates    []Gate // in the order of files, jobs and steps
	Problems []tree.Problem
	// Files are those that were read, and Foreign those of hosts that are not known
	// here.
	Files, Foreign []string

	t      *tree.Tree
	mods   []string
	signs  testSigns
	setups []setup
	tools  []Tool // of actions
}

// Collect reads the continuous integration of a repository.
func Collect(t *tree.Tree) *Result {
	c := &collector{t: t, r: script.NewReader(t), res: &Result{t: t, mods: modules(t)}, seen: make(map[string]int)}
	for _, read := range []func(){c.github, c.gitlab, c.circleci, c.buildkite, c.azure, c.jenkins} {
		read()
	}
	c.res.Foreign = foreign(t)
	c.res.Problems = append(c.res.Problems, c.r.Problems...)
	if c.r.Exhausted() || c.visits > maxVisits {
		c.res.Problems = append(c.res.Problems, tree.Problem{Place: verdict.Place{File: cmp.Or(first(c.res.Files), "."), Text: "continuous integration runs more than is followed here"}})
	}
	c.res.settleForks()
	c.res.pairTidy()
	c.res.scanTests()
	return c.res
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// owners is the file by which Prow knows who may approve.
const owners = "OWNERS"

// foreign returns the configurations of hosts that are not read here.
func foreign(t *tree.Tree) []string {
	found := t.Match(".travis.yml", ".drone.{yml,yaml,star,jsonnet}", ".cirrus.{yml,star}", ".appveyor.yml", "appveyor.yml",
		"bitbucket-pipelines.yml", ".woodpecker.{yml,yaml}", ".woodpecker/*.{yml,yaml}", ".semaphore/*.yml", "wercker.yml",
		".teamcity/**/*.kts", "cloudbuild.{yaml,yml}", ".ci-operator.yaml", ".prow.yaml", ".prow/**/*.yaml", "codefresh.yml",
		".builds/*.yml", ".tekton/*.{yaml,yml}", "buildspec.{yml,yaml}", "dagger.json", "Earthfile")
	// Prow's jobs are configured in another repository; who may merge stands here.
	if data, err := t.Read(owners); err == nil && strings.Contains(string(data), "approvers:") {
		found = append(found, owners)
	}
	return found
}

// A collector gathers gates.
type collector struct {
	t    *tree.Tree
	r    *script.Reader
	res  *Result
	seen map[string]int // index of a gate, by what it is
	jobs int

	visits int
}

// maxVisits is how many jobs, steps and templates are looked at; moby, whose
// configuration is the largest of those tried, has 7,500.
const maxVisits = 50_000

// visit reports whether one more job, step or template may be looked at.
func (c *collector) visit() bool {
	c.visits++
	return c.visits <= maxVisits
}

// A step is a text that a job runs, or a command that it stands for.
type step struct {
	provider, job string
	jobID         int
	place         verdict.Place // of the step
	on            Moments
	cond, note    string // what is not known, and what is put up with
	why           string // why its failure stops nothing
	script        script.Script
	at            string   // where the repository is checked out; empty for the top
	argv          []string // instead of the script
	unread        string
	about         string // see Gate
	any           bool   // what is not read may be of any kind
}

// run adds the commands of a step.
func (c *collector) run(st step) {
	if !c.visit() {
		return
	}
	var cmds []script.Command
	if st.argv != nil {
		env := make(script.Vars)
		for name, v := range st.script.Env {
			env[name], _ = c.r.Show(v)
		}
		cmd := script.Command{Place: st.place, Env: env, Dir: st.script.Dir, Lost: st.why, If: st.cond, Unread: st.unread}
		for _, a := range st.argv {
			text, opens := c.r.Show(a)
			cmd.Argv, cmd.Open = append(cmd.Argv, text), append(cmd.Open, opens...)
		}
		cmd.Text = strings.Join(cmd.Argv, " ")
		cmds = []script.Command{cmd}
	} else {
		st.script.Lost, st.script.If = st.why, st.cond
		cmds = c.r.Shell(st.script)
	}
	for _, cmd := range cmds {
		if rest, ok := strings.CutPrefix(cmd.Dir+"/", st.at+"/"); ok && st.at != "" {
			cmd.Dir = firstOf(strings.TrimSuffix(rest, "/"), ".")
		}
		if cmd.File != st.place.File && len(cmd.Via) == 0 {
			cmd.Via = []verdict.Place{st.place}
		}
		c.add(st, cmd)
		c.hooks(st, cmd)
	}
}

func (c *collector) add(st step, cmd script.Command) {
	g := Gate{
		Place: cmd.Place, Provider: st.provider, Job: st.job, Argv: cmd.Argv, Open: cmd.Open, Env: cmd.Env, Dir: cmd.Dir,
		Via: cmd.Via, Note: st.note, Why: cmd.Lost, Checks: cmd.Checks, Unread: cmd.Unread, Any: st.any || cmd.Any, about: st.about, job: st.jobID,
	}
	key := fmt.Sprintf("%d\x00%s\x00%q\x00%s\x00%s\x00%v\x00%s\x00%s", st.jobID, g.Place, g.Argv, g.Why, g.Unread, g.Checks, g.Dir, g.Env["GOFLAGS"])
	i, ok := c.seen[key]
	if !ok {
		i = len(c.res.Gates)
		c.seen[key] = i
		c.res.Gates = append(c.res.Gates, g)
	}
	at := &c.res.Gates[i]
	if cmd.If == "" {
		at.On |= st.on
		at.Maybe &^= st.on
		return
	}
	at.Maybe |= st.on &^ at.On
	if at.If == "" {
		at.If = cmd.If
	}
}

// parse reads a YAML file. What cannot be read is a problem, and nil.
func (c *collector) parse(file string) []yamltree.Node {
	data, err := c.t.Read(file)
	if err != nil {
		c.problem(verdict.Place{File: file, Text: err.Error()}, 0)
		return nil
	}
	if !slices.Contains(c.res.Files, file) {
		c.res.Files = append(c.res.Files, file)
	}
	docs, err := yamltree.Parse(file, data)
	if ye, ok := errors.AsType[*yamltree.Error](err); ok {
		c.problem(verdict.Place{File: file, Line: ye.Line, Text: ye.Why}, ye.Column)
	}
	return docs
}

func (c *collector) problem(p verdict.Place, column int) {
	c.res.Problems = append(c.res.Problems, tree.Problem{Place: p, Column: column})
}

// blockStart is how many lines below its value's place the text of a block ("|")
// starts: 1, and 0 for a text that stands in the line itself.
func (c *collector) blockStart(file string, line int) int {
	data, err := c.t.Read(file)
	if err != nil {
		return 0
	}
	for i, l := range strings.SplitAfterN(string(data), "\n", line+1) {
		if i == line-1 {
			if before, _, ok := strings.Cut(l, " #"); ok {
				l = before
			}
			l = strings.TrimRight(strings.TrimSpace(l), "0123456789+-")
			if strings.HasSuffix(l, "|") || strings.HasSuffix(l, ">") {
				return 1
			}
		}
	}
	return 0
}
