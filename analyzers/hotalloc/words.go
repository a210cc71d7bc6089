package hotalloc

import (
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// message says what is allocated, how often, and why although nothing escapes.
func (c *checker) message(s *allocs.Site) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", subject(s), verb(s))
	if !s.Grows {
		b.WriteString(" " + c.allocs.How(s.Pos))
	}
	b.WriteString(why(s))
	if s.Rare != "" {
		b.WriteString("; " + s.Rare)
	}
	return b.String()
}

func subject(s *allocs.Site) string {
	switch {
	case s.Hole == allocs.GrownMap && s.Grows:
		return "the map that the loop fills"
	case s.Hole == allocs.Grown && s.Grows:
		return "the slice that the loop appends to"
	case s.Hole == allocs.Joined && s.Grows:
		return "the string that the loop adds to"
	case s.Hole == allocs.Grown:
		return "the array that append makes"
	}
	return rule.Brief(s.Value.Text)
}

func verb(s *allocs.Site) string {
	switch {
	case s.Hole == allocs.Joined && s.Grows:
		return "is allocated anew in every iteration"
	case s.Grows:
		return "is allocated anew as it grows"
	case s.Verdict == allocs.Proven:
		return "is allocated"
	}
	return "may be allocated"
}

// why is the reason, after a colon.
func why(s *allocs.Site) string {
	switch s.Hole {
	case allocs.Channel:
		return ": channels are always on the heap"
	case allocs.HintedMap:
		if s.Verdict == allocs.Proven {
			return ": it escapes nowhere, but no more than 8 entries fit the stack"
		}
		return ": its size is not known when it is compiled, and no more than 8 entries fit the stack"
	case allocs.GrownMap:
		if s.Grows {
			return ": it is made without a size, and no more than 8 entries fit the stack"
		}
		return ": a map that is full grows"
	case allocs.Sized:
		return ": its size is not known when it is compiled, and no more than 32 bytes fit the stack"
	case allocs.Grown:
		if s.Grows {
			return ": it is made without room, and each growth copies what it holds"
		}
		return ": a slice that is full grows"
	case allocs.Joined:
		if s.Grows {
			return ": each turn copies all that was joined before"
		}
		return ": no more than 32 bytes of it fit the stack"
	case allocs.Converted:
		return ": it is a copy, and no more than 32 bytes of it fit the stack"
	case allocs.Started:
		return ": it holds what is called and the arguments"
	}
	return ""
}

// mend says what helps.
func mend(s *allocs.Site) string {
	switch s.Hole {
	case allocs.Channel:
		return "keep the channel and use it again, or hand the result over in memory that the caller waits on otherwise"
	case allocs.HintedMap:
		return "keep the map and clear it, or search a short sorted slice"
	case allocs.GrownMap:
		return "give make the number of entries, or keep the map and clear it"
	case allocs.Sized:
		return "keep the buffer and use it again, or slice an array that is large enough for the usual case"
	case allocs.Grown:
		return "make the slice with the room that it will need, or keep it and cut it to [:0]"
	case allocs.Joined, allocs.Converted:
		if s.Grows {
			return "append the parts to a []byte or a strings.Builder with room for all of them"
		}
		return "append to a buffer that is kept, and look up, compare or range over the bytes there"
	case allocs.Started:
		return "hand the work to a goroutine that already runs"
	}
	return ""
}

// cause is part of the fingerprint: no names of variables.
func cause(s *allocs.Site) string {
	parts := []string{string(s.Hole)}
	if s.Grows {
		parts = append(parts, "in a loop")
	}
	if t := s.Value.Type; t != nil {
		parts = append(parts, t.String())
	}
	return strings.Join(parts, " ")
}
