package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// A Stat is a file that tells for how long the threads of a group were held back.
type Stat struct {
	Path    string
	version int
}

// Held is what such a file says, since the group was made.
type Held struct {
	// Time is that of each CPU, summed, and booked only when the threads go on.
	Time time.Duration
	// Periods are those in which the group ran, and Throttled those in which it was held
	// back. They are 0 in cpu.stat.local, which does not count them.
	Periods, Throttled int64
}

// CPU returns the directory of the target's own group for CPU time, and whether it is
// of cgroup version 1 or 2.
func CPU(t *target.Target) (dir string, version int, err error) {
	s, err := locate(t)
	if err != nil {
		return "", 0, err
	}
	g, err := s.of("cpu")
	if err != nil {
		return "", 0, err
	}
	return g.dir(), g.version, nil
}

// Stats returns the files that tell how the groups that hold the target were held back,
// its own group's first, and why what others do stays unseen. Of groups above those that
// can be seen cpu.stat.local tells, since Linux 6.6.
func Stats(t *target.Target) (stats []Stat, unseen []string) {
	s, err := locate(t)
	if err != nil {
		return nil, []string{err.Error()}
	}
	g, err := s.of("cpu")
	if err != nil {
		return nil, []string{err.Error()}
	}
	var files []Stat
	for _, dir := range g.dirs() {
		files = append(files, Stat{path.Join(dir, "cpu.stat"), g.version})
	}
	local := Stat{path.Join(g.dir(), "cpu.stat.local"), g.version}
	if g.hidden {
		files = append(files, local)
	}
	for _, f := range files {
		text, err := t.Read(f.Path)
		if err == nil && counts(text) {
			stats = append(stats, f)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			unseen = append(unseen, err.Error())
		}
	}
	if g.hidden && !slices.Contains(stats, local) {
		unseen = append(unseen, g.why())
	}
	if len(stats) == 0 {
		unseen = append(unseen, "no group in "+g.dir()+" and above counts how often it was held back")
	}
	return stats, unseen
}

// counts reports whether a cpu.stat has the counters of a quota: that of the root of v2
// has none, nor has one without the controller.
func counts(text string) bool { return strings.Contains(text, "throttled_") }

// Parse reads the text of the file.
func (s Stat) Parse(text string) (Held, error) {
	stood, err := standing(s.version, text)
	if err != nil {
		return Held{}, fmt.Errorf("reading %s: %w", s.Path, err)
	}
	h := Held{Time: stood}
	if path.Base(s.Path) != "cpu.stat" {
		return h, nil
	}
	periods, err := field(text, "nr_periods")
	if err != nil {
		return Held{}, fmt.Errorf("reading %s: %w", s.Path, err)
	}
	throttled, err := field(text, "nr_throttled")
	if err != nil {
		return Held{}, fmt.Errorf("reading %s: %w", s.Path, err)
	}
	h.Periods, h.Throttled = int64(periods), int64(throttled)
	return h, nil
}
