package tracereport

import (
	"cmp"
	_ "embed" // the page
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/symbol"
	"github.com/lagvet/lagvet/cmd/internal/page"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

//go:embed page/page.html
var pageHTML string

//go:embed page/page.css
var pageCSS string

var htmlParts = page.Parts{Template: pageHTML, Style: page.ListStyle + pageCSS, Script: page.ListScript}

// A pageBody is what the template shows. All of it is there without a script, which
// only filters.
type pageBody struct {
	*Report
	Groups []pageGroup
	Kinds  []trace.Kind // that there are
	Mostly []word       // the components that lead a tail
	Legend []word
	Counts string
	Kernel string // what its samples say of the whole trace
	Untold []string
}

type pageGroup struct {
	ID, Name string
	Kind     trace.Kind
	Mostly   trace.Component
	Why      string
	Spans    string
	Facts    []string
	Slices   []pageSlice
	Table    []row
	Tail     string // the name of the slice that the chain is of
	Chain    []pageCause
	Findings []pageFinding
	Slowest  []pageSpan
	Open     bool
}

type pageSlice struct {
	Name, Latency, Count string
	Bar                  []rect
	Label                string // what the bar shows, in words
}

type pageCause struct {
	Share, Text, At string
	Findings        []pageFinding
	Behind          []pageCause
}

type pageFinding struct{ Share, Rule, At, Message, Silenced string }

// HTML writes the report as one page that needs nothing but itself.
func HTML(w io.Writer, r *Report) error {
	m := &pageMaker{report: r, rects: maxRects}
	return htmlParts.Write(w, page.Page{
		Tool: "lagvet " + r.Tool.Version, Verdict: r.verdict(), State: r.state(), Aside: plain(r.Summary()), Body: m.body(),
	})
}

// verdict says which limit is exceeded, or else what the tail of the first group is.
func (r *Report) verdict() string {
	for _, l := range r.Limits {
		if l.Exceeded() {
			return plain(fmt.Sprintf("%s of %s is %s, and may be %s.", l.Percentile, l.Group, duration(l.Is), duration(l.Most)))
		}
	}
	if len(r.Groups) == 0 {
		return "There is no span in the trace to tell of."
	}
	g := &r.Groups[0]
	s := Tail(g)
	if s == nil {
		return "No span of " + called(g) + " is whole."
	}
	text := s.Name + " of " + called(g) + " is " + duration(s.Latency)
	if len(s.Parts) > 0 {
		text += fmt.Sprintf("; %s of it %s", percent(share(s.Parts[0].Time, s.Time)), wordOf(s.Parts[0].Component).doing)
	}
	return text + "."
}

// called returns what a group goes by in a headline.
func called(g *trace.Group) string {
	if _, ok := symbol.Parse(g.Name); ok && (g.Kind == trace.Handler || g.Kind == trace.Function) && !strings.Contains(g.Name, " ") {
		return plain(name(g.Name))
	}
	return plain(g.Name)
}

// state is empty where nothing was asked that is good or bad.
func (r *Report) state() string {
	switch {
	case slices.ContainsFunc(r.Limits, Limit.Exceeded):
		return "found"
	case len(r.Failures) > 0, r.Trace.Cut != "", len(r.Groups) == 0:
		return "unchecked"
	case len(r.Limits) > 0:
		return "clean"
	}
	return ""
}

// A pageMaker makes the body of a page.
type pageMaker struct {
	report *Report
	rects  int // that timelines may still have
}

func (m *pageMaker) body() *pageBody {
	r := m.report
	b := &pageBody{Report: r, Counts: count(int64(len(r.Groups)), "group") + "."}
	for _, p := range r.Problems {
		b.Untold = append(b.Untold, problemText(p))
	}
	used := make(map[trace.Component]bool)
	leads := make(map[trace.Component]bool)
	for i := range r.Groups {
		g := &r.Groups[i]
		p := m.group(i, g)
		b.Groups = append(b.Groups, p)
		if leads[p.Mostly] = true; !slices.Contains(b.Kinds, g.Kind) {
			b.Kinds = append(b.Kinds, g.Kind)
		}
		for _, s := range g.Slices {
			for _, part := range s.Parts {
				used[part.Component] = used[part.Component] || part.Time > 0
			}
		}
	}
	for _, w := range words() {
		if used[w.component] {
			b.Legend = append(b.Legend, w)
		}
		if leads[w.component] {
			b.Mostly = append(b.Mostly, w)
		}
	}
	slices.Sort(b.Kinds)
	if k := r.Report.Kernel; k != nil {
		b.Kernel = fmt.Sprintf("By %s of the kernel's accounts, %s apart, over %s of the trace: throttled for %s at most; threads waited %s for a CPU in all.",
			count(int64(k.Samples), "sample"), duration(k.Interval), percent(share(k.Covered, r.Trace.End-r.Trace.Start)), duration(k.Throttled), duration(k.RunQueue))
	}
	return b
}

func (m *pageMaker) group(i int, g *trace.Group) pageGroup {
	r := m.report
	p := pageGroup{
		ID: fmt.Sprintf("group-%d", i+1), Name: plain(g.Name), Kind: g.Kind, Why: plain(r.Sentence(g)), Spans: spans(g), Table: tableOf(g), Open: i == 0,
	}
	for _, s := range g.Slices {
		p.Slices = append(p.Slices, pageSlice{s.Name, duration(s.Latency), count(s.Count, "span"), bar(s.Parts, s.Time), inWords(s.Parts, s.Time)})
	}
	if s := Tail(g); s != nil {
		p.Tail = s.Name
		p.Chain = m.causes(s.Causes, trace.Cause{}, s.Time, 0)
		p.Facts = []string{s.Name + " " + duration(s.Latency), p.Spans}
		if len(s.Parts) > 0 {
			p.Mostly = s.Parts[0].Component
			p.Facts = slices.Insert(p.Facts, 1, "mostly "+wordOf(p.Mostly).label)
		}
		for _, b := range r.Blames(s.Causes) {
			p.Findings = append(p.Findings, m.finding(b.Finding, percent(share(b.Time, s.Time))))
		}
	} else {
		p.Facts = []string{p.Spans}
	}
	for _, s := range g.Slowest {
		p.Slowest = append(p.Slowest, m.span(s))
	}
	return p
}

func (m *pageMaker) finding(i int, share string) pageFinding {
	f := m.report.Findings[i]
	return pageFinding{share, f.Rule, plain(m.report.findingAt(f)), plain(f.Message), plain(f.Silenced)}
}

// causes returns causes as the page tells them, with what is behind them.
func (m *pageMaker) causes(cs []trace.Cause, outer trace.Cause, whole time.Duration, depth int) []pageCause {
	var out []pageCause
	left, rest := 0, time.Duration(0)
	for i, c := range cs {
		if i >= maxCauses || share(c.Time, whole) < leastShare {
			left++
			rest += c.Time
			continue
		}
		p := pageCause{Share: percent(share(c.Time, whole)), Text: plain(says(outer, c, depth)), Behind: m.causes(c.Behind, c, whole, depth+1)}
		if at, ok := placeOf(c.Stack); ok {
			p.At = plain(m.report.at(at.Frame))
		}
		for _, i := range m.report.findingsOf(c) {
			p.Findings = append(p.Findings, m.finding(i, ""))
		}
		out = append(out, p)
	}
	if left > 0 && depth == 0 && share(rest, whole) >= 0.001 {
		out = append(out, pageCause{Share: percent(share(rest, whole)), Text: "in " + count(int64(left), "other place")})
	}
	return out
}

// maxWords is how many components are told in a line.
const maxWords = 4

// inWords says what a bar shows: "61 % lock and 20 % running".
func inWords(parts []trace.Part, whole time.Duration) string {
	var ws []string
	left := 0
	for _, p := range parts {
		switch {
		case p.Time <= 0:
		case len(ws) == maxWords:
			left++
		default:
			ws = append(ws, percent(share(p.Time, whole))+" "+wordOf(p.Component).label)
		}
	}
	if left > 0 {
		ws = append(ws, fmt.Sprintf("%d more", left))
	}
	return cmp.Or(list(ws), "nothing")
}

// Label is what the component is called.
func (w word) Label() string { return w.label }

// Component is what the component is in data.
func (w word) Component() trace.Component { return w.component }

// Label is what the row of a table is of.
func (r row) Label() string { return r.label }

// Cells are its figures, one for each slice.
func (r row) Cells() []string { return r.cells }

// Note says what is to be known of the row.
func (r row) Note() string { return r.note }
