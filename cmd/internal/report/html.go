package report

import (
	_ "embed" // the page
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/page"
)

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageCSS string

//go:embed page/page.js
var pageJS string

var htmlParts = page.Parts{Template: pageHTML, Style: pageCSS, Script: pageJS}

// A pageBody is what the template shows without a script, and the data from which the
// script makes the rest.
type pageBody struct {
	Counts bool   // there are findings that fail the run
	Heat   string // what is to be said where nothing tells what is hot

	Problems []pageProblem
	Gate     *pageGate
	Notes    []pageNote
	Assumed  []pageNote
	Data     pageData
}

type pageProblem struct {
	At, Link, Message, Remedy string
}

type pageNote struct {
	At, Link, Text string
}

// pageGate is what a comparison shows besides findings.
type pageGate struct {
	Against string
	Prune   bool
	Causes  []pageCause
	Stale   []pageNote
	Fixed   []pageNote
}

// pageCause holds the changes of costs that come from one cause.
type pageCause struct {
	By, Heading string
	Changes     []pageChange
}

type pageChange struct {
	Verb, Kind, Func, Text, Hot string
	At, Link                    string
	Chain                       []pageNote
}

// HTML writes r as one page that needs nothing but itself: no network, no other
// file. It has the lines of source around each finding and each step of its chain,
// as they are now.
func HTML(w io.Writer, r *Report) error {
	r = r.atRoot()
	return htmlParts.Write(w, page.Page{Tool: r.Tool.String(), Verdict: r.verdict(), State: r.pageState(), Aside: r.aside(), Body: newPageBody(r)})
}

func (r *Report) pageState() string {
	switch {
	case len(r.Problems) > 0:
		return "unchecked"
	case len(r.Findings)+len(r.prunable()) > 0:
		return "found"
	}
	return "clean"
}

func newPageBody(r *Report) *pageBody {
	p := &pageBody{
		Counts: len(r.Findings) > 0,
		Heat:   r.UnknownHeat(),
		Data:   newPageData(r),
	}
	for _, problem := range r.Problems {
		at, link := r.pageAt(problem.Place)
		p.Problems = append(p.Problems, pageProblem{at, link, problem.Message, problem.Remedy})
	}
	for _, n := range r.Notes {
		p.Notes = append(p.Notes, r.pageNote(n.Place, n.Message))
	}
	for _, a := range r.Assumed {
		p.Assumed = append(p.Assumed, r.pageNote(a.Place, assumption(a)))
	}
	if r.Gate != nil {
		p.Gate = r.pageGate()
	}
	return p
}

func (r *Report) pageGate() *pageGate {
	g := &pageGate{Against: r.Gate.Against, Prune: r.Gate.Prune}
	for _, by := range causes(r.Gate.Changes) {
		g.Causes = append(g.Causes, pageCause{by, heading(by, r.Gate), output.Mapped(r.Gate.by(by), r.pageChange)})
	}
	for _, e := range r.Gate.Stale {
		g.Stale = append(g.Stale, r.pageNote(finding.Place{}, r.gone(e)))
	}
	for _, e := range r.Gate.Fixed {
		g.Fixed = append(g.Fixed, r.pageNote(finding.Place{}, r.gone(e)))
	}
	return g
}

func (r *Report) pageChange(c finding.Change) pageChange {
	out := pageChange{Verb: "lost", Kind: c.Kind, Func: c.Func, Text: c.Text}
	if c.Gained {
		out.Verb = "gained"
	}
	if c.Hot != nil {
		out.Hot = c.Hot.Detail
	}
	out.At, out.Link = r.pageAt(c.Start)
	for _, s := range c.Chain {
		out.Chain = append(out.Chain, r.pageNote(s.Place, s.Text))
	}
	return out
}

func (r *Report) pageNote(p finding.Place, text string) pageNote {
	at, link := r.pageAt(p)
	return pageNote{at, link, text}
}

// pageAt returns a place as a reader knows it, and where the code host shows it.
func (r *Report) pageAt(p finding.Place) (at, link string) {
	if p.File == "" {
		return "", ""
	}
	at = line(filepath.ToSlash(r.short(p.File)), p)
	if link = r.linkTo(p.File); link != "" && p.Line > 0 {
		link += fmt.Sprintf("#L%d", p.Line)
	}
	return at, link
}

// linkTo returns where the code host shows the file, or "".
func (r *Report) linkTo(file string) string {
	path, ok := r.rooted(file)
	if !ok || r.Links == "" {
		return ""
	}
	return r.Links + "/" + (&url.URL{Path: path}).EscapedPath()
}
