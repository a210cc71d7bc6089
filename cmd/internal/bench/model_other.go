//go:build !linux

package bench

// model returns what the kernel calls the CPU: nothing that is found without a command.
func model() string { return "" }
