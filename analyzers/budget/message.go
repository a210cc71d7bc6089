package budget

import (
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

var tiers = map[doubt]rule.Tier{none: rule.Proven, little: rule.Likely, much: rule.Suspected}

// overspent reports a function that allocates too much.
func (c *checker) overspent(l function, limit int, d doubt, s sum) {
	verb := map[doubt]string{none: "makes", little: "can make", much: "may, by what it is given, make"}[d]
	budget, cause := fmt.Sprintf("its budget is %d", limit), "allocs"
	if l.Allocs == nil {
		budget, cause = "its budget permits "+permitted(l), "effect alloc"
	}
	c.report(l, rule.Finding{
		Tier:    tiers[d],
		Message: fmt.Sprintf("%s %s %s in a call%s, and %s: the rest is work for the garbage collector, which callers pay for at the tail", c.name(l), verb, count(s.n, "allocation"), loops(s), budget),
		Cause:   cause,
		Chain:   s.steps,
		Mend:    "keep what is made and use it again, or let the caller pass it in; if it is worth its price, raise the budget in .lagvet.yml",
	})
}

// manyDefers reports a function that defers too much.
func (c *checker) manyDefers(l function, s sum) {
	c.report(l, rule.Finding{
		Tier:    rule.Proven,
		Message: fmt.Sprintf("%s makes %s in a call%s, and its budget is %d: each runs when the function returns, and more than 8, or one in a loop, are kept in a list", c.name(l), count(s.n, "defer"), loops(s), *l.Defers),
		Cause:   "defers",
		Chain:   s.steps,
		Mend:    "call at the end what cannot panic before it, or put it into a function of its own; or raise the budget in .lagvet.yml",
	})
}

// notPermitted reports an effect.
func (c *checker) notPermitted(l function, e effects.Effect, tier rule.Tier) {
	primitive := c.witness.Primitive(e)
	c.report(l, rule.Finding{
		Tier:      tier,
		Message:   fmt.Sprintf("%s has the effect %s, by %s, and its budget permits %s: whoever counts on that waits, or pays, for what was not agreed on", c.name(l), e.Kind, c.witness.Short(primitive), permitted(l)),
		Cause:     "effect " + e.Kind.String(),
		Primitive: primitive,
		Chain:     c.witness.Chain(e),
		Mend:      fmt.Sprintf("do it elsewhere, or add %s to the effects of the budget in .lagvet.yml", e.Kind),
	})
}

// report reports f at the name of the function.
func (c *checker) report(l function, f rule.Finding) {
	f.Pos, f.End = l.Heading()
	f.Hot = c.pass.Hotness.Hot(l.Node)
	c.pass.Report(f)
}

func (c *checker) name(l function) string { return c.witness.Short(l.Obj.FullName()) }

func permitted(l function) string {
	if len(l.Effects) == 0 {
		return "none"
	}
	return "only " + strings.Join(l.Effects, ", ")
}

func count(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case n == most:
		return "very many " + what + "s"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// loops says how much of s happens more than once.
func loops(s sum) string {
	switch {
	case s.loops == 0:
		return ""
	case s.loops == s.n:
		return ", in every turn of a loop"
	}
	return fmt.Sprintf(", %d of them in every turn of a loop", s.loops)
}
