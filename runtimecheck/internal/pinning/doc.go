// Package pinning probes which CPUs the threads of a process may run on, and whether
// those that have CPUs of their own have them for themselves.
//
// A thread is called pinned here if its mask is not the widest one of the process: the
// one that all threads have of which nobody has set it. Pinning a loop of Go code takes
// two things, runtime.LockOSThread and sched_setaffinity(2). The mask alone pins a
// thread, which runs other goroutines next, and hands the mask down to threads that it
// makes; the lock alone leaves the thread to the scheduler of the kernel. From outside
// only the masks can be seen; locks stand in the stacks of goroutines, and those stop
// the program for as long as they are taken.
//
// Against the pinned CPUs stands what the kernel was told at boot to keep off them:
// isolcpus (no balancing), nohz_full (no tick) and rcu_nocbs (no callbacks of RCU).
package pinning
