// Package sites does several things in each function.
package sites

import (
	"net"
	"sync"
)

var mu sync.Mutex

func several(c chan int, f func()) (err error) {
	mu.Lock()          // want `\(\*sync\.Mutex\)\.Lock: lock at sites\.go:12`
	c <- 1             // want `channel send: chan at sites\.go:13`
	helper(c)          // want `example\.com/sites\.helper: cold lock at sites\.go:14, sites\.go:27 chan at sites\.go:14, sites\.go:24`
	f()                // want `the caller's f: unknown at sites\.go:15`
	_ = make(chan int) // want `make\(chan\): alloc at sites\.go:16`
	//lagvet:assume none -- nobody holds it
	mu.Lock()
	mu.Unlock()
	return nil
}

func helper(c chan int) {
	<-c // want `channel receive: chan at sites\.go:24`
	if len(c) == 100 {
		//
		mu.Lock() // want `\(\*sync\.Mutex\)\.Lock: cold lock at sites\.go:27`
		panic("full")
	}
}

//lagvet:assume none -- measured
func stated() { mu.Lock() }

type session struct{ conn net.Conn }

// NewSession is given what others call.
func NewSession(c net.Conn) *session { return &session{c} } // want `composite literal: alloc at sites\.go:38`

func (s *session) ping() {
	s.conn.Write(nil) // want `\(net\.Conn\)\.Write: net at sites\.go:41`
}

func (s *session) pings() {
	s.ping() // want `\(\*example\.com/sites\.session\)\.ping: net at sites\.go:45, sites\.go:41`
}
