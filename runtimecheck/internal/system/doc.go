// Package system is the seam through which probes see the machine: its files below a
// root, and a few questions to the kernel. In a test the root is a fixture tree and the
// kernel a [Kernel] that answers what the test says.
package system
