package audit

import (
	_ "embed" // the page
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/page"
	"github.com/lagvet/lagvet/maturity"
)

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageCSS string

var htmlParts = page.Parts{Template: pageHTML, Style: page.ListStyle + pageCSS, Script: page.ListScript}

// A mark is how the page shows the state of a control: in words, with a sign beside
// the colour.
type mark struct {
	Word  string // as [maturity.ControlState.State] says it
	Label string
	Sign  string
	Style string // of the chip
}

// marks are all states, the worst first.
var marks = []mark{
	{"fail", "fails", "✗", "high"},
	{"unknown", "unknown", "?", "medium"},
	{"waived", "waived", "≈", "low"},
	{"configured", "configured", "✓", "pass"},
	{"proven", "proven", "✓", "pass"},
	{"not applicable", "not applicable", "–", "none"},
}

func markOf(c maturity.ControlState) mark {
	for _, m := range marks {
		if m.Word == c.State() {
			return m
		}
	}
	return mark{Word: c.State(), Label: c.State(), Style: "none"}
}

// Key is the state as one word, for the filters.
func (m mark) Key() string { return strings.ReplaceAll(m.Word, " ", "-") }

// A pageBody is what the template shows. All of it is there without a script, which
// only filters.
type pageBody struct {
	*maturity.Report
	Model    *maturity.Model
	Facts    []pageFact
	Marks    []mark // that there are
	Covered  []pageCoverage
	Open     []pageTrack // tracks that the target waits for
	Target   int         // the next level, or the one that is required; 0 if none is left
	Tracks   []pageTrack
	Waivers  []pageWaiver
	Controls int // that are listed
}

type pageFact struct{ Name, Text string }

// pageCoverage is at how many incidents the classes that stand at a level are.
type pageCoverage struct {
	maturity.Coverage
	Percent int // of all incidents
}

type pageTrack struct {
	maturity.TrackState
	Levels []pageLevel
	Next   []pageControl // what its next level takes; in Open what the target does
}

type pageLevel struct {
	maturity.Level
	ID       string
	Reached  bool
	Worst    *mark  // of the controls that count; nil if there are none
	Number   int    // of controls in that state
	Rest     string // the others, in words
	Controls []pageControl
}

type pageControl struct {
	maturity.ControlState
	mark
	At   maturity.Level
	Open bool
}

type pageWaiver struct {
	maturity.Waiver
	Label, Style string
}

// HTML writes a report as one page that needs nothing but itself. Its model must be
// the one of this version.
func HTML(w io.Writer, r *maturity.Report) error {
	return htmlParts.Write(w, page.Page{Tool: r.Tool, Verdict: r.Headline() + ".", State: pageState(r), Aside: r.Covered(), Body: newPageBody(r)})
}

// pageState is empty where no level is required: then none is good or bad.
func pageState(r *maturity.Report) string {
	if r.Required == 0 {
		return ""
	}
	return map[maturity.Outcome]string{maturity.Meets: "clean", maturity.Below: "found", maturity.Unmeasurable: "unchecked"}[r.Against(r.Required)]
}

func newPageBody(r *maturity.Report) *pageBody {
	b := &pageBody{Report: r, Model: maturity.Default(), Facts: facts(r), Target: target(r)}
	for _, t := range r.Tracks {
		b.add(t)
	}
	for _, c := range r.Coverage {
		b.Covered = append(b.Covered, pageCoverage{c, 100 * c.Incidents / max(1, r.Incidents)})
	}
	for _, w := range r.Waivers {
		b.Waivers = append(b.Waivers, newPageWaiver(w, r.Repository.Time))
	}
	for _, m := range marks {
		if b.counts(m) > 0 {
			b.Marks = append(b.Marks, m)
		}
	}
	return b
}

// target returns the level that is required, if the report does not show that it is
// met, and else the next one.
func target(r *maturity.Report) int {
	switch {
	case r.Level >= maturity.Levels:
		return 0
	case r.Required > r.Level:
		return r.Required
	}
	return r.Level + 1
}

