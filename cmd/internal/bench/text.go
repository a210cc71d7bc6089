package bench

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// text writes the report for people.
func (r *Report) text(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\n", r.Machine)
	fmt.Fprintf(b, "posture by the profile %s: %s\n", r.Machine.Profile, r.Machine.Summary)
	if asking := r.Machine.asking(); asking != "" {
		fmt.Fprintf(b, "    %s (lagvet doctor says more)\n", asking)
	}
	for _, e := range r.Results {
		fmt.Fprintln(b)
		e.text(b)
	}
	fmt.Fprintf(b, "\n%s\n", r.summary())
	if err := b.Flush(); err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	return nil
}

// summary says in one line how many claims have which verdict.
func (r *Report) summary() string {
	var counts []string
	for _, v := range claims.Verdicts() {
		if n := r.count(v); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%d claims: %s.", len(r.Results), strings.Join(counts, ", "))
}

// text writes a claim: what is claimed, what was measured, what that means.
func (e Entry) text(w io.Writer) {
	fmt.Fprintf(w, "%-20s %s  %s%s\n", strings.ToUpper(string(e.Result.Verdict)), e.ID, disputed(e.Claim), e.Technique)
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(w, "    %s: %s\n", what, text)
		}
	}
	line("claimed", e.Says)
	line("disputed", e.Disputed)
	for _, f := range e.Result.Findings {
		line("measured", e.finding(f))
	}
	line("because", e.Result.Reason)
	line("why", e.Why)
	line("do", e.Do)
	line("measuring costs", e.overhead())
}

// finding says what was measured for a condition.
func (e Entry) finding(f claims.Finding) string {
	if f.N == 0 {
		return f.Of() + ": nothing"
	}
	text := fmt.Sprintf("%s: %s in %d rounds", f.Of(), f.Measured(), f.N)
	other := f.Against + f.Beyond
	if other == "" {
		return text
	}
	return fmt.Sprintf("%s, %s against %s", text, e.median(f.Arm, f.Unit), e.median(other, f.Unit))
}

// median returns the median of an arm, for a reader.
func (e Entry) median(arm, unit string) string {
	return claims.Value(claims.Median(e.Result.Values(arm, unit)), unit)
}

// overhead says what measuring costs.
func (e Entry) overhead() string {
	o := e.Result.Overhead
	if o == nil {
		return ""
	}
	return fmt.Sprintf("%s a turn of the loop, %s to time an operation; not subtracted", claims.Value(o.Loop, "ns/op"), claims.Value(o.Stamp, "ns/op"))
}
