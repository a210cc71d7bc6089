package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// little is the share of an analysis below which parts are not listed one by one.
const little = 0.001

// Timings writes a table of what the analysis took, if that was asked for.
func Timings(w io.Writer, t *finding.Timings) error {
	if t == nil {
		return nil
	}
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, timingsHead(t))
	if len(t.Parts) > 0 {
		timingsTable(b, t)
	}
	if s := untimed(t); s != "" {
		fmt.Fprintln(b, s)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing what the analysis took: %w", err)
	}
	return nil
}

// timingsHead says what the times are of.
func timingsHead(t *finding.Timings) string {
	if len(t.Parts) == 0 {
		return "No package was analysed, so nothing took time."
	}
	clock := "CPU time"
	if t.Clock == "wall" {
		clock = "Time"
	}
	return fmt.Sprintf("%s by part, each without those that it goes by, of %s analysed: %d asked for, %d that these import.",
		clock, count(t.Analysed, "package"), t.Asked, t.Analysed-t.Asked)
}

// untimed says what has no time, and how to have it.
func untimed(t *finding.Timings) string {
	const how = "--anew has all analysed."
	switch {
	case t.All:
		return ""
	case t.Cached > 0:
		return "Not timed, since their results were cached: " + count(t.Cached, "package") + " asked for, and some of what they import; " + how
	}
	return "Not timed: what is imported whose results were cached, if any; " + how
}

func timingsTable(w io.Writer, t *finding.Timings) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "own s\tshare\tpackages\t  part")
	var rest time.Duration
	others := 0
	for _, p := range t.Parts {
		if share(p.Own, t.Total) < little {
			rest += p.Own
			others++
			continue
		}
		fmt.Fprintf(tw, "%.2f\t%.1f %%\t%d\t  %s\n", p.Own.Seconds(), 100*share(p.Own, t.Total), p.Packages, partText(p))
	}
	if others > 0 {
		fmt.Fprintf(tw, "%.2f\t%.1f %%\t\t  %s, each less than %.1f %%\n", rest.Seconds(), 100*share(rest, t.Total), count(others, "other"), 100*little)
	}
	fmt.Fprintf(tw, "%.2f\t100.0 %%\t%d\t  all\n", t.Total.Seconds(), t.Analysed)
	tw.Flush()
}

// share returns the part that d is of all.
func share(d, all time.Duration) float64 {
	if all <= 0 {
		return 0
	}
	return float64(d) / float64(all)
}

// partText names a part and says what it is for.
func partText(p finding.Part) string {
	const most = 3 // rules that are named
	switch n := len(p.Rules); {
	case p.Kind == finding.RulePart:
		return p.Name + " (rule)"
	case n > most:
		return fmt.Sprintf("%s (for %d rules)", p.Name, n)
	case n > 0:
		return fmt.Sprintf("%s (for %s)", p.Name, strings.Join(p.Rules, ", "))
	}
	return p.Name
}
