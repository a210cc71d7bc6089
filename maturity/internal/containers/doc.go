// Package containers reads the Dockerfiles of a repository: from which images what is
// shipped is built, by which Go, with which environment and flags.
//
// [Collect] reads; [Result.Stages] are the build stages, with their images, settings and
// go commands; the other methods are checks. Dockerfiles of examples, tests and
// development containers ([Stage.Aside]) are read too, and judged by no check.
//
// Dockerfiles are read by a small parser of this package's own: that of BuildKit comes
// with a module of several hundred requirements. Shell commands are read by
// mvdan.cc/sh. Nothing is built and no image is fetched: what an image sets is unknown.
package containers
