// Package retries finds what a function does again after it has failed.
//
// [Index.After] follows the paths that begin behind a call whose error is not nil,
// and tells whether they come back to the call, whether they pause on the way, and on
// what conditions they leave: a [Retry]. A loop over a list whose elements the call is
// given is no retry, it goes on to the next one; a call that is given what the loop
// takes from a queue is not repeated either.
//
// What a pause is, the caller may know better: it passes a function that is asked of
// calls. By itself the package knows what waits by the language, sleeps, and functions
// named after waiting.
//
// [Analyzer] also says, in facts, which functions repeat what failed before they
// return ([Index.Repeats]) and which do so with a function that they are given
// ([Index.Retrier]), in this package or another: a retry around one multiplies.
package retries
