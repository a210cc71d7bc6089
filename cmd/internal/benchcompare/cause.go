package benchcompare

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// A Cause is a figure that moved together with one that is worse.
type Cause struct {
	Unit string  `json:"unit"`
	Old  float64 `json:"old"`
	New  float64 `json:"new"`
	Text string  `json:"text"` // "assist share 1.2 % → 13 % (+12 points)"
}

// What is told as a cause: a difference that is not chance, and large.
const (
	manyTimes  = 1.5 // of what it was
	manyPoints = 2   // percentage points, of a share
)

// causes returns what moved with a row, of the other rows of the benchmark.
func causes(of *Row, rows []Row) []Cause {
	var found []Cause
	for i := range rows {
		r := &rows[i]
		label, ok := explains(r.Unit)
		if !ok || r == of || r.P > benchmath.DefaultThresholds.CompareAlpha || r.Better == 0 {
			continue
		}
		if text := r.moved(label); text != "" {
			found = append(found, Cause{r.Unit, r.Old.Center, r.New.Center, text})
		}
	}
	return found
}

// explains returns the name of a figure that can be why a latency is what it is.
func explains(tidied string) (label string, ok bool) {
	switch tidied {
	case "allocs/op":
		return "allocations", true
	case "B/op":
		return "bytes allocated", true
	}
	u, ok := known(tidied)
	return u.Label, ok && u.Role == unit.Cause
}

// moved says how a figure is worse, if it is by much.
func (r *Row) moved(label string) string {
	old, new := r.Old.Center, r.New.Center
	if (new > old) == (r.Better > 0) || old == new {
		return ""
	}
	from := fmt.Sprintf("%s %s → %s", label, value(old, r.Unit), value(new, r.Unit))
	switch {
	case strings.HasSuffix(r.Unit, "-%"):
		if points := new - old; points >= manyPoints {
			return fmt.Sprintf("%s (%+.0f points)", from, points)
		}
	case old == 0:
		return from
	case new/old >= manyTimes:
		return fmt.Sprintf("%s (×%s)", from, times(new/old))
	}
	return ""
}

func times(ratio float64) string {
	if ratio < 10 {
		return fmt.Sprintf("%.1f", ratio)
	}
	return fmt.Sprintf("%.0f", ratio)
}

// value writes a figure with its unit, as far as that is not the figure's name.
func value(v float64, tidied string) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "?"
	}
	if strings.HasSuffix(tidied, "-%") {
		return fmt.Sprintf("%.3g %%", v)
	}
	scaled := "0"
	if v != 0 {
		scaled = benchunit.Scale(v, benchunit.ClassOf(tidied))
	}
	name, _, _ := strings.Cut(tidied, "/")
	name = name[strings.LastIndexByte(name, '-')+1:]
	number := strings.TrimRight(scaled, "kMGTPEZYmµnpfazyKi")
	prefix := scaled[len(number):]
	switch name {
	case "sec":
		return number + " " + prefix + "s"
	case "B":
		if strings.HasSuffix(tidied, "/s") {
			return number + " " + prefix + "B/s"
		}
		return number + " " + prefix + "B"
	}
	return scaled
}
