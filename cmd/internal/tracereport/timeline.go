package tracereport

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

const (
	// wide is the width of a drawing in its own units: one is about as narrow as can be
	// seen.
	wide = 1000
	// maxRects is how many rectangles the timelines of a page may have together: a
	// browser shows that many at once, in some 5 MB.
	maxRects = 30_000
	// maxLanes is how many goroutines are drawn that ended waits of a span.
	maxLanes = 5
	// maxLongest is how many intervals of a span are listed.
	maxLongest = 8
)

// A rect is a rectangle of a drawing that is [wide].
type rect struct {
	X, Width string
	Class    trace.Component
	Opacity  string // "" if it hides what is below it
	Title    string
}

func newRect(from, width float64, c trace.Component, title string) rect {
	return rect{X: coordinate(from), Width: coordinate(width), Class: c, Title: title}
}

func coordinate(n float64) string { return strconv.FormatFloat(n, 'f', 2, 64) }

// bar returns parts side by side.
func bar(parts []trace.Part, whole time.Duration) []rect {
	var rs []rect
	at := 0.0
	for _, p := range parts {
		if p.Time <= 0 {
			continue
		}
		width := wide * share(p.Time, whole)
		rs = append(rs, newRect(at, width, p.Component, wordOf(p.Component).label+" "+percent(share(p.Time, whole))))
		at += width
	}
	return rs
}

// A pageSpan is one of the slowest spans.
type pageSpan struct {
	Took, At, Who string
	Parts         string
	Lanes         []pageLane
	Undrawn       string // why there are no lanes
	Quarters      []string
	More          string // goroutines that are not drawn
	Kernel        string
	Longest       []pageInterval
}

// A pageLane is a line of a timeline.
type pageLane struct {
	Name, Says string
	Rects      []rect
}

type pageInterval struct {
	At, Took, Place, By string
	word
}

func (m *pageMaker) span(s trace.Span) pageSpan {
	took := s.End - s.Start
	p := pageSpan{
		Took: duration(took), At: "at " + after(s.Start-m.report.Trace.Start), Who: who(s), Parts: inWords(s.Parts, took), Longest: m.longest(s),
		Quarters: []string{"0", duration(took / 4), duration(took / 2), duration(took / 4 * 3), duration(took)},
	}
	for _, k := range s.Kernel {
		if k.Time > 0 {
			p.Kernel += fmt.Sprintf("Up to %s of it overlaps %s. ", duration(k.Time), wordOf(k.Component).doing)
		}
	}
	if len(s.Timeline) == 0 || took <= 0 {
		p.Undrawn = "Its intervals are not known."
		return p
	}
	lanes, more := m.lanes(s)
	n := 0
	for _, l := range lanes {
		n += len(l.Rects)
	}
	if n > m.rects {
		p.Undrawn = "Its timeline is left out, to keep the page small: look at this group by itself, with --group."
		return p
	}
	m.rects -= n
	p.Lanes = lanes
	if more > 0 {
		p.More = count(int64(more), "more goroutine") + " ended waits of it, and are not drawn."
	}
	return p
}

// after prints a moment by its distance from another.
func after(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	return "+" + duration(d)
}

func who(s trace.Span) string {
	if s.Goroutine == 0 {
		return "several goroutines"
	}
	return goroutine(s.Goroutine)
}

func goroutine(n int64) string { return "goroutine " + strconv.FormatInt(n, 10) }

// lanes returns the span's own line, those of the goroutines that ended its longest
// waits, and the kernel's, and how many goroutines there are besides.
func (m *pageMaker) lanes(s trace.Span) (lanes []pageLane, more int) {
	lanes = append(lanes, pageLane{who(s), "what it was in: " + inWords(s.Parts, s.End-s.Start), m.own(s)})
	ended := make(map[int64]time.Duration)
	for _, i := range s.Timeline {
		if i.By != 0 && i.By != s.Goroutine {
			ended[i.By] += i.End - i.Start
		}
	}
	by := slices.SortedFunc(maps.Keys(ended), func(a, b int64) int { return cmp.Or(cmp.Compare(ended[b], ended[a]), cmp.Compare(a, b)) })
	for n, g := range by {
		if n >= maxLanes {
			more = len(by) - maxLanes
			break
		}
		lanes = append(lanes, pageLane{"ended by " + goroutine(g), "waits of " + duration(ended[g]) + " that it ended", m.endedBy(s, g)})
	}
	if k := m.throttled(s); len(k) > 0 {
		lanes = append(lanes, pageLane{"kernel", "when the cgroup was throttled", k})
	}
	return lanes, more
}

