//go:build !linux

package sampler

import (
	"errors"
	"time"
)

func observe(int, time.Duration) (source, error) { return nil, errors.ErrUnsupported }
