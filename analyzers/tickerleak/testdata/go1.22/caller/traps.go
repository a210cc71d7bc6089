package caller

import (
	"time"

	"example.com/old/helper"
)

// Stopped by a function of another package.
func stopped() {
	t := time.NewTicker(time.Second)
	defer helper.Stop(t)
	<-t.C
}

// Stopped by what that function calls.
func discarded() {
	t := helper.Every(time.Second)
	<-t.C
	helper.Discard("t", t)
}

// Kept by a function of another package.
func kept() {
	t := time.NewTicker(time.Second)
	helper.Keep(t)
}

// It may be the caller's own that comes back.
func either(t *time.Ticker) {
	t = helper.EveryOr(t, time.Second)
	<-t.C
}

// A function value that nobody knows.
func unknown(f func(*time.Ticker)) {
	f(time.NewTicker(time.Second))
}

// A callee of the package stops it.
func callee(done <-chan struct{}) {
	go loop(time.NewTicker(time.Second), done)
}

func loop(t *time.Ticker, done <-chan struct{}) {
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-done:
			return
		}
	}
}

type stopper interface{ Stop() }

// Hidden behind an interface.
func hidden() stopper {
	var s stopper = time.NewTicker(time.Second)
	return s
}

// Stopped by the function that came with it.
func withStop() {
	t, stop := helper.WithStop(time.Second)
	defer stop()
	<-t.C
	u, stop := helper.WithStopMethod(time.Second)
	defer stop()
	<-u.C
}
