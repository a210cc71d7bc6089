// Package modules reads what a repository says of its modules: each go.mod with its
// go.sum and vendor directory, go.work, and where tools are installed and builds are
// told how to treat go.mod.
//
// [Collect] reads; each method of [Result] is a check. Modules that the go command
// overlooks (in vendor, testdata, and directories that start with "_" or ".") are left
// out. Those that are examples or hold tools ([Module.Aside]) are not what is shipped:
// checks of what is shipped pass them by.
//
// What a check cannot see in the repository, as the Go release of an image, its caller
// hands in.
package modules
