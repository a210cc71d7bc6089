// Package quick does what a build under lagvet enforce asks for each time, before the
// rest of the program is initialised.
//
// For a build in which nothing has changed the go command still asks each tool for its
// identity, one process each. Of such a process initialising lagvet's packages is the
// larger part (GODEBUG=inittrace=1 shows it; docs/performance.md has what the whole
// comes to), and most of it is of no use there: so what can be said without them is
// said in this package's init. Go initialises packages in the order of their paths as
// soon as all that they import is, so this one must import next to nothing: os and
// syscall, and nothing that needs package unicode, such as strings or fmt. A test
// holds it to that.
//
// Two things can be done so. A tool that lagvet only passes through takes the
// process's place. And what a tool answers when it is asked for its identity is read
// from the user's cache, where package enforce left it together with all that it
// depends on: the contents of both programs and of the configuration, and where that
// was looked for.
package quick
