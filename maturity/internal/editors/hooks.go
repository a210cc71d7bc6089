package editors

import (
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// preCommit reads the hooks of pre-commit (https://pre-commit.com).
func (r *Result) preCommit(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return
	}
	root := r.parse(name, data)
	stages := root.Get("default_stages")
	for _, repo := range root.Get("repos").List() {
		for _, h := range repo.Get("hooks").List() {
			hook := Hook{
				Manager: "pre-commit",
				Run:     strings.TrimSpace(h.Get("id").Text() + " " + h.Get("entry").Text() + " " + strings.Join(h.Get("args").Texts(), " ")),
				Repo:    repo.Get("repo").Text(),
				Rev:     repo.Get("rev").Text(),
				Place:   verdict.Place{File: name, Line: h.Line(), Text: strings.TrimSpace(h.Get("id").Text() + " " + repo.Get("rev").Text())},
			}
			own := stages
			if s := h.Get("stages"); s.Exists() {
				own = s
			}
			hook.Weak = weakCommand(hook.Run)
			if own.Exists() && !runsOnCommit(own.Texts()) {
				hook.Weak = "it runs only when asked for (stages: " + strings.Join(own.Texts(), ", ") + ")"
			}
			r.Hooks = append(r.Hooks, hook)
		}
	}
}

func runsOnCommit(stages []string) bool {
	return slices.ContainsFunc(stages, func(s string) bool {
		return slices.Contains([]string{"commit", "push", "pre-commit", "pre-push", "merge-commit", "pre-merge-commit"}, s)
	})
}

// lefthook reads the commands of lefthook (https://lefthook.dev/configuration).
func (r *Result) lefthook(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return
	}
	plain := data
	if path.Ext(name) == ".toml" {
		if plain, err = fromTOML(data); err != nil {
			r.problem(name, err)
			return
		}
	}
	root := r.parse(name, plain)
	for _, stage := range []string{"pre-commit", "pre-push"} {
		for _, n := range root.Get(stage, "commands").Fields() {
			r.lefthookJob(name, data, n)
		}
		for _, n := range root.Get(stage, "jobs").List() {
			r.lefthookJob(name, data, n)
			for _, n := range n.Get("group", "jobs").List() {
				r.lefthookJob(name, data, n)
			}
		}
	}
}

func (r *Result) lefthookJob(name string, data []byte, n yamltree.Node) {
	run := n.Get("run")
	if run.Text() == "" {
		return
	}
	hook := Hook{Manager: "lefthook", Run: run.Text(), Weak: weakCommand(run.Text()), Place: verdict.Place{File: name, Line: run.Line(), Text: firstLine(run.Text())}}
	if path.Ext(name) == ".toml" {
		hook.Place = find(name, data, firstLine(run.Text()))
	}
	if v, ok := n.Get("skip").Bool(); ok && v {
		hook.Weak = "it is skipped (skip: true)"
	}
	r.Hooks = append(r.Hooks, hook)
}

// script reads the lines of a hook that is a shell script.
func (r *Result) script(name string) {
	manager := "git"
	if path.Base(path.Dir(name)) == ".husky" {
		manager = "husky"
	}
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return
	}
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, "echo ") {
			continue
		}
		r.Hooks = append(r.Hooks, Hook{Manager: manager, Run: text, Weak: weakCommand(text), Place: verdict.Place{File: name, Line: line, Text: text}})
	}
}

func firstLine(s string) string {
	l, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return l
}

var swallowed = pattern.New(`\|\|\s*(?:true|:|exit 0|echo\b)|;\s*(?:true|exit 0)\s*$`)

var skipped = pattern.New(`(?s)\b(?:command -v|which|hash)\b.*\belse\b\s*(?:echo|true|:|exit 0)`)

// weakCommand is why the failure of a command goes unnoticed, "" if it does not.
func weakCommand(run string) string {
	switch {
	case swallowed.MatchString(run):
		return "its failure is swallowed (" + swallowed.Regexp().FindString(run) + ")"
	case strings.Contains(run, "--issues-exit-code=0") || strings.Contains(run, "--issues-exit-code 0"):
		return "findings do not fail it (--issues-exit-code=0)"
	case skipped.MatchString(run):
		return "it is skipped where the tool is not installed"
	}
	return ""
}

// goHook finds the commands that look at Go code.
var goHook = pattern.New(`(?:^|[\s/;&|(])(?:go\s+(?:vet|test|build|run|tool|mod)|go-(?:vet|test|build|lint|mod|fmt|imports|critic|sec|cyclo|staticcheck|unit)[\w-]*|gofmt|gofumpt|goimports|golangci-lint|golangci|staticcheck|govulncheck|lagvet|gitleaks-go|errcheck|revive)`)

// makeLint finds a target of make that, by its name, runs such commands.
var makeLint = pattern.New(`(?:^|\s)(?:make|task|just|mage)\s+[\w-]*(?:lint|vet|check|test|fmt)`)

func (h Hook) ofGo() bool { return goHook.MatchString(h.Run) || makeLint.MatchString(h.Run) }

// loose reports whether a hook comes from a repository in whatever version its branch
// is at.
func (h Hook) loose() bool {
	if h.Repo == "" || h.Repo == "local" || h.Repo == "meta" {
		return false
	}
	return !released.MatchString(h.Rev)
}

// released is a tag with a number in it, or a commit.
var released = pattern.New(`^(?:[0-9a-f]{7,40}|.*\d.*)$`)
