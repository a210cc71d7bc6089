package benchcompare

import (
	"fmt"
	"math"

	"golang.org/x/perf/benchmath"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// A moved is what the machine did between the two runs of a benchmark.
type moved struct {
	unfitOld, unfitNew float64 // share of the results
	slower             float64 // by how much the same piece of code took longer: what measuring costs
	busier             float64 // percentage points more that others took
	queued             float64 // percentage points more that threads waited for a CPU
}

// What the machine has to do for a change to be its doing.
const (
	// halfUnfit is the share of unfit results from which on a median is one of them.
	halfUnfit = 0.5
	// aPoint is the least that counts: counters of CPU time tick a hundred times a second
	// (USER_HZ), so in a run of one second a percent is one tick.
	aPoint = 1
)

// machine reads from the rows of a benchmark what the machine did.
func machine(rows []Row) moved {
	var m moved
	for i := range rows {
		r := &rows[i]
		points := r.New.Center - r.Old.Center
		switch r.Unit {
		case tidy(unit.Overhead):
			if r.P <= benchmath.DefaultThresholds.CompareAlpha && !math.IsInf(r.Change, 0) {
				m.slower = r.Change
			}
		case tidy(unit.Foreign), tidy(unit.Steal):
			m.busier += points
		case tidy(unit.RunQueue):
			m.queued = points
		}
	}
	return m
}

// unfit returns the share of the results of a benchmark that were taken on an unfit machine.
// One that could not tell has no such figure, and counts as fit.
func (b *benchmark) unfit() float64 {
	results, unfit := 0, 0
	for _, values := range b.values {
		results = max(results, len(values))
	}
	for _, v := range b.values[unit.Unfit] {
		if v > 0 {
			unfit++
		}
	}
	return float64(unfit) / float64(results)
}

// clear makes Unclear what the machine may have done.
func (j *judge) clear(r *Row, m moved) {
	if r.Verdict != Regression && r.Verdict != Gain || !isTime(r.Unit) {
		return
	}
	why := m.why(r)
	if (m.unfitOld >= halfUnfit || m.unfitNew >= halfUnfit) && !j.allowUnfit {
		why = unfitSides(m) + " (--allow-unfit judges all the same)"
	}
	if why != "" {
		r.Verdict, r.Why = Unclear, why
	}
}

func unfitSides(m moved) string {
	switch {
	case m.unfitOld < halfUnfit:
		return "the machine was unfit in the new run"
	case m.unfitNew < halfUnfit:
		return "the machine was unfit in the old run"
	}
	return "the machine was unfit in both runs"
}

// why says how the machine accounts for a change, if it does.
func (m moved) why(r *Row) string {
	worse := (r.Change > 0) != (r.Better > 0)
	slower, busier, queued := m.slower, m.busier, m.queued
	if !worse {
		slower, busier, queued = -slower, -busier, -queued
	}
	word := map[bool]string{true: "more", false: "less"}[worse]
	if slower > 0 && math.Abs(r.Change)-math.Abs(m.slower) <= r.Threshold {
		return fmt.Sprintf("code that is the same in both runs took %.0f %% %s (%s)", 100*math.Abs(m.slower), word, unit.Overhead)
	}
	// A wait for a CPU of a percent of the time is in every percentile from the 99th on.
	if busier >= aPoint && queued >= aPoint && (tail(r.Unit) || queued/100 >= math.Abs(r.Change)/2) {
		return fmt.Sprintf("other programs took %.0f points %s of the machine, and its threads waited %.0f points %s for a CPU",
			math.Abs(m.busier), word, math.Abs(m.queued), word)
	}
	return ""
}

// tail reports whether a figure is one that few operations decide.
func tail(tidied string) bool {
	u, ok := known(tidied)
	return ok && (u.Name == unit.P99 || u.Name == unit.P999 || u.Role == unit.Extreme)
}
