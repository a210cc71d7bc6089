package process

import (
	"errors"
	"fmt"
	"time"
)

// ErrElsewhere is the error of an operating system that does not tell.
var ErrElsewhere = errors.New("what a process uses is only told by Linux")

// Usage is what a process and its children used.
type Usage struct {
	PID     int
	Samples []Sample // in the order of time

	CPUs float64 // that they may use: what affinity and the groups' quota leave
	// Hidden says why they may be fewer than CPUs; empty if all was seen.
	Hidden string
	// Ended is why there are no more samples though the watch went on, or nil.
	Ended error
}

// A Sample is what was used up to a time.
type Sample struct {
	At  time.Time
	CPU time.Duration // since the processes began, to a clock tick: 10 ms
	RSS int64         // bytes of memory that is resident, those shared counted in each process
}

// errOutside is the error of a time that was not watched.
var errOutside = errors.New("it was not watched then")

// CPUShare returns the part of the CPUs that was used between two times: 1 is all of them.
// What lies between two samples is spread evenly.
func (u *Usage) CPUShare(from, to time.Time) (float64, error) {
	if u.CPUs <= 0 || !to.After(from) {
		return 0, fmt.Errorf("the share of %v CPUs in %v means nothing", u.CPUs, to.Sub(from))
	}
	a, err := u.cpuAt(from)
	if err != nil {
		return 0, err
	}
	b, err := u.cpuAt(to)
	if err != nil {
		return 0, err
	}
	return (b - a).Seconds() / to.Sub(from).Seconds() / u.CPUs, nil
}

// cpuAt returns the CPU time used up to a time.
func (u *Usage) cpuAt(t time.Time) (time.Duration, error) {
	for i, s := range u.Samples {
		if s.At.Before(t) {
			continue
		}
		if i == 0 {
			if s.At.Equal(t) {
				return s.CPU, nil
			}
			return 0, errOutside
		}
		last := u.Samples[i-1]
		part := float64(t.Sub(last.At)) / float64(s.At.Sub(last.At))
		return last.CPU + time.Duration(part*float64(s.CPU-last.CPU)), nil
	}
	if u.Ended != nil {
		return 0, u.Ended
	}
	return 0, errOutside
}

// MaxRSS returns the most memory that was resident at the time of a sample.
func (u *Usage) MaxRSS() (most int64, err error) {
	for _, s := range u.Samples {
		most = max(most, s.RSS)
	}
	if most == 0 {
		return 0, errors.Join(errOutside, u.Ended)
	}
	return most, nil
}
