package cgroup

import (
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// HeldFor returns for how long the process has been held back by a quota since its groups
// were made, summed over CPUs: in the group, of those that hold it, where it was longest.
// Without quotas that is 0. What a group above those that can be seen did counts too,
// where the kernel tells (6.6 and later).
func HeldFor(t *target.Target) (time.Duration, error) {
	s, err := locate(t)
	if err != nil {
		return 0, err
	}
	g, err := s.of("cpu")
	if err != nil {
		return 0, err
	}
	var longest time.Duration
	for _, dir := range g.dirs() {
		for _, name := range []string{"cpu.stat", "cpu.stat.local"} {
			held, err := Stat{path.Join(dir, name), g.version}.held(t)
			if err != nil {
				return 0, err
			}
			longest = max(longest, held.Time)
		}
	}
	return longest, nil
}

// held reads the file; nothing was held back if there is none, or none that counts.
func (s Stat) held(t *target.Target) (Held, error) {
	text, err := t.Read(s.Path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !counts(text) {
		return Held{}, nil
	}
	if err != nil {
		return Held{}, err
	}
	return s.Parse(text)
}
