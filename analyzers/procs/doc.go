// Package procs finds programs that set GOMAXPROCS to what is worse than the default.
//
// # What
//
// On Go 1.25 and later:
//
//   - runtime.GOMAXPROCS of runtime.NumCPU, or of what is made of it;
//   - runtime.GOMAXPROCS of a constant;
//   - go.uber.org/automaxprocs, imported for its effect or called by maxprocs.Set;
//   - for the audit, of a number that the program works out.
//
// On every Go version runtime.GOMAXPROCS with a number in a loop. For instance:
//
//	func main() {
//		runtime.GOMAXPROCS(runtime.NumCPU())   // finding
//		serve()
//	}
//
// # Why it costs
//
// A container with a limit of two CPUs on a machine with 64 has a quota: 200 ms of CPU
// time in each period of 100 ms, for all its threads together. 64 threads that run at
// once have used that up after 3 ms, and the kernel stops every one of them for the
// other 97: requests, timers, health checks. The mean looks well, for there is idle
// time between; the 99th percentile is the period. NumCPU does not know the quota.
//
// Since Go 1.25 the default of GOMAXPROCS is the limit of the cgroup, rounded up and no
// less than two, or the number of CPUs if that is smaller; and the runtime looks again
// from time to time, for orchestrators change limits in place. Any call of GOMAXPROCS
// with a number, and the environment variable, turn both off. So what was a cure before,
// as automaxprocs was, is now what keeps the program from following its limit.
//
// A call while the program runs stops every goroutine. On a request, in hot code and
// on a ticker that is rule stw's finding.
//
// # Go versions
//
// What is said of Go 1.25 holds if the go line of the main module is 1.25 or later
// (GODEBUG containermaxprocs and updatemaxprocs). The rule goes by the go line of the
// module that a package belongs to, and in package main by its //go:debug lines, too:
// where one turns these off, it is silent. Outside of Linux there are no cgroups, but
// there too a number is not updated.
//
// # When it is silent
//
//   - GOMAXPROCS(0) and of negative numbers, which only ask;
//   - a number that comes from a flag, a configuration or a parameter: somebody's decision;
//   - GOMAXPROCS(1): that only one thread runs Go is a decision about the program, as for
//     a process per core or a pinned loop;
//   - a constant that is set only if the environment variable is not: a default that
//     whoever runs the program can change;
//   - runtime.SetDefaultGOMAXPROCS, which turns the default on again;
//   - tests.
//
// # How to mend
//
// Drop the call, or the import. Where one deployment needs another number, its
// environment variable GOMAXPROCS says so. The suggested fix takes out a call that is a
// statement of its own, and the import that nothing else needs then.
package procs
