// Package clock probes where the time comes from. A clock that the kernel cannot read in
// user space (hpet, acpi_pm) makes each time.Now a system call and a read of a device:
// a microsecond instead of some 30 ns, in everything that sets a deadline or a trace.
// A clock that nobody keeps right makes stamps of two machines incomparable.
package clock
