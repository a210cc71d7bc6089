// Package recorder keeps the last seconds of a service's execution trace in memory, and
// writes them when a request was slow: what happened before is then known, and nobody
// had to be looking.
//
//	rec, err := recorder.Start(recorder.Options{Dir: "/var/tmp/orders", Slow: 50 * time.Millisecond})
//	…
//	defer rec.Stop()
//
// and where requests are served:
//
//	start := time.Now()
//	defer func() { rec.Slow("GET /orders", time.Since(start)) }()
//
// A call of Slow that took less does nothing but compare. One that took as long writes
// two files, in a goroutine of its own, and then none for the time of a cool-down:
//
//	20260104T181502.347Z-GET-orders-61ms.trace
//	20260104T181502.347Z-GET-orders-61ms.trace.sched
//
// The first is for lagvet trace and go tool trace, the second holds what the kernel's
// accounts say of the same seconds, see package sampler: lagvet trace finds it beside the
// other. The newest ten are kept. [Recorder.Snapshot] writes the last seconds at any
// time, and package debughttp serves them.
//
// # Cost
//
// The trace is that of [trace.FlightRecorder]: it costs what a trace does, mostly 1 to
// 2 % of CPU time (https://go.dev/blog/execution-traces-2024), and what it keeps in
// memory, 10 MiB unless Options says otherwise. The samples cost what package sampler
// says. There can be one flight recorder in a program.
package recorder
