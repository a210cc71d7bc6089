package report

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// leastWeight is what a hazard counts for in the map of packages if nothing was
// measured of it and no profile knows its code: 1 % of a program. Without it code
// that nobody has measured would not be on the map at all.
const leastWeight = 0.01

// How many lines of source are shown before and after a finding, and a step.
const (
	aroundFinding = 3
	aroundStep    = 1
)

// pageData is what the script of the page reads.
type pageData struct {
	Findings []pageFinding       `json:"findings"`
	Files    []pageFile          `json:"files"`
	Rules    map[string]pageRule `json:"rules"`
	Compares bool                `json:"compares"`
}

type pageRule struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

type pageFinding struct {
	ID       string        `json:"id"`
	Status   string        `json:"status"` // found, or new; let pass, known, silenced
	Rule     string        `json:"rule"`
	Message  string        `json:"message"`
	Severity string        `json:"severity"`
	Tier     string        `json:"tier"`
	Class    string        `json:"class,omitempty"`
	Package  string        `json:"package"`
	Func     string        `json:"func,omitempty"`
	At       pagePlace     `json:"at"`
	Hot      *pageHot      `json:"hot,omitempty"`
	Evidence *pageEvidence `json:"evidence,omitempty"`
	Steps    []pageStep    `json:"steps,omitempty"`
	Mend     string        `json:"mend,omitempty"`
	Silenced string        `json:"silenced,omitempty"`
	Weight   float64       `json:"weight"` // in the map of packages
}

type pageHot struct {
	Source string  `json:"source"`
	Detail string  `json:"detail"`
	Share  float64 `json:"share,omitempty"`
}

type pageEvidence struct {
	Status string `json:"status"`
	Text   string `json:"text"`
}

type pageStep struct {
	At   pagePlace `json:"at"`
	Text string    `json:"text"`
}

// newPageData returns the findings of r, the most urgent first, those that count
// before the others.
func newPageData(r *Report) pageData {
	m := &pageMaker{report: r, excerpts: newExcerpts(r), data: pageData{Findings: []pageFinding{}, Rules: make(map[string]pageRule), Compares: r.Gate != nil}}
	for _, rule := range r.Rules {
		m.data.Rules[rule.Name] = pageRule{rule.Title, rule.URL}
	}
	if r.Gate == nil {
		m.add("found", r.Findings)
	} else {
		m.add("new", r.Findings)
		m.add("let pass", r.Gate.Minor)
		m.add("known", r.Gate.Known)
	}
	m.add("silenced", r.Silenced)
	m.data.Files = m.excerpts.files
	return m.data
}

type pageMaker struct {
	report   *Report
	excerpts *excerpts
	data     pageData
}

func (m *pageMaker) add(status string, fs []finding.Finding) {
	for _, f := range ranked(fs) {
		m.data.Findings = append(m.data.Findings, m.finding(status, f))
		if _, ok := m.data.Rules[f.Rule]; !ok {
			m.data.Rules[f.Rule] = pageRule{URL: f.URL}
		}
	}
}

func (m *pageMaker) finding(status string, f finding.Finding) pageFinding {
	out := pageFinding{
		ID: f.Fingerprint, Status: status, Rule: f.Rule, Message: f.Message, Severity: f.Severity, Tier: f.Tier, Class: f.Class,
		Package: f.Package, Func: f.Func, Mend: remedy(f),
		At:     m.excerpts.place(f.Start, f.End, aroundFinding),
		Weight: max(measured(f), heat(f), leastWeight),
	}
	chain := f.Chain
	if h := f.Hot; h != nil {
		out.Hot = &pageHot{h.Source, h.Detail, h.Share}
		chain = slices.Concat(h.Via, f.Chain)
	}
	for _, s := range chain {
		out.Steps = append(out.Steps, pageStep{m.excerpts.place(s.Place, finding.Place{}, aroundStep), s.Text})
	}
	if e := f.Evidence; e != nil {
		out.Evidence = &pageEvidence{e.Status, strings.TrimPrefix(e.String(), "measured: ")}
	}
	if by, why := silencer(f); why != nil {
		out.Silenced = by + ": " + why.Reason
	}
	return out
}
