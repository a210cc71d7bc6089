package tracereport

import (
	"fmt"
	"io"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// Markdown writes the report as Markdown of GitHub's and GitLab's kind: of each group why
// its tail is what it is, the figures folded below. It has no more than
// [report.CommentLimit] bytes: groups for which there is no room are counted.
func Markdown(w io.Writer, r *Report) error {
	groups, left := r.shown()
	head := "### lagvet trace\n\n" + text(r.Summary()) + "\n"
	foot := r.markdownFoot()
	room := report.CommentLimit - len(head) - len(foot) - 200 // for the count of what is left out
	var b strings.Builder
	for i := range groups {
		g := r.markdownGroup(&groups[i])
		if b.Len()+len(g) > room {
			left += len(groups) - i
			break
		}
		b.WriteString(g)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s not shown.\n", count(int64(left), "more group"))
	}
	if _, err := io.WriteString(w, head+b.String()+foot); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// text returns a text of the program's as a line of Markdown that reads the same.
func text(s string) string { return report.MarkdownText(plain(s)) }

func (r *Report) markdownGroup(g *trace.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n**%s** (%s): %s\n", text(g.Name), text(spans(g)), text(r.Sentence(g)))
	s := Tail(g)
	if s == nil {
		return b.String()
	}
	b.WriteString("\n<details><summary>figures</summary>\n\n")
	for i, row := range tableOf(g) {
		label := row.label
		if row.note != "" {
			label += " (" + row.note + ")"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", text(label), joined(row.cells))
		if i == 0 {
			b.WriteString("|---|" + strings.Repeat("--:|", len(row.cells)) + "\n")
		}
	}
	fmt.Fprintf(&b, "\nWhy %s:\n\n", s.Name)
	for _, l := range r.chain(s.Causes, s.Time) {
		r.markdownLink(&b, l)
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

func joined(cells []string) string {
	var out []string
	for _, c := range cells {
		out = append(out, text(c))
	}
	return strings.Join(out, " | ")
}

func (r *Report) markdownLink(b *strings.Builder, l link) {
	indent := strings.Repeat("  ", l.depth)
	fmt.Fprintf(b, "%s- %s %s", indent, text(percent(l.share)), text(l.text))
	if l.at != "" {
		b.WriteString(" " + report.MarkdownCode(plain(l.at)))
	}
	b.WriteByte('\n')
	for _, i := range l.findings {
		f := r.Findings[i]
		fmt.Fprintf(b, "%s  - **%s** at %s: %s\n", indent, text(f.Rule), report.MarkdownCode(plain(r.findingAt(f))), text(f.Message))
	}
}

func (r *Report) markdownFoot() string {
	var b strings.Builder
	for _, l := range r.Limits {
		sign := "within the limit"
		if l.Exceeded() {
			sign = "**over the limit**"
		}
		fmt.Fprintf(&b, "\n%s: %s of %s is %s, and may be %s\n", sign, l.Percentile, text(l.Group), duration(l.Is), duration(l.Most))
	}
	var lines []string
	for _, p := range r.Failures {
		line := "- **could not check:** " + text(p.Message)
		if p.Remedy != "" {
			line += " Mend: " + text(p.Remedy)
		}
		lines = append(lines, line)
	}
	for _, p := range r.Problems {
		lines = append(lines, "- **not told:** "+text(problemText(p)))
	}
	for _, n := range r.Notes {
		lines = append(lines, "- "+text(n))
	}
	if len(lines) > 0 {
		b.WriteString("\n" + strings.Join(lines, "\n") + "\n")
	}
	return b.String()
}
