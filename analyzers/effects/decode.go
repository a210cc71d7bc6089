package effects

import (
	"encoding/binary"
	"errors"
)

// errCode is the error of an encoding that no writer made.
var errCode = errors.New("the encoding of effects is damaged")

// A reader reads what a writer wrote. Strings and steps are read at once, the
// summaries when they are asked for.
type reader struct {
	text    []string
	steps   []Step
	keys    []key       // in the order of the entries
	at      map[key]int // where each summary begins
	known   map[key]*Summary
	entries []byte
}

// Limits on what damaged bytes can make a reader do.
const (
	maxResults     = 64
	maxResultDepth = 1 // functions that a function returns, and no further
)

func newReader(data []byte) (*reader, error) {
	if len(data) == 0 || data[0] != codeVersion {
		return nil, errCode
	}
	c := &cursor{data: data, off: 1}
	r := &reader{at: make(map[key]int), known: make(map[key]*Summary), entries: data}
	r.text = make([]string, c.count(1))
	for i := range r.text {
		r.text[i] = string(c.take(c.count(1)))
	}
	r.steps = make([]Step, c.count(6))
	for i := range r.steps {
		r.readStep(c, i)
	}
	for range c.count(2) {
		k := key{r.str(c), r.str(c)}
		r.keys = append(r.keys, k)
		r.at[k] = c.off
		r.summary(c, 0, true)
		if c.bad {
			break
		}
	}
	if c.bad || c.off != len(data) {
		return nil, errCode
	}
	return r, nil
}

func (r *reader) readStep(c *cursor, i int) {
	s := &r.steps[i]
	s.Func, s.Pos.File = r.str(c), r.str(c)
	s.Pos.Line, s.Pos.Column = c.small(), c.small()
	s.Omitted = c.small()
	s.depth = 1 + s.Omitted
	if back := c.small(); back > i {
		c.bad = true
	} else if back > 0 {
		s.Next = &r.steps[i-back]
		s.depth += s.Next.depth
	}
}

// lookUp returns the summary of a function, or nil.
func (r *reader) lookUp(k key) *Summary {
	if s, ok := r.known[k]; ok {
		return s
	}
	off, ok := r.at[k]
	if !ok {
		return nil
	}
	s := r.summary(&cursor{data: r.entries, off: off}, 0, false)
	r.known[k] = s
	return s
}

// summary reads a summary, or, if it is to be skipped, only checks it.
func (r *reader) summary(c *cursor, depth int, skip bool) *Summary {
	if depth > maxResultDepth {
		c.bad = true
		return nil
	}
	s := new(Summary)
	if i := c.num(); i > uint64(len(r.text)) {
		c.bad = true
	} else if i > 0 {
		s.Stated = r.text[i-1]
	}
	s.Retained = c.num()
	n := c.count(2)
	if !skip && n > 0 {
		s.Effects = make([]Effect, 0, n)
	}
	for range n {
		if e := r.effect(c); !skip {
			s.Effects = append(s.Effects, e)
		}
	}
	for range c.count(5) {
		if g := r.given(c); !skip {
			s.Given = append(s.Given, g)
		}
	}
	results := c.count(4)
	if results > maxResults {
		c.bad = true
		return s
	}
	for range results {
		i := c.small()
		if result := r.summary(c, depth+1, skip); !skip && result != nil {
			if s.Results == nil {
				s.Results = make(map[int]*Summary)
			}
			s.Results[i] = result
		}
	}
	return s
}

func (r *reader) effect(c *cursor) Effect {
	flags := c.num()
	e := Effect{
		Kind:      Kind(flags & 15),
		Cold:      flags&flagCold != 0,
		ByCaller:  flags&flagByCaller != 0,
		Certainty: Certainty(flags >> flagCertainty),
		Chain:     r.step(c),
	}
	if e.Kind >= numKinds || flags>>flagCertainty > uint64(Suspected) {
		c.bad = true
	}
	return e
}

func (r *reader) given(c *cursor) Given {
	g := Given{Param: int(c.signed())}
	if i := c.num(); i > uint64(len(r.text)) {
		c.bad = true
	} else if i > 0 {
		g.Method = r.text[i-1]
	}
	flags := c.num()
	g.Cold, g.Spawned = flags&givenCold != 0, flags&givenSpawned != 0
	set := c.num()
	g.Unresolved = Set(set)
	if set >= 1<<numKinds || flags > 3 {
		c.bad = true
	}
	g.Chain = r.step(c)
	return g
}

func (r *reader) step(c *cursor) *Step {
	n := c.num()
	if n == 0 {
		return nil
	}
	if n > uint64(len(r.steps)) {
		c.bad = true
		return nil
	}
	return &r.steps[n-1]
}

func (r *reader) str(c *cursor) string {
	i := c.num()
	if i >= uint64(len(r.text)) {
		c.bad = true
		return ""
	}
	return r.text[i]
}

// A cursor reads numbers; what it reads beyond the end, or after damage, is 0.
type cursor struct {
	data []byte
	off  int
	bad  bool
}

func (c *cursor) num() uint64 {
	if c.bad {
		return 0
	}
	v, n := binary.Uvarint(c.data[c.off:])
	if n <= 0 {
		c.bad = true
		return 0
	}
	c.off += n
	return v
}

func (c *cursor) signed() int64 {
	if c.bad {
		return 0
	}
	v, n := binary.Varint(c.data[c.off:])
	if n <= 0 || v < -1<<16 || v > 1<<16 {
		c.bad = true
		return 0
	}
	c.off += n
	return v
}

// small reads a number that fits an int on every platform.
func (c *cursor) small() int {
	v := c.num()
	if v > 1<<30 {
		c.bad = true
		return 0
	}
	return int(v)
}

// count reads the number of records that follow, each of at least size bytes.
func (c *cursor) count(size int) int {
	n := c.num()
	if n > uint64(len(c.data)-c.off)/uint64(size) {
		c.bad = true
		return 0
	}
	return int(n)
}

func (c *cursor) take(n int) []byte {
	if c.bad || n > len(c.data)-c.off {
		c.bad = true
		return nil
	}
	b := c.data[c.off : c.off+n]
	c.off += n
	return b
}
