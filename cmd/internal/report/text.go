package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// The colours of text: select graphic rendition parameters of ECMA-48.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

// A printer writes text.
type printer struct {
	*bufio.Writer
	report *Report
	color  bool
}

// Text writes r as a compiler would, the reasons indented below each finding.
func Text(w io.Writer, r *Report, color bool) error {
	p := &printer{bufio.NewWriter(w), r, color}
	for _, f := range r.Findings {
		p.finding(f)
	}
	if r.Gate != nil {
		p.gate(r.Gate)
	}
	for _, problem := range r.Problems {
		p.problem(problem)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(p, "%s%s\n", p.head(n.Place), n.Message)
	}
	for _, a := range r.Assumed {
		fmt.Fprintf(p, "%s%s\n", p.head(a.Place), assumption(a))
	}
	if len(r.Findings)+len(r.Problems)+len(r.Notes)+len(r.Assumed) > 0 || r.Gate.tells() {
		p.WriteByte('\n')
	}
	fmt.Fprintln(p, p.paint(bold, r.summary()))
	if s := r.UnknownHeat(); s != "" {
		fmt.Fprintln(p, s)
	}
	if err := p.Flush(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (p *printer) paint(style, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// head returns "file:line:col: ", or "" for no place.
func (p *printer) head(at finding.Place) string {
	if at.File == "" {
		return ""
	}
	return p.paint(bold, posn(p.report.short(at.File), at)+":") + " "
}

func posn(file string, at finding.Place) string {
	switch {
	case at.Line == 0:
		return file
	case at.Column == 0:
		return fmt.Sprintf("%s:%d", file, at.Line)
	}
	return fmt.Sprintf("%s:%d:%d", file, at.Line, at.Column)
}

func (p *printer) finding(f finding.Finding) {
	fmt.Fprintf(p, "%s%s %s\n", p.head(f.Start), f.Message, p.paint(severityStyle(f.Severity), "("+label(f)+")"))
	var via []finding.Step
	if f.Hot != nil {
		fmt.Fprintf(p, "    %s\n", f.Hot.Detail)
		via = f.Hot.Via
	}
	if f.Evidence != nil {
		fmt.Fprintf(p, "    %s\n", f.Evidence)
	}
	p.steps(f.Start.File, "    ", via, f.Chain)
	explain := p.paint(faint, "lagvet explain "+f.Rule)
	if mend := remedy(f); mend != "" {
		fmt.Fprintf(p, "    %s %s     %s\n", p.paint(green, "mend:"), mend, explain)
		return
	}
	fmt.Fprintf(p, "    %s\n", explain)
}

// remedy returns what to do about f, and whether --fix does it.
func remedy(f finding.Finding) string {
	if len(f.Fixes) == 0 {
		return f.Mend
	}
	return cmp.Or(f.Mend, f.Fixes[0].Message) + " (--fix does it)"
}

// label is what stands in parentheses behind a message: the rule, and a word
// of caution where the finding may not be one.
func label(f finding.Finding) string {
	if f.Tier == finding.Suspected {
		return f.Rule + ", suspected"
	}
	return f.Rule
}

func severityStyle(severity string) string {
	switch severity {
	case "high":
		return red
	case "medium":
		return yellow
	}
	return blue
}

// steps prints chains, their positions in one column. A file in the directory
// of the finding itself is given by its base name.
func (p *printer) steps(from, indent string, chains ...[]finding.Step) {
	var places, texts []string
	width := 0
	for _, chain := range chains {
		for _, s := range chain {
			place := ""
			if s.File != "" {
				place = posn(p.near(from, s.File), s.Place)
			}
			places, texts = append(places, place), append(texts, s.Text)
			width = max(width, utf8.RuneCountInString(place))
		}
	}
	for i, place := range places {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(place))
		if width > 0 {
			pad += "  "
		}
		fmt.Fprintf(p, "%s%s%s%s\n", indent, p.paint(faint, place), pad, texts[i])
	}
}

func (p *printer) near(from, file string) string {
	if filepath.Dir(from) == filepath.Dir(file) {
		return filepath.Base(file)
	}
	return p.report.short(file)
}

func (p *printer) problem(problem finding.Problem) {
	fmt.Fprintf(p, "%s%s %s\n", p.head(problem.Place), p.paint(red, "could not check:"), problem.Message)
	if problem.Remedy != "" {
		fmt.Fprintf(p, "    %s %s\n", p.paint(green, "mend:"), problem.Remedy)
	}
}

// Problems writes only what could not be checked, for a reader of standard
// error whose report goes to a program or to a file.
func Problems(w io.Writer, r *Report, color bool) error {
	p := &printer{bufio.NewWriter(w), r, color}
	for _, problem := range r.Problems {
		p.problem(problem)
	}
	if err := p.Flush(); err != nil {
		return fmt.Errorf("writing problems: %w", err)
	}
	return nil
}

// summary returns the line that says how the run went.
func (r *Report) summary() string {
	var b strings.Builder
	if n := len(r.Findings); r.Gate != nil {
		b.WriteString(r.gateSummary())
	} else if n == 0 {
		fmt.Fprintf(&b, "no findings in %s", count(r.Packages, "package"))
	} else {
		fmt.Fprintf(&b, "%s in %d of %s", count(n, "finding"), r.failing(), count(r.Packages, "package"))
	}
	if r.Elapsed > 0 {
		fmt.Fprintf(&b, ", %s", seconds(r.Elapsed))
	}
	if r.Cached > 0 {
		fmt.Fprintf(&b, " (%d cached)", r.Cached)
	}
	allowed, excluded := r.silenced()
	parts := []counted{{allowed, "allowed"}, {excluded, "excluded"}, {len(r.Assumed), "assumed"}, {len(r.Problems), "not checked"}}
	if r.Gate != nil {
		parts = append(r.Gate.counts(), parts...)
	}
	sep := "; "
	for _, part := range parts {
		if part.n > 0 {
			fmt.Fprintf(&b, "%s%d %s", sep, part.n, part.text)
			sep = ", "
		}
	}
	b.WriteByte('.')
	if r.HotKnown && r.Waiting > 0 {
		fmt.Fprintf(&b, " %s to know what is hot: --profile cpu.pprof", plural(r.Waiting, "performance finding needs", "performance findings need"))
	}
	return b.String()
}

// counted is a number of things of a kind.
type counted struct {
	n    int
	text string
}

// UnknownHeat returns what is to be said where nothing tells what is hot, which
// must not pass for code in which nothing is wrong.
func (r *Report) UnknownHeat() string {
	var rules []string
	for _, rule := range r.Rules {
		if rule.NeedsHot {
			rules = append(rules, rule.Name)
		}
	}
	if r.HotKnown || r.Waiting == 0 && len(rules) == 0 {
		return ""
	}
	var so []string
	if n := len(rules); n == 1 {
		so = append(so, rules[0]+" sees less")
	} else if n > 1 {
		so = append(so, strings.Join(rules[:n-1], ", ")+" and "+rules[n-1]+" see less")
	}
	if r.Waiting > 0 {
		so = append(so, plural(r.Waiting, "performance finding waits", "performance findings wait"))
	}
	return "Nothing tells what is hot here, so " + strings.Join(so, ", and ") +
		". Two ways to tell: --profile cpu.pprof (or default.pgo beside package main), or //lagvet:hot above a function."
}

func count(n int, noun string) string { return plural(n, noun, noun+"s") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// seconds prints d as a reader wants it: to a tenth, or finer if that is nothing.
func seconds(d time.Duration) string {
	if s := d.Seconds(); s < 0.1 {
		return fmt.Sprintf("%.2f s", s)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// assumption says what is taken on somebody's word.
func assumption(a finding.Assumption) string {
	effects := "none"
	if len(a.Effects) > 0 {
		effects = strings.Join(a.Effects, ", ")
	}
	return fmt.Sprintf("assumed of %s: %s, because %s", a.Func, effects, a.Reason)
}
