// Package kernel probes settings of the kernel that latency depends on: those of TCP,
// of swap and huge pages, of frequencies and idle states.
//
// Many of them are matters of dispute. What is seen here is therefore not the value
// alone but what it comes to, where that can be seen: sockets in TIME_WAIT against the
// ports there are, swapped pages of the process beside vm.swappiness.
//
// Settings of TCP belong to a network namespace, and /proc/sys/net shows those of who
// reads it. Of a process in another namespace they are unknown; what lies in
// /proc/PID/net is the process's own.
package kernel
