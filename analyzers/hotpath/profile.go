package hotpath

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/analyzers/symbol"
)

// What makes a function hot. The work of a function is the CPU time in which
// it is the innermost function that does not belong to the standard library
// (for functions that do: to the runtime), so that a function pays for what it
// allocates, copies, formats and locks. That is the most that mending it can
// save. Time in other functions that it calls is theirs: a main that starts the
// server has all the time of the server, and no work.
//
// Hot are the functions that do most of the work, and those on the way to it
// that themselves run so often that it shows.
const (
	// hotMass is the part of all work that the hot functions do together. The
	// compiler's profile-guided inlining takes 99 % of the weight of all calls
	// (pgoinlinecdfthreshold), because a wrong guess costs it some code size;
	// here it costs a reader's attention.
	hotMass = 0.80
	// minWork is the least work, of all CPU time, that makes a function hot.
	minWork = 0.001
	// minSamples is the least number of samples for that: at five, the true
	// value lies within a factor of about two (a Poisson variable).
	minSamples = 5

	// wayShare is the share of CPU time, with all that it calls, that makes a
	// function hot if it runs often. What runs once, the set-up of a server or
	// the loop that starts its goroutines, shows next to no work: less than
	// wayWork of its time. In the compiler's own profile of 11,838 samples this
	// tells main and its phases (no sample or one) from what they run for each
	// function compiled. One sample alone may be chance.
	wayShare   = 0.01
	wayWork    = 0.001
	waySamples = 2
)

// A Profile is what a CPU profile says about functions.
type Profile struct {
	name    string // as findings call it
	samples int64
	mains   []string           // the directories of package main, and the names of its binaries
	pkgs    map[string][]*heat // by import path
	// sections holds, for a digest, the records of each package.
	sections map[string][]byte
}

// in returns what p knows of the package, in the order of the names.
func (p *Profile) in(pkg string) ([]*heat, error) {
	data, ok := p.sections[pkg]
	if !ok {
		return p.pkgs[pkg], nil
	}
	hs, err := section(pkg, data)
	if err != nil {
		return nil, fmt.Errorf("reading the digest of %s: package %s: %w", p.name, pkg, err)
	}
	return hs, nil
}

// A heat is what a profile says about one function or literal.
type heat struct {
	symbol.Symbol
	start int     // the line that it begins on; 0 if unknown
	work  float64 // see hotMass; of all CPU time, 0 to 1
	cum   float64 // with all that it calls
	hot   bool
	lines []lineHeat // by offset; of functions that run enough to tell
}

// A lineHeat is the CPU time in which a line, or what it calls, is executed.
type lineHeat struct {
	offset int // from the line that the function begins on
	cum    float64
}

// floor is the least share of CPU time that says that code runs.
func (p *Profile) floor() float64 {
	return max(minWork, minSamples*0.99/float64(max(p.samples, 1)))
}

// Open reads a profile from a file: one in pprof's format, or what [Digest]
// made of one.
func Open(name string) (*Profile, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading a CPU profile: %w", err)
	}
	var p *Profile
	if isDigest(data) {
		p, err = readDigest(data)
	} else {
		p, err = read(filepath.Base(name), bytes.NewReader(data))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the CPU profile %s: %w", name, err)
	}
	return p, nil
}

// read reads a profile in pprof's format.
func read(name string, r io.Reader) (*Profile, error) {
	raw, err := profile.Parse(r)
	if err != nil {
		return nil, err
	}
	value := slices.IndexFunc(raw.SampleType, func(t *profile.ValueType) bool { return t.Type == "cpu" })
	if value < 0 {
		return nil, fmt.Errorf("it measures %s, not CPU time", sampleTypes(raw))
	}
	count := slices.IndexFunc(raw.SampleType, func(t *profile.ValueType) bool { return t.Type == "samples" })
	s := &summary{heats: make(map[symbol.Symbol]*tally), byID: make(map[uint64]*tally), resolver: symbol.NewResolver(raw)}
	for _, f := range raw.Function {
		s.function(f)
	}
	for _, sample := range raw.Sample {
		s.add(sample, sample.Value[value])
		if count >= 0 {
			s.samples += sample.Value[count]
		}
	}
	if count < 0 && raw.Period > 0 {
		s.samples = s.total / raw.Period
	}
	if s.total <= 0 {
		return nil, fmt.Errorf("it holds no samples")
	}
	p := s.profile(name)
	p.mains = symbol.Mains(raw)
	return p, nil
}

func sampleTypes(raw *profile.Profile) string {
	var ts []string
	for _, t := range raw.SampleType {
		ts = append(ts, t.Type)
	}
	if len(ts) == 0 {
		return "nothing"
	}
	return strings.Join(ts, " and ")
}

// A tally is a heat that is being counted.
type tally struct {
	symbol.Symbol
	start int
	work  int64
	cum   int64
	lines map[int]int64
	last  int // the sample counted last: recursion counts once
	seen  map[int]int
}

