package report

import (
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
)

// gate writes what a comparison has shown besides new findings.
func (p *printer) gate(g *Gate) {
	for _, f := range g.Minor {
		fmt.Fprint(p, p.paint(faint, "let pass: "))
		p.finding(f)
	}
	for _, by := range causes(g.Changes) {
		fmt.Fprintln(p, p.paint(bold, heading(by, g)))
		for _, c := range g.Changes {
			if c.By == by {
				p.change(c)
			}
		}
	}
	for _, s := range g.Stale {
		fmt.Fprintf(p, "%s%s no longer occurs in %s: %s\n", p.head(finding.Place{File: s.File}), s.Rule, s.Func, s.Message)
	}
	if len(g.Stale) > 0 {
		fmt.Fprintf(p, "    %s lagvet baseline prune\n", p.paint(green, "mend:"))
	}
}

// tells reports whether [printer.gate] has anything to say.
func (g *Gate) tells() bool {
	return g != nil && len(g.Minor)+len(g.Changes)+len(g.Stale) > 0
}

// causes returns what changes come from, in the order in which they are told.
func causes(changes []finding.Change) []string {
	var by []string
	for _, cause := range []string{finding.ByCode, finding.ByHotness, finding.ByToolchain} {
		for _, c := range changes {
			if c.By == cause {
				by = append(by, cause)
				break
			}
		}
	}
	return by
}

// by returns the changes that come from one cause.
func (g *Gate) by(cause string) []finding.Change {
	var changes []finding.Change
	for _, c := range g.Changes {
		if c.By == cause {
			changes = append(changes, c)
		}
	}
	return changes
}

// heading says what the changes that come from one cause are.
func heading(by string, g *Gate) string {
	gained, lost := 0, 0
	for _, c := range g.Changes {
		switch {
		case c.By != by:
		case c.Gained:
			gained++
		default:
			lost++
		}
	}
	what := map[string]string{
		finding.ByCode:      "What hot functions cost",
		finding.ByHotness:   "What functions cost that became hot, or are hot no longer",
		finding.ByToolchain: "What another compiler changed",
	}[by]
	return fmt.Sprintf("%s, against %s: %d more, %d less.", what, g.Against, gained, lost)
}

func (p *printer) change(c finding.Change) {
	sign, style := "-", green
	if c.Gained {
		sign, style = "+", red
	}
	fmt.Fprintf(p, "  %s %s%s: %s %s\n", p.paint(style, sign), p.head(c.Start), finding.ShortFunc(c.Func), c.Text, p.paint(faint, "("+c.Kind+")"))
	if c.Gained && c.Hot != nil {
		fmt.Fprintf(p, "      %s\n", c.Hot.Detail)
	}
	if c.Gained {
		p.steps(c.Start.File, "      ", c.Chain)
	}
}

// gateSummary returns the first words of the line that says how the run went.
func (r *Report) gateSummary() string {
	var b strings.Builder
	n := len(r.Findings)
	if n == 0 {
		fmt.Fprintf(&b, "no new findings against %s in %s", r.Gate.Against, count(r.Packages, "package"))
	} else {
		fmt.Fprintf(&b, "%s against %s in %d of %s", plural(n, "new finding", "new findings"), r.Gate.Against, r.failing(), count(r.Packages, "package"))
	}
	return b.String()
}

// counts returns what the line says last.
func (g *Gate) counts() []counted {
	return []counted{
		{len(g.Known), "known"}, {len(g.Minor), "let pass"}, {len(g.Fixed), "fixed"}, {len(g.Stale), "stale"},
	}
}

type jsonGate struct {
	Against string        `json:"against"`
	Commit  string        `json:"commit,omitempty"`
	Known   int           `json:"known"`
	Minor   []jsonFinding `json:"minor"`
	Fixed   []jsonGone    `json:"fixed"`
	Stale   []jsonGone    `json:"stale"`
	Changes []jsonChange  `json:"changes"`
}

type jsonGone struct {
	Rule        string `json:"rule"`
	Message     string `json:"message"`
	Func        string `json:"func,omitempty"`
	File        string `json:"file,omitempty"`
	Fingerprint string `json:"fingerprint"`
}

type jsonChange struct {
	Change string `json:"change"` // gained or lost
	By     string `json:"by"`
	Func   string `json:"func"`
	jsonPlace
	Package string     `json:"package"`
	Kind    string     `json:"kind"`
	Text    string     `json:"text"`
	Hot     *jsonHot   `json:"hot,omitempty"`
	Chain   []jsonStep `json:"chain,omitempty"`
}

func (r *Report) jsonGate() *jsonGate {
	g := r.Gate
	if g == nil {
		return nil
	}
	return &jsonGate{
		Against: g.Against,
		Commit:  g.Commit,
		Known:   len(g.Known),
		Minor:   output.Mapped(g.Minor, r.jsonFinding),
		Fixed:   output.Mapped(g.Fixed, r.jsonGone),
		Stale:   output.Mapped(g.Stale, r.jsonGone),
		Changes: output.Mapped(g.Changes, r.jsonChange),
	}
}

func (r *Report) jsonGone(g Gone) jsonGone {
	return jsonGone{g.Rule, g.Message, g.Func, r.jsonPlace(finding.Place{File: g.File}).File, g.Fingerprint}
}

func (r *Report) jsonChange(c finding.Change) jsonChange {
	out := jsonChange{
		Change:    "lost",
		By:        c.By,
		Func:      c.Func,
		jsonPlace: r.jsonPlace(c.Start),
		Package:   c.Package,
		Kind:      c.Kind,
		Text:      c.Text,
		Hot:       r.jsonHot(c.Hot),
		Chain:     r.jsonSteps(c.Chain),
	}
	if c.Gained {
		out.Change = "gained"
	}
	return out
}
