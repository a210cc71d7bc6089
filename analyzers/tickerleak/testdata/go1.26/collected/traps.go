package collected

import (
	"context"
	"errors"
	"time"
)

// All of these leak before Go 1.23; since then what nothing refers to is collected.

func never(ctx context.Context) {
	t := time.NewTicker(time.Second)
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

func early(name string) error {
	t := time.NewTicker(time.Second)
	if name == "" {
		return errors.New("no name")
	}
	defer t.Stop()
	<-t.C
	return nil
}

func tick(done <-chan struct{}) {
	c := time.Tick(time.Second)
	for {
		select {
		case <-c:
		case <-done:
			return
		}
	}
}

func timers(ctx context.Context, in <-chan int) {
	for {
		t := time.NewTimer(time.Hour)
		select {
		case <-t.C:
		case <-in:
		case <-ctx.Done():
			return
		}
	}
}

type holder struct{ ticker *time.Ticker }

func newHolder() *holder { return &holder{time.NewTicker(time.Second)} }

func (h *holder) Close() {}
