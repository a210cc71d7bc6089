package timetable

import (
	"cmp"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/timesheet"
)

// maxLeaves bounds how many calls of one function are kept.
const maxLeaves = 300

// A leaf is a call out of the process that a function comes to.
type leaf struct {
	ask   *timesheet.Ask
	posn  string
	one   timesheet.Amount // of one attempt
	all   timesheet.Amount // of all attempts
	tries int              // 0 if that is not known
	retry string           // place of the outermost retry
	// inherits is set as long as the contexts of the functions above bound it.
	inherits bool
	pending  *timesheet.Bound // set by a function around the literal that calls
	aside    bool
	loop     bool
	chain    []timesheet.Step
}

// A span is what the calls of a function may take, one after another.
type span struct {
	time     time.Duration // of those that are bounded
	inherits bool          // a context from above bounds all of it
	open     bool          // there are others, that nothing bounds so far
}

// A result is what is known of a function, whoever calls it.
type result struct {
	leaves     []leaf
	span       span
	extends    bool
	unfollowed int
}

// of returns what is known of a function.
func (p *program) of(name string) *result {
	if r := p.results[name]; r != nil {
		return r
	}
	f := p.funcs[name]
	if f == nil || p.building[name] {
		return &result{}
	}
	p.building[name] = true
	r := &result{extends: f.Extends}
	spans := make([]span, len(f.Sites))
	for i := range f.Sites {
		spans[i] = p.site(f, &f.Sites[i], r)
	}
	r.leaves = settle(r.leaves)
	r.span = sequence(f.Sites, spans, 0)
	delete(p.building, name)
	p.results[name] = r
	return r
}

// site adds what one call of f comes to, and returns how long that may take.
func (p *program) site(f *timesheet.Func, s *timesheet.Site, r *result) span {
	to := s.To
	if s.Interface != "" {
		if to = p.implementations(s.Interface, s.Method); len(to) == 0 && s.Ask == nil {
			r.unfollowed++
		}
	}
	if s.Ask != nil && len(to) == 0 {
		l := p.leaf(s)
		l.through(f, s)
		r.leaves = append(r.leaves, l)
		if l.all.State != timesheet.Known || l.pending != nil {
			return span{inherits: l.inherits, open: true}
		}
		return span{time: l.all.Time, inherits: l.inherits}
	}
	var most span
	for _, name := range to {
		sub := p.of(name)
		r.extends = r.extends || sub.extends
		r.unfollowed += sub.unfollowed
		for _, l := range sub.leaves {
			l.chain = append([]timesheet.Step{{Posn: s.Posn, Text: name}}, l.chain...)
			l.through(f, s)
			r.leaves = append(r.leaves, l)
		}
		if sp := sub.span.through(s); sp.time > most.time || sp.open && most == (span{}) {
			most = sp
		}
	}
	return most
}

// leaf begins with a call that leads out of the process.
func (p *program) leaf(s *timesheet.Site) leaf {
	l := leaf{ask: s.Ask, posn: s.Posn, one: s.Ask.Limit, tries: 1, inherits: true}
	if g := l.one.Given; g != nil {
		if d := p.timeOf(g); d > 0 {
			l.one.State, l.one.Time = timesheet.Known, d
		}
	}
	if l.ask.Kind == timesheet.GRPC && l.one.State == timesheet.None && p.guarded {
		l.one.State = timesheet.Unknown
	}
	l.all = l.one
	return l
}

// through takes a leaf through a call of f that leads to it, upwards.
func (l *leaf) through(f *timesheet.Func, s *timesheet.Site) {
	b := s.Context
	if !l.inherits {
		l.repeat(s.Retry)
	} else if b.Func != "" && b.Func != f.Name {
		l.pending, l.inherits = &b, false
		l.repeat(s.Retry)
	} else {
		if b.Each {
			l.one, l.all = bound(l.one, b.Amount), bound(l.all, b.Amount)
		} else if s.Retry == nil && l.tries == 1 {
			l.one = bound(l.one, b.Amount)
		}
		l.repeat(s.Retry)
		if !b.Each {
			l.all = bound(l.all, b.Amount)
		}
		l.inherits = b.Inherits
	}
	if l.pending != nil && l.pending.Func == f.Name {
		if l.tries == 1 {
			l.one = bound(l.one, l.pending.Amount)
		}
		l.all = bound(l.all, l.pending.Amount)
		l.inherits, l.pending = l.pending.Inherits, nil
	}
	l.aside = l.aside || s.Aside
	l.loop = l.loop || s.Loop
}

