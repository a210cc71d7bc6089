package analyzers

import (
	"slices"

	"github.com/lagvet/lagvet/analyzers/adopted"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// Adopted returns the rules that are checks of others, which the hosts that run
// analyzers themselves have from these.
func Adopted() []*Rule { return adopted.Rules() }

// Catalogue returns all rules, those of a group together.
func Catalogue() []*Rule {
	all := slices.Concat(All(), Adopted())
	var groups []rule.Group
	for _, r := range all {
		if !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
	}
	slices.SortStableFunc(all, func(a, b *Rule) int {
		return slices.Index(groups, a.Group) - slices.Index(groups, b.Group)
	})
	return all
}
