//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	blamed "github.com/lagvet/lagvet/runtimecheck/trace"
)

// A verdict is what a report said of a scenario, by slices.
type verdict struct {
	scenario string
	p99, max finding
	recorded string // why the trace is one that was recorded; "" if it was taken just now
}

// A finding is whether a slice blames what was planted.
type finding struct {
	share float64 // of the time of the slice that the planted cause has
	wrong string  // what is not as it should be; "" if all is
	slice blamed.Slice
}

func (v verdict) found() bool { return v.p99.wrong == "" && v.max.wrong == "" }

// half is the share of the time that a planted cause has at least.
const half = 0.5

// judge compares a report with what was planted. The error says that there are no such
// requests in it.
func judge(s scenario, r *blamed.Report) (verdict, error) {
	i := slices.IndexFunc(r.Groups, func(g blamed.Group) bool { return g.Kind == blamed.Region && g.Name == "request" })
	if i < 0 {
		return verdict{}, fmt.Errorf("the report has no requests: %+v", r.Problems)
	}
	v := verdict{scenario: s.name}
	for name, to := range map[string]*finding{"P99": &v.p99, "max": &v.max} {
		at := slices.IndexFunc(r.Groups[i].Slices, func(sl blamed.Slice) bool { return sl.Name == name })
		if at < 0 {
			return verdict{}, fmt.Errorf("the report has no slice %s of %d requests", name, r.Groups[i].Count)
		}
		*to = s.blame.judge(r.Groups[i].Slices[at])
	}
	return v, nil
}

func (b blame) judge(s blamed.Slice) finding {
	f := finding{slice: s}
	parts, want := s.Parts, b.component
	if b.kernel != "" {
		parts, want = s.Kernel, b.kernel
	}
	for _, part := range parts {
		if b.means(part.Component) {
			f.share += float64(part.Time) / float64(s.Time)
		}
	}
	switch {
	case s.Latency < planted/2:
		f.wrong = fmt.Sprintf("the latency is %v only", s.Latency)
	case len(parts) == 0 || !b.means(parts[0].Component):
		f.wrong = fmt.Sprintf("%s is not first", want)
	case f.share < half:
		f.wrong = fmt.Sprintf("%s is %.0f %% only", want, 100*f.share)
	default:
		f.wrong = b.chain(s)
	}
	return f
}

// means reports whether a component is what was planted.
func (b blame) means(c blamed.Component) bool {
	return c == b.component || c == b.kernel || b.or != "" && c == b.or
}

// chain says what is wrong with the first cause and what is behind it.
func (b blame) chain(s blamed.Slice) string {
	if b.kernel != "" {
		return ""
	}
	if len(s.Causes) == 0 {
		return "no cause is told"
	}
	c := s.Causes[0]
	if b.or != "" && c.Component == b.or {
		return "" // the same by another name
	}
	if wrong := (hop{b.component, b.where, b.external}).check(c); wrong != "" {
		return wrong
	}
	for _, h := range b.behind {
		if len(c.Behind) == 0 {
			return fmt.Sprintf("nothing is told behind %s", c.Component)
		}
		c = c.Behind[0]
		if wrong := h.check(c); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (h hop) check(c blamed.Cause) string {
	in := func(f blamed.Frame) bool { return h.names(f.Function) }
	switch {
	case c.Component != h.component:
		return fmt.Sprintf("%s is the first cause, not %s", c.Component, h.component)
	case h.where != "" && !h.names(c.Role) && !slices.ContainsFunc(c.Stack, in):
		return fmt.Sprintf("%s is not in %s", c.Component, h.where)
	case h.external != "" && c.External != h.external:
		return fmt.Sprintf("%s is ended by %q, not %s", c.Component, c.External, h.external)
	}
	return ""
}

// names reports whether a function is that of the hop: the program is package main, but
// in its own tests.
func (h hop) names(function string) bool { return strings.HasSuffix(function, "."+h.where) }

// String says what was blamed.
func (v verdict) String() string {
	var b strings.Builder
	if v.recorded != "" {
		fmt.Fprintf(&b, "%s: judged by what was recorded: %s\n", v.scenario, v.recorded)
	}
	for _, f := range []finding{v.p99, v.max} {
		result := "found"
		if f.wrong != "" {
			result = "missed: " + f.wrong
		}
		fmt.Fprintf(&b, "%s, %s, %v: %s\n", v.scenario, f.slice.Name, f.slice.Latency.Round(time.Microsecond), result)
		for _, p := range slices.Concat(f.slice.Parts, f.slice.Kernel) {
			fmt.Fprintf(&b, "    %-14s %5.1f %%\n", p.Component, 100*float64(p.Time)/float64(f.slice.Time))
		}
		describe(&b, f.slice.Causes, 1)
	}
	return b.String()
}

// describe writes the longest causes.
func describe(b *strings.Builder, causes []blamed.Cause, depth int) {
	for _, c := range causes[:min(len(causes), 3)] {
		var where []string
		for _, f := range c.Stack {
			where = append(where, f.Function)
		}
		fmt.Fprintf(b, "%s%v %s %s role %q: %s\n", strings.Repeat("    ", depth), c.Time.Round(time.Microsecond), c.Component, c.External, c.Role, strings.Join(where, " < "))
		describe(b, c.Behind, depth+1)
	}
}
