// Package prove tries gates of continuous integration: it plants what a gate is there
// to find, runs the gate's own command, and looks whether it fails for it.
//
// [Plans] lists what would be run, without running anything. A [Runner] works in a
// clone of the commit in a temporary directory, which shares the repository's objects
// and writes none there, nor to its work tree. Each command runs once without the
// plant, where it has to succeed, and once with it, where it has to fail and to name
// the plant. Commands see HOME, PATH, GOFLAGS, GOCACHE and what the gate sets; they
// have no network where the kernel lets a user take it away, a limited time, and
// what they leave running is killed.
//
// What go mod verify compares is a module cache of the trial's own, filled from the
// downloads of the machine's; what govulncheck goes by is a database that is made for
// it, handed over by its flag -db, the only way there is.
package prove
