package roots

import (
	"net"
	"sync"
)

var once sync.Once

// Made once, not per message.
//
//lagvet:root
func prepared(msgs <-chan string) {
	once.Do(func() {
		net.LookupHost("a.example") // want `^suspected`
	})
}

// Nothing reaches it from a request.
func refresh() {
	net.LookupHost("a.example") // want `^suspected: net\.LookupHost waits for the name server without a context`
}

// What a request sets going has a life of its own.
//
//lagvet:root
func accept(conns <-chan string) {
	for c := range conns {
		go serve(c)
		background(func() { reply(c) })
	}
}

func serve(c string) {
	net.LookupHost(c) // want `^suspected: net\.LookupHost waits for the name server without a context`
}

func background(f func()) { go func() { f() }() }

func reply(c string) {
	net.LookupHost(c) // want `^suspected: net\.LookupHost waits for the name server without a context`
}
