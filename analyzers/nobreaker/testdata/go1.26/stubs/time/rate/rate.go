// Package rate limits rates.
package rate

import "context"

type Limiter struct{ tokens int }

func NewLimiter(n int) *Limiter { return &Limiter{n} }

func (l *Limiter) Wait(ctx context.Context) error { return ctx.Err() }
