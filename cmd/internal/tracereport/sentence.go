package tracereport

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// maxLinks is how far a sentence follows who waited for whom: more is read more easily
// in the table below it.
const maxLinks = 2

// Sentence says in words why the tail of a group is what it is: "P99 48 ms (P50 1.2 ms);
// 61 % of P99 is waiting for a lock in store.(*Store).Put store.go:120, whose holder
// store.(*Flusher).flush was in a system call at flush.go:44".
func (r *Report) Sentence(g *trace.Group) string {
	s := Tail(g)
	if s == nil {
		return "no whole span, so nothing was measured" + open(g)
	}
	text := s.Name + " " + duration(s.Latency)
	if m := SliceOf(g, "P50"); m != nil && m != s {
		text += " (P50 " + duration(m.Latency) + ")"
	}
	return text + "; " + strings.Join(r.clauses(s), "; ")
}

// clauses says what a slice is made of: the greatest cause, and what the kernel did over
// it, the greater first.
func (r *Report) clauses(s *trace.Slice) []string {
	var before, after []string
	cause, first := "nothing is known of it", 0.0
	switch {
	case len(s.Causes) > 0:
		cause, first = r.cause(s, s.Causes[0]), share(s.Causes[0].Time, s.Time)
	case len(s.Parts) > 0:
		first = share(s.Parts[0].Time, s.Time)
		cause = fmt.Sprintf("%s of %s is %s", percent(first), s.Name, wordOf(s.Parts[0].Component).doing)
	}
	for _, p := range s.Kernel {
		n := share(p.Time, s.Time)
		clause := fmt.Sprintf("%s of %s overlaps %s", percent(n), s.Name, wordOf(p.Component).doing)
		switch {
		case n > first:
			before = append(before, clause)
		case n >= leastShare:
			after = append(after, clause)
		}
	}
	return slices.Concat(before, []string{cause}, after)
}

// open says that spans are there, and not whole.
func open(g *trace.Group) string {
	var parts []string
	if g.OpenStart > 0 {
		parts = append(parts, count(g.OpenStart, "span")+" began before the trace")
	}
	if g.OpenEnd > 0 {
		parts = append(parts, count(g.OpenEnd, "span")+" went on when it ended")
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + list(parts)
}

func (r *Report) cause(s *trace.Slice, c trace.Cause) string {
	text := fmt.Sprintf("%s of %s is %s", percent(share(c.Time, s.Time)), s.Name, wordOf(c.Component).doing)
	if p, ok := placeOf(c.Stack); ok {
		text += preposition(c.Component) + name(p.Function) + " " + short(p.Frame)
	}
	text += links(c, maxLinks)
	if fs := r.alongside(c, maxLinks); len(fs) > 0 {
		f := r.Findings[fs[0]]
		text += fmt.Sprintf("; %s reports that at %s", f.Rule, r.findingAt(f))
	}
	return text
}

// links says who was waited for, as long as most of the time is theirs.
func links(c trace.Cause, most int) string {
	text := ""
	for ; most > 0; most-- {
		if c.External != "" {
			return text + external(c)
		}
		if len(c.Behind) == 0 || 2*c.Behind[0].Time < c.Time {
			return text
		}
		b := c.Behind[0]
		text += ", " + other(c.Component, b) + " was " + wordOf(b.Component).doing
		if p, ok := placeOf(b.Stack); ok {
			text += " at " + short(p.Frame)
		}
		c = b
	}
	return text
}

// other names the goroutine that ended a wait, by what was waited for.
func other(waited trace.Component, behind trace.Cause) string {
	who := nameOf(behind)
	switch {
	case waited == trace.Lock:
		return strings.TrimSpace("whose holder " + who)
	case who == "":
		return "while the goroutine that ended it"
	}
	return "while " + who + ", which ended it,"
}

// nameOf names a goroutine that was waited for: by the function of the program that it
// was in, or else by the one that it was started with.
func nameOf(behind trace.Cause) string {
	p, ok := placeOf(behind.Stack)
	switch {
	case ok && p.ours, ok && behind.Role == "":
		return name(p.Function)
	}
	return name(behind.Role)
}

// preposition joins a component with the function on whose stack it was: of a stop of
// the world that is the one who stopped it.
func preposition(c trace.Component) string {
	if c == trace.StopTheWorld {
		return " by "
	}
	return " in "
}

// external says what ended a wait that no goroutine did. It is empty where the wait says
// that already.
func external(c trace.Cause) string {
	switch {
	case c.External == "", c.External == "timer" && c.Component == trace.Sleep, c.External == "network" && c.Component == trace.Network:
		return ""
	case c.External == "timer":
		return ", until a timer ended it"
	case c.External == "unknown":
		return ", and what ended it is not told by the trace"
	}
	return ", until the " + c.External + " ended it"
}

// alongside returns the findings that stand where a cause is, or at what the sentence
// follows behind it.
func (r *Report) alongside(c trace.Cause, most int) []int {
	for ; ; most-- {
		if fs := r.findingsOf(c); len(fs) > 0 {
			return fs
		}
		if most == 0 || len(c.Behind) == 0 || 2*c.Behind[0].Time < c.Time {
			return nil
		}
		c = c.Behind[0]
	}
}

func (r *Report) findingAt(f Finding) string {
	return r.at(trace.Frame{File: f.Start.File, Line: f.Start.Line})
}
