// Package numa probes whether the memory of a process is near the CPUs that it runs on.
//
// On a machine of several nodes each has memory of its own, and that of another is
// farther away. A page is taken from the node of the CPU that first writes to it, and
// stays there, wherever the thread moves, unless somebody moves it.
//
// Where pages are, move_pages(2) tells of a sample of them. The file numa_maps tells of
// all, but goes through every page to do so, with the memory map of the process locked:
// 50 ms for each GB where that was measured, in one step that cannot be cut short if the
// heap is one mapping, as that of Go is.
package numa
