package benchload

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// writeText writes a report for people: the verdict, the machine, each limit, and what was
// measured.
func writeText(w io.Writer, r *policy.Report, color bool) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  %s\n", paint(r.Verdict, color), plain(r.Target))
	fmt.Fprintf(&b, "      %s\n", plain(sentence(r)))
	writeMachine(&b, r)
	b.WriteByte('\n')
	writeLimits(&b, r, color)
	writeMeasured(&b, r)
	writeOwn(&b, r)
	for _, text := range r.Warnings {
		fmt.Fprintf(&b, "note: %s\n", plain(text))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// sentence says what the limits come to.
func sentence(r *policy.Report) string {
	counts := make(map[posture.Verdict]int)
	for _, l := range r.Limits {
		counts[l.Verdict]++
	}
	text := fmt.Sprintf("%d of %d limits were kept", counts[posture.Pass], len(r.Limits))
	if n := counts[posture.Fail]; n > 0 {
		text += fmt.Sprintf(", %d were not", n)
	}
	if n := counts[posture.Unknown]; n > 0 {
		text += fmt.Sprintf(", of %d it is not known", n)
	}
	if r.Ended != "" {
		text += "; the run ended before its plan did: " + r.Ended
	}
	return text + " (" + r.Policy + ")"
}

// The colours of verdicts: select graphic rendition parameters of ECMA-48.
func paint(v posture.Verdict, color bool) string {
	code := map[posture.Verdict]string{posture.Pass: "32", posture.Fail: "31", posture.Unknown: "33"}[v]
	if !color || code == "" {
		return string(v)
	}
	return "\x1b[" + code + "m" + string(v) + "\x1b[0m"
}

func writeMachine(b *bytes.Buffer, r *policy.Report) {
	if r.Machine == nil {
		return
	}
	fmt.Fprintf(b, "      %s\n", plain(r.Machine.Summary))
	if ids := faultIDs(r.Machine); ids != "" {
		fmt.Fprintf(b, "      what is not as it should be (lagvet doctor says why): %s\n", plain(ids))
	}
}

func faultIDs(m *policy.Machine) string {
	var ids []string
	for _, c := range m.Checks {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, ", ")
}

func writeLimits(b *bytes.Buffer, r *policy.Report, color bool) {
	width := 0
	for _, l := range r.Limits {
		width = max(width, len(name(l)))
	}
	for _, l := range r.Limits {
		measured := l.Measured
		if measured == "" {
			measured = "not measured"
		}
		pad := strings.Repeat(" ", max(0, len("UNKNOWN")-len(l.Verdict)))
		fmt.Fprintf(b, "%s%s  %-*s  %s, required: %s\n", paint(l.Verdict, color), pad, width, plain(name(l)), plain(measured), plain(l.Required))
		for _, more := range [][2]string{{"why", l.Why}, {"mend", l.Mend}} {
			if more[1] != "" {
				fmt.Fprintf(b, "    %s: %s\n", more[0], plain(more[1]))
			}
		}
	}
}

func name(l policy.Limit) string {
	if l.Phase == "" {
		return l.What
	}
	return l.Phase + " " + l.What
}

// columns are the percentiles that a table has room for.
var columns = [...]string{"p50", "p95", "p99", "p99.9", "max"}

func writeMeasured(b *bytes.Buffer, r *policy.Report) {
	b.WriteString("\nLatency from when a call was due; failed calls are slower than any other:\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range table(r) {
		fmt.Fprintln(t, strings.Join(row, "\t")+"\t")
	}
	_ = t.Flush() // a buffer takes all
	for _, ph := range r.Phases {
		if text := failures(ph); text != "" {
			fmt.Fprintf(b, "%s: %s\n", plain(ph.Name), plain(text))
		}
	}
}

// table returns what was measured, with a head.
func table(r *policy.Report) [][]string {
	rows := [][]string{append([]string{"phase", "due/s", "answered/s", "calls", "failed"}, columns[:]...)}
	for _, ph := range r.Phases {
		row := []string{
			plain(ph.Name), fmt.Sprintf("%.1f", ph.Rate), fmt.Sprintf("%.1f", ph.Throughput),
			fmt.Sprint(ph.Due), fmt.Sprint(failed(ph)),
		}
		for _, q := range columns {
			row = append(row, cell(ph.Latency, q))
		}
		rows = append(rows, row)
	}
	return rows
}

func failed(ph policy.PhaseReport) (n int64) {
	for _, count := range ph.Failed {
		n += count
	}
	return n
}

// cell writes a percentile: a dash if there were too few calls.
func cell(ps policy.Percentiles, name string) string {
	n, ok := ps[name]
	switch {
	case !ok:
		return "-"
	case n == nil:
		return policy.Text(load.Never)
	}
	return policy.Text(time.Duration(*n))
}

// failures says how calls failed, the first of each kind.
func failures(ph policy.PhaseReport) string {
	var all []string
	for _, k := range load.Kinds() {
		if n := ph.Failed[k]; n > 0 {
			all = append(all, fmt.Sprintf("%d %s (%s)", n, k, ph.Examples[k]))
		}
	}
	if ph.Unsent > 0 {
		all = append(all, fmt.Sprintf("%d not sent", ph.Unsent))
	}
	return strings.Join(all, ", ")
}

// writeOwn tells of the generator and of the service's process.
func writeOwn(b *bytes.Buffer, r *policy.Report) {
	g := r.Own
	fmt.Fprintf(b, "\ngenerator: sent calls late by %s (P50), %s (P99), %s (most); woke late by %s (P99); %d collections stopped it for %v at most; %d calls at the same time at most",
		cell(g.Lag, "p50"), cell(g.Lag, "p99"), cell(g.Lag, "max"), cell(g.Wake, "p99"), g.GCPauses, policy.Text(time.Duration(g.GCPauseMax)), g.Workers)
	if g.CPUs != nil {
		fmt.Fprintf(b, "; %.2f CPUs", *g.CPUs)
	}
	b.WriteByte('\n')
	if p := r.Process; p != nil {
		fmt.Fprintln(b, plain(processText(r, p)))
	}
}

func processText(r *policy.Report, p *policy.ProcessReport) string {
	var parts []string
	for _, ph := range r.Phases {
		if ph.CPU != nil {
			parts = append(parts, fmt.Sprintf("%v of %.4g CPUs in %s", policy.Percent(*ph.CPU), p.CPUs, ph.Name))
		}
	}
	if p.MaxRSS > 0 {
		parts = append(parts, fmt.Sprintf("%v resident at most", policy.Bytes(p.MaxRSS)))
	}
	if p.Throttled != "" {
		parts = append(parts, "held back by its group: "+p.Throttled)
	}
	if p.StopNS != nil && !p.Killed {
		parts = append(parts, "stopped in "+policy.Text(time.Duration(*p.StopNS)))
	}
	if p.PID == 0 {
		return "service: " + strings.Join(parts, "; ")
	}
	return fmt.Sprintf("service (process %d): %s", p.PID, strings.Join(parts, "; "))
}

// writeMarkdown writes a report for a comment or a page.
func writeMarkdown(w io.Writer, r *policy.Report) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "**%s** %s\n\n%s.\n\n", r.Verdict, code(r.Target), escape(sentence(r)))
	if r.Machine != nil {
		fmt.Fprintf(&b, "%s\n\n", escape(r.Machine.Summary))
	}
	rows := [][]string{{"limit", "required", "measured", "verdict"}}
	for _, l := range r.Limits {
		rows = append(rows, []string{name(l), l.Required, strings.TrimSpace(l.Measured + " " + l.Why), string(l.Verdict)})
	}
	writeTable(&b, rows)
	b.WriteString("\nLatency from when a call was due; failed calls are slower than any other:\n\n")
	writeTable(&b, table(r))
	for _, ph := range r.Phases {
		if text := failures(ph); text != "" {
			fmt.Fprintf(&b, "\n- %s: %s", escape(ph.Name), escape(text))
		}
	}
	for _, text := range r.Warnings {
		fmt.Fprintf(&b, "\n- %s", escape(text))
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func writeTable(b *bytes.Buffer, rows [][]string) {
	for i, row := range rows {
		cells := slices.Clone(row)
		for j := range cells {
			cells[j] = escape(cells[j])
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s\n", strings.Repeat("---|", len(row)))
		}
	}
}

// escape makes text of others harmless in Markdown.
func escape(s string) string {
	var b strings.Builder
	for _, c := range plain(s) {
		if strings.ContainsRune("\\`*_{}[]<>|&#!~@", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func code(s string) string { return "`" + strings.ReplaceAll(plain(s), "`", "'") + "`" }
