package remote

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// Bounds of a snapshot: what a reader, and a comparison with the next, can use.
const (
	mostSites   = 10_000
	mostWaits   = 3
	mostProfile = 8 << 20 // bytes, decompressed; reading them takes some 50 times that at worst
)

// sites fetches a profile of goroutines, and returns them by the functions that they
// were started in.
func (c *client) sites(ctx context.Context, name string) ([]target.Site, error) {
	data, err := c.pprof(ctx, name)
	if errors.Is(err, errNotFound) {
		return nil, fmt.Errorf("%w: %w", err, target.ErrNoProfile)
	}
	if err != nil {
		return nil, err
	}
	s, err := sitesOf(data, min(c.most, mostProfile))
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", c.base.Redacted(), name, err)
	}
	return s, nil
}

// sitesOf reads a profile of goroutines, of at most so many bytes after decompression.
func sitesOf(data []byte, most int64) ([]target.Site, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("it is not a profile of pprof")
	}
	raw, err := limited(z, most)
	if err != nil {
		return nil, fmt.Errorf("decompressing the profile: %w", err)
	}
	p, err := profile.ParseUncompressed(raw)
	if err == nil {
		err = p.CheckValid()
	}
	if err != nil {
		return nil, fmt.Errorf("it is not a profile of pprof: %w", err)
	}
	return group(p)
}

// group adds up the goroutines of a profile by where they were started.
func group(p *profile.Profile) ([]target.Site, error) {
	if len(p.SampleType) == 0 || !strings.HasPrefix(p.SampleType[0].Type, "goroutine") {
		return nil, errors.New("it is a profile of something else than goroutines")
	}
	count := make(map[string]int)
	waits := make(map[string]map[string]int)
	for _, s := range p.Sample {
		// A count is at most what fits into the memory of a machine.
		if len(s.Location) == 0 || s.Value[0] <= 0 || s.Value[0] > 1<<40 {
			continue
		}
		start, n := started(s.Location), int(s.Value[0])
		count[start] = min(count[start]+n, 1<<40)
		if waits[start] == nil {
			waits[start] = make(map[string]int)
		}
		waits[start][waiting(s.Location)] += n
	}
	var sites []target.Site
	for start, n := range count {
		sites = append(sites, target.Site{Start: start, Count: n, Waits: frequent(waits[start])})
	}
	slices.SortFunc(sites, func(a, b target.Site) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Start, b.Start))
	})
	return sites[:min(len(sites), mostSites)], nil
}

// frequent writes where goroutines are, the most of them first.
func frequent(at map[string]int) []string {
	var lines []string
	for place := range at {
		lines = append(lines, place)
	}
	slices.SortFunc(lines, func(a, b string) int {
		return cmp.Or(cmp.Compare(at[b], at[a]), strings.Compare(a, b))
	})
	lines = lines[:min(len(lines), mostWaits)]
	for i, place := range lines {
		lines[i] = fmt.Sprintf("%d in %s", at[place], place)
	}
	return lines
}

// started returns the function that a go statement named: the outermost of a stack. The
// profile does not say where that statement stands; of a closure that is the function's
// own begin.
func started(stack []*profile.Location) string {
	lines := stack[len(stack)-1].Line
	if len(lines) == 0 || lines[len(lines)-1].Function == nil {
		return "a function without a name"
	}
	f := lines[len(lines)-1].Function
	return place(f, f.StartLine)
}

// waiting returns where a goroutine is: the innermost function that is not the
// runtime's own.
func waiting(stack []*profile.Location) string {
	var innermost string
	for _, l := range stack {
		for _, line := range l.Line {
			if line.Function == nil {
				continue
			}
			at := place(line.Function, line.Line)
			if !strings.HasPrefix(line.Function.Name, "runtime.") {
				return at
			}
			innermost = cmp.Or(innermost, at)
		}
	}
	return cmp.Or(innermost, "a function without a name")
}

// longestName bounds what is shown of a name, which may be anything.
const longestName = 256

func place(f *profile.Function, line int64) string {
	name := f.Name
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "") + "…"
	}
	if f.Filename == "" || line <= 0 || len(f.Filename) > longest {
		return name
	}
	return fmt.Sprintf("%s (%s:%d)", name, path.Base(f.Filename), line)
}
