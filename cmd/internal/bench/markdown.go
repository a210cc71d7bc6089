package bench

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// markdown writes the report as a page: a table of all claims, and below it what each
// one's arms showed.
func (r *Report) markdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "<!-- Made by lagvet bench --format markdown; edits here are lost. -->\n\n# Claims, measured\n\n")
	fmt.Fprintf(b, "What is said of techniques against tail latency, and what became of it on one machine: it\nmay be otherwise on yours. Figures in the column *claimed* are somebody's, of another\nmachine and another program. What the words mean is in [bench](bench.md).\n\n")
	fmt.Fprintf(b, "- measured by `%s` (%s), on %s\n", r.command(), cell(r.Tool.String()), r.Time.UTC().Format(time.DateOnly))
	fmt.Fprintf(b, "- machine: %s\n", cell(r.Machine.String()))
	fmt.Fprintf(b, "- posture by the profile %s: %s", r.Machine.Profile, r.Machine.Summary)
	if asking := r.Machine.asking(); asking != "" {
		fmt.Fprintf(b, " (%s)", cell(asking))
	}
	fmt.Fprintf(b, "\n- %d rounds, %v of measuring for each claim\n- %s\n\n", r.Size.Rounds, r.Size.Time, r.summary())
	fmt.Fprint(b, "| claim | technique | claimed | measured here: median [95 % interval] | verdict |\n|---|---|---|---|---|\n")
	for _, e := range r.Results {
		fmt.Fprintf(b, "| [`%s`](#%s) | %s%s | %s | %s | %s |\n", e.ID, anchor(e.ID), disputed(e.Claim), cell(e.Technique), cell(e.Says), e.cells(), e.Result.Verdict)
	}
	for _, e := range r.Results {
		e.section(b)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// command is the one that measures as much of the same.
func (r *Report) command() string {
	text := "lagvet bench --format markdown"
	size := claims.Full()
	if quick := claims.Quick(); r.Size.Rounds == quick.Rounds {
		text, size = text+" --quick", quick
	}
	if r.Size.Time != size.Time {
		text += fmt.Sprintf(" --time %v", r.Size.Time)
	}
	if r.Size.Anyway {
		text += " --anyway"
	}
	return text
}

// cells says what was measured, in a cell.
func (e Entry) cells() string {
	if len(e.Result.Findings) == 0 {
		return cell(e.Result.Reason)
	}
	var all []string
	for _, f := range e.Result.Findings {
		all = append(all, cell(e.finding(f)))
	}
	return strings.Join(all, "<br>")
}

// section writes all there is to say of a claim.
func (e Entry) section(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n%s%s: **%s**.\n\n", e.ID, disputed(e.Claim), cell(e.Technique), e.Result.Verdict)
	item := func(what, text string) {
		if text != "" {
			fmt.Fprintf(w, "- %s: %s\n", what, cell(text))
		}
	}
	item("claimed", e.Says)
	item("disputed", e.Disputed)
	for _, q := range e.Holds {
		item("it holds if", fmt.Sprintf("%s is %s", q.Of(), q.Bound()))
	}
	item("because", e.Result.Reason)
	item("why", e.Why)
	item("do", e.Do)
	for _, note := range e.Result.Notes {
		item("bench", note)
	}
	item("measuring costs", e.overhead())
	if n := e.Result.Noise; n != nil {
		item("noise around it", fmt.Sprintf("an idle goroutine woke up to %s late (P99)", claims.Value(n.P99, "ns")))
	}
	e.arms(w)
}

// arms writes the medians of all arms.
func (e Entry) arms(w io.Writer) {
	units := e.units()
	if len(units) == 0 {
		return
	}
	fmt.Fprintf(w, "\n| arm | %s |\n|---|%s\n", strings.Join(units, " | "), strings.Repeat("---|", len(units)))
	for _, a := range e.Result.Arms {
		fmt.Fprintf(w, "| %s |", cell(a.Name))
		for _, u := range units {
			text := ""
			if e.Result.Values(a.Name, u) != nil {
				text = e.median(a.Name, u)
			}
			fmt.Fprintf(w, " %s |", cmp.Or(text, "–"))
		}
		fmt.Fprintln(w)
	}
}

// units returns those of all arms.
func (e Entry) units() (units []string) {
	for _, a := range e.Result.Arms {
		for _, r := range a.Readings {
			if !slices.Contains(units, r.Unit) {
				units = append(units, r.Unit)
			}
		}
	}
	return units
}

// anchor returns the link to a heading, as code hosts make it: without its dot.
func anchor(id string) string { return strings.ReplaceAll(id, ".", "") }

// cell returns s fit for a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "_", `\_`, "\n", " ").Replace(s)
}
