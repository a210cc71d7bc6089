// Package backoff has the shapes of the library of that name.
package backoff

type BackOff interface{ Next() int }

func NewExponential() BackOff { return nil }

func WithMaxRetries(b BackOff, max uint64) BackOff { return b }

func Retry(op func() error, b BackOff) error { return op() }
