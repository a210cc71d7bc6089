//go:build linux

package main

import (
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"
)

// crowd makes goroutines that compute, of which each keeps the P for the 10 ms after
// which the scheduler takes it away (forcePreemptNS in runtime/proc.go).
func crowd(p *plot) error {
	const goroutines = 5
	p.slow = func() {
		done := make(chan struct{}, goroutines)
		for range goroutines {
			go func() {
				work(2 * planted)
				done <- struct{}{}
			}()
		}
		runtime.Gosched()
	}
	return nil
}

// A node is an object of the heap that the collector has to look into.
type node struct {
	next *node
	data [6]*node
}

// allocation makes a heap of some 25 MB that is all pointers, so that the collector
// works long for each cycle, and cycles follow each other.
func allocation(p *plot) error {
	const live = 400_000
	debug.SetGCPercent(10)
	nodes := make([]*node, 0, live)
	for range live {
		nodes = append(nodes, &node{})
	}
	for i, n := range nodes {
		for j := range n.data {
			n.data[j] = nodes[(i*7919+j*104729)%live]
		}
	}
	p.slow = func() { allocate(20_000) }
	p.end = func() { runtime.KeepAlive(nodes) }
	return nil
}

//go:noinline
func allocate(n int) (head *node) {
	for range n {
		head = &node{next: head}
	}
	return head
}

// stoppedWorld writes down the stacks of many goroutines, for which the world stops.
func stoppedWorld(p *plot) error {
	const goroutines = 1000
	park := make(chan struct{})
	for range goroutines {
		go deep(10, park)
	}
	buf := make([]byte, 64<<20)
	dumps := make(chan struct{})
	go func() {
		for range dumps {
			for begin := time.Now(); time.Since(begin) < planted; { // however fast the machine is
				runtime.Stack(buf, true)
			}
		}
	}()
	p.slow = func() {
		dumps <- struct{}{}
		work(5 * time.Millisecond)
	}
	p.end = func() { close(dumps); close(park) }
	return nil
}

//go:noinline
func deep(n int, park <-chan struct{}) {
	if n > 0 {
		deep(n-1, park)
		return
	}
	<-park
}

// computing needs CPU time.
func computing(p *plot) error {
	p.slow = func() { compute(planted) }
	return nil
}

// compute goes on until it has used that much of the CPU, by the kernel's account.
//
//go:noinline
func compute(d time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for from := used(); used()-from < d; {
		work(time.Millisecond)
	}
}

// used is the CPU time of this thread.
func used() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		fail(err)
	}
	return time.Duration(ts.Nano())
}
