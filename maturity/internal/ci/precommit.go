package ci

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
)

// hookCommands are what well-known hooks run, by their id.
var hookCommands = map[string][]string{
	"golangci-lint": {"golangci-lint", "run", "--new-from-rev=HEAD"}, "golangci-lint-full": {"golangci-lint", "run"}, "golangci-lint-mod": {"golangci-lint", "run"},
	"golangci-lint-repo-mod": {"golangci-lint", "run"}, "go-vet": {"go", "vet"}, "go-vet-mod": {"go", "vet", "./..."}, "go-vet-repo-mod": {"go", "vet", "./..."},
	"go-vet-pkg": {"go", "vet"}, "go-test-mod": {"go", "test", "./..."}, "go-test-repo-mod": {"go", "test", "./..."}, "go-staticcheck-mod": {"staticcheck", "./..."},
	"go-staticcheck-repo-mod": {"staticcheck", "./..."}, "go-mod-tidy": {"go", "mod", "tidy", "-diff"}, "go-mod-tidy-repo": {"go", "mod", "tidy", "-diff"},
	"go-unit-tests": {"go", "test", "./..."}, "govulncheck": {"govulncheck", "./..."}, "lagvet": {"lagvet", "check"}, "lagvet-gate": {"lagvet", "gate"},
}

// hooks adds what the hooks of pre-commit run, where a step runs them: those that
// change files fail, as those do that find something.
func (c *collector) hooks(st step, cmd script.Command) {
	argv := normal(cmd.Argv)
	if len(argv) < 2 || argv[0] != "pre-commit" && argv[0] != "prek" || argv[1] != "run" {
		return
	}
	const file = ".pre-commit-config.yaml"
	if !c.t.Has(file) {
		return
	}
	stage := firstOf(first(flagValues(argv[2:], "hook-stage")), "pre-commit")
	var only []string
	for i, a := range argv[2:] {
		if !strings.HasPrefix(a, "-") && (i == 0 || !slices.Contains([]string{"--hook-stage", "--from-ref", "--to-ref", "-s", "-o", "--files"}, argv[i+1])) {
			only = append(only, a)
		}
	}
	skipped := strings.Split(cmd.Env["SKIP"], ",")
	for _, d := range c.parse(file) {
		defaultStages := d.Get("default_stages").Texts()
		for _, repo := range d.Get("repos").List() {
			for _, h := range repo.Get("hooks").List() {
				id := h.Get("id").Text()
				stages := h.Get("stages").Texts()
				if len(stages) == 0 {
					stages = defaultStages
				}
				if slices.Contains(skipped, id) || len(only) > 0 && !slices.Contains(only, id) ||
					len(stages) > 0 && !slices.Contains(stages, stage) && !slices.Contains(stages, strings.TrimPrefix(stage, "pre-")) {
					continue
				}
				c.hook(st, cmd, h)
			}
		}
	}
}

func (c *collector) hook(st step, cmd script.Command, h yamltree.Node) {
	argv := hookCommands[h.Get("id").Text()]
	if entry := h.Get("entry").Text(); entry != "" {
		argv = strings.Fields(entry)
	}
	if argv == nil {
		return
	}
	cmd.Argv = append(slices.Clone(argv), h.Get("args").Texts()...)
	cmd.Via = append(slices.Clone(cmd.Via), cmd.Place)
	cmd.File, cmd.Line, cmd.Text = h.File(), h.Line(), strings.Join(cmd.Argv, " ")
	cmd.Open, cmd.Unread = nil, ""
	c.add(st, cmd)
}
