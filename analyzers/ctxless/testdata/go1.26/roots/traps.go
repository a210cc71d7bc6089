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