// repeat has the leaf made several times.
func (l *leaf) repeat(r *timesheet.Retry) {
	if r == nil || r.Attempts == 1 {
		return
	}
	l.tries *= r.Attempts
	l.retry = r.Posn
	switch {
	case l.all.State != timesheet.Known:
	case r.Attempts == 0:
		l.all = timesheet.Amount{State: timesheet.Unknown}
	default:
		l.all.Time *= time.Duration(r.Attempts)
	}
}

// bound returns what is left of an amount under a limit. A limit that is not known makes
// nothing known of what had none.
func bound(a, limit timesheet.Amount) timesheet.Amount {
	switch {
	case limit.State == timesheet.Known && (a.State != timesheet.Known || limit.Time < a.Time):
		return limit
	case limit.State == timesheet.Unknown && a.State == timesheet.None:
		return limit
	}
	return a
}

// through takes a span through a call, upwards.
func (s span) through(site *timesheet.Site) span {
	b := site.Context
	limited := s.inherits && b.State == timesheet.Known && b.Func == ""
	if limited && b.Each {
		s.bound(b.Time)
	}
	if r := site.Retry; r != nil {
		s.time *= time.Duration(r.Attempts)
		s.open = s.open || r.Attempts == 0
	}
	if limited && !b.Each {
		s.bound(b.Time)
	}
	s.inherits = s.inherits && b.Inherits
	if b.Func != "" { // bounded by a function above, which is not known here
		return span{open: true}
	}
	return s
}

// bound puts a span under a context's deadline.
func (s *span) bound(d time.Duration) {
	if s.open || s.time > d {
		s.time, s.open = d, false
	}
}

// sequence adds up the spans of the sites that share the arms down to a depth: of a
// branch the longest way counts, of what runs together the longest.
func sequence(sites []timesheet.Site, spans []span, depth int) span {
	total := span{inherits: true}
	var together span
	type group struct {
		sites []timesheet.Site
		spans []span
	}
	ways := make(map[timesheet.Arm]*group)
	var order []timesheet.Arm
	for i, s := range sites {
		switch {
		case s.Aside || spans[i].time == 0 && !spans[i].open:
		case len(s.Arms) > depth:
			g := ways[s.Arms[depth]]
			if g == nil {
				g = new(group)
				ways[s.Arms[depth]] = g
				order = append(order, s.Arms[depth])
			}
			g.sites, g.spans = append(g.sites, s), append(g.spans, spans[i])
		case s.Together:
			together.longer(spans[i])
		default:
			total.add(spans[i])
		}
	}
	longest := make(map[int]span)
	for _, a := range order {
		sp := longest[a.Branch]
		sp.longer(sequence(ways[a].sites, ways[a].spans, depth+1))
		longest[a.Branch] = sp
	}
	for _, sp := range longest {
		total.add(sp)
	}
	if together != (span{}) {
		total.add(together)
	}
	return total
}

// longer makes s the longer of two spans of which one counts.
func (s *span) longer(t span) {
	open, first := s.open || t.open, *s == (span{})
	inherits := t.inherits && (first || s.inherits)
	if first || t.time > s.time {
		*s = t
	}
	s.open, s.inherits = open, inherits
}

func (s *span) add(t span) {
	s.time += t.time
	s.open = s.open || t.open
	s.inherits = s.inherits && t.inherits
}

// settle keeps one leaf of each call: of several ways to it the one by which it may take
// longest, and of those the shortest.
func settle(ls []leaf) []leaf {
	slices.SortStableFunc(ls, func(a, b leaf) int {
		return cmp.Or(
			cmp.Compare(a.posn, b.posn), cmp.Compare(a.ask.By, b.ask.By), compareBool(a.aside, b.aside),
			-compareAmounts(a.all, b.all), -cmp.Compare(a.tries, b.tries), cmp.Compare(len(a.chain), len(b.chain)),
		)
	})
	ls = slices.CompactFunc(ls, func(a, b leaf) bool { return a.posn == b.posn && a.ask.By == b.ask.By && a.aside == b.aside })
	return slices.Clip(ls[:min(len(ls), maxLeaves)])
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareAmounts tells which of two takes longer: what has no limit, then what is known,
// then what is not.
func compareAmounts(a, b timesheet.Amount) int {
	rank := map[timesheet.State]int{timesheet.Unknown: 0, timesheet.Known: 1, timesheet.None: 2}
	return cmp.Or(cmp.Compare(rank[a.State], rank[b.State]), cmp.Compare(a.Time, b.Time))
}
