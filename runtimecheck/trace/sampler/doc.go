// Package sampler writes down, while an execution trace is taken, what the kernel's
// accounts of the process say: for how long its control groups held it back, and for
// how long each of its threads was ready and had no CPU. The trace itself cannot tell;
// it calls such time running, or a system call.
//
//	samples, err := os.Create("trace.out.sched")
//	…
//	s, err := sampler.Start(samples, sampler.Options{})
//	…
//	trace.Start(file)
//	…
//	trace.Stop()
//	err = s.Stop()
//
// A file named as the trace, with .sched behind it, is found by lagvet trace. [Keep]
// keeps the last seconds in memory, as a flight recorder does; package recorder has
// both. Other systems than Linux have no such accounts: [errors.ErrUnsupported].
//
// # What is sampled
//
// cpu.stat of each control group that holds the process, whichever version, and
// cpu.stat.local where groups above cannot be seen; /proc/PID/task/TID/schedstat of each
// thread. What is missing is said in the first line of the file, and printed by who
// reads it; it is an error only if there is nothing left to sample.
//
// Both are booked late: the time that a group was held back when its threads go on, the
// wait of a thread when it gets a CPU. Growth between two samples can so be of a time
// before the first of them. The wait of a thread contains the time that its group was
// held back.
//
// The samples of a process by itself pause with it: it is throttled as the others are,
// and waits for a P. The intervals are then longer than asked for, as the times of the
// samples show.
//
// # Cost
//
// A file for each thread stays open, up to 256 of them, so that a look is one short
// system call for each. On a guest with two CPUs (AMD EPYC, Linux 6.18) a look took 16 µs
// of CPU time for 6 threads, and 0.45 ms for 205:
//
//	go test -run '^$' -bench Look ./runtimecheck/trace/sampler
//
// Where there are so many threads that looks would take more than a fiftieth of one CPU's
// time, they are further apart. Looks at threads allocate nothing, and each leaves one
// system call in the trace, and one more for each group.
//
// # The format
//
// Text, a JSON object a line. The first tells what follows:
//
//	{"format":"lagvet-sched","version":1,"pid":12,"interval_ns":10000000,"groups":["/sys/fs/cgroup/a/cpu.stat"],"unseen":[]}
//
// and each other one is a sample, of counters that grow from the start of the process,
// or of the group:
//
//	{"at":81234567,"whole":true,"groups":[[0,10,0]],"threads":[[12,5000000,300],[13,70000,0]]}
//	{"at":91234567,"threads":[[12,9000000,900]],"gone":[13]}
//
// "at" is CLOCK_MONOTONIC in ns, which is the clock of execution traces on Linux. A group
// is [held back in ns, periods, periods in which it was held back], in the order of the
// first line; a thread is [number, time that it ran, time that it waited for a CPU], in
// ns, and its number is the one that the process itself and its trace know it by, be it
// in a container. What is left out is as in the line before, but for a line that is
// "whole": there are no other threads than those in it. The last line is {"end":N}, after
// N samples; a file without it was cut.
package sampler
