// Package telemetry reads from a repository's Go code how the program is watched: which
// library logs, whether logs carry trace ids, which servers and clients are
// instrumented, which metrics there are, and whether dashboards and rules refer to
// metrics that exist.
//
// [Collect] parses, without types: a call counts as that of a package if it is by the
// name under which the file imports it. Only files that import something of interest
// are parsed in full. Tests, generated code, vendored code, and what is by its directory
// not shipped (examples, tools, tests) are left out; a program's own commands may print.
//
// That an instrumentation is called somewhere does not prove that all servers have it:
// such a pass says that it is set up, and which calls go past it where that shows.
package telemetry
