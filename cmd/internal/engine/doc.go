// Package engine finds hazards in packages by having the go command do the work.
//
// [Run] starts go vet with this executable as its tool (package vettool), so that
// loading, parallelism, build tags, cgo, workspaces and the caching of results
// per package are the go command's. Beside it, and at the same time, it asks
// golang.org/x/tools/go/packages which packages the patterns mean, and has a
// canary, a small module with one planted hazard per rule family, checked in the
// same way.
//
// # What is done to be fast
//
// Unless tests are asked for, an overlay hides every _test.go file: go vet has no
// flag for that and would compile and analyse the test variant of each package.
// The go command is started three times, no two of them waiting for each other
// but for the first, go env, which takes some milliseconds. A canary that has
// sung once for this executable, toolchain and configuration is not asked again.
//
// # What is done not to be silently wrong
//
// Each unit that was analysed for its findings announces itself, and a package
// that the patterns mean and that no unit announces is a [finding.Problem]. So is
// every line of the go command that tells of a failure, turned into a sentence
// where it is known (sentences.go) and passed on as it is where not.
package engine
