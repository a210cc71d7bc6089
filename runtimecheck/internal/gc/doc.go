// Package gc probes the garbage collector: how it is set (GOGC, GOMEMLIMIT against the
// memory there is), and what it costs: pauses, assists, and the limiter that gives up
// the memory limit when collecting takes half of the CPUs.
//
// How it is set only the program knows: SetGCPercent and SetMemoryLimit change it at run
// time. From outside there is the environment, which is what somebody wanted.
//
// The pauses are short; what makes the tail are mostly assists (a goroutine that
// allocates must help to mark) and the CPUs that marking takes from it. The runtime
// estimates and books CPU time at the end of each collection, not before: shares are to
// be compared with each other and not with what the kernel counts.
package gc
