package linters

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// module is lagvet's, which golangci-lint is built with.
const module = "github.com/lagvet/lagvet"

// Strict checks that nothing keeps golangci-lint from failing for what it finds, see
// [Result.Weak].
func (r *Result) Strict() verdict.Result {
	if v, ok := r.unread(); ok {
		return v
	}
	c := r.main()
	if c == nil {
		return verdict.Needless("there is no configuration of golangci-lint in the repository's root")
	}
	if weak := r.Weak(); len(weak) > 0 {
		return verdict.Failed("golangci-lint is kept from failing: "+weak[0].Text, weak...)
	}
	return verdict.Passed("golangci-lint fails for what its linters find", verdict.Place{File: c.File, Line: max(c.root.Line(), 1), Text: fmt.Sprintf("schema %d", c.Schema)})
}

// Rule reports whether golangci-lint runs one of lagvet's rules, and where that is said: as
// a linter of its name, in the linter lagvet, or in govet, if go vet has it too.
func (r *Result) Rule(rule string) (on bool, place verdict.Place) {
	on, place = r.ByPlugin(rule)
	if on || !vetDefault(rule) {
		return on, place
	}
	if on, at := r.Enabled("govet/" + rule); on {
		return true, at
	}
	return false, place
}

// ByPlugin reports whether golangci-lint runs a rule from lagvet's plugin.
func (r *Result) ByPlugin(rule string) (on bool, place verdict.Place) {
	c := r.main()
	if c == nil {
		return false, verdict.Place{}
	}
	if custom := c.settings("custom").Get(rule); isPlugin(custom) {
		if on, place = c.enabled(rule); on {
			return true, c.place(custom, rule)
		}
		return false, place
	}
	all := c.settings("custom").Get("lagvet")
	if !isPlugin(all) {
		return false, verdict.Place{File: c.File, Text: "lagvet is not set up under settings.custom"}
	}
	if on, place = c.enabled("lagvet"); !on {
		return false, place
	}
	rules := all.Get("settings", "rules")
	if rules.Exists() && !slices.Contains(rules.Texts(), rule) {
		return false, c.place(rules, "rules: "+strings.Join(rules.Texts(), ", "))
	}
	return true, c.place(all, "lagvet runs "+rule)
}

// isPlugin reports whether a custom linter can be one of lagvet's, which come by the
// module plugin system only.
func isPlugin(n yamltree.Node) bool { return n.Get("type").Text() == "module" }

// LagvetVersion is the version of lagvet that golangci-lint is built with by
// .custom-gcl.yml.
func (r *Result) LagvetVersion() (version string, place verdict.Place, ok bool) {
	for _, p := range r.Plugins {
		if p.Module == module {
			return p.Version, p.Place, true
		}
	}
	return "", verdict.Place{}, false
}

// PluginsPinned checks that .custom-gcl.yml names the versions of golangci-lint and of
// the plugins that it is built with.
func (r *Result) PluginsPinned() verdict.Result {
	for _, p := range r.Problems {
		if strings.Contains(p.File, ".custom-gcl.") {
			return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.Place, p.Text), p.Place)
		}
	}
	if len(r.Plugins) == 0 {
		return verdict.Needless("there is no .custom-gcl.yml: golangci-lint is not built with plugins")
	}
	var bad, good []verdict.Place
	for _, p := range r.Plugins {
		if p.Version == "" || semver.IsValid(p.Version) { // without one it is in the repository
			good = append(good, p.Place)
		} else {
			bad = append(bad, p.Place)
		}
	}
	if !semver.IsValid(r.Version) {
		return verdict.Failed(".custom-gcl.yml names no version of golangci-lint, such as v2.15.0", r.Plugins[0].Place)
	}
	if len(bad) > 0 {
		return verdict.Failed(".custom-gcl.yml names plugins without a version", bad...)
	}
	return verdict.Passed("golangci-lint is built in a given version with plugins of given versions", good...)
}
