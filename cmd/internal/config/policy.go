package config

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Policy says which findings are reported: the configuration, and over it
// what the command line says.
type Policy struct {
	*Config
	Tier    string   // the lowest tier reported; empty: what the configuration says, else likely
	Only    []string // the rules that are on; empty: what the configuration says
	Disable []string // rules that are off whatever else is said
}

// CheckRules returns an error if a rule that p names is unknown.
func (p Policy) CheckRules(rules []*analyzers.Rule) error {
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	for _, name := range slices.Concat(p.Only, p.Disable) {
		if !slices.Contains(names, name) && name != finding.DirectiveRule {
			return fmt.Errorf("unknown rule %q%s", name, DidYouMean(name, names))
		}
	}
	if slices.Contains(p.Disable, finding.DirectiveRule) {
		return fmt.Errorf("rule %s cannot be turned off: directives without effect must not pass for obeyed", finding.DirectiveRule)
	}
	return nil
}

// A Verdict is what a policy makes of the findings of a run.
type Verdict struct {
	Findings []finding.Finding // to report
	Silenced []finding.Finding // by an allow or an exclude, which they name
	Waiting  int               // performance findings in code that nothing says is hot
	Hidden   int               // findings of a tier that is not reported
	Unused   []*Exclude        // excludes that cover no finding
}

// Apply judges the findings fs of a run.
func (p Policy) Apply(fs []finding.Finding) Verdict {
	var v Verdict
	used := make(map[*Exclude]bool)
	for _, f := range fs {
		if !p.On(f.Rule) {
			continue
		}
		exclude := p.excluded(f)
		used[exclude] = true
		if s := p.Rules[f.Rule].Severity; s != "" {
			f.Severity = s
		}
		switch {
		case finding.TierRank(f.Tier) < finding.TierRank(p.tier(f.Rule)):
			v.Hidden++
		case f.Allowed != nil:
			v.Silenced = append(v.Silenced, f)
		case exclude != nil:
			f.Excluded = &finding.Allowed{Place: exclude.Place, Reason: exclude.Reason}
			v.Silenced = append(v.Silenced, f)
		case f.NeedsHot:
			v.Waiting++
		default:
			v.Findings = append(v.Findings, f)
		}
	}
	for _, e := range p.Exclude {
		if !used[e] {
			v.Unused = append(v.Unused, e)
		}
	}
	return v
}

// On reports whether a rule is on.
func (p Policy) On(rule string) bool {
	switch {
	case slices.Contains(p.Disable, rule):
		return false
	case len(p.Only) > 0:
		return slices.Contains(p.Only, rule)
	}
	return !p.Rules[rule].Off
}

func (p Policy) tier(rule string) string {
	switch {
	case p.Tier != "":
		return p.Tier
	case p.Rules[rule].Tier != "":
		return p.Rules[rule].Tier
	}
	return finding.Likely
}

// excluded returns the first exclude that covers f, or nil.
func (p Policy) excluded(f finding.Finding) *Exclude {
	rel, err := filepath.Rel(p.Dir, f.Start.File)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	rel = filepath.ToSlash(rel)
	for _, e := range p.Exclude {
		if (len(e.Rules) == 0 || slices.Contains(e.Rules, f.Rule)) && match(e.Path, rel) {
			return e
		}
	}
	return nil
}

// Exists reports whether e covers any file below dir: one that covers none is
// misspelt, one that covers files without findings has merely done its work.
func (e *Exclude) Exists(dir string) bool {
	found := false
	// What cannot be read is not analysed either, so errors do not matter.
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir():
			if base := d.Name(); name != dir && (strings.HasPrefix(base, ".") || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err == nil && strings.HasSuffix(name, ".go") && match(e.Path, filepath.ToSlash(rel)) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}
