package cgroup

import (
	"errors"
	"io/fs"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// Held returns for how long the process has been held back by a quota since its groups
// were made, summed over CPUs: in the group, of those that hold it, where it was longest.
// Without quotas that is 0. What a group above those that can be seen did counts too,
// where the kernel tells (6.6 and later).
func Held(t *target.Target) (time.Duration, error) {
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
			held, err := stood(reader{t, g.version, dir}, name)
			if err != nil {
				return 0, err
			}
			longest = max(longest, held)
		}
	}
	return longest, nil
}

// stood reads how long one group was held back; 0 if it has no such counter.
func stood(r reader, name string) (time.Duration, error) {
	text, _, err := r.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if _, err := field(text, "nr_throttled"); name == "cpu.stat" && err != nil {
		return 0, nil // without the controller the file has only the time used
	}
	return standing(r.version, text)
}
