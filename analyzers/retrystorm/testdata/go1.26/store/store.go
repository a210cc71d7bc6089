// Package store reads a store that many share.
package store

import (
	"context"
	"time"

	"example.org/kv"
)

type Store struct{ kv *kv.Client }

// Hazard: the library's request is repeated at once.
func (s *Store) load(ctx context.Context, key string) string {
	for {
		v, err := s.kv.Get(ctx, key) // want `^likely: \(\*kv.Client\).Get is repeated at once and for ever`
		if err != nil {
			continue
		}
		return v
	}
}

// Trap: what waits for messages has a pace of its own.
func (s *Store) consume(ctx context.Context, use func(string)) {
	for {
		m, err := s.kv.Receive(ctx)
		if err != nil {
			continue
		}
		use(m)
	}
}

// Trap: a loop that the caller ends, with a pause.
func (s *Store) refresh(ctx context.Context, key string, period func() time.Duration) {
	for ctx.Err() == nil {
		if _, err := s.kv.Get(ctx, key); err == nil {
			return
		}
		time.Sleep(period())
	}
}
