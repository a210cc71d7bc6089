// Package target is what probes look at: a machine, and mostly a process on it.
package target