// A summary counts a profile.
type summary struct {
	resolver *symbol.Resolver
	heats    map[symbol.Symbol]*tally
	byID     map[uint64]*tally // by the profile's number of the function
	n        int
	samples  int64
	total    int64
}

func (s *summary) function(f *profile.Function) {
	sym, ok := symbol.Parse(f.Name)
	if !ok {
		return
	}
	sym = s.resolver.Resolve(sym, f)
	t := s.heats[sym]
	if t == nil {
		t = &tally{Symbol: sym, lines: make(map[int]int64), seen: make(map[int]int)}
		s.heats[sym] = t
	}
	// The body of a range-over-func loop begins later than its function does.
	if !symbol.RangeBody(f.Name) {
		t.start = int(f.StartLine)
	}
	s.byID[f.ID] = t
}

// add counts one sample.
func (s *summary) add(sample *profile.Sample, value int64) {
	s.n++
	s.total += value
	paid, paidOutsideRuntime := false, false
	for _, loc := range sample.Location {
		for _, line := range loc.Line {
			if line.Function == nil {
				continue
			}
			t := s.byID[line.Function.ID]
			if t == nil {
				continue
			}
			if t.last != s.n {
				t.last = s.n
				t.cum += value
			}
			if at := int(line.Line); t.seen[at] != s.n {
				t.seen[at] = s.n
				t.lines[at] += value
			}
			switch {
			case symbol.OfRuntime(t.Pkg):
			case !symbol.Standard(t.Pkg):
				if !paid {
					t.work += value
				}
				paid, paidOutsideRuntime = true, true
			case !paidOutsideRuntime:
				t.work += value
				paidOutsideRuntime = true
			}
		}
	}
}

// profile turns what was counted into shares and decides what is hot.
func (s *summary) profile(name string) *Profile {
	p := &Profile{name: name, samples: s.samples, pkgs: make(map[string][]*heat)}
	total := float64(s.total)
	var own, std []*heat
	for _, t := range s.heats {
		if t.cum == 0 {
			continue
		}
		h := &heat{Symbol: t.Symbol, start: t.start, work: float64(t.work) / total, cum: float64(t.cum) / total}
		if t.start > 0 && h.cum >= p.floor() {
			h.lines = t.share(total)
		}
		p.pkgs[h.Pkg] = append(p.pkgs[h.Pkg], h)
		if symbol.Standard(h.Pkg) {
			std = append(std, h)
		} else {
			own = append(own, h)
		}
	}
	p.markHot(own)
	p.markHot(std)
	p.sort()
	return p
}

func (t *tally) share(total float64) []lineHeat {
	var ls []lineHeat
	for line, v := range t.lines {
		ls = append(ls, lineHeat{line - t.start, float64(v) / total})
	}
	sort.Slice(ls, func(i, j int) bool { return ls[i].offset < ls[j].offset })
	return ls
}

// markHot marks what is hot among hs. The standard library's functions are
// judged apart from the others, because their work is that of their callers too.
func (p *Profile) markHot(hs []*heat) {
	slices.SortFunc(hs, func(a, b *heat) int {
		return cmp.Or(cmp.Compare(b.work, a.work), strings.Compare(a.String(), b.String()))
	})
	var all, sum float64
	for _, h := range hs {
		all += h.work
	}
	sample := 0.99 / float64(max(p.samples, 1)) // a little less: samples are not exactly equal
	for _, h := range hs {
		most := h.work >= p.floor() && sum < hotMass*all
		way := h.cum >= wayShare && h.work >= max(wayWork*h.cum, waySamples*sample)
		h.hot = most || way
		sum += h.work
	}
}

func (p *Profile) sort() {
	for _, hs := range p.pkgs {
		slices.SortFunc(hs, func(a, b *heat) int { return strings.Compare(a.String(), b.String()) })
	}
}

// A cache keeps the profiles that were read: a host that analyses many packages
// in one process asks for the same ones each time.
type cache struct {
	mu       sync.Mutex
	profiles map[string]cached
}

type cached struct {
	size int64
	time time.Time
	*Profile
}

// open returns the profiles of a comma-separated list of files.
func (c *cache) open(list string) ([]*Profile, error) {
	var ps []*Profile
	for name := range strings.SplitSeq(list, ",") {
		if name == "" {
			continue
		}
		p, err := c.one(name)
		if err != nil {
			return nil, err
		}
		ps = append(ps, p)
	}
	return ps, nil
}

func (c *cache) one(name string) (*Profile, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading a CPU profile: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.profiles[name]; ok && e.size == info.Size() && e.time.Equal(info.ModTime()) {
		return e.Profile, nil
	}
	p, err := Open(name)
	if err != nil {
		return nil, err
	}
	if c.profiles == nil {
		c.profiles = make(map[string]cached)
	}
	c.profiles[name] = cached{info.Size(), info.ModTime(), p}
	return p, nil
}
