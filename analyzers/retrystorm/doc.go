// Package retrystorm finds retries that make an outage worse: without a pause, without an end, or multiplied.
//
// # What
//
// A loop that makes a call to another process again because it has failed (an HTTP
// request, a query, a connection, a remote call, a command; here or in a function that
// is called, in any package), where
//
//   - nothing on the way back to the call waits;
//   - nothing but success ends it, though a request, or the caller's context, does not
//     wait for ever;
//   - the call has been retried inside already: the attempts multiply. The finding
//     stands at the outer loop.
//
// A watch or a subscription of a client library that an endless loop makes anew as soon
// as it ends, or one for each key of a collection, under contexts that they do not share.
//
//	func (c *client) connect() net.Conn {
//		for {
//			conn, err := net.Dial("tcp", c.addr)
//			if err != nil {
//				c.log.Print(err)
//				continue // finding at net.Dial
//			}
//			return conn
//		}
//	}
//
// # Why it costs
//
// A dependency that is overloaded answers late or not at all, and each answer that it
// fails to give comes back as another question. Clients that repeat at once keep it
// down: it has to serve more than before it broke, and all of its restart is spent on
// connections. A refused connection is known at once, so one goroutine without a pause
// makes thousands of attempts a second, each with a socket, a line of log, and CPU time
// that the rest of the process does not get.
//
// Three attempts in each of three layers are 27 requests for one; and an endless retry
// on behalf of a request holds the request's memory, its goroutine and its locks until
// the dependency is back, when all that has piled up is sent at once.
//
// # When it is silent
//
//   - A pause on the way back, known by what it does: a sleep, a timer, a channel, a
//     condition, a limiter, a function in any package that waits so; by its name or by
//     a time.Duration that it is given where it is called by way of an interface. So
//     libraries that retry need no list.
//   - Loops over a list of endpoints, and over work: the next turn asks something else.
//     Work that is done at intervals, whether it failed the last time or not.
//   - Accept loops, loops that read from a connection or a queue, and calls of client
//     libraries that wait for what comes in: those have a pace of their own.
//   - Loops that end with the error.
//   - Loops that do nothing but wait, badly or not: rule sleeppoll.
//   - Test files.
//
// Suspected only: a pause without an end where neither a request nor a context is at
// hand, as in what keeps up a connection for as long as the process runs; a retry without
// a pause of some errors only, of what is made again after a success, too, or of three
// attempts at most; a way round the loop that leaves out the pause of others; a pause that
// is the same in every process (no jitter); nested retries of which the outer one has no
// number; a watch for each key under a shared context.
//
// # How to mend
//
// Wait, longer each time and by a random share, and end with the context:
//
//	func (c *client) connect(ctx context.Context) (net.Conn, error) {
//		pause := 100 * time.Millisecond
//		for {
//			conn, err := c.dialer.DialContext(ctx, "tcp", c.addr)
//			if err == nil {
//				return conn, nil
//			}
//			select {
//			case <-ctx.Done():
//				return nil, fmt.Errorf("connecting to %s: %w", c.addr, err)
//			case <-time.After(pause/2 + rand.N(pause)):
//			}
//			pause = min(2*pause, 10*time.Second)
//		}
//	}
//
// Retry in one layer only, the one that knows the deadline. Watch a prefix once and hand
// out the events, instead of a watch for each key.
//
// # Go versions
//
// All.
package retrystorm
