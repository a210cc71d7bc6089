package engine

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// canaryModule has a hazard planted for each rule family, in a file named after
// the rule that must find it.
//
//go:embed testdata/canary.txtar
var canaryModule []byte

// planted returns what findings depend on in the configuration, with a budget and a
// policy besides that the canary breaks. They are part of every run: with other flags
// than the user's packages, whatever the canary imports would be analysed twice.
func planted(a config.Analysis) config.Analysis {
	none := 0
	a.Budgets = append(slices.Clip(a.Budgets), config.Budget{Func: "lagvet.invalid/canary.Spend", Allocs: &none})
	a.Packages = append(slices.Clip(a.Packages), config.Packages{Import: "lagvet.invalid/canary", Forbid: []string{"wallclock"}})
	return a
}

// canary checks a module with planted hazards in the way in which everything
// else is checked, and returns the rules that do not find theirs. It waits until
// started is closed, when what it shares with the run is in the go command's
// cache. A canary that sang is not asked again as long as the executable, the
// toolchain and the configuration are the same.
func (c *check) canary(ctx context.Context, started <-chan struct{}) (silent []string, err error) {
	memo := c.canaryMemo()
	if _, err := os.Stat(memo); memo != "" && err == nil {
		return nil, nil
	}
	select {
	case <-started:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	silent, err = c.silent(ctx)
	if err == nil && len(silent) == 0 {
		remember(memo)
	}
	return silent, err
}

// dead tells what is wrong with the canary, but not that it could not be checked
// where nothing else could either.
func (c *check) dead(silent []string, err error, otherProblems bool) []finding.Problem {
	if err != nil && otherProblems {
		return nil
	}
	if err != nil {
		return []finding.Problem{{
			Message: fmt.Sprintf("nothing proves that the rules work: the module with planted hazards could not be checked: %v", err),
			Remedy:  reportBug,
		}}
	}
	var ps []finding.Problem
	for _, rule := range silent {
		if slices.Contains(c.opts.Disabled, rule) {
			continue
		}
		ps = append(ps, finding.Problem{
			Message: fmt.Sprintf("rule %s no longer fires: it does not find the hazard that is planted for it, so that it is silent elsewhere means nothing", rule),
			Remedy:  "turn the rule off until it is mended; " + reportBug,
		})
	}
	return ps
}

// silent checks the module and returns the rules that found nothing where they
// must.
func (c *check) silent(ctx context.Context) ([]string, error) {
	dir := filepath.Join(c.tmp, "canary")
	run := &check{
		opts: Options{
			Dir:      dir,
			Patterns: []string{"."},
			Tool:     c.opts.Tool,
			// Nothing that is set for the user's module fits this one.
			Env: append(c.opts.Env[:len(c.opts.Env):len(c.opts.Env)], "GOFLAGS=", "GOWORK=off", "GO111MODULE=on"),
		},
		env: c.env,
		tmp: filepath.Join(dir, ".run"),
		// The same flags, so that what the module imports is analysed once.
		flags:   c.flags,
		tracker: newTracker(),
	}
	expected, err := unpackCanary(dir, c.opts.canary)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(run.tmp, 0o700); err != nil {
		return nil, err
	}
	v, err := run.vet(ctx)
	if err != nil {
		return nil, err
	}
	if len(v.problems) > 0 {
		return nil, fmt.Errorf("%s", v.problems[0].Message)
	}
	for _, d := range v.findings {
		a, err := analyzers.Decode(d.Category)
		if err != nil {
			return nil, err
		}
		t := translator{}
		if filepath.Base(t.place(d.Posn).File) == a.Rule+".go" {
			expected = slices.DeleteFunc(expected, func(rule string) bool { return rule == a.Rule })
		}
	}
	return expected, nil
}

// unpackCanary writes a module with hazards to dir and returns the rules that must find
// something in it.
func unpackCanary(dir string, module []byte) (rules []string, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	for _, f := range txtar.Parse(module).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			return nil, err
		}
		if rule, ok := strings.CutSuffix(f.Name, ".go"); ok {
			rules = append(rules, rule)
		}
	}
	return rules, nil
}

// canaryMemo returns the file that exists if the canary has sung, or "" if
// there is no place for one.
func (c *check) canaryMemo() string {
	dir, err := cacheDir("canary")
	if err != nil {
		return ""
	}
	tool, err := vettool.BuildID(c.opts.Tool)
	if err != nil {
		return ""
	}
	_, digest, err := c.opts.Config.Bytes()
	if err != nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s %s %s\n%s\n%s", tool, c.env.GOVERSION, c.env.GOOS, c.env.GOARCH, digest, c.opts.canary)
	return filepath.Join(dir, fmt.Sprintf("%x", h.Sum(nil)))
}

// remember leaves the file memo. Without it the next run is slower and no worse,
// so no failure to do so is told.
func remember(memo string) {
	if memo == "" {
		return
	}
	clearAway(filepath.Dir(memo))
	os.WriteFile(memo, nil, 0o666)
}
