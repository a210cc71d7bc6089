// Package load calls a target at a rate that does not depend on its answers, and tells
// how long each call took from when it was due: [Run].
//
//	target := load.Func(func(ctx context.Context) error { return book.Fill(ctx, order) })
//	result, err := load.Run(ctx, target, load.Plan{Phases: []load.Phase{
//		{Name: "warm-up", From: 500, To: 500, For: 5 * time.Second, Warmup: true},
//		{Name: "steady", From: 500, To: 500, For: time.Minute},
//		{Name: "burst", From: 1500, To: 1500, For: 10 * time.Second},
//	}})
//	…
//	p99, err := result.Phase("burst").Latency.Percentile(99)
//
// # Open loop
//
// A generator that waits for an answer before it calls again is slowed down by the target
// that it measures: while the target stands still it asks nothing, and the calls that
// users would have made meanwhile are missing from its figures (coordinated omission).
// Here the times at which calls are due are known before the run begins. Latency counts
// from then, so that a call which could not be sent in time has waited, as a user would
// have; nothing is corrected afterwards.
//
// A call that was not answered as it should be is slower than any that was: with 2 % of
// failed calls the 99th percentile is [Never].
//
// # What the figures are worth
//
// The generator tells of itself what would make its figures wrong: how late it sent calls
// ([Generator].Lag), how late it woke, its garbage collections, the calls that it did not
// send because too many were under way. [Generator.Doubt] says in words when figures are
// not to be trusted.
//
// Package httptarget calls over HTTP/1.1 and HTTP/2, package grpctarget over gRPC. Package
// policy says what a run must show to pass, package process what the service's process
// used meanwhile. The command is lagvet bench load; see docs/load.md.
package load
