// Package nobreaker lists what requests ask of other processes with neither a breaker nor a limiter on the way.
//
// # What
//
// A call that asks something of another process (an HTTP request, a query, a connection,
// a remote call, a mail, what a client library does, here or in a function that is
// called) on behalf of a request, where nothing from the handler to that call limits how
// many of them wait for it:
//
//	func (s *shop) price(w http.ResponseWriter, r *http.Request) {
//		req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, s.prices, nil)
//		resp, err := s.client.Do(req) // suspected
//
// There is one entry for each such place of a function, with the way to it from the
// handler. All are suspected: together they are the audit's inventory of what this
// service depends on, and none of them is a mistake by itself.
//
// # Why it costs
//
// A dependency that answers in 10 ms and is asked 1,000 times a second has 10 requests
// waiting for it. If it takes 5 s, there are 5,000, each with its goroutine, its memory,
// its connection to the client and whatever it holds; those that have nothing to do with
// the dependency wait behind them for memory, for descriptors and for the connections of
// the pool. A timeout bounds the 5 s, not the 5,000: it is no breaker.
//
// A breaker answers at once after some failures, and lets one request through now and
// then to see. A limit of concurrency lets so many wait and refuses the next.
//
// # When it is silent
//
//   - A breaker or a limiter on the way: before the call, around it, in a caller from the
//     handler on, or in what is called, in any package. These are the libraries that are
//     called so (gobreaker, failsafe-go, hystrix-go, go-resiliency, golang.org/x/time/rate,
//     golang.org/x/sync/semaphore and others), types that are named after what they are
//     (a limiter, a bulkhead, a budget), and any that are asked by Allow, Acquire or
//     TryAcquire before, or are given the call in a function to Execute; a slot of a
//     channel that is taken and given back.
//   - A transport or an interceptor of the package that asks one, and a package that wraps
//     its handlers in what does.
//   - Commands that are run; what runs at start-up or in the background; a go statement,
//     whose goroutine no request waits for; test files.
//
// It does not see what a service mesh does, or a proxy, nor a limit in a package that
// imports the handlers'.
//
// # How to mend
//
// Decide for each dependency what is answered without it, then let a breaker decide when:
//
//	resp, err := s.breaker.Execute(func() (*http.Response, error) { return s.client.Do(req) })
//	if errors.Is(err, gobreaker.ErrOpenState) {
//		return s.lastKnownPrice(id)
//	}
//
// Or bound how many wait:
//
//	if !s.slots.TryAcquire(1) {
//		http.Error(w, "busy", http.StatusServiceUnavailable)
//		return
//	}
//	defer s.slots.Release(1)
//
// # Go versions
//
// All.
package nobreaker
