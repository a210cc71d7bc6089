// Package benchcompare compares two runs of Go benchmarks: whether a change has made
// anything slower, beyond what chance, the machine and a threshold account for, and what
// moved with it.
//
// The format of the runs, and the statistics, are those of benchstat: packages benchfmt,
// benchproc and benchmath of golang.org/x/perf. A difference counts if the Mann-Whitney
// U-test tells the runs apart, the confidence intervals of the medians do not overlap, and
// the medians differ by more than the threshold. What this package adds are the figures of
// runtimecheck/bench that stand beside a latency: a time that rose
// because the machine was slower, busier or unfit is no regression, and none that was
// found to be absent either, but Unclear.
//
// Nothing is dropped: lines that cannot be read, runs that failed, benchmarks of one side
// only and those that were run too few times are problems, which decide the exit code.
package benchcompare
