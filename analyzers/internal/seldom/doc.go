// Package seldom tells why a place in a function does not run each time that
// the function does, although no error leads there: it fills what is kept, it
// makes a buffer grow, it misses a cache, it tells of an event. What happens
// there is not what a call costs.
//
// It goes by shapes and, for events, by names, so its answer is good enough to
// doubt a finding and not to prove anything.
package seldom
