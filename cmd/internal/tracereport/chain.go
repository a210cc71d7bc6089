package tracereport

import (
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

const (
	// leastShare is the share of a slice below which a cause is not told by itself.
	leastShare = 0.01
	// maxCauses is how many causes are told on one level of a chain.
	maxCauses = 5
)

// A link is a line of a chain of causes.
type link struct {
	depth    int
	share    float64 // of the slice
	text     string
	at       string // "" if it is unknown
	findings []int
}

// chain returns the causes of a slice, or of a span, whose time is whole.
func (r *Report) chain(causes []trace.Cause, whole time.Duration) []link {
	return r.below(nil, causes, trace.Cause{}, whole, 0)
}

// below adds causes to links; outer is the one that they are behind.
func (r *Report) below(links []link, causes []trace.Cause, outer trace.Cause, whole time.Duration, depth int) []link {
	left, rest := 0, time.Duration(0)
	for i, c := range causes {
		if i >= maxCauses || share(c.Time, whole) < leastShare {
			left++
			rest += c.Time
			continue
		}
		l := link{depth: depth, share: share(c.Time, whole), text: says(outer, c, depth), findings: r.findingsOf(c)}
		if p, ok := placeOf(c.Stack); ok {
			l.at = r.at(p.Frame)
		}
		links = append(links, l)
		links = r.below(links, c.Behind, c, whole, depth+1)
	}
	// What is left out of an inner level is little of what is told above it.
	if left > 0 && depth == 0 && share(rest, whole) >= 0.001 {
		links = append(links, link{depth: depth, share: share(rest, whole), text: "in " + count(int64(left), "other place")})
	}
	return links
}

// says tells a cause: "waiting for a lock in store.(*Store).Put", and behind it "its
// holder, store.(*Flusher).flush, was in a system call (os.(*File).Sync)".
func says(outer, c trace.Cause, depth int) string {
	p, known := placeOf(c.Stack)
	text := wordOf(c.Component).doing
	switch {
	case depth > 0:
		text = role(outer.Component, nameOf(c)) + " was " + text
	case known:
		text += preposition(c.Component) + name(p.Function)
	}
	if p.calls != "" {
		text += " (" + p.calls + ")"
	}
	if started := name(c.Role); started != "" && started != nameOf(c) {
		text += ", started as " + started
	}
	return text + external(c)
}

// role says what a goroutine is to one that waits, and its name if it is known.
func role(waited trace.Component, who string) string {
	is := "who ended it"
	switch waited {
	case trace.Lock:
		is = "its holder"
	case trace.Channel, trace.Select:
		is = "the other side"
	default:
		if who != "" {
			return who + ", which ended it,"
		}
	}
	if who == "" {
		return is
	}
	return is + ", " + who + ","
}
