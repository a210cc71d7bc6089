// Package noise probes what interrupts a CPU that a program has for itself: timers and
// watchdogs of the kernel, pages that are moved, work and interrupts of devices that
// land on CPUs which are set apart.
//
// The knobs are those that the profiles latency-performance, network-latency, realtime,
// cpu-partitioning and realtime-virtual-host of TuneD set and everybody may read; each
// requirement names the one it is from. They are of the machine: in a container they
// are those of the host, and set there.
package noise
