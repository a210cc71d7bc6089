// Package revision finds the version of the sources that a change is compared
// with, and what differs between it and the files of the working tree.
//
// [Find] asks git for the merge base of a reference and HEAD, and returns it as
// an overlay: the text that each changed file had there, by the file's path, and
// nil for a file that did not exist. The go command can so build the older
// version in the directory of the newer one. Both then share what did not change
// in the build cache, and find what git does not keep: generated files, modules
// beside the repository.
//
// What stands in the way (no repository, a shallow clone without the commit) is
// an [Error], which says what to do.
package revision
