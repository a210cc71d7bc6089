package evidence

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/analyzers/symbol"
)

// maxProfile is the most that a profile may hold, uncompressed. That of a server
// with 100,000 goroutines is some 20 MB; parsed it takes up to ten times as much.
const maxProfile = 256 << 20

// A source is a file that was handed in.
type source struct {
	name    string // as it was given
	raw     *profile.Profile
	meters  []*meter
	mains   []string // see [symbol.Mains]
	buildID string   // empty if it tells none
}

// A meter is one thing that a source measures.
type meter struct {
	*source
	kind     kind
	total    float64 // of all samples
	duration float64 // in seconds; 0 if it counts since the start of the program
	samples  []sample
}

// A sample is what was measured on one stack.
type sample struct {
	value  float64             // in the unit of the kind: seconds, bytes, goroutines
	stack  []*profile.Location // the leaf first
	reason string              // of a wait, in the words of the runtime; or empty
}

// open reads a source. An error says why it cannot be evidence.
func open(name, path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading evidence: %w", err)
	}
	defer f.Close()
	s, err := read(name, f)
	if err != nil {
		return nil, fmt.Errorf("reading evidence from %s: %w", name, err)
	}
	return s, nil
}

func read(name string, r io.Reader) (*source, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(len(traceMagic))
	switch {
	case len(head) == 0 && errors.Is(err, io.EOF):
		return nil, errors.New("it is empty")
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case string(head) == traceMagic:
		return readTrace(name, b)
	}
	data, err := uncompressed(b, maxProfile)
	if err != nil {
		return nil, err
	}
	raw, err := parse(data)
	if err != nil {
		return nil, err
	}
	return newSource(name, raw)
}

// uncompressed returns all of what may be compressed, if it is no more than most bytes.
func uncompressed(b *bufio.Reader, most int64) ([]byte, error) {
	var r io.Reader = b
	if head, err := b.Peek(2); err == nil && bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("uncompressing it: %w", err)
		}
		r = z
	}
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("uncompressing it: %w", err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("it holds more than %d MB", most>>20)
	}
	return data, nil
}

// parse reads a profile in pprof's format, and in none of the older ones, which
// hold no lines.
func parse(data []byte) (raw *profile.Profile, err error) {
	defer guard(&err)
	raw, err = profile.ParseUncompressed(data)
	if err == nil {
		err = raw.CheckValid()
	}
	if err != nil {
		if text := strings.TrimSpace(string(data[:min(len(data), 64)])); strings.Contains(text, "profile:") || strings.HasPrefix(text, "goroutine ") {
			return nil, errors.New("it is a profile as text: leave out debug= when you take it")
		}
		return nil, fmt.Errorf("it is neither a profile in pprof's format nor an execution trace: %w", err)
	}
	return raw, nil
}

// guard turns a panic of a parser into an error: what a user hands in may be
// anything.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("it is damaged: %v", p)
	}
}

// newSource tells by its sample types what a profile measures.
func newSource(name string, raw *profile.Profile) (*source, error) {
	s := &source{name: name, raw: raw, mains: symbol.Mains(raw)}
	if len(raw.Mapping) > 0 {
		s.buildID = raw.Mapping[0].BuildID // the first is the executable's
	}
	for i, t := range raw.SampleType {
		switch t.Type + "/" + t.Unit {
		case "cpu/nanoseconds":
			s.add(cpu, i, time.Second)
		case "alloc_space/bytes":
			s.add(alloc, i, 1)
		case "inuse_space/bytes":
			s.add(inuse, i, 1)
		case "delay/nanoseconds":
			s.add(contention(raw), i, time.Second)
		case "goroutine/count":
			s.add(goroutine, i, 1)
		case "goroutineleak/count":
			s.add(leak, i, 1)
		}
	}
	if len(s.meters) == 0 {
		return nil, fmt.Errorf("it measures %s, which says nothing of a finding: profiles of CPU, heap, mutexes, blocking and goroutines do, and execution traces", measures(raw))
	}
	return s, nil
}

func measures(raw *profile.Profile) string {
	var ts []string
	for _, t := range raw.SampleType {
		ts = append(ts, t.Type)
	}
	if len(ts) == 0 {
		return "nothing"
	}
	return strings.Join(ts, " and ")
}

// add adds what the values at an index measure, in units of the given size.
func (s *source) add(k kind, index int, unit time.Duration) {
	m := &meter{source: s, kind: k, duration: time.Duration(max(s.raw.DurationNanos, 0)).Seconds()}
	for _, raw := range s.raw.Sample {
		// In the difference of two profiles values are negative that shrank.
		if v := raw.Value[index]; v > 0 {
			m.count(sample{value: float64(v) / float64(unit), stack: raw.Location})
		}
	}
	s.meters = append(s.meters, m)
}

// count adds a sample. Waiting that is the runtime's own concern is none of the
// program's, and left out of the whole that shares are of.
func (m *meter) count(s sample) {
	if m.kind.waits() && !slices.ContainsFunc(s.stack, ofProgram) {
		return
	}
	m.samples = append(m.samples, s)
	m.total += s.value
}

func ofProgram(loc *profile.Location) bool {
	return slices.ContainsFunc(loc.Line, func(l profile.Line) bool {
		return l.Function != nil && !symbol.OfRuntime(packageOf(l.Function.Name))
	})
}

// packageOf returns the import path in the name of a function.
func packageOf(name string) string {
	slash := strings.LastIndexByte(name, '/') + 1
	if dot := strings.IndexByte(name[slash:], '.'); dot >= 0 {
		return name[:slash+dot]
	}
	return name
}

// contention tells a mutex profile, whose stacks are of those who unlock, from a
// block profile, whose stacks are of those who wait: their types are the same.
func contention(raw *profile.Profile) kind {
	unlocks := 0
	for _, s := range raw.Sample {
		if unlocking(s.Location) {
			unlocks++
		}
	}
	if 2*unlocks > len(raw.Sample) {
		return mutex
	}
	return block
}

// unlocking reports whether a stack ends in the runtime or package sync releasing
// a lock.
func unlocking(stack []*profile.Location) bool {
	for _, loc := range stack {
		for _, l := range loc.Line {
			if l.Function == nil {
				continue
			}
			switch pkg := packageOf(l.Function.Name); {
			case pkg != "sync" && pkg != "internal/sync" && !symbol.OfRuntime(pkg):
				return false
			case strings.Contains(strings.ToLower(l.Function.Name), "unlock"), l.Function.Name == "runtime._LostContendedRuntimeLock":
				return true
			}
		}
	}
	return false
}

// rate returns a value of the meter by the second, or as it is if the meter counts
// since the start of the program, and the unit.
func (m *meter) rate(value float64) (float64, string) {
	unit := m.kind.unit()
	if m.duration <= 0 || !m.kind.flows() {
		return value, unit
	}
	return value / m.duration, unit + "/s"
}

// share returns the part that a value is of all that was measured, 0 to 1.
func (m *meter) share(value float64) float64 {
	if m.total <= 0 {
		return 0
	}
	return math.Min(value/m.total, 1)
}
