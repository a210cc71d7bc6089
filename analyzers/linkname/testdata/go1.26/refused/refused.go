// Package refused pulls what the linker does not let through.
package refused

import (
	"net/http"
	"unsafe"
)

//go:linkname schedule runtime.schedule // want `likely: runtime.schedule is an internal of the standard library that it does not offer to others: since Go 1.23 the linker refuses the program`
func schedule()

type goroutine struct{}

//go:linkname allgs runtime.allgs // want `likely: runtime.allgs is an internal`
var allgs []*goroutine

var (
	//go:linkname heap runtime.mheap_ // want `likely: runtime.mheap_ is an internal`
	heap [8]uint64

	//go:linkname gcController runtime.gcController // want `likely: runtime.gcController is an internal`
	gcController, unused uintptr
)

// reserved for package time.
//
//go:linkname runtimeNano time.runtimeNano // want `likely: time.runtimeNano is an internal`
func runtimeNano() int64

//go:linkname newcoro runtime.newcoro // want `likely: runtime.newcoro is an internal`
func newcoro(func(unsafe.Pointer)) unsafe.Pointer

//go:linkname clean net/http.http2cleanPath // want `likely: net/http.http2cleanPath is an internal`
func clean(string) string

// A method of an unexported type.
//
//go:linkname allocate runtime.(*mheap).alloc // want `likely: runtime.\(\*mheap\).alloc is an internal`
func allocate(unsafe.Pointer, uintptr, uint8) unsafe.Pointer

//go:linkname grow bytes.(*Buffer).grow // want `likely: bytes.\(\*Buffer\).grow is an internal`
func grow(unsafe.Pointer, int) int

//go:linkname fatal internal/sync.fatal // want `likely: internal/sync.fatal is an internal`
func fatal(string)

type server struct{ http.Server }

// The declaration may stand apart from the directive.
func halt(code int32)

//go:linkname halt runtime.dieFromSignal // want `likely: runtime.dieFromSignal is an internal`

//lagvet:allow linkname -- built with -checklinkname=0
//go:linkname allowed runtime.findrunnable // want `allowed: runtime.findrunnable is an internal`
func allowed()
