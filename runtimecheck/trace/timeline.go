package trace

// maxTimeline is how many intervals a span remembers. When there are more, each two
// are joined, under the name of the longer one.
const maxTimeline = 128

// A timeline is what a span was in, in order. Each interval ends where the next begins.
type timeline []interval

// add adds an interval up to an instant, the later end of the timeline.
func (l *timeline) add(is interval, to instant) {
	if is.comp == schedulerComp || is.comp == undeterminedComp {
		is.stack = 0
	}
	if n := len(*l); n > 0 {
		last := &(*l)[n-1]
		if last.comp == is.comp && last.by == none && (last.stack == is.stack || is.comp == runningComp) {
			last.by = is.by
			return
		}
	}
	if len(*l) == maxTimeline {
		l.join(is.from)
	}
	*l = append(*l, is)
}

// join halves the timeline, whose end is given.
func (l *timeline) join(end instant) {
	t := *l
	for i := 0; i < len(t)/2; i++ {
		a, b := t[2*i], t[2*i+1]
		to := end
		if 2*i+2 < len(t) {
			to = t[2*i+2].from
		}
		if to.t-b.from.t > b.from.t-a.from.t {
			b.from = a.from
			a = b
		}
		t[i] = a
	}
	*l = t[:len(t)/2]
}

// report cuts the stops of the world out of the timeline and adds them.
func (l timeline) report(t *tables, end int64, stops []stop) []Interval {
	var list []Interval
	for i, is := range l {
		to := end
		if i+1 < len(l) {
			to = l[i+1].from.t
		}
		from := is.from.t
		put := func(from, to int64, c comp, by int64, at stack) {
			if from < to {
				list = append(list, Interval{ns(from), ns(to), c.component(), max(by, 0), t.of(at)})
			}
		}
		for len(stops) > 0 && stops[0].from < to {
			s := stops[0]
			put(from, s.from, is.comp, none, is.stack)
			put(max(from, s.from), min(to, s.to), stwComp, none, s.stack)
			from = max(from, min(to, s.to))
			if s.to > to {
				break // it goes on in the next interval
			}
			stops = stops[1:]
		}
		put(from, to, is.comp, is.by, is.stack)
	}
	return list
}
