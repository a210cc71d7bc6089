package local

import (
	"errors"
	"sync/atomic"
	"time"
)

func work() error { return nil }

// The loop has a way out, and it goes past no Stop.
func poll(stopped *atomic.Bool) {
	ticker := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path: before Go 1.23 it fires for ever.* ← returns without Stop`
	for {
		<-ticker.C
		if stopped.Load() {
			return
		}
		_ = work()
	}
}

// One branch forgets it.
func branch(done <-chan struct{}) error {
	ticker := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
	for {
		select {
		case <-ticker.C:
			if err := work(); err != nil {
				return err
			}
		case <-done:
			ticker.Stop()
			return nil
		}
	}
}

// Stopped, but not by the way that leaves first.
func early(d time.Duration, name string) error {
	t := time.NewTicker(d) // want `proven: ticker is not stopped on some path`
	if name == "" {
		return errors.New("no name")
	}
	defer t.Stop()
	<-t.C
	return work()
}

// Every turn makes another.
func again(d time.Duration) {
	for {
		t := time.NewTicker(d) // want `proven: ticker is replaced by another without Stop.* ← takes its place`
		<-t.C
		_ = work()
	}
}

// The first one is lost when another takes its place, and so is that one.
func replaced(change <-chan time.Duration) {
	t := time.NewTicker(time.Second) // want `proven: ticker is replaced by another without Stop`
	defer func() { t.Stop() }()
	for {
		select {
		case d := <-change:
			t = time.NewTicker(d) // want `proven: ticker is replaced by another without Stop`
		case <-t.C:
			return
		}
	}
}

// Nobody can stop what has no name.
func anonymous(n int) {
	for range time.NewTicker(time.Second).C { // want `proven: ticker is not stopped on some path`
		if n--; n == 0 {
			return
		}
	}
}

func tick(done <-chan struct{}) {
	c := time.Tick(time.Second) // want `proven: time.Tick has no Stop`
	for {
		select {
		case <-c:
			_ = work()
		case <-done:
			return
		}
	}
}

func tickRange() error {
	for range time.Tick(time.Minute) { // want `proven: time.Tick has no Stop`
		if err := work(); err != nil {
			return err
		}
	}
	return nil
}

// The goroutine that should stop it does not on one of its ways out.
func goroutine(done, abort <-chan struct{}) {
	t := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
	go func() {
		for {
			select {
			case <-t.C:
				_ = work()
			case <-abort:
				return
			case <-done:
				t.Stop()
				return
			}
		}
	}()
}

// Only the channel is handed on: who has it cannot stop the ticker.
func channel() <-chan time.Time {
	return time.NewTicker(time.Second).C // want `proven: ticker is not stopped on some path`
}

// Compared, reset, but not stopped.
func reset(d time.Duration) {
	var t *time.Ticker
	t = time.NewTicker(d) // want `proven: ticker is not stopped on some path`
	if t != nil {
		t.Reset(2 * d)
	}
	<-t.C
}

func labelled(in <-chan int) {
	t := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
loop:
	for {
		select {
		case <-t.C:
			continue loop
		case _, ok := <-in:
			if !ok {
				break loop
			}
		}
	}
}
