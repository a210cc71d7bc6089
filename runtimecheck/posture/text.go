package posture

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Style says how text is written.
type Style struct {
	Color   bool // with the escape sequences of a terminal
	Verbose bool // all that is known of each check, not only of those that ask for something
}

// The colours of text: select graphic rendition parameters of ECMA-48.
const (
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

// fewDetails is how many details of a check are shown to a reader who did not ask for
// all: a program has hundreds of threads.
const fewDetails = 8

// Text writes the report for people, a line for each check, and below those that ask
// for something what is required, by whom, why, and what to do.
func (r *Report) Text(w io.Writer, s Style) error {
	p := &printer{Writer: bufio.NewWriter(w), Style: s}
	for _, c := range r.Checks {
		p.width = max(p.width, utf8.RuneCountInString(c.ID))
	}
	for i, c := range r.Checks {
		if i > 0 && c.Group() != r.Checks[i-1].Group() {
			p.WriteByte('\n')
		}
		p.check(c)
	}
	if len(r.Checks) > 0 {
		p.WriteByte('\n')
	}
	fmt.Fprintln(p, p.paint(bold, Plain(r.Summary())))
	return p.done()
}

// Summary says in one line what was looked at, and how many checks have which verdict.
func (r *Report) Summary() string {
	var counts []string
	for _, v := range Verdicts() {
		if n := r.Count(v); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, words(v)))
		}
	}
	if len(counts) == 0 {
		counts = []string{"nothing was looked at"}
	}
	return fmt.Sprintf("%s: %s, by the profile %s.", r.Subject, strings.Join(counts, ", "), r.Profile)
}

func words(v Verdict) string { return strings.ReplaceAll(string(v), "_", " ") }

// Changes writes in what the report differs from the one before it: verdicts and
// values that are others, and counters that are not as required, which are told each
// time. It writes nothing if there is none of that.
func (r *Report) Changes(w io.Writer, before *Report, s Style) error {
	p := &printer{Writer: bufio.NewWriter(w), Style: s}
	was := make(map[string]Check)
	for _, c := range before.Checks {
		was[c.ID] = c
		p.width = max(p.width, utf8.RuneCountInString(c.ID))
	}
	told := false
	for _, c := range r.Checks {
		old := was[c.ID]
		counter := old.Current != "" && r.Over > 0 && strings.Contains(c.Current, period(r))
		same := old.Verdict == c.Verdict && timeless(old, before) == timeless(c, r)
		if same && !(counter && (c.Verdict == Warn || c.Verdict == Fail)) {
			continue
		}
		if !told {
			fmt.Fprintln(p, p.paint(faint, r.Time.Format("15:04:05")))
			told = true
		}
		p.change(old, c)
	}
	return p.done()
}

const sinceStart = "since the start"

// period is how a counter says which time it is of, see target.Target.Period.
func period(r *Report) string {
	if r.Over == 0 {
		return sinceStart
	}
	return fmt.Sprintf("in %v", r.Over.Round(time.Millisecond))
}

// timeless is the value of a check without the time that it is of, which is never
// quite the same.
func timeless(c Check, r *Report) string {
	return strings.NewReplacer(period(r), "", sinceStart, "").Replace(c.Current)
}

type printer struct {
	*bufio.Writer
	Style
	width int    // of the column of IDs
	above string // why the unknown check above is unknown
}

func (p *printer) done() error {
	if err := p.Flush(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (p *printer) paint(style, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// label is a verdict as text has it, in seven columns. What does not apply is told
// apart from what is only for information.
func (p *printer) label(c Check) string {
	name, style := string(c.Verdict), faint
	switch c.Verdict {
	case Pass:
		style = green
	case Warn:
		style = yellow
	case Fail:
		style = red
	case Unknown:
		style = blue
	case NotApplicable:
		name = "n/a"
		if c.Information() {
			name = "info"
		}
	}
	return p.paint(style, name) + strings.Repeat(" ", max(0, 7-len(name)))
}

func (p *printer) check(c Check) {
	fmt.Fprintf(p, "%s  %-*s  %s\n", p.label(c), p.width, c.ID, Plain(cmp.Or(c.Current, c.Why)))
	switch {
	case p.Verbose, c.Verdict == Warn, c.Verdict == Fail:
		p.rest(c)
	case c.Verdict == Unknown:
		// Many are unknown for one reason, which is said once.
		if reason := c.Why + "\n" + c.Mend; reason != p.above {
			p.rest(c)
			p.above = reason
		}
	}
}

// rest writes what there is to say of a check below its line.
func (p *printer) rest(c Check) {
	required := c.Required
	if required != "" && c.Advice != "" {
		required += " (" + c.Advice + ")"
	}
	p.term("required", required)
	p.term("source", fmt.Sprintf("%s (%s)", c.Source, c.Grade))
	if c.Current != "" {
		p.term("why", c.Why)
	}
	p.term("mend", c.Mend)
	p.term("doubt", c.Doubt)
	shown := c.Details
	if !p.Verbose && len(shown) > fewDetails {
		shown = shown[:fewDetails]
	}
	for _, d := range shown {
		p.term("-", d)
	}
	if left := len(c.Details) - len(shown); left > 0 {
		p.term("-", fmt.Sprintf("and %d more: --verbose shows them", left))
	}
}

func (p *printer) term(name, text string) {
	if text == "" {
		return
	}
	style := faint
	if name == "mend" {
		style = green
	}
	if name != "-" {
		name += ":"
	}
	fmt.Fprintf(p, "    %s %s\n", p.paint(style, name), Plain(text))
}

func (p *printer) change(old, c Check) {
	value, was := cmp.Or(c.Current, c.Why), ""
	if old.Current != "" && old.Current != c.Current {
		was = p.paint(faint, " (was "+Plain(old.Current)+")")
	}
	fmt.Fprintf(p, "%s  %-*s  %s%s\n", p.label(c), p.width, c.ID, Plain(value), was)
	if c.Verdict == old.Verdict {
		return
	}
	p.term("was", words(old.Verdict))
	if c.Verdict == Warn || c.Verdict == Fail || c.Verdict == Unknown {
		p.rest(c)
	}
}

// Plain returns s on one line and without what a terminal would obey: the names of
// programs, cgroups and threads are not ours.
func Plain(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if unicode.IsPrint(r) && (r != utf8.RuneError || n > 1) {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteToASCII(s[:n])
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[n:]
	}
	return b.String()
}
