// Package roots runs on behalf of requests that bring no context.
package roots

import (
	"context"
	"net"
	"net/http"
)

// consume takes messages off the queue.
//
//lagvet:root
func consume(msgs <-chan string) {
	for m := range msgs {
		http.Get("https://a.example/" + m) // want `^likely: http\.Get waits for the server on behalf of a request \(.*\) without a context: when the request is over, nothing ends the wait$`
		enrich(m)
	}
}

func enrich(m string) {
	net.LookupHost(m) // want `^likely: net\.LookupHost waits for the name server on behalf of a request`
}

type worker struct{ ctx context.Context }

// The worker's own context is not that of the message.
//
//lagvet:root
func (w *worker) handle(m string) {
	net.LookupHost(m) // want `^likely: net\.LookupHost waits for the name server on behalf of a request`
}

// The request has no name yet.
func ping(w http.ResponseWriter, _ *http.Request) {
	net.LookupHost("a.example") // want `^likely: net\.LookupHost ignores the context in scope`
}

// Run at once by the function that it is passed to.
//
//lagvet:root
func measured(m string) {
	timed(func() { answer(m) })
}

func timed(f func()) { f() }

func answer(m string) {
	net.LookupHost(m) // want `^likely: net\.LookupHost waits for the name server on behalf of a request`
}

// Consume is said of here, where the look-up is.
//
//lagvet:root
func Consume(m string) {
	net.LookupHost(m) // want `^likely: net\.LookupHost waits for the name server on behalf of a request`
}
