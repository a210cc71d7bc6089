package hotalloc

import (
	_ "embed"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "hotalloc",
	Doc:      doc,
	Group:    rule.Allocation,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Tier:     rule.Proven,
	NeedsHot: true,
	Requires: allocs.Requires(),
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{pass, allocs.New(pass), pass.ResultOf[witness.Analyzer].(*witness.Index)}
	for _, f := range pass.Funcs.Funcs {
		if pass.Hotness.Hot(f.Node) == nil {
			continue
		}
		for _, s := range c.allocs.Silent(f.Node) {
			c.site(s)
		}
		c.calls(f)
	}
	for _, conv := range pass.Hotness.Conversions() {
		if conv.Contract.Kind == directive.NoAlloc {
			c.conversion(conv)
		}
	}
	return nil
}

type checker struct {
	pass    *rule.Pass
	allocs  *allocs.Index
	witness *witness.Index
}

// site reports one place.
func (c *checker) site(s *allocs.Site) {
	if s.Hole == allocs.LoopDefer || s.Hole == allocs.Undecided {
		return // hotdefer's, and heapescape's
	}
	hot := c.pass.Hotness.HotAt(s.Pos)
	if hot == nil {
		return
	}
	tier := c.tier(s, hot)
	if tier == "" {
		return
	}
	pos, end := extent(s)
	c.pass.Report(rule.Finding{
		Pos:       pos,
		End:       end,
		Tier:      tier,
		Message:   c.message(s),
		Cause:     cause(s),
		Primitive: s.Value.Primitive,
		Mend:      mend(s),
		Hot:       hot,
	})
}

// evidence is the share of CPU time on its line from which on an allocation counts
// that depends on a size.
const evidence = 0.01

// tier says how sure a finding about s is, or "" if there is none.
func (c *checker) tier(s *allocs.Site, hot *hotpath.Hotness) rule.Tier {
	noalloc := c.allocs.NoAlloc(s.Pos) != nil
	tier := rule.Likely
	switch {
	case s.Spoken && noalloc:
		return "" // heapescape says it
	case s.Grows && !noalloc:
		if c.allocs.Filtered(s.Pos) {
			tier = rule.Suspected
		}
	case s.Verdict == allocs.SizeDependent:
		if !noalloc && (s.Kept || hot.Line < evidence) {
			return ""
		}
		if s.Kept {
			tier = rule.Suspected
		}
	case s.Hole == allocs.Started && !noalloc && c.allocs.Filtered(s.Pos):
		tier = rule.Suspected // what is handed over there is no part of each call
	case s.Verdict == allocs.Proven:
		tier = rule.Proven
	}
	tier = rule.Lower(tier, s.Tier)
	if s.Rare != "" && !noalloc {
		tier = rule.Suspected
	}
	return tier
}

// extent returns what s stands for in the source.
func extent(s *allocs.Site) (pos, end token.Pos) {
	if n := s.Value.Node; n != nil {
		return n.Pos(), n.End()
	}
	return s.Pos, s.Pos + 1
}
