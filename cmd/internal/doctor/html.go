package doctor

import (
	"cmp"
	_ "embed" // the page
	"fmt"
	"io"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/page"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageCSS string

var htmlParts = page.Parts{Template: pageHTML, Style: page.ListStyle + pageCSS, Script: page.ListScript}

// A pageBody is what the template shows. All of it is there without a script, which
// only filters.
type pageBody struct {
	Groups   []pageGroup
	Verdicts []posture.Verdict // that there are
	Counts   string
}

type pageGroup struct {
	Name   string
	Checks []pageCheck
}

type pageCheck struct {
	posture.Check
	Label, Style string // of the chip
	Value        string
	Open         bool
}

// HTML writes r as one page that needs nothing but itself.
func HTML(w io.Writer, r *posture.Report) error {
	b := pageBody{Counts: fmt.Sprintf("%d checks by the profile %s, at %s.", len(r.Checks), r.Profile, r.Time.Format("2006-01-02 15:04:05 MST"))}
	for _, v := range posture.Verdicts() {
		if r.Count(v) > 0 {
			b.Verdicts = append(b.Verdicts, v)
		}
	}
	for i, c := range r.Checks {
		if i == 0 || c.Group() != r.Checks[i-1].Group() {
			b.Groups = append(b.Groups, pageGroup{Name: c.Group()})
		}
		g := &b.Groups[len(b.Groups)-1]
		g.Checks = append(g.Checks, newPageCheck(c))
	}
	return htmlParts.Write(w, page.Page{Tool: tool().Name + " " + tool().Version, Verdict: r.Summary(), State: pageState(r), Aside: aside(r), Body: b})
}

func newPageCheck(c posture.Check) pageCheck {
	p := pageCheck{Check: c, Label: string(c.Verdict), Value: cmp.Or(c.Current, c.Why)}
	switch c.Verdict {
	case posture.Fail:
		p.Style, p.Open = "high", true
	case posture.Warn:
		p.Style, p.Open = "medium", true
	case posture.Unknown:
		p.Style = "low"
	case posture.Pass:
		p.Style = "pass"
	default:
		p.Label, p.Style = "n/a", "none"
		if c.Information() {
			p.Label = "info"
		}
	}
	return p
}

func pageState(r *posture.Report) string {
	switch {
	case r.Reaches(posture.Fail):
		return "found"
	case r.Reaches(posture.Warn), r.Reaches(posture.Unknown):
		return "unchecked"
	}
	return "clean"
}

// aside says which time counters are of.
func aside(r *posture.Report) string {
	if r.Over == 0 {
		return "Counters are those since the start of what is counted."
	}
	return fmt.Sprintf("Counters are those of the last %v.", r.Over.Round(time.Millisecond))
}
