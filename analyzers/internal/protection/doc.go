// Package protection tells what stands between a caller and a dependency: a circuit
// breaker, a limiter of concurrency or rate, a budget.
//
// [Index.Before] looks for one around a call or before it in its function, and
// [Index.Of] for one in a function and those of the package that it calls. Libraries are
// known by what they are called, those made at home by what a call does: Allow,
// Acquire or Take before it, Execute or Do with the call in a function that they are
// given, a slot of a channel that is taken and given back. A timeout is none: it bounds
// how long one call takes, not how many there are.
//
// In facts, [Analyzer] says which functions protect what they call, so that a client in
// a package of its own is known for what it does. A handler that is wrapped, and a
// client's transport, are asked about by [Index.Wraps].
package protection
