// Package runtimecheck checks on the running program what lagvet checks on its
// source: that a function under contract keeps it.
//
// A function that its source marks
//
//	//lagvet:noalloc
//	func (b *Book) Best() Price
//
// is proven for the arguments that matter by a test:
//
//	func TestBestAllocatesNothing(t *testing.T) {
//		b := bookOfTheDay(t)
//		runtimecheck.NoAlloc(t, func() { b.Best() })
//	}
//
// and one marked //lagvet:nonblocking by [NoBlock]. Both call the function
// before they look, so that what happens once, such as filling a cache, is not
// held against it. What they prove holds for the calls that were made: a lock
// that nobody else held did not wait.
package runtimecheck

// TB is what the checks need of a *testing.T, *testing.B or *testing.F. It keeps
// package testing out of the programs that import this one.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}
