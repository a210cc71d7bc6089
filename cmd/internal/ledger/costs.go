package ledger

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A cost is one thing that a function costs.
type cost struct {
	kind string // of effect
	// cause is what the same cost has in another version: it holds no line.
	cause string
	// tail, for a call that allocates, is what it comes to: two calls that come to
	// the same cost the same, whatever they are called.
	tail  string
	text  string // of an allocation, and of an effect the name that is told
	at    finding.Place
	chain []finding.Call // of an effect
}

// costsOf returns what counts of what a function costs. A ledger that is nil costs
// nothing.
func costsOf(l *finding.Ledger) []cost {
	if l == nil {
		return nil
	}
	var cs []cost
	for _, a := range l.Allocs {
		if a.Certainty != finding.Suspected {
			cs = append(cs, cost{kind: allocKind, cause: a.Cause, text: a.Text, at: a.Place})
		}
	}
	for _, e := range l.Effects {
		if !e.Cold && !e.ByCaller && e.Certainty != finding.Suspected {
			cs = append(cs, effectCost(e))
		}
	}
	return cs
}

var allocKind = effects.Alloc.String()

// effectCost is the cost of an effect. A function has each kind once, but that calls
// allocate once for each function called.
func effectCost(e finding.Effect) cost {
	c := cost{kind: e.Kind, cause: "effect " + e.Kind, text: "stated", chain: e.Chain}
	if len(e.Chain) == 0 {
		return c
	}
	first, last := e.Chain[0], e.Chain[len(e.Chain)-1]
	c.at, c.text = first.Place, last.Func
	if e.Kind == allocKind {
		c.cause = "calls " + first.Func
		c.tail = e.Certainty + tail(e.Chain)
		c.text = "calls " + first.Func
	}
	return c
}

// tail names what a chain leads through but for its first step.
func tail(chain []finding.Call) string {
	var b strings.Builder
	for _, c := range chain[1:] {
		b.WriteByte('\n')
		b.WriteString(c.Func)
	}
	return b.String()
}

// said is c for a reader.
func (c cost) said() string {
	if c.chain == nil {
		return c.text // of an allocation, in the compiler's words
	}
	return finding.ShortFunc(c.text)
}

// steps is the chain for a reader.
func (c cost) steps() []finding.Step {
	var steps []finding.Step
	for i, k := range c.chain {
		text := "calls " + finding.ShortFunc(k.Func)
		if i == len(c.chain)-1 {
			text = finding.ShortFunc(k.Func) + ": " + c.kind
		}
		if k.Omitted > 0 {
			text += ", and by calls left out here"
		}
		steps = append(steps, finding.Step{Place: k.Place, Text: text})
	}
	return steps
}

// less returns those of a that b does not have. Of equal ones those that read
// differently go first, so that what is new is told by its own name.
func less(a, b []cost) []cost {
	rest := slices.Clone(b)
	take := func(same func(c, d cost) bool) {
		a = slices.DeleteFunc(slices.Clone(a), func(c cost) bool {
			i := slices.IndexFunc(rest, func(d cost) bool { return c.kind == d.kind && same(c, d) })
			if i < 0 {
				return false
			}
			rest = slices.Delete(rest, i, i+1)
			return true
		})
	}
	take(func(c, d cost) bool { return c.cause == d.cause && c.text == d.text })
	take(func(c, d cost) bool { return c.cause == d.cause })
	take(func(c, d cost) bool { return c.tail != "" && c.tail == d.tail })
	return a
}
