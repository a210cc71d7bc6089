// Package walltime finds durations and deadlines that go by the wall clock.
//
// # What
//
// In one process, a moment that is kept and later compared with the time that it is
// then, where one of the two has lost its monotonic reading:
//
//   - numbers: differences of UnixNano, UnixMicro, UnixMilli and Unix, and deadlines
//     that are kept as such a number and compared with the number of now;
//   - values of time.Time that went through UTC, Local or In before Since, Until,
//     Sub, Before, After or Compare.
//
// The moment may be kept in a local variable, a field, a package variable or an
// atomic value, may have a duration added to it, and may come from a function of this
// or another package that only reads the clock. For instance:
//
//	func (c *conn) read()      { c.lastRead.Store(time.Now().UnixNano()) }
//	func (c *conn) dead() bool {
//		return time.Now().UnixNano()-c.lastRead.Load() > int64(c.idle)   // finding
//	}
//
//	start := time.Now().UTC()
//	handle()
//	latency.Observe(time.Since(start).Seconds())                         // finding
//
// There is one finding for each value that is kept, at the first place where it goes
// wrong; the others are in its chain.
//
// # Why it costs
//
// The wall clock is set: by NTP after a start without a network, by a hypervisor when
// it resumes or moves a machine, by a leap second, by hand. Then all that goes by it is
// wrong at once, by the whole step. Set forward by a minute, all idle connections of a
// server are dead in the same moment, all entries of a cache are stale, and everything
// is opened and fetched anew together; set back, what should have timed out hangs for
// a minute more, and latencies are measured that are negative.
//
// time.Now reads both clocks, and Since, Until, Sub, Before, After and Compare go by
// the monotonic one if both moments have it. UTC, Local and In return a moment
// without, although nothing but what it prints like changes; a number has none at all.
//
// # When it is silent
//
//   - times that are wall time by nature: those of certificates, tokens, files and
//     messages, whatever is decoded, passed to an exported function, or kept in a
//     field with a tag that says how it is stored,
//     and what is set by the time that is left until one of these;
//   - what is only shown: stored, formatted, logged, also the duration itself, and a
//     comparison on which nothing hangs but a line of log;
//   - Round and Truncate: Round(0) says that wall time is meant, and what is rounded
//     to hours or days is calendar time;
//   - which of two moments is the later one, where no duration is added to either;
//   - test files.
//
// It is only suspected in whole seconds (Unix), where a small step does not show, and
// for exported fields and variables, which other packages may set.
//
// # How to mend
//
// Keep the time.Time, and make it UTC where it is shown:
//
//	start := time.Now()
//	handle()
//	latency.Observe(time.Since(start).Seconds())
//
// Where it has to be a number, as in an atomic value, keep nanoseconds since a moment
// of the process:
//
//	var begin = time.Now()
//
//	func (c *conn) read()      { c.lastRead.Store(int64(time.Since(begin))) }
//	func (c *conn) dead() bool {
//		return int64(time.Since(begin))-c.lastRead.Load() > int64(c.idle)
//	}
//
// The suggested fix does the former for local variables of which nothing else is made.
//
// # Go versions
//
// From Go 1.9 on, which brought the monotonic reading.
package walltime
