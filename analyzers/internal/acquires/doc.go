// Package acquires tells importers which locks a function takes: those of its
// receiver and its parameters, by itself or through what it calls, and which of them
// it holds while it calls a function that it was given.
//
// What a package does with its own locks is better told from SSA, with package sections.
// But SSA of every dependency would be built in every host, so this goes by syntax and
// types alone, and tells what is plain: x.mu.Lock() on the way through a body, not on
// a condition that a parameter decides, not in a literal or a goroutine. [Acquires] is
// the fact of a function.
package acquires
