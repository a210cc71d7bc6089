package benchcompare

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes a report for a pull request.
func writeMarkdown(w io.Writer, r *Report, all bool) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "### Benchmarks: %s\n\n", escape(r.summary()))
	for i := range r.Rows {
		row := &r.Rows[i]
		switch row.Verdict {
		case Regression:
			fmt.Fprintf(b, "- **regression**: %s\n", escape(row.sentence()))
		case Unclear:
			fmt.Fprintf(b, "- unclear: %s: %s\n", escape(row.sentence()), escape(row.Why))
		default:
			continue
		}
		for _, c := range row.Causes {
			fmt.Fprintf(b, "  - with it: %s\n", escape(c.Text))
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(b, "- could not check: %s (mend: %s)\n", escape(p.String()), escape(p.Mend))
	}
	for _, line := range r.conditions() {
		fmt.Fprintf(b, "- %s\n", escape(line))
	}
	for _, name := range r.OnlyNew {
		fmt.Fprintf(b, "- new: %s\n", escape(name))
	}
	fmt.Fprint(b, "\n| benchmark | figure | old | new | change | | |\n|---|---|---:|---:|---:|---|---|\n")
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Verdict == Shown && !all {
			continue
		}
		cells := []string{key{row.Package, row.Name}.String(), row.Unit, row.Old.text(row.Unit), row.New.text(row.Unit), row.delta(), row.odds(), row.word()}
		for i, c := range cells {
			cells[i] = escape(c)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	return b.Flush()
}

// escape has Markdown take text for text.
func escape(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune("\\`*_{}[]<>#|~!&", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(printable(c))
	}
	return b.String()
}
