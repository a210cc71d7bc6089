// Package sites does several things in each function.
package sites

import "sync"

var mu sync.Mutex

func several(c chan int, f func()) (err error) {
	mu.Lock()          // want `\(\*sync\.Mutex\)\.Lock: lock at sites\.go:9`
	c <- 1             // want `channel send: chan at sites\.go:10`
	helper(c)          // want `example\.com/sites\.helper: cold lock at sites\.go:11, sites\.go:24 chan at sites\.go:11, sites\.go:21`
	f()                // want `the caller's f: unknown at sites\.go:12`
	_ = make(chan int) // want `make\(chan\): alloc at sites\.go:13`
	//lagvet:assume none -- nobody holds it
	mu.Lock()
	mu.Unlock()
	return nil
}

func helper(c chan int) {
	<-c // want `channel receive: chan at sites\.go:21`
	if len(c) == 100 {
		//
		mu.Lock() // want `\(\*sync\.Mutex\)\.Lock: cold lock at sites\.go:24`
		panic("full")
	}
}

//lagvet:assume none -- measured
func stated() { mu.Lock() }
