package tracereport

import (
	"fmt"
	"io"
	"time"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/cmd/internal/stacks"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// Profile returns where the time of the slices went, as a profile: at the root the slice
// and the group, then where the goroutine was, the outermost function first, then
// "[behind: lock]" and where the goroutine was that it waited for, and so on. A time is
// at the innermost place that it is known of, so that all of a slice sum to its time.
//
// Slices overlap, the slowest spans are beyond P99 too: labels tell them apart (slice,
// group, kind, component), as in go tool pprof -tagfocus=slice=P99.
func Profile(r *Report) *profile.Profile {
	m := &profiler{stacks.NewTable(&profile.Profile{
		SampleType:        []*profile.ValueType{{Type: "count", Unit: "count"}, {Type: "time", Unit: "nanoseconds"}},
		DefaultSampleType: "time",
		DurationNanos:     int64(r.Trace.End - r.Trace.Start),
		Comments:          []string{"of " + r.Source + " by lagvet trace"},
	})}
	if !r.Trace.Wall.IsZero() {
		m.TimeNanos = r.Trace.Wall.UnixNano()
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		for j := range g.Slices {
			m.slice(g, &g.Slices[j])
		}
	}
	return m.Profile
}

// WriteProfile writes the profile, compressed, as pprof reads it.
func WriteProfile(w io.Writer, r *Report) error {
	p := Profile(r)
	if err := p.CheckValid(); err != nil {
		return fmt.Errorf("making the profile: %w", err)
	}
	if err := p.Write(w); err != nil {
		return fmt.Errorf("writing the profile: %w", err)
	}
	return nil
}

type profiler struct{ *stacks.Table }

func (m *profiler) slice(g *trace.Group, s *trace.Slice) {
	root := []*profile.Location{m.pseudo(string(g.Kind) + " " + g.Name), m.pseudo(s.Name)}
	labels := map[string][]string{"slice": {s.Name}, "group": {g.Name}, "kind": {string(g.Kind)}}
	left := s.Time
	for _, c := range s.Causes {
		m.cause(root, labels, c, c.Time, c.Count)
		left -= c.Time
	}
	// What causes do not say is part of the whole too.
	if left > 0 {
		m.add(root, labels, "", left, 0)
	}
}

// cause adds a cause that counts for a time, below what is outside of it.
func (m *profiler) cause(outside []*profile.Location, labels map[string][]string, c trace.Cause, counts time.Duration, n int64) {
	here := append(m.frames(c), outside...)
	own := counts
	for _, b := range c.Behind {
		t := min(b.Time, own) // whatever is told, no more than the wait itself
		m.cause(append([]*profile.Location{m.pseudo("[behind: " + string(c.Component) + "]")}, here...), labels, b, t, 0)
		own -= t
	}
	m.add(here, labels, c.Component, own, n)
}

// frames returns the stack of a cause. One without a stack is told by its component.
func (m *profiler) frames(c trace.Cause) []*profile.Location {
	if len(c.Stack) == 0 {
		return []*profile.Location{m.pseudo("[" + string(c.Component) + "]")}
	}
	locations := make([]*profile.Location, 0, len(c.Stack))
	for _, f := range c.Stack {
		locations = append(locations, m.Location(f.Function, f.File, int64(f.Line)))
	}
	return locations
}

// pseudo returns the location of what is no function.
func (m *profiler) pseudo(name string) *profile.Location { return m.Location(name, "", 0) }

func (m *profiler) add(at []*profile.Location, labels map[string][]string, c trace.Component, t time.Duration, n int64) {
	if t <= 0 && n == 0 {
		return
	}
	all := make(map[string][]string, len(labels)+1)
	for k, v := range labels {
		if v[0] != "" {
			all[k] = v
		}
	}
	if c != "" {
		all["component"] = []string{string(c)}
	}
	m.Profile.Sample = append(m.Profile.Sample, &profile.Sample{Location: at, Value: []int64{n, int64(t)}, Label: all})
}
