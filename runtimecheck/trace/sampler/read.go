package sampler

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A Log is a file of samples.
type Log struct {
	PID      int
	Interval time.Duration // that was asked for
	Groups   []string      // the files that tell how the groups were held back
	Unseen   []string      // what was not sampled, and why
	// Samples are in order of time. What a group was held back counts from the first one;
	// where several groups are, it grows by what the group did that was held back most.
	// Samples share maps: they are not to be changed.
	Samples []trace.Sample
	Cut     string // why the end was not read; "" if it was
}

// longest bounds a line, in bytes: one of 100 000 threads has some 5 MB.
const longest = 16 << 20

// Read reads a file of samples. One that ends early, as that of a process that was
// killed, is read as far as it goes, and [Log].Cut says so. The error names the line.
func Read(r io.Reader) (*Log, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, longest)
	in.Split(whole)
	p := parser{log: new(Log)}
	for in.Scan() {
		p.number++
		if err := p.next(in.Bytes()); err != nil {
			return nil, fmt.Errorf("samples, line %d: %w", p.number, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading samples after line %d: %w", p.number, err)
	}
	if p.number == 0 {
		return nil, errors.New("samples: the file is empty, so the sampler was not stopped")
	}
	if !p.ended && p.log.Cut == "" {
		p.log.Cut = fmt.Sprintf("the samples end after line %d without saying so: the sampler was not stopped", p.number)
	}
	return p.log, nil
}

// whole splits into lines and keeps their ends, which tell those that are not cut.
func whole(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// A parser reads line after line.
type parser struct {
	log    *Log
	number int
	ended  bool

	last             line
	groups           []cgroup.Held // of the line before
	held             cgroup.Held   // since the first line
	running, waiting map[int64]time.Duration
}

func (p *parser) next(text []byte) error {
	if text[len(text)-1] != '\n' {
		if p.number == 1 {
			return errors.New("the file ends within it")
		}
		p.log.Cut = fmt.Sprintf("line %d of the samples is not whole: the sampler was not stopped", p.number)
		return nil
	}
	if p.ended {
		return errors.New("there is more after the end")
	}
	if p.number == 1 {
		return p.header(text)
	}
	var l line
	if err := decode(text, &l); err != nil {
		return err
	}
	if l.End != nil {
		return p.end(l)
	}
	return p.sample(l)
}

// decode reads an object, and refuses what this version does not have.
func decode(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("%.60q: %w", text, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%.60q: there is more than one object", text)
	}
	return nil
}

func (p *parser) header(text []byte) error {
	var is struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	// Who reads the format of another version is to learn that, not which field it has.
	if err := json.Unmarshal(text, &is); err != nil || is.Format != format {
		return fmt.Errorf("%.60q does not begin a file of samples", text)
	}
	if is.Version != version {
		return fmt.Errorf("the format has version %d, and this lagvet reads %d", is.Version, version)
	}
	var h header
	if err := decode(text, &h); err != nil {
		return err
	}
	p.log.PID, p.log.Interval = h.PID, time.Duration(h.Interval)
	p.log.Groups, p.log.Unseen = h.Groups, h.Unseen
	return nil
}

func (p *parser) end(l line) error {
	if n := int64(len(p.log.Samples)); *l.End != n {
		return fmt.Errorf("there are %d samples, and it says %d", n, *l.End)
	}
	p.ended = true
	return nil
}

func (p *parser) sample(l line) error {
	if err := p.check(l); err != nil {
		return err
	}
	p.last = l
	p.hold(l.Groups)
	if l.Whole {
		p.running, p.waiting = nil, nil
	}
	if len(l.Threads)+len(l.Gone) > 0 || p.running == nil {
		p.threads(l)
	}
	p.log.Samples = append(p.log.Samples, trace.Sample{
		At: time.Duration(*l.At), Throttled: p.held.Time, Periods: p.held.Periods, ThrottledPeriods: p.held.Throttled,
		Threads: p.waiting, Running: p.running,
	})
	return nil
}

// check reports what would make no sense of a sample.
func (p *parser) check(l line) error {
	first := len(p.log.Samples) == 0
	switch {
	case l.At == nil || *l.At < 0:
		return errors.New("a sample has no time")
	case !first && *l.At < *p.last.At:
		return fmt.Errorf("time goes back from %v to %v", time.Duration(*p.last.At), time.Duration(*l.At))
	case first && !l.Whole:
		return errors.New("the first sample is not whole")
	case l.Groups != nil && len(l.Groups) != len(p.log.Groups):
		return fmt.Errorf("there are %d groups, and the first line names %d", len(l.Groups), len(p.log.Groups))
	}
	for _, all := range [][][3]int64{l.Groups, l.Threads} {
		for _, triple := range all {
			if min(triple[0], triple[1], triple[2]) < 0 {
				return fmt.Errorf("%v: a counter is negative", triple)
			}
		}
	}
	return nil
}

// hold adds by how much the groups were held back since the line before: the most that
// any was, for what one above holds back holds back those below in the same time.
func (p *parser) hold(groups [][3]int64) {
	if groups == nil {
		return
	}
	var now []cgroup.Held
	for _, g := range groups {
		now = append(now, cgroup.Held{Time: time.Duration(g[0]), Periods: g[1], Throttled: g[2]})
	}
	var most cgroup.Held
	for i, was := range p.groups {
		most.Time = max(most.Time, now[i].Time-was.Time)
		most.Periods = max(most.Periods, now[i].Periods-was.Periods)
		most.Throttled = max(most.Throttled, now[i].Throttled-was.Throttled)
	}
	p.groups = now
	p.held.Time = add(p.held.Time, most.Time)
	p.held.Periods = add(p.held.Periods, most.Periods)
	p.held.Throttled = add(p.held.Throttled, most.Throttled)
}

// add does not overflow on a file that somebody made up.
func add[T ~int64](sum, more T) T {
	if sum > math.MaxInt64-more {
		return math.MaxInt64
	}
	return sum + more
}

func (p *parser) threads(l line) {
	p.running, p.waiting = clone(p.running), clone(p.waiting)
	for _, id := range l.Gone {
		delete(p.running, id)
		delete(p.waiting, id)
	}
	for _, t := range l.Threads {
		p.running[t[0]], p.waiting[t[0]] = time.Duration(t[1]), time.Duration(t[2])
	}
}

func clone(m map[int64]time.Duration) map[int64]time.Duration {
	if m == nil {
		return make(map[int64]time.Duration)
	}
	return maps.Clone(m)
}
