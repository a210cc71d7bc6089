// Package enforce makes a build fail: given to the go command as
//
//	go build -toolexec="lagvet enforce" ./...
//
// it runs in place of each tool of the toolchain and runs the tool itself. Around the
// compiler it analyses the package that is compiled, with the rules and forbidden APIs
// that the section enforce of .lagvet.yml names (contracts such as //lagvet:noalloc
// without one), and fails as the compiler would. The linker is made to put into the
// binary's build information that, and by which policy, it was built so.
//
// The go command keeps what it compiled, and with it what this package says: the
// answer to -V=full tells tools of different binaries and configurations apart. Facts
// of a package travel in its archive, as an entry that the linker passes over.
package enforce
