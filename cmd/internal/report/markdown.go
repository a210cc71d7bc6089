package report

import (
	"fmt"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
)

// What GitHub takes, in bytes. Of a comment it counts characters, which are never
// more than the bytes: "body is too long (maximum is 65536 characters)". A step
// summary is refused above 1024k: "supports content up to a size of 1024k".
const (
	CommentLimit = 65536
	SummaryLimit = 1 << 20
)

// cutReserve is the room, in bytes, that is kept for the sentence on what was left
// out and for the last lines.
const cutReserve = 1024

// Markdown writes r as Markdown of GitHub's and GitLab's kind, for a comment of a
// review or the summary of a job. It takes no more than limit bytes: the details of
// the least urgent findings are left out first, then findings, and it says so.
func Markdown(w io.Writer, r *Report, limit int) error {
	m := &markdown{report: r.atRoot()}
	m.build()
	if _, err := io.WriteString(w, m.fit(limit)); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// A part is a piece of a page that stands by itself, in its full form and in one
// that is shorter, or the same. What it counts as is empty for what is never told
// to be left out, such as headings.
type part struct {
	full, short string
	what        string // "finding": what is said to be left out
}

type markdown struct {
	report *Report
	parts  []part
}

func (m *markdown) build() {
	r := m.report
	m.always("### lagvet: " + MarkdownText(r.verdict()) + "\n")
	if s := r.aside(); s != "" {
		m.always("\n" + MarkdownText(s) + "\n")
	}
	m.section("Not checked", "thing that was not checked", output.Mapped(r.Problems, m.problem))
	title := "Findings"
	if r.Gate != nil {
		title = "New findings"
	}
	m.section(title, "finding", output.Mapped(ranked(r.Findings), m.finding))
	m.gate()
	m.section("Notes", "note", output.Mapped(r.Notes, m.note))
	if s := r.UnknownHeat(); s != "" {
		m.always("\n" + MarkdownText(s) + "\n")
	}
}

func (m *markdown) gate() {
	g := m.report.Gate
	if g == nil {
		return
	}
	stale := "No longer in the code, still in the baseline"
	if g.Prune {
		stale += ": to be removed with `lagvet baseline prune`"
	}
	for _, by := range causes(g.Changes) {
		m.section(MarkdownText(heading(by, g)), "change of a hot function", output.Mapped(g.by(by), m.change))
	}
	m.section(stale, "stale entry", output.Mapped(g.Stale, m.gone))
	m.section("Fixed", "fixed finding", output.Mapped(g.Fixed, m.gone))
	m.section("New, and let pass", "finding that is let pass", output.Mapped(ranked(g.Minor), m.finding))
}

func (m *markdown) always(text string) { m.parts = append(m.parts, part{full: text, short: text}) }

func (m *markdown) section(title, what string, items []part) {
	if len(items) == 0 {
		return
	}
	m.always("\n#### " + title + "\n\n")
	for _, item := range items {
		item.what = what
		m.parts = append(m.parts, item)
	}
}

// fit returns the page in limit bytes: each part in its short form as long as
// there is room, then the first ones in their full form.
func (m *markdown) fit(limit int) string {
	budget := limit - cutReserve
	texts := make([]string, len(m.parts))
	left := make(map[string]int)
	var order []string
	for i, p := range m.parts {
		if p.what == "" || len(p.short) <= budget {
			texts[i] = p.short
			budget -= len(p.short)
			continue
		}
		if left[p.what] == 0 {
			order = append(order, p.what)
		}
		left[p.what]++
	}
	cut := 0
	for i, p := range m.parts {
		more := len(p.full) - len(p.short)
		switch {
		case texts[i] == "" || more == 0:
		case more <= budget:
			texts[i] = p.full
			budget -= more
		default:
			cut++
		}
	}
	return strings.Join(texts, "") + leftOut(order, left, cut)
}

// leftOut says what fit had no room for.
func leftOut(order []string, left map[string]int, cut int) string {
	var parts []string
	for _, what := range order {
		parts = append(parts, count(left[what], what))
	}
	if cut > 0 {
		parts = append(parts, fmt.Sprintf("the details of %d", cut))
	}
	if len(parts) == 0 {
		return ""
	}
	return "\n**Left out, for there is no room here: " + strings.Join(parts, ", ") + ".** The log of the run, or another format (json, html), has all of it.\n"
}

func (m *markdown) problem(p finding.Problem) part {
	text := "- " + m.at(p.Place) + "could not check: " + MarkdownText(p.Message) + "\n"
	full := text
	if p.Remedy != "" {
		full += "  **mend:** " + MarkdownText(p.Remedy) + "\n"
	}
	return part{full: full, short: text}
}

func (m *markdown) note(n Note) part {
	text := "- " + m.at(n.Place) + MarkdownText(n.Message) + "\n"
	return part{full: text, short: text}
}

func (m *markdown) gone(e Gone) part {
	text := "- " + MarkdownText(m.report.gone(e)) + "\n"
	return part{full: text, short: text}
}

func (m *markdown) finding(f finding.Finding) part {
	rule := "`" + f.Rule + "`"
	if f.URL != "" {
		rule = "[" + rule + "](" + f.URL + ")"
	}
	words := []string{f.Severity}
	if f.Tier == finding.Suspected {
		words = append(words, f.Tier)
	}
	if f.Evidence != nil {
		words = append(words, f.Evidence.Status)
	}
	short := fmt.Sprintf("- **%s** · %s%s (%s)\n", strings.Join(words, ", "), m.at(f.Start), MarkdownText(f.Message), rule)
	return part{full: short + m.why(f), short: short}
}

// why returns what is folded below a finding: its heat, what was measured, the
// chain and the remedy.
func (m *markdown) why(f finding.Finding) string {
	var b strings.Builder
	steps := f.Chain
	if h := f.Hot; h != nil {
		fmt.Fprintf(&b, "  %s\n", MarkdownText(h.Detail))
		steps = slices.Concat(h.Via, f.Chain)
	}
	if f.Evidence != nil {
		fmt.Fprintf(&b, "\n  %s\n", MarkdownText(f.Evidence.String()))
	}
	b.WriteString(m.steps(steps))
	if mend := remedy(f); mend != "" {
		fmt.Fprintf(&b, "\n  **mend:** %s\n", MarkdownText(mend))
	}
	return folded("why, and what to do", b.String())
}

// folded returns an item's text behind a summary, or "" for no text.
func folded(summary, text string) string {
	if text == "" {
		return ""
	}
	return "  <details><summary>" + summary + "</summary>\n\n" + strings.TrimPrefix(text, "\n") + "\n  </details>\n\n"
}

func (m *markdown) steps(steps []finding.Step) string {
	if len(steps) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteByte('\n') // else the list would go on with the paragraph above
	for i, s := range steps {
		fmt.Fprintf(&b, "  %d. %s%s\n", i+1, m.at(s.Place), MarkdownText(s.Text))
	}
	return b.String()
}

func (m *markdown) change(c finding.Change) part {
	verb := "lost"
	if c.Gained {
		verb = "gained"
	}
	text := fmt.Sprintf("- **%s %s** · %s%s: %s\n", verb, MarkdownText(c.Kind), m.at(c.Start), MarkdownText(finding.ShortFunc(c.Func)), MarkdownText(c.Text))
	return part{full: text + folded("how", m.steps(c.Chain)), short: text}
}

// at returns a link to a place and a space, or "" for no place. It leads from the
// root of the repository unless the report knows where its files are to be seen.
func (m *markdown) at(p finding.Place) string {
	if p.File == "" {
		return ""
	}
	name := p.File
	path, ok := m.report.rooted(p.File)
	if !ok {
		return MarkdownCode(line(m.report.short(name), p)) + " "
	}
	target := (&url.URL{Path: path}).EscapedPath()
	if m.report.Links != "" {
		target = m.report.Links + "/" + target
	}
	if p.Line > 0 {
		target += fmt.Sprintf("#L%d", p.Line)
	}
	return "[" + MarkdownCode(line(path, p)) + "](" + mdTarget.Replace(target) + ") "
}

// line returns file:line: a column says little to a reader without an editor.
func line(file string, p finding.Place) string { return posn(file, finding.Place{Line: p.Line}) }

// mdTarget escapes what ends the target of a link.
var mdTarget = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20")

// mdSpecial is what Markdown, the HTML in it, or a host's formulas give a meaning
// within a line.
var mdSpecial = pattern.New("[\\\\`*_\\[\\]<>|~&$]")

// mdReference is what GitHub and GitLab make a reference to a person, an issue or a
// merge request, of which that person is told.
var mdReference = pattern.New(`[@#!%][\pL\pN]`)

// mdStart is what makes a line the start of something other than a paragraph.
var mdStart = pattern.New(`^(?:[#+=-]|\d+[.)])`)

// MarkdownText returns plain text as one line of Markdown that reads the same and does
// nothing.
func MarkdownText(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = mdSpecial.Regexp().ReplaceAllStringFunc(s, func(c string) string {
		if strings.Contains("<>&", c) {
			return html.EscapeString(c)
		}
		return `\` + c
	})
	s = mdReference.Regexp().ReplaceAllStringFunc(s, func(c string) string { return c[:1] + "<!-- -->" + c[1:] })
	return mdStart.Regexp().ReplaceAllStringFunc(s, func(c string) string { return c[:len(c)-1] + `\` + c[len(c)-1:] })
}

// MarkdownCode returns s as code, fenced by more backticks than it holds.
func MarkdownCode(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	longest, run := 0, 0
	for _, c := range []byte(s) {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}
