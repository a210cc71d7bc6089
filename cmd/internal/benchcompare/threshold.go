package benchcompare

import (
	"fmt"
	"strconv"
	"strings"
)

// DefaultThreshold is the change below which nothing is a regression, where the command
// line says nothing else. Layout of code and memory alone moves benchmarks by some percent
// (Mytkowicz et al., Producing Wrong Data Without Doing Anything Obviously Wrong, 2009).
const DefaultThreshold = 0.05

// A threshold is the relative change from which on something counts.
type threshold struct {
	all    float64
	byUnit map[string]float64 // as the command line names it
	used   map[string]bool
}

// parseThresholds reads "5%" and "p99=10%".
func parseThresholds(texts []string) (*threshold, error) {
	t := &threshold{all: DefaultThreshold, byUnit: make(map[string]float64), used: make(map[string]bool)}
	for _, text := range texts {
		unit, percent, named := strings.Cut(text, "=")
		if !named {
			unit, percent = "", text
		}
		v, err := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
		if err != nil || !strings.HasSuffix(percent, "%") || !(v >= 0 && v <= 1e6) || named && unit == "" {
			return nil, fmt.Errorf("--threshold %s: write it as 5%%, or for one figure as p99=10%%", text)
		}
		if named {
			t.byUnit[unit] = v / 100
		} else {
			t.all = v / 100
		}
	}
	return t, nil
}

// of returns the threshold of a unit, as benchfmt has it ("p99-sec/op"), and whether the
// command line names it: in full, as it stands in the line of the benchmark, or by what it
// begins with ("p99", "max", "allocs"). Of several names the longest counts.
func (t *threshold) of(unit string) (v float64, named bool) {
	best := ""
	for name := range t.byUnit {
		if meets(name, unit) {
			t.used[name] = true
			if len(name) > len(best) {
				best = name
			}
		}
	}
	if best == "" {
		return t.all, false
	}
	return t.byUnit[best], true
}

func meets(name, unit string) bool {
	return unit == name || unit == tidy(name) || strings.HasPrefix(unit, name+"-") || strings.HasPrefix(unit, name+"/")
}

// unused returns the thresholds that no figure has met.
func (t *threshold) unused() []string {
	var names []string
	for name := range t.byUnit {
		if !t.used[name] {
			names = append(names, name)
		}
	}
	return names
}
