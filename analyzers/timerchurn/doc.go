// Package timerchurn finds timers that are made anew for each wait of hot code or a tight loop.
//
// # What
//
// On every Go version, time.After and time.NewTimer
//
//   - in hot code: in each turn of a loop, or in each call;
//   - in each turn of a tight loop, one whose period is below a millisecond by
//     the constants of what it waits for: the timer itself, a ticker, a sleep;
//   - in a function of this or another package that makes one in each call, if
//     it is called from there.
//
// Where a program runs with the timers of before Go 1.23, time.After also
//
//   - in a select in a loop, if another case may be ready first: the timer that
//     is no longer waited for stays until it fires;
//   - in a select in a loop that goes on until such a case ends it: then the
//     last one stays;
//   - in a function that selects like this and is called in a loop;
//   - in a select on the way of a request, for ten seconds or longer.
//
// For instance:
//
//	for {
//		select {
//		case m := <-in:
//			handle(m)
//		case <-time.After(time.Minute):    // finding: one for each message
//			expire()
//		}
//	}
//
// # Why it costs
//
// The case of a select is evaluated each time, so the loop above makes a timer and
// a channel for each message, although no minute ever passes. They are allocated,
// put into the heap of timers of a processor, and collected or taken out again.
//
// Measured with the benchmarks of this package on Go 1.26.8, linux/amd64, two
// virtual cores of an AMD EPYC that had other work, the quickest of twenty short
// runs (go test -run=^$ -bench=Timer -benchtime=10ms -count=20), for a wait
// that something else ends:
//
//	no timer                                30 ns
//	one timer, Reset before each wait     170 ns
//	time.NewTimer and Stop                370 ns, 248 bytes in 3 allocations
//	time.After                            320 ns, 248 bytes in 3 allocations
//
// Before Go 1.23 nothing collects a timer that has not fired. At ten thousand
// messages a second the loop above keeps six hundred thousand of them, each with
// its channel: more than a hundred megabytes, and a heap of timers in which every other
// timer of the processor has to find its place.
//
// # Go versions
//
// What is said of hot code and tight loops holds on all. Since Go 1.23 the runtime
// collects a timer that nothing refers to, and nothing is left behind. These timers
// are those of GODEBUG asynctimerchan=0, the default if the go line of the main
// module is 1.23 or later: the rule goes by the go line of the module that a package
// belongs to, and in package main by its //go:debug lines.
//
// # When it is silent
//
//   - cold code on Go 1.23 and later; a select in a loop there waits for somebody to
//     say that it is hot;
//   - one timer that is kept and Reset, comes from a pool, or is made before the loop;
//   - on the way to an error, in a goroutine that hot code starts, in tests;
//   - under a noalloc or nonblocking contract, which have findings of their own;
//   - old timers that run for less than a tenth of a second, that are waited for
//     until they fire, or that a retry makes, which ends when it succeeds; a loop of
//     main that ends with the process;
//   - time.NewTimer that is not stopped, and tickers: rule tickerleak.
//
// It is only suspected where the timer is seldom made, as to fill what is kept; where
// a profile alone says that the function is hot and gives the line less than half a
// percent; and with old timers where a loop turns as often as it has items, or where
// it is not known how long the timer of a helper or a request runs.
//
// # How to mend
//
// Keep the timer. Since Go 1.23 Reset needs no Stop and no draining:
//
//	idle := time.NewTimer(time.Minute)
//	defer idle.Stop()
//	for {
//		idle.Reset(time.Minute)
//		select {
//		case m := <-in:
//			handle(m)
//		case <-idle.C:
//			expire()
//		}
//	}
//
// Before, stop it first, and receive from its channel if Stop says that it has
// fired. Work that is done at intervals takes a ticker. What only pauses takes
// time.Sleep, for a goroutine has a timer of its own for that: the suggested fix where
// <-time.After(d) is a statement.
package timerchurn
