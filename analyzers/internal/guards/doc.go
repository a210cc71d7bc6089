// Package guards tells under what conditions a statement is reached.
//
// [Index.Conditions] returns them: those of the statements around it, and those
// on which a statement before it leaves or waits. [Index.Flagged] tells whether
// one of them lets only so many through, because what runs then changes what it
// asks, running = true, n++, busy[key] = job, a compare-and-swap, or because it is
// asked for one count of what has just grown.
// [Index.Reads] and [Index.Writes] tell what state a piece of code goes by, and what
// a function changes, so that who waits for something can be told from who makes it so.
//
// It follows short functions of the package, so that a getter behind a lock is
// read and a setter written, and knows sync/atomic and sync.Map. It does not
// follow values: a condition that the statement's own effects never reach, or a
// flag in another package, is not seen.
package guards