// own returns the intervals of a span. Those that are too narrow to be seen are drawn
// together, in the colour of the longest component.
func (m *pageMaker) own(s trace.Span) []rect {
	d := drawing{Span: s}
	for _, i := range s.Timeline {
		if d.width(i) >= 1 {
			d.flush()
			d.rects = append(d.rects, newRect(d.x(i.Start), d.width(i), i.Component, m.intervalTitle(s, i)))
			continue
		}
		if len(d.narrow) > 0 && d.x(i.End)-d.x(d.narrow[0].Start) > 1 {
			d.flush()
		}
		d.narrow = append(d.narrow, i)
	}
	d.flush()
	return d.rects
}

// A drawing is the line of a span, as far as it is drawn.
type drawing struct {
	trace.Span
	rects  []rect
	narrow []trace.Interval // that are not drawn yet
}

func (d *drawing) x(at time.Duration) float64 {
	at = min(max(at, d.Start), d.End)
	return wide * float64(at-d.Start) / float64(d.End-d.Start)
}

func (d *drawing) width(i trace.Interval) float64 { return d.x(i.End) - d.x(i.Start) }

// flush draws the narrow intervals as one.
func (d *drawing) flush() {
	if len(d.narrow) == 0 {
		return
	}
	sums := make(map[trace.Component]time.Duration)
	for _, i := range d.narrow {
		sums[i.Component] += i.End - i.Start
	}
	longest := slices.MaxFunc(slices.Sorted(maps.Keys(sums)), func(a, b trace.Component) int { return cmp.Compare(sums[a], sums[b]) })
	from, to := d.x(d.narrow[0].Start), d.x(d.narrow[len(d.narrow)-1].End)
	d.rects = append(d.rects, newRect(from, to-from, longest, fmt.Sprintf("%s, mostly %s", count(int64(len(d.narrow)), "short interval"), wordOf(longest).label)))
	d.narrow = d.narrow[:0]
}

func (m *pageMaker) intervalTitle(s trace.Span, i trace.Interval) string {
	text := fmt.Sprintf("%s for %s, at %s", wordOf(i.Component).label, duration(i.End-i.Start), duration(i.Start-s.Start))
	if p, ok := placeOf(i.Stack); ok {
		text += ": " + name(p.Function) + " " + short(p.Frame)
	}
	if i.By != 0 && i.By != s.Goroutine {
		text += ", ended by " + goroutine(i.By)
	}
	return plain(text)
}

// endedBy returns the waits of a span that a goroutine ended.
func (m *pageMaker) endedBy(s trace.Span, by int64) []rect {
	d := drawing{Span: s}
	for _, i := range s.Timeline {
		if i.By == by {
			d.rects = append(d.rects, newRect(d.x(i.Start), max(1, d.width(i)), i.Component, fmt.Sprintf("ended a wait of %s: %s", duration(i.End-i.Start), wordOf(i.Component).label)))
		}
	}
	return d.rects
}

// throttled returns the times in which the cgroup was throttled, the more the darker.
func (m *pageMaker) throttled(s trace.Span) []rect {
	d := drawing{Span: s}
	for _, t := range m.report.Throttles {
		if t.End <= s.Start || t.Start >= s.End || t.Throttled <= 0 || t.End <= t.Start {
			continue
		}
		from, to := d.x(t.Start), d.x(t.End)
		r := newRect(from, max(1, to-from), trace.Throttled, fmt.Sprintf("throttled for up to %s of %s", duration(min(t.Throttled, t.End-t.Start)), duration(t.End-t.Start)))
		r.Opacity = coordinate(0.25 + 0.75*share(t.Throttled, t.End-t.Start))
		d.rects = append(d.rects, r)
	}
	return d.rects
}

// longest returns the longest intervals of a span, in order of time.
func (m *pageMaker) longest(s trace.Span) []pageInterval {
	order := slices.Clone(s.Timeline)
	slices.SortStableFunc(order, func(a, b trace.Interval) int { return cmp.Compare(b.End-b.Start, a.End-a.Start) })
	order = order[:min(len(order), maxLongest)]
	slices.SortStableFunc(order, func(a, b trace.Interval) int { return cmp.Compare(a.Start, b.Start) })
	var out []pageInterval
	for _, i := range order {
		p := pageInterval{At: after(i.Start - s.Start), Took: duration(i.End - i.Start), word: wordOf(i.Component)}
		if at, ok := placeOf(i.Stack); ok {
			p.Place = plain(name(at.Function) + " " + short(at.Frame))
		}
		if i.By != 0 && i.By != s.Goroutine {
			p.By = goroutine(i.By)
		}
		out = append(out, p)
	}
	return out
}
