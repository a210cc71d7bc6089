package golangci

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/heapescape"
	"github.com/lagvet/lagvet/analyzers/host"
)

// all is the name of the linter that runs every rule.
const all = "lagvet"

func init() {
	own := new(owners)
	register.Plugin(all, func(raw any) (register.LinterPlugin, error) { return newAll(own, raw) })
	for _, r := range analyzers.All() {
		register.Plugin(r.Name, func(raw any) (register.LinterPlugin, error) { return newRule(own, r.Name, raw) })
	}
}

// A linter is one of golangci-lint's.
type linter struct {
	settings
	keep func(*analysis.Analyzer) bool // which of the host's analyzers are its own
}

// newAll makes the linter of all rules.
func newAll(own *owners, raw any) (register.LinterPlugin, error) {
	s, err := read(raw, "config", "profiles", "rules")
	if err != nil {
		return nil, err
	}
	rules := ruleNames()
	for _, name := range s.Rules {
		if err := adopted(name); err != nil {
			return nil, err
		}
		if err := config.OneOf("a rule", name, rules); err != nil {
			return nil, err
		}
		if err := runnable(name); err != nil {
			return nil, err
		}
	}
	if s.Rules != nil {
		rules = s.Rules
	}
	if err := own.take(all, rules...); err != nil {
		return nil, err
	}
	return &linter{s, func(a *analysis.Analyzer) bool { return !isRule(a) || slices.Contains(rules, a.Name) }}, nil
}

// newRule makes the linter of one rule.
func newRule(own *owners, name string, raw any) (register.LinterPlugin, error) {
	if err := runnable(name); err != nil {
		return nil, err
	}
	s, err := read(raw, "config", "profiles")
	if err != nil {
		return nil, err
	}
	if err := own.take(name, name); err != nil {
		return nil, err
	}
	return &linter{s, func(a *analysis.Analyzer) bool { return a.Name == name || a != analyzers.Notices && !isRule(a) }}, nil
}

// runnable returns an error if golangci-lint lacks what a rule needs: a linter
// that is asked for and finds nothing, whatever the code, would pass for one that
// has looked.
func runnable(rule string) error {
	if rule == heapescape.Rule.Name {
		return fmt.Errorf("%s asks the compiler, which golangci-lint does not run: leave it out here, and run lagvet check or go vet -vettool for it", rule)
	}
	return nil
}

// adopted returns an error if a rule is a check of others that golangci-lint has itself.
func adopted(rule string) error {
	for _, r := range analyzers.Adopted() {
		if r.Name == rule {
			return fmt.Errorf("%s is from %s, which golangci-lint runs by itself: leave it out here, and enable it there", rule, r.Origin)
		}
	}
	return nil
}

// BuildAnalyzers returns the linter's analyzers, configured.
func (l *linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	o, err := l.options()
	if err != nil {
		return nil, err
	}
	as, err := host.Analyzers(o)
	if err != nil {
		return nil, err
	}
	as = slices.DeleteFunc(as, func(a *analysis.Analyzer) bool { return !l.keep(a) })
	return append(as, handover), nil
}

// options are the same for all linters of the same settings: the rules, in which
// they differ, are chosen afterwards.
func (l *linter) options() (host.Options, error) {
	dir, err := os.Getwd()
	if err != nil {
		return host.Options{}, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	root := config.Root(dir, os.Getenv("GOWORK"))
	o := host.Options{Dir: dir, Without: []string{heapescape.Rule.Name}, Inline: true}
	if l.Config != "" {
		o.Config = under(root, l.Config)
	}
	for _, p := range l.Profiles {
		o.Profiles = append(o.Profiles, under(root, p))
	}
	return o, nil
}

// under returns path, absolute; if it is relative it starts at root.
func under(root, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(root, filepath.FromSlash(path))
}

// GetLoadMode returns what the analyzers need to know of a package: its types.
func (*linter) GetLoadMode() string { return register.LoadModeTypesInfo }

func ruleNames() []string {
	var names []string
	for _, r := range analyzers.All() {
		names = append(names, r.Name)
	}
	return names
}

func isRule(a *analysis.Analyzer) bool { return slices.Contains(ruleNames(), a.Name) }
