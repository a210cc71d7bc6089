package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A hold is how often a group was held back.
type hold struct {
	periods, held float64       // periods in which it ran, and those in which its quota was used up
	time          time.Duration // that its CPUs stood still, summed over them, and booked only when they go on
	since         string
	file          string
}

func (h hold) share() float64 { return 100 * h.held / max(h.periods, 1) }

func (h hold) String() string {
	if h.periods == 0 {
		return "never ran under a quota " + h.since
	}
	return fmt.Sprintf("%.1f %% of %.0f periods %s, %v in all CPUs together", h.share(), h.periods, h.since, h.time.Round(time.Millisecond))
}

// observeThrottled tells of the group that was held back the most. A quota holds back
// all groups below, and is counted only where it is set.
func (s *groups) observeThrottled() posture.Observation {
	g, err := s.of("cpu")
	if err != nil {
		return s.absent(throttled, err)
	}
	worst := hold{file: path.Join(g.dir(), "cpu.stat"), since: "since the start"}
	var details []string
	for _, dir := range g.dirs() {
		h, err := s.hold(reader{s.target, g.version, dir})
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return system.Absent(throttled, h.file, err)
		}
		if h.periods > 0 {
			details = append(details, h.file+": "+h.String())
		}
		if h.share() > worst.share() || h.periods > 0 && worst.periods == 0 {
			worst = h
		}
	}
	o := posture.Number(throttled, worst.share(), worst.file, posture.Kernel)
	o.Current, o.Details = worst.String(), details
	if g.hidden {
		o.AtBest = s.heldAbove(g, worst.held > 0)
	}
	return o
}

// hold reads how often one group was held back; it is fs.ErrNotExist if the group has
// no such counters, as without the controller.
func (s *groups) hold(r reader) (hold, error) {
	text, file, err := r.read("cpu.stat")
	if err != nil {
		return hold{file: file}, err
	}
	if !counts(text) {
		return hold{file: file}, fs.ErrNotExist
	}
	now, err := Stat{file, r.version}.Parse(text)
	h := hold{file: file}
	if err != nil {
		return h, err
	}
	h.periods, h.since = s.grown(file+" nr_periods", float64(now.Periods))
	h.held, _ = s.grown(file+" nr_throttled", float64(now.Throttled))
	ns, _ := s.grown(file+" throttled", float64(now.Time))
	h.time = time.Duration(ns)
	return h, nil
}

// standing reads the time that threads were held back: v1 counts nanoseconds, v2
// microseconds.
func standing(version int, text string) (time.Duration, error) {
	if version == 1 {
		ns, err := field(text, "throttled_time")
		return time.Duration(ns), err
	}
	us, err := field(text, "throttled_usec")
	return time.Duration(us * float64(time.Microsecond)), err
}

// heldAbove says why more may have been held back than the groups that can be seen
// tell; it is empty if nothing was. Kernels since 6.6 tell in cpu.stat.local for how
// long the threads of a group were held back by any group above, be it hidden.
func (s *groups) heldAbove(g group, seen bool) string {
	text, file, err := reader{s.target, g.version, g.dir()}.read("cpu.stat.local")
	if err != nil {
		return g.why()
	}
	total, err := standing(g.version, text)
	if err != nil {
		return g.why()
	}
	ns, since := s.grown(file, float64(total))
	switch {
	case ns == 0:
		return ""
	case seen:
		return g.why()
	}
	return fmt.Sprintf("its threads were held back for %v %s (%s), by a group above that cannot be seen from here", time.Duration(ns).Round(time.Millisecond), since, file)
}
