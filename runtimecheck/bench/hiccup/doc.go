// Package hiccup measures how late a program gets to run that has nothing else to do.
//
// A [Meter] sleeps for a moment, again and again, and records by how much longer it was
// away than it asked for. Nothing of the program's own work is in that figure: it is
// what the machine, the kernel and the Go scheduler add to whatever else runs beside it.
// It can run beside a benchmark, to say what the machine was like meanwhile, or in a
// service:
//
//	m, err := hiccup.Start(hiccup.Options{})
//	…
//	r, err := m.Stop()
//	fmt.Println(r.Goroutine.Quantile(0.99), r.Goroutine.Max())
//
// # Whose hiccup
//
// There are two sleepers. The goroutine calls time.Sleep, as code of a service does: the
// kernel wakes a thread, and the Go scheduler has to give the goroutine its turn. The
// thread ([Options].Thread, on Linux) is locked and sleeps in the kernel itself. When it
// is back it may go on at once, if a P is free, and else has to park once more until it
// gets one. The kernel counts how often a thread parks, so it is known of each wake-up
// which it was:
//
//   - [Result].Kernel holds those that were late by the kernel alone: another program had
//     the CPU, the quota was used up, the hypervisor had taken the CPU away;
//   - [Result].Scheduler holds those that found the kernel done and all Ps busy, or the
//     world stopped.
//
// [Result.Cause] sums it up.
//
// # What is normal
//
// The kernel lets a sleeping thread lie for up to 50 µs longer than it asked for, so that
// it can wake several at once (PR_SET_TIMERSLACK in prctl(2)); a figure of that size is
// that of an idle machine. The runtime sleeps in epoll_wait(2), which counts milliseconds:
// an [Options].Interval that is none of whole milliseconds makes the goroutine look late.
// No correction for coordinated omission is made: a sleeper that was away for long has
// slept less often, and says so by its count.
//
// # What it costs
//
// A wake-up takes a thread from sleep and back, which on a virtual machine is dear: run
//
//	go test -run '^$' -bench Cost github.com/lagvet/lagvet/runtimecheck/bench/hiccup
//
// on the machine in question. The thread costs more than the goroutine, for as long as
// threads come back from the kernel the runtime looks after them many thousand times a
// second (sysmon); in a service measure by the goroutine, at 10 ms, and add the thread to
// find out whose hiccups it sees. Nothing is allocated after Start but for the log.
//
// # The log
//
// [Options].Log takes an interval log in the format of HdrHistogram (1.3, V2 histograms),
// which HistogramLogProcessor and the plotters of HdrHistogram read. Values are
// nanoseconds, the maxima in it milliseconds; the tags are goroutine, thread, kernel and
// scheduler.
package hiccup
