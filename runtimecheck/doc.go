// Package runtimecheck checks on the running program what its source cannot tell: whether
// the machine and the runtime are set up for low latency, and that a function under
// contract keeps it.
//
// # Posture
//
// [Check] looks at this process and the machine it runs on, and has a profile judge what
// it saw, for the start of a service:
//
//	profile, err := posture.Load("container")
//	…
//	report, err := runtimecheck.Check(ctx, profile)
//	…
//	if report.Reaches(posture.Fail) {
//		report.Text(os.Stderr, posture.Style{})
//	}
//
// [Self], [Host] and [Process] look again and again; package remote asks a service
// through its endpoints, package debughttp serves the report at /debug/lagvet, and the
// command lagvet doctor prints it. What there is to see is in docs/checks.md, what the
// words of a report mean in package posture.
//
// # Contracts
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
