// Package policy decides, by the configuration and by the flags of the command,
// which findings are reported.
package policy

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Policy says which findings are reported: the configuration, and over it
// what the command line says.
type Policy struct {
	*config.Config
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
			return fmt.Errorf("unknown rule %q%s", name, config.DidYouMean(name, names))
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
	Unshown  []finding.Finding // those that Waiting and Hidden count
	Unused   []*config.Exclude // excludes that cover no finding
}

// Apply judges the findings fs of a run.
func (p Policy) Apply(fs []finding.Finding) Verdict {
	var v Verdict
	used := make(map[*config.Exclude]bool)
	for _, f := range fs {
		if !p.On(f.Rule) {
			continue
		}
		exclude := p.Excluded(f.Rule, f.Start.File)
		used[exclude] = true
		if s := p.Rules[f.Rule].Severity; s != "" {
			f.Severity = s
		}
		switch {
		case rank(f.Tier) < rank(p.tier(f.Rule)):
			v.Hidden++
			v.Unshown = append(v.Unshown, f)
		case f.Allowed != nil:
			v.Silenced = append(v.Silenced, f)
		case exclude != nil:
			f.Excluded = &finding.Allowed{Place: finding.Place(exclude.Place), Reason: exclude.Reason}
			v.Silenced = append(v.Silenced, f)
		case f.NeedsHot:
			v.Waiting++
			v.Unshown = append(v.Unshown, f)
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
	return p.Config.On(rule)
}

func (p Policy) tier(rule string) string { return cmp.Or(p.Tier, p.Config.Tier(rule)) }

// rank orders tiers: the surer, the higher.
func rank(tier string) int { return slices.Index(config.Tiers(), tier) }
