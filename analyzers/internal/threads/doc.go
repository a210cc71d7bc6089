// Package threads tells where a goroutine is wired to its thread: how many calls of
// runtime.LockOSThread are not undone yet.
//
// [Index.Of] walks the control flow of a function with a counter and returns what it
// leaves behind at each return. A function that always leaves the same behind, a
// helper that locks for its caller or unlocks, counts where it is called: in the package
// by its name, in others by the fact [Delta]. Deferred calls count at the return, a
// condition that is asked again has the same answer, and a flag that a path sets keeps its
// value.
//
// [Index.Held] tells whether the thread is locked at a place, whoever calls the
// function. What cannot be followed (an unlock that is handed to somebody, or deferred on
// a condition of its own) makes a function one that nothing is said of.
//
// A thread is locked to the goroutine until there were as many unlocks as locks; one
// whose goroutine ends locked is destroyed.
package threads
