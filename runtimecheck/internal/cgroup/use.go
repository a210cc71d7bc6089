package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"math"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A use is how much of a limit a group uses. A group of others that is nearly full can
// be the trouble of one inside of it whose own limit is far away, so it is the fullest
// that counts and not the tightest.
type use struct {
	used, limit float64
	file        string // that sets the limit
}

func (u use) share() float64 {
	if math.IsInf(u.limit, 1) {
		return 0
	}
	return 100 * u.used / max(u.limit, 1)
}

// A gauge reads a number of one group, and names the file.
type gauge func(reader) (float64, string, error)

// fullest returns the use of the fullest group, with details for each that has a limit;
// if none has one the use of the nearest that counts. It is fs.ErrNotExist if none does.
func (s *groups) fullest(g group, used, limit gauge, write func(float64) string) (u use, details []string, err error) {
	seen := false
	for _, dir := range g.dirs() {
		here, err := measure(reader{s.target, g.version, dir}, used, limit, seen)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return here, nil, err
		}
		if !math.IsInf(here.limit, 1) {
			details = append(details, fmt.Sprintf("%s: %s of %s (%.1f %%)", here.file, write(here.used), write(here.limit), here.share()))
		}
		if !seen || here.share() > u.share() {
			u, seen = here, true
		}
	}
	if !seen {
		return use{}, nil, fs.ErrNotExist
	}
	return u, details, nil
}

// measure reads the use of one group. If it is enough to know of groups with a limit
// (to sum up what a large group uses costs the kernel something), one that has none is
// fs.ErrNotExist.
func measure(r reader, used, limit gauge, limited bool) (use, error) {
	l, file, err := limit(r)
	if errors.Is(err, fs.ErrNotExist) {
		l, err = math.Inf(1), nil // the root of v2 has a use and no limit
	}
	if err != nil {
		return use{file: file}, err
	}
	if limited && math.IsInf(l, 1) {
		return use{file: file}, fs.ErrNotExist
	}
	n, counter, err := used(r)
	if err != nil {
		return use{file: counter}, err
	}
	return use{n, l, file}, nil
}

func (u use) observe(id string, write func(float64) string, details []string, hidden string) posture.Observation {
	o := posture.Number(id, u.share(), u.file, posture.Kernel)
	o.Details, o.AtBest = details, hidden
	o.Current = write(u.used) + ", no limit"
	if hidden != "" {
		o.Current = write(u.used) + ", no limit that can be seen"
	}
	if !math.IsInf(u.limit, 1) {
		o.Current = fmt.Sprintf("%s of %s (%.1f %%)", write(u.used), write(u.limit), u.share())
	}
	return o
}

func (s *groups) observeMemory() posture.Observation {
	g, err := s.of("memory")
	if err != nil {
		return s.absent(memory, err)
	}
	limit := func(r reader) (float64, string, error) { return r.number("memory.max") }
	if g.version == 1 {
		limit = func(r reader) (float64, string, error) { return r.number("memory.limit_in_bytes") }
	}
	u, details, err := s.fullest(g, workingSet, limit, probe.Size)
	if errors.Is(err, fs.ErrNotExist) {
		return g.none(memory, g.dir(), "no group has the controller memory")
	}
	if err != nil {
		return system.Absent(memory, u.file, err)
	}
	if g.version == 2 || !g.hidden {
		return u.observe(memory, probe.Size, details, g.why())
	}
	// The kernel tells what hidden groups of v1 allow, not how full they are.
	l := s.memory()
	if l.None() && l.Hidden == "" {
		return u.observe(memory, probe.Size, details, "")
	}
	if l.Err == nil && l.Value < u.limit {
		u.limit, u.file = l.Value, l.Path
	}
	return u.observe(memory, probe.Size, details, g.why())
}

// workingSet is the memory of a group without the files that the kernel would drop
// first: what the kubelet calls so.
func workingSet(r reader) (float64, string, error) {
	usage, inactive := "memory.current", "inactive_file"
	if r.version == 1 {
		usage, inactive = "memory.usage_in_bytes", "total_inactive_file"
	}
	used, file, err := r.number(usage)
	if err != nil {
		return 0, file, err
	}
	if text, _, err := r.read("memory.stat"); err == nil {
		if n, err := field(text, inactive); err == nil {
			used = max(used-n, 0)
		}
	}
	return used, file, nil
}

func (s *groups) observePIDs() posture.Observation {
	g, err := s.of("pids")
	if err != nil {
		return s.absent(pids, err)
	}
	count := func(v float64) string { return fmt.Sprintf("%.0f", v) }
	u, details, err := s.fullest(g,
		func(r reader) (float64, string, error) { return r.number("pids.current") },
		func(r reader) (float64, string, error) { return r.number("pids.max") }, count)
	if errors.Is(err, fs.ErrNotExist) {
		return g.none(pids, g.dir(), "no group limits the threads")
	}
	if err != nil {
		return system.Absent(pids, u.file, err)
	}
	return u.observe(pids, count, details, g.why())
}

// observeHigh tells how often the groups that have a memory.high were above it.
func (s *groups) observeHigh() posture.Observation {
	g, err := s.of("memory")
	if err != nil {
		return s.absent(memoryHigh, err)
	}
	if g.version == 1 {
		return posture.None(memoryHigh, g.dir(), "cgroup v1 has no memory.high")
	}
	o := posture.Number(memoryHigh, 0, g.dir()+"/memory.high", posture.Kernel)
	o.Current, o.AtBest = "none is set", g.why()
	for _, dir := range g.dirs() {
		r := reader{s.target, g.version, dir}
		high, file, err := r.number("memory.high")
		if errors.Is(err, fs.ErrNotExist) || err == nil && math.IsInf(high, 1) {
			continue
		}
		if err != nil {
			return system.Absent(memoryHigh, file, err)
		}
		text, file, err := r.read("memory.events")
		if err != nil {
			return system.Absent(memoryHigh, file, err)
		}
		total, err := field(text, "high")
		if err != nil {
			return system.Absent(memoryHigh, file, err)
		}
		times, period := s.grown(file, total)
		line := fmt.Sprintf("%s exceeded %.0f times %s", probe.Size(high), times, period)
		if len(o.Details) == 0 || times > o.Value {
			o.Value, o.Current, o.Source = times, line, file
		}
		o.Details = append(o.Details, file+": "+line)
	}
	return o
}

// grown returns by how much a counter has grown, and since when.
func (s *groups) grown(name string, total float64) (n float64, period string) {
	if n, ok := s.target.Since(name, total); ok {
		return n, s.target.Period()
	}
	return total, "since the start"
}
