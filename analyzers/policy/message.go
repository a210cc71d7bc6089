package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/costs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// missing reports a directive that a function must carry.
func (c *checker) missing(f *funcs.Func, p limits.Package, word string) {
	pos, end := f.Heading()
	c.pass.Report(rule.Finding{
		Pos:     pos,
		End:     end,
		Tier:    rule.Proven,
		Message: fmt.Sprintf("%s carries no //lagvet:%s, and %s: whatever it does, no rule holds it to that", c.name(f), word, asked(p, "requires it of each "+which(p))),
		Cause:   "requires " + word,
		Mend:    fmt.Sprintf("write //lagvet:%s into its comment, and mend what is then found; if it is not for the outside, unexport it", word),
		Hot:     c.pass.Hotness.Hot(f.Node),
	})
}

func which(p limits.Package) string {
	if p.All {
		return "function"
	}
	return "exported function"
}

// asked says which policy it is, and why there is one.
func asked(p limits.Package, what string) string {
	s := fmt.Sprintf("the policy for %s %s", cmp.Or(p.Path, p.Import), what)
	if p.Reason != "" {
		s += " (" + p.Reason + ")"
	}
	return s
}

// forbidden reports a place by which a function comes to effects that it must not have.
func (c *checker) forbidden(f *funcs.Func, p limits.Package, v violation) {
	e := gravest(v.effects)
	c.pass.Report(rule.Finding{
		Pos:       v.Pos,
		End:       max(v.End, v.Pos+1),
		Tier:      c.tier(v),
		Message:   fmt.Sprintf("%s %s here, by %s, and %s", c.name(f), does(v.effects), c.witness.Short(v.Func), asked(p, "forbids it")),
		Cause:     "forbids " + e.Kind.String() + " by " + v.Func,
		Primitive: c.witness.Primitive(e),
		Chain:     c.witness.Chain(e),
		Mend:      mend,
		Hot:       c.pass.Hotness.HotAt(v.Pos),
	})
}

// allocation reports a place that allocates.
func (c *checker) allocation(f *funcs.Func, p limits.Package, a costs.Alloc) {
	tier := rule.Suspected
	switch a.Certainty {
	case costs.Proven:
		tier = rule.Proven
	case costs.Likely:
		tier = rule.Likely
	}
	c.pass.Report(rule.Finding{
		Pos:     a.Pos,
		End:     a.Pos + 1,
		Tier:    tier,
		Message: fmt.Sprintf("%s allocates here %s (%s), and %s", c.name(f), a.How, a.Text, asked(p, "forbids it")),
		Cause:   "forbids alloc: " + a.Cause,
		Mend:    mend,
		Hot:     c.pass.Hotness.HotAt(a.Pos),
	})
}

const mend = "do it outside the package, or where it is set up; for this place alone: //lagvet:allow policy -- why"

// tier says how sure it is that f does that.
func (c *checker) tier(v violation) rule.Tier {
	e := gravest(v.effects)
	switch {
	case (e.Cold || v.Cold) && !c.pass.Hotness.Strict, e.Kind == effects.Alloc && e.Certainty != effects.Proven:
		return rule.Suspected
	case e.Kind != effects.Unknown && (e.Chain == nil || e.Chain.Next == nil):
		return rule.Proven
	}
	return rule.Likely
}

// grave are the kinds by how long they may take.
var grave = []effects.Kind{effects.Net, effects.Disk, effects.Sleep, effects.STW, effects.Lock, effects.Chan, effects.Cgo, effects.Syscall}

// gravest returns the effect that a finding is about: one that is not cold, of the
// gravest kind.
func gravest(es []effects.Effect) effects.Effect {
	rank := func(e effects.Effect) int {
		r := slices.Index(grave, e.Kind)
		if r < 0 {
			r = len(grave)
		}
		if e.Cold {
			r += len(grave) + 1
		}
		return r
	}
	return slices.MinFunc(es, func(a, b effects.Effect) int { return rank(a) - rank(b) })
}

// does says what effects come to: "waits for a lock and reads the wall clock".
func does(es []effects.Effect) string {
	var said []string
	for _, e := range es {
		said = append(said, witness.Does(e.Kind))
	}
	if n := len(said) - 1; n > 0 {
		return strings.Join(said[:n], ", ") + " and " + said[n]
	}
	return said[0]
}

func (c *checker) name(f *funcs.Func) string {
	if f.Obj == nil {
		return "this func literal"
	}
	return c.witness.Short(f.Obj.FullName())
}
