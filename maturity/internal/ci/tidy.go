package ci

import (
	"slices"
	"strings"
)

// pairTidy finds go mod tidy (or vendor) followed, in the same job, by a look at
// what it changed, and marks the look as the gate: it fails the job.
func (r *Result) pairTidy() {
	tidied := make(map[int]*Gate)
	for i := range r.Gates {
		g := &r.Gates[i]
		argv := normal(g.Argv)
		if len(argv) > 2 && argv[0] == "go" && argv[1] == "mod" && (argv[2] == "tidy" || argv[2] == "vendor") && len(g.Open) == 0 {
			tidied[g.job] = g
			continue
		}
		if t := tidied[g.job]; t != nil && looksAtChanges(g, argv) {
			r.Gates = append(r.Gates, Gate{
				Place: g.Place, Provider: g.Provider, Job: g.Job, Argv: []string{"go", "mod", "tidy", "-diff"}, Env: g.Env, Dir: t.Dir, Via: g.Via,
				On: g.On & t.On, Maybe: (g.On | g.Maybe) & (t.On | t.Maybe) &^ (g.On & t.On), If: firstOf(g.If, t.If), Note: firstOf(g.Note, t.Note),
				Why: g.Why, Checks: g.Checks, Steps: [][]string{t.Argv, g.Argv}, job: g.job,
			})
			g = &r.Gates[i]
			at := &r.Gates[len(r.Gates)-1]
			at.Text = "go mod " + normal(t.Argv)[2] + "; " + g.Text
			delete(tidied, g.job)
		}
	}
}

// looksAtChanges reports whether a command fails if go.mod or go.sum was changed.
func looksAtChanges(g *Gate, argv []string) bool {
	if len(argv) > 2 && argv[0] == "diff" {
		// Of a copy that was made tidy.
		return strings.HasPrefix(argv[1], "-r") || slices.ContainsFunc(argv, func(a string) bool { return strings.HasSuffix(a, "go.mod") || strings.HasSuffix(a, "vendor") })
	}
	if len(argv) < 2 || argv[0] != "git" {
		return false
	}
	fails := g.Checks
	rest := argv[1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return false
	}
	switch rest[0] {
	case "diff", "diff-index", "diff-files":
		fails = fails || slices.Contains(rest, "--exit-code") || slices.Contains(rest, "--quiet")
	case "status", "ls-files":
	default:
		return false
	}
	var paths []string
	for _, a := range rest[1:] {
		if !strings.HasPrefix(a, "-") && a != "HEAD" {
			paths = append(paths, a)
		}
	}
	return fails && (len(paths) == 0 || slices.ContainsFunc(paths, func(p string) bool {
		return p == "." || strings.Contains(p, "go.mod") || strings.Contains(p, "go.sum") || strings.Contains(p, "vendor") || strings.ContainsAny(p, "*$")
	}))
}
