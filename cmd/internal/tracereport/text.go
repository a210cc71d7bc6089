package tracereport

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/lagvet/lagvet/runtimecheck/posture"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// The colours of text: select graphic rendition parameters of ECMA-48.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// A printer writes text. Whatever it writes that is not its own goes through plain.
type printer struct {
	*bufio.Writer
	*Report
	color bool
}

// plain returns a text of the program's as one line that no terminal obeys.
func plain(s string) string { return posture.Plain(s) }

// Text writes the report for people: of each group why its tail is what it is, then
// the figures.
func Text(w io.Writer, r *Report, color bool) error {
	p := &printer{bufio.NewWriter(w), r, color}
	groups, left := r.shown()
	for i := range groups {
		p.group(&groups[i])
	}
	if left > 0 {
		fmt.Fprintf(p, "%s not shown: --top 0 shows all.\n\n", count(int64(left), "more group"))
	}
	p.footing()
	if err := p.Flush(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// footing writes what concerns the report as a whole.
func (p *printer) footing() {
	for _, l := range p.Limits {
		p.limit(l)
	}
	for _, problem := range p.Failures {
		fmt.Fprintf(p, "%s %s\n", p.paint(red, "could not check:"), plain(problem.Message))
		if problem.Remedy != "" {
			fmt.Fprintf(p, "    %s %s\n", p.paint(green, "mend:"), plain(problem.Remedy))
		}
	}
	for _, problem := range p.Problems {
		fmt.Fprintf(p, "%s %s\n", p.paint(yellow, "not told:"), plain(problemText(problem)))
	}
	for _, n := range p.Notes {
		fmt.Fprintln(p, plain(n))
	}
	if len(p.Limits)+len(p.Failures)+len(p.Problems)+len(p.Notes) > 0 {
		p.WriteByte('\n')
	}
	fmt.Fprintln(p, p.paint(bold, plain(p.Summary())))
}

func (p *printer) paint(style, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func (p *printer) group(g *trace.Group) {
	fmt.Fprintf(p, "%s %s\n", p.paint(bold, plain(g.Name)+":"), plain(p.Sentence(g)))
	fmt.Fprintf(p, "    %s\n", p.paint(faint, spans(g)))
	p.table(g)
	if s := Tail(g); s != nil && len(s.Causes) > 0 {
		fmt.Fprintf(p, "    why %s\n", s.Name)
		p.chain(p.Report.chain(s.Causes, s.Time))
	}
	p.WriteByte('\n')
}

// spans says what the group consists of.
func spans(g *trace.Group) string {
	noun := string(g.Kind)
	if g.Kind == trace.Function || g.Kind == trace.Handler {
		noun = "call"
	}
	text := count(g.Count, noun)
	if o := open(g); o != "" && g.Count > 0 {
		text += "; not measured" + o
	}
	return text
}

// nameWidth is that of the column of components: of the longest word.
const nameWidth = 14

// table writes what the slices consist of, components that none has left out.
func (p *printer) table(g *trace.Group) {
	if len(g.Slices) == 0 {
		return
	}
	for _, row := range tableOf(g) {
		p.row(row)
	}
}

// row writes a line of a table, its cells flush right.
func (p *printer) row(r row) {
	fmt.Fprintf(p, "    %s", padded(r.label, nameWidth))
	for _, cell := range r.cells {
		fmt.Fprintf(p, "  %s%s", strings.Repeat(" ", max(0, cellWidth-utf8.RuneCountInString(cell))), cell)
	}
	if r.note != "" {
		fmt.Fprintf(p, "  %s", p.paint(faint, r.note))
	}
	p.WriteByte('\n')
}

// cellWidth is that of a figure with its unit: "48.3 ms", "<0.1 %".
const cellWidth = 7

func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// A row is one of the table of a group, a cell for each slice.
type row struct {
	label string
	cells []string
	note  string
}

// none is the cell of what there is nothing of.
const none = "–"

// tableOf returns the table of a group: percentiles, how many spans they are told by, and
// the share of each component that there is any of.
func tableOf(g *trace.Group) []row {
	rows := []row{{label: ""}, {label: "latency"}, {label: "spans"}}
	for _, s := range g.Slices {
		rows[0].cells = append(rows[0].cells, s.Name)
		rows[1].cells = append(rows[1].cells, duration(s.Latency))
		rows[2].cells = append(rows[2].cells, number(s.Count))
	}
	rows = append(rows, componentRows(g, words(), "", func(s trace.Slice) []trace.Part { return s.Parts })...)
	return append(rows, componentRows(g, kernelWords(), "at most, over the above", func(s trace.Slice) []trace.Part { return s.Kernel })...)
}

// componentRows returns a row for each component that a slice has a part of.
func componentRows(g *trace.Group, of []word, note string, parts func(trace.Slice) []trace.Part) []row {
	var rows []row
	for _, w := range withUnknown(g, of, parts) {
		r, any := row{label: w.label, note: note}, false
		for _, s := range g.Slices {
			t := partOf(parts(s), w.component)
			cell := none
			if t > 0 {
				any, cell = true, percent(share(t, s.Time))
			}
			r.cells = append(r.cells, cell)
		}
		if any {
			rows = append(rows, r)
		}
	}
	return rows
}

// withUnknown adds to words the components of a group that have none yet, so that no
// part is ever left out.
func withUnknown(g *trace.Group, of []word, parts func(trace.Slice) []trace.Part) []word {
	known := make(map[trace.Component]bool)
	for _, w := range of {
		known[w.component] = true
	}
	for _, s := range g.Slices {
		for _, part := range parts(s) {
			if !known[part.Component] {
				known[part.Component] = true
				of = append(of, wordOf(part.Component))
			}
		}
	}
	return of
}

// chain writes causes, their shares in one column and their places in another.
func (p *printer) chain(links []link) {
	width := 0
	for _, l := range links {
		width = max(width, utf8.RuneCountInString(plain(l.at)))
	}
	for _, l := range links {
		at, n := plain(l.at), percent(l.share)
		indent := strings.Repeat("  ", l.depth)
		fmt.Fprintf(p, "    %s%s  %s  %s%s\n", strings.Repeat(" ", max(0, cellWidth-utf8.RuneCountInString(n))), n,
			p.paint(faint, at)+strings.Repeat(" ", width-utf8.RuneCountInString(at)), indent, plain(l.text))
		for _, i := range l.findings {
			fmt.Fprintf(p, "    %s%s%s\n", strings.Repeat(" ", cellWidth+2+width+2), indent, p.finding(p.Findings[i]))
		}
	}
}

// finding says in one line what lagvet check reports where a goroutine was.
func (p *printer) finding(f Finding) string {
	text := p.paint(yellow, f.Rule) + " reports at " + plain(p.findingAt(f)) + ": " + plain(f.Message)
	if f.Silenced != "" {
		text += " (silenced: " + plain(f.Silenced) + ")"
	}
	return text
}

func (p *printer) limit(l Limit) {
	text := fmt.Sprintf("%s of %s is %s, and may be %s", l.Percentile, plain(l.Group), duration(l.Is), duration(l.Most))
	if l.Exceeded() {
		text = p.paint(red, "over the limit:") + " " + text
	} else {
		text = p.paint(green, "within the limit:") + " " + text
	}
	fmt.Fprintln(p, text)
}

// Summary says in one line what was read.
func (r *Report) Summary() string {
	t := r.Trace
	text := fmt.Sprintf("%s: %s of %s, %s, %s; %s", r.Source, duration(t.End-t.Start), t.Go, count(t.Events, "event"),
		count(int64(t.Goroutines), "goroutine"), count(int64(len(r.Groups)), "group"))
	if n := r.spans(); n > 0 {
		text += " of " + count(n, "span")
	}
	if t.Cut != "" {
		text += "; its end was not read: " + t.Cut
	}
	return text + "."
}

// spans returns how many whole spans there are.
func (r *Report) spans() (n int64) {
	for _, g := range r.Groups {
		n += g.Count
	}
	return n
}
