package posture

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Spec describes what a probe can see.
type Spec struct {
	ID   string // "limits.nofile"
	What string // what the value is, in a few words: "open files, share of the hard limit"
	Unit string // of the value: "%", "ms", "CPUs"; empty for texts and plain counts
	Why  string // what it costs if it is not as required
	Mend string // what to do then
	Go   bool   // it is of a Go program, not of the host alone

	// For whoever decides what to permit; package inspect knows them.
	Where string // it is looked for: "/proc/PID/limits"
	Grade Grade  // how far it is to be trusted, at best
	Needs string // who may see it of another process; empty: anybody
}

// Group returns the part of the ID before the dot.
func (s Spec) Group() string { return group(s.ID) }

func group(id string) string {
	name, _, _ := strings.Cut(id, ".")
	return name
}

// An Observation is what a probe saw of one thing, or why it saw nothing.
type Observation struct {
	ID      string
	Value   float64 // what min and max are compared with, in the unit of the spec
	Text    string  // what one-of and none-of are compared with; empty if the value counts
	Current string  // as a reader would write it; empty: the text, or the value with its unit
	Source  string
	Grade   Grade
	Mend    string // empty: that of the spec
	Details []string
	// AtBest says why the truth may be worse than what was seen. What meets a requirement
	// is then Unknown, and what does not meet it is as clear as ever.
	AtBest string

	Absent Verdict // NotApplicable or Unknown if nothing was seen, and else empty
	Reason string  // why nothing was seen
}

// Number is an observation of a number.
func Number(id string, value float64, source string, g Grade) Observation {
	return Observation{ID: id, Value: value, Source: source, Grade: g}
}

// Text is an observation of a text.
func Text(id, text, source string, g Grade) Observation {
	return Observation{ID: id, Text: text, Source: source, Grade: g}
}

// None is the observation of what does not exist here.
func None(id, source, reason string) Observation {
	return Observation{ID: id, Source: source, Grade: Kernel, Absent: NotApplicable, Reason: reason}
}

// Hidden is the observation of what could not be looked at.
func Hidden(id, source, reason string) Observation {
	return Observation{ID: id, Source: source, Grade: Kernel, Absent: Unknown, Reason: reason}
}

// A Requirement is what a profile asks of one thing.
type Requirement struct {
	Min    *float64 `yaml:"min,omitempty"`
	Max    *float64 `yaml:"max,omitempty"`
	OneOf  []string `yaml:"one-of,omitempty,flow"`
	NoneOf []string `yaml:"none-of,omitempty,flow"`
	// Otherwise is the verdict where it is not so: Warn if it is empty.
	Otherwise Verdict `yaml:"otherwise,omitempty"`
	Source    string  `yaml:"source,omitempty"` // who says so
	Doubt     string  `yaml:"doubt,omitempty"`  // what speaks against it
	// Nothing takes away what the profile that is extended requires.
	Nothing bool `yaml:"nothing,omitempty"`
}

// Met reports whether an observation is as required.
func (q Requirement) Met(o Observation) bool {
	switch {
	case q.Min != nil && o.Value < *q.Min, q.Max != nil && o.Value > *q.Max:
		return false
	case len(q.OneOf) > 0 && !slices.Contains(q.OneOf, o.Text):
		return false
	}
	return !slices.Contains(q.NoneOf, o.Text)
}

// String says what is required of a value with a unit.
func (q Requirement) String(unit string) string {
	var parts []string
	switch {
	case q.Min != nil && q.Max != nil && *q.Min == *q.Max:
		parts = append(parts, number(*q.Min, unit))
	case q.Min != nil && q.Max != nil:
		parts = append(parts, number(*q.Min, unit)+" to "+number(*q.Max, unit))
	case q.Min != nil:
		parts = append(parts, "at least "+number(*q.Min, unit))
	case q.Max != nil:
		parts = append(parts, "at most "+number(*q.Max, unit))
	}
	if len(q.OneOf) > 0 {
		parts = append(parts, strings.Join(q.OneOf, " or "))
	}
	if len(q.NoneOf) > 0 {
		parts = append(parts, "not "+strings.Join(q.NoneOf, ", "))
	}
	return strings.Join(parts, ", ")
}

func number(v float64, unit string) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if v != 0 && (v < 0.001 || v >= 1e15) {
		s = strconv.FormatFloat(v, 'g', 4, 64)
	} else if _, decimals, ok := strings.Cut(s, "."); ok && len(decimals) > 3 {
		s = strconv.FormatFloat(v, 'f', 3, 64)
	}
	if unit == "" {
		return s
	}
	return s + " " + unit
}

// Judge makes a check of an observation of what spec describes.
func (p *Profile) Judge(spec Spec, o Observation) Check {
	c := Check{ID: spec.ID, Source: o.Source, Grade: o.Grade, Why: spec.Why, Details: o.Details}
	q, asked := p.Checks[spec.ID]
	if asked {
		c.Required, c.Advice, c.Doubt = q.String(spec.Unit), q.Source, q.Doubt
	}
	if o.Absent != "" {
		c.Verdict, c.Why = o.Absent, o.Reason
		c.Mend = o.Mend
		return c
	}
	c.Current = cmp.Or(o.Current, o.Text, number(o.Value, spec.Unit))
	switch {
	case !asked:
		c.Verdict, c.Why = NotApplicable, fmt.Sprintf("for information: the profile %s requires nothing of it", p.Name)
	case q.Met(o) && o.AtBest != "":
		c.Verdict, c.Why, c.Mend = Unknown, o.AtBest, o.Mend
	case q.Met(o):
		c.Verdict = Pass
	default:
		c.Verdict = cmp.Or(q.Otherwise, Warn)
		if c.Verdict == Fail && o.Grade == Heuristic {
			c.Verdict = Warn
		}
		c.Mend = cmp.Or(o.Mend, spec.Mend)
	}
	return c
}
