//go:build !linux

package system

import (
	"errors"
	"time"
)

// here is a kernel of which nothing is known.
type here struct{}

func (here) Affinity(int) ([]int, error)              { return nil, errors.ErrUnsupported }
func (here) CPU() (cpu, node int, err error)          { return 0, 0, errors.ErrUnsupported }
func (here) Clock() (Clock, error)                    { return Clock{}, errors.ErrUnsupported }
func (here) Now() (time.Duration, error)              { return costOfNow(), nil }
func (here) Limit(int) (soft, hard uint64, err error) { return 0, 0, errors.ErrUnsupported }
func (here) Nodes(int, []uintptr) ([]int, error)      { return nil, errors.ErrUnsupported }
func (here) Listener(int) (Listener, bool, error)     { return Listener{}, false, errors.ErrUnsupported }
