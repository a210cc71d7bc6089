//go:build linux

// Command planted tries the attribution of package trace on causes that are known: it
// runs small programs whose slow requests wait for one thing that was planted, and asks
// whether the report names that thing first.
//
//	go run ./runtimecheck/trace/internal/planted -n 10
//
// Each scenario is a loop of requests, user regions of a trace. Most do next to nothing;
// one of 25 waits for what is planted, for some 30 ms: long enough that what the machine
// does beside it stays behind. Each run is a process of its own, since GOMAXPROCS, the
// collector's settings, the control group and the trace are those of a process. Beside
// the trace, the sampler writes down the kernel's accounts.
//
// A run has found the cause if both the P99 slice and the slowest span say that most of
// their time went there, where in the code, and what lay behind it. The command prints a
// table, and fails if a scenario is found in fewer than nine of ten runs.
//
// Where no control group with a quota can be made, the scenario of throttling is judged
// by a trace and samples that were recorded where one could: it says so.
package main
