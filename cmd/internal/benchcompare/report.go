package benchcompare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// A Report is what a comparison has shown.
type Report struct {
	Old, New         string // files
	Differences      []Difference
	Machine          []Change // what the machine did in either run, over all benchmarks
	Unfit            [2]Unfit // of the old run and of the new one
	Undescribed      []string // files that say nothing of their machine
	Rows             []Row
	OnlyOld, OnlyNew []string // benchmarks
	Problems         []Problem
}

// An Unfit says how often package bench found the machine unfit, and why.
type Unfit struct {
	Results int      `json:"results"` // that were unfit
	Of      int      `json:"of"`      // those that say whether they were
	Reasons []string `json:"reasons"`
}

// A Change is a figure of the machine, the median of all results of a run.
type Change struct {
	Unit string  `json:"unit"`
	Old  float64 `json:"old"`
	New  float64 `json:"new"`
}

// report compares two runs.
func (j *judge) report(old, new *run) *Report {
	r := &Report{Old: old.file, New: new.file, Differences: differences(old, new)}
	both, onlyOld, onlyNew, procs := pairs(old, new)
	r.Differences = append(r.Differences, procs...)
	r.Problems = append(slices.Clone(old.problems), new.problems...)
	for _, p := range both {
		r.Rows = append(r.Rows, j.rows(p)...)
		r.Problems = append(r.Problems, gone(p, new.file)...)
	}
	amongMany(r.Rows)
	for i, side := range []*run{old, new} {
		r.Unfit[i] = side.unfitness()
		if !side.described && len(side.benchmarks) > 0 {
			r.Undescribed = append(r.Undescribed, side.file)
		}
	}
	r.Machine = machineChanges(old, new)
	for _, b := range onlyOld {
		r.OnlyOld = append(r.OnlyOld, b.key.String())
		r.Problems = append(r.Problems, Problem{new.file, 0, b.key.String() + " is not in it, so it was not compared",
			"run it too; if it is meant to be gone, bring the old run up to date (--update)"})
	}
	for _, b := range onlyNew {
		r.OnlyNew = append(r.OnlyNew, b.key.String())
	}
	r.Problems = append(r.Problems, j.tooFew(r.Rows)...)
	for _, name := range slices.Sorted(slices.Values(j.threshold.unused())) {
		r.Problems = append(r.Problems, Problem{"", 0, fmt.Sprintf("--threshold %s=… is of no figure that both runs have", name), "name a figure as its line in the benchmark has it, such as p99-ns/op"})
	}
	return r
}

// gone returns the results that only the old run has of a benchmark.
func gone(p pair, file string) []Problem {
	var missing []string
	for _, u := range p.old.units {
		if _, ok := p.new.values[u]; !ok && judged(u) {
			missing = append(missing, u)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []Problem{{file, 0, fmt.Sprintf("%s no longer reports %s, so that was not compared", p.name, strings.Join(missing, ", ")),
		"a percentile needs operations: give it a longer -benchtime, the same in both runs"}}
}

// tooFew is a problem for each benchmark that was run too few times.
func (j *judge) tooFew(rows []Row) []Problem {
	var problems []Problem
	seen := make(map[key]bool)
	for _, row := range rows {
		k := key{row.Package, row.Name}
		if row.Verdict != TooFew || seen[k] {
			continue
		}
		seen[k] = true
		problems = append(problems, Problem{"", 0, fmt.Sprintf("%s was measured %d and %d times (%s): to tell a change from chance at %.0f %% takes %d of each", k, row.Old.N, row.New.N, row.Unit, 100*Confidence, j.needed),
			"run both with -count=10"})
	}
	return problems
}

// unfitness sums up what a run says of its machine.
func (r *run) unfitness() Unfit {
	u := Unfit{Reasons: r.unfit}
	for _, b := range r.benchmarks {
		for _, v := range b.values[unit.Unfit] {
			u.Of++
			if v > 0 {
				u.Results++
			}
		}
	}
	return u
}

// machineChanges compares the figures of the machine over all results of either run.
func machineChanges(old, new *run) []Change {
	var changes []Change
	for _, name := range []string{unit.Foreign, unit.Steal, unit.RunQueue, unit.HiccupMax, unit.Overhead} {
		a, okA := old.median(tidy(name))
		b, okB := new.median(tidy(name))
		if okA && okB {
			changes = append(changes, Change{tidy(name), a, b})
		}
	}
	return changes
}

// ExitCode returns the code that the comparison ends with. What could not be told, because
// of a problem, the machine or chance, wins over what was found, as everywhere in lagvet.
func (r *Report) ExitCode() int {
	if len(r.Problems) > 0 || len(r.unclear()) > 0 {
		return report.Unchecked
	}
	if r.count(Regression) > 0 {
		return report.Found
	}
	return report.Clean
}

func (r *Report) count(v Verdict) int {
	n := 0
	for i := range r.Rows {
		if r.Rows[i].Verdict == v {
			n++
		}
	}
	return n
}

// unclear returns what would be a regression but for the machine or chance. A gain that
// these may have brought keeps nobody from going on.
func (r *Report) unclear() []*Row {
	var rows []*Row
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Verdict == Unclear && row.worse() {
			rows = append(rows, row)
		}
	}
	return rows
}

// worse reports whether the new median is.
func (r *Row) worse() bool { return (r.Change > 0) != (r.Better > 0) }

// noisy returns how many figures differ from run to run by more than the threshold: a
// change that counts could hide in them.
func (r *Report) noisy() int {
	n := 0
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Verdict == Same && max(row.Old.noise(), row.New.noise()) > row.Threshold {
			n++
		}
	}
	return n
}

// summary says how many figures have which verdict.
func (r *Report) summary() string {
	var parts []string
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{r.count(Regression), "regression", "regressions"},
		{r.count(Unclear), "unclear", "unclear"},
		{r.count(TooFew), "measured too few times", "measured too few times"},
		{r.count(Gain), "gain", "gains"},
		{r.count(Same), "the same", "the same"},
	} {
		switch {
		case c.n == 1:
			parts = append(parts, "1 "+c.one)
		case c.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.many))
		}
	}
	if len(parts) == 0 {
		return "nothing was compared"
	}
	s := strings.Join(parts, ", ")
	if n := r.noisy(); n > 0 {
		s += fmt.Sprintf(" (of which %d differ from one run to the next by more than what counts: a change could hide there)", n)
	}
	return s
}
