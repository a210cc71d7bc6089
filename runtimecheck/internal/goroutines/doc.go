// Package goroutines probes whether goroutines get to run, and whether they grow in
// number.
//
// A goroutine waits twice: for a P, in the queues of the Go scheduler, of which the
// runtime keeps a histogram; and, as part of a thread, for a CPU, in those of the
// kernel, which counts that in schedstat of each thread. The first is seen in traces,
// the second in none.
//
// A leak shows in goroutines that are started and do not end. Two looks give their
// number; where they were started needs snapshots, which stop the world for a moment
// and are taken only if asked for.
package goroutines
