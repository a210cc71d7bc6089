package sampler

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
)

// Of the first line of a file.
const (
	format  = "lagvet-sched"
	version = 1
)

// A header is the first line.
type header struct {
	Format   string   `json:"format"`
	Version  int      `json:"version"`
	PID      int      `json:"pid"`
	Interval int64    `json:"interval_ns"`
	Groups   []string `json:"groups,omitempty"`
	Unseen   []string `json:"unseen,omitempty"`
}

// A line is any other one, as it is read; an encoder writes it.
type line struct {
	At      *int64     `json:"at,omitempty"`
	Whole   bool       `json:"whole,omitempty"`
	Groups  [][3]int64 `json:"groups,omitempty"`
	Threads [][3]int64 `json:"threads,omitempty"`
	Gone    []int64    `json:"gone,omitempty"`
	End     *int64     `json:"end,omitempty"`
}

// An encoder writes looks as lines, and leaves out what did not change.
type encoder struct {
	groups  []cgroup.Held
	threads []account
	buf     []byte
}

func encodeHeader(h header) ([]byte, error) {
	h.Format, h.Version = format, version
	data, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("writing the header of samples: %w", err)
	}
	return append(data, '\n'), nil
}

// encodeEnd is the last line, after so many samples.
func encodeEnd(samples int64) []byte { return fmt.Appendf(nil, "{\"end\":%d}\n", samples) }

// encode returns the line of a look, which is valid until the next. Once a process
// runs it allocates nothing: what looks must not bring on the collector.
func (e *encoder) encode(l *look, whole bool) []byte {
	b := strconv.AppendInt(append(e.buf[:0], `{"at":`...), int64(l.at), 10)
	if whole {
		b = append(b, `,"whole":true`...)
		e.groups, e.threads = e.groups[:0], e.threads[:0]
	}
	if !slices.Equal(e.groups, l.groups) {
		b = appendGroups(b, l.groups)
	}
	b = appendChanged(b, e.threads, l.threads)
	b = appendGone(b, e.threads, l.threads)
	e.groups = append(e.groups[:0], l.groups...)
	e.threads = append(e.threads[:0], l.threads...)
	e.buf = append(b, '}', '\n')
	return e.buf
}

func appendGroups(b []byte, groups []cgroup.Held) []byte {
	b = append(b, `,"groups":[`...)
	for i, g := range groups {
		b = appendTriple(b, i, int64(g.Time), g.Periods, g.Throttled)
	}
	return append(b, ']')
}

// appendChanged writes the accounts that differ from those before.
func appendChanged(b []byte, before, now []account) []byte {
	n := 0
	for _, a := range now {
		for len(before) > 0 && before[0].id < a.id {
			before = before[1:]
		}
		if len(before) > 0 && before[0] == a {
			continue
		}
		if n == 0 {
			b = append(b, `,"threads":[`...)
		}
		b = appendTriple(b, n, a.id, int64(a.running), int64(a.waited))
		n++
	}
	if n > 0 {
		b = append(b, ']')
	}
	return b
}

// appendGone writes the numbers of threads that were there before.
func appendGone(b []byte, before, now []account) []byte {
	n := 0
	for _, a := range before {
		for len(now) > 0 && now[0].id < a.id {
			now = now[1:]
		}
		if len(now) > 0 && now[0].id == a.id {
			continue
		}
		if n == 0 {
			b = append(b, `,"gone":[`...)
		} else {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, a.id, 10)
		n++
	}
	if n > 0 {
		b = append(b, ']')
	}
	return b
}

func appendTriple(b []byte, index int, x, y, z int64) []byte {
	if index > 0 {
		b = append(b, ',')
	}
	b = strconv.AppendInt(append(b, '['), x, 10)
	b = strconv.AppendInt(append(b, ','), y, 10)
	b = strconv.AppendInt(append(b, ','), z, 10)
	return append(b, ']')
}