// add adds a track. The controls of one that does not apply ask for nothing.
func (b *pageBody) add(t maturity.TrackState) {
	p := pageTrack{TrackState: t}
	open := pageTrack{TrackState: t}
	if t.Applies {
		for _, l := range b.Model.Levels {
			p.Levels = append(p.Levels, newPageLevel(t, l, b.Target))
			b.Controls += len(p.Levels[l.Level-1].Controls)
		}
	}
	for _, l := range p.Levels {
		for _, c := range l.Controls {
			if c.Met() {
				continue
			}
			if l.Level.Level == t.Level+1 {
				p.Next = append(p.Next, c)
			}
			if l.Level.Level <= b.Target {
				open.Next = append(open.Next, c)
			}
		}
	}
	b.Tracks = append(b.Tracks, p)
	if len(open.Next) > 0 {
		b.Open = append(b.Open, open)
	}
}

func newPageLevel(t maturity.TrackState, l maturity.Level, target int) pageLevel {
	p := pageLevel{Level: l, ID: fmt.Sprintf("%s-L%d", t.ID, l.Level), Reached: l.Level <= t.Level}
	counts := make(map[string]int)
	for _, c := range t.Controls {
		if c.Level != l.Level {
			continue
		}
		m := markOf(c)
		p.Controls = append(p.Controls, pageControl{c, m, l, !c.Met() && l.Level <= max(target, t.Level+1)})
		if !c.Optional {
			counts[m.Word]++
		}
	}
	var rest []string
	for i, m := range marks {
		switch n := counts[m.Word]; {
		case n == 0:
		case p.Worst == nil:
			p.Worst, p.Number = &marks[i], n
		default:
			rest = append(rest, fmt.Sprintf("%d %s", n, m.Word))
		}
	}
	p.Rest = strings.Join(rest, ", ")
	return p
}

// counts returns how many of the controls that are listed are in a state.
func (b *pageBody) counts(m mark) int {
	n := 0
	for _, t := range b.Tracks {
		for _, l := range t.Levels {
			for _, c := range l.Controls {
				if c.mark == m {
					n++
				}
			}
		}
	}
	return n
}

// Counts says how many controls there are in each state.
func (b *pageBody) Counts() string {
	var s []string
	for _, m := range b.Marks {
		s = append(s, fmt.Sprintf("%d %s", b.counts(m), m.Word))
	}
	return fmt.Sprintf("%d controls: %s.", b.Controls, strings.Join(s, ", "))
}

func facts(r *maturity.Report) []pageFact {
	var all []pageFact
	add := func(name, text string) {
		if text != "" {
			all = append(all, pageFact{name, text})
		}
	}
	add("module", r.Repository.Module)
	commit := r.Repository.Commit
	switch {
	case commit == "":
		commit = "none: this is no git repository, or has no commit yet"
	case r.Repository.Dirty:
		commit += ", with changes that are not committed"
	}
	add("commit", commit)
	if !r.Repository.Time.IsZero() {
		add("committed", r.Repository.Time.Format("2006-01-02 15:04:05 MST"))
	}
	if r.Repository.Shallow {
		add("history", "cut off: it is a shallow clone")
	}
	add("required", required(r))
	add("model", fmt.Sprintf("version %d, derived from %d incidents", r.Model, r.Incidents))
	add("tool", r.Tool)
	return all
}

func required(r *maturity.Report) string {
	if r.Required == 0 {
		return "no level"
	}
	says := map[maturity.Outcome]string{maturity.Meets: "met", maturity.Below: "not met", maturity.Unmeasurable: "not measured"}
	return fmt.Sprintf("level %d: %s", r.Required, says[r.Against(r.Required)])
}

// newPageWaiver returns a waiver as it stands at the time of the commit; without one
// whether it has expired is not said.
func newPageWaiver(w maturity.Waiver, now time.Time) pageWaiver {
	switch {
	case w.Used:
		return pageWaiver{w, "in use", "low"}
	case !now.IsZero() && w.Expired(now):
		return pageWaiver{w, "expired", "high"}
	}
	return pageWaiver{w, "lets nothing pass", "none"}
}

// Until is the last day on which the waiver counts.
func (w pageWaiver) Until() string { return w.Expires.Format(time.DateOnly) }

// Waived says under what a failure is let pass.
func (c pageControl) Waived() string {
	if c.Waiver == nil {
		return ""
	}
	return fmt.Sprintf("by %s until %s: %s", c.Waiver.Owner, c.Waiver.Expires.Format(time.DateOnly), c.Waiver.Reason)
}
