// Package build probes how the executable of a Go program was built: with the race
// detector, without optimisation, with a profile, by which toolchain, from what.
//
// It asks the build information that go build puts into every executable, of this
// process or of /proc/PID/exe, which is there even if the file has been replaced. That
// information is declared and not proven: it is what the go command was told. What was
// built otherwise (Bazel, garble) lacks it; there the compiler's own note in the debug
// information still says whether it optimised.
package build
