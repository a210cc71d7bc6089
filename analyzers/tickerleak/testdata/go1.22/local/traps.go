package local

import (
	"context"
	"log"
	"os"
	"sync"
	"time"
)

// Stopped by defer.
func deferred(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// Stopped by a deferred closure that does more.
func deferredClosure(wg *sync.WaitGroup) {
	t := time.NewTicker(time.Second)
	defer func() {
		t.Stop()
		wg.Done()
	}()
	<-t.C
}

// Stopped on every path.
func branches(ctx context.Context) error {
	t := time.NewTicker(time.Second)
	select {
	case <-t.C:
		t.Stop()
		return nil
	case <-ctx.Done():
		t.Stop()
		return ctx.Err()
	}
}

// Stopped in the goroutine that uses it.
func inGoroutine(done <-chan struct{}) {
	t := time.NewTicker(time.Second)
	go func() {
		defer t.Stop()
		for {
			select {
			case <-t.C:
			case <-done:
				return
			}
		}
	}()
}

// The goroutine has more than one way out, and so has its starter: it stops it itself.
func both(done <-chan struct{}) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		select {
		case <-t.C:
			t.Stop()
		case <-done:
		}
	}()
	wg.Wait()
}

// The caller has it.
func returned() *time.Ticker {
	t := time.NewTicker(time.Second)
	return t
}

// The caller has it by a named result.
func named(d time.Duration) (t *time.Ticker, err error) {
	t = time.NewTicker(d)
	return
}

// The caller is given the function that stops it.
func stopper() (<-chan time.Time, func()) {
	t := time.NewTicker(time.Second)
	return t.C, t.Stop
}

// The caller is given a function that stops it.
func stopperClosure() func() {
	t := time.NewTicker(time.Second)
	return func() { t.Stop() }
}

// A nil ticker needs no Stop.
func optional(d time.Duration, done <-chan struct{}) {
	var t *time.Ticker
	var c <-chan time.Time
	if d > 0 {
		t = time.NewTicker(d)
		c = t.C
	}
	select {
	case <-c:
	case <-done:
	}
	if t != nil {
		t.Stop()
	}
}

// The same condition creates it and stops it.
func sameCondition(d time.Duration, done <-chan struct{}) {
	var t *time.Ticker
	if d > 0 {
		t = time.NewTicker(d)
	}
	<-done
	if d > 0 {
		t.Stop()
	}
}

// The former is stopped before another takes its place, the last by defer.
func replacedRight(change <-chan time.Duration) {
	t := time.NewTicker(time.Second)
	defer func() { t.Stop() }()
	for {
		select {
		case d := <-change:
			t.Stop()
			t = time.NewTicker(d)
		case <-t.C:
			return
		}
	}
}

// The process ends with the function.
func fatal(err error) {
	t := time.NewTicker(time.Second)
	<-t.C
	switch {
	case err == os.ErrExist:
		os.Exit(1)
	case err != nil:
		log.Fatal(err)
	default:
		panic("no error")
	}
}

// Kept in a map, which someone empties.
func kept(m map[string]*time.Ticker) {
	m["a"] = time.NewTicker(time.Second)
}

// Kept in a slice.
func appended(ts []*time.Ticker) []*time.Ticker {
	return append(ts, time.NewTicker(time.Second))
}

// Sent to whoever stops it.
func sent(c chan<- *time.Ticker) {
	c <- time.NewTicker(time.Second)
}

// Stopped in each turn.
func perTurn(items []int) {
	for range items {
		t := time.NewTicker(time.Second)
		<-t.C
		t.Stop()
	}
}

// An alias stops it.
func alias() {
	t := time.NewTicker(time.Second)
	u := t
	defer u.Stop()
	<-t.C
}

// A variable of the function around it, which that function stops.
func lazy(done <-chan struct{}) {
	var t *time.Ticker
	start := func() {
		if t == nil {
			t = time.NewTicker(time.Second)
		}
	}
	defer func() {
		if t != nil {
			t.Stop()
		}
	}()
	start()
	<-done
}

// Made once for the process.
var global = time.NewTicker(time.Hour)

var once sync.Once

var shared *time.Ticker

func get() *time.Ticker {
	once.Do(func() { shared = time.NewTicker(time.Minute) })
	return shared
}

// The method value goes to someone who calls it.
func cleanup(onEnd func(func())) {
	t := time.NewTicker(time.Second)
	onEnd(t.Stop)
}

func init() {
	t := time.NewTicker(time.Second)
	<-t.C // an init function runs once
}
