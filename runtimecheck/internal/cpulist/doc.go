// Package cpulist reads and writes sets of CPUs as the kernel does: as a list, "0-3,8",
// or as a mask of words of 32 bits, "ff,00000001". Nodes of memory are listed alike.
//
// A set that names a CPU which no kernel can have is an error, so that a garbled file
// takes no memory: the parser of github.com/prometheus/procfs has no such bound.
package cpulist
