package effects

import (
	"math/bits"
	"slices"
	"strings"
)

// A Kind is one way in which a call can cost latency.
type Kind uint8

// The kinds of effects, in the order in which they are printed.
const (
	Alloc     Kind = iota // allocates on the heap
	Lock                  // may wait for a lock, a semaphore or a condition
	Chan                  // may wait for a channel
	Net                   // may wait for the network
	Disk                  // may wait for a file system
	Sleep                 // sleeps
	Syscall               // enters the kernel for something else
	Cgo                   // calls C
	STW                   // stops the world, or walks all goroutines
	Spawn                 // starts a goroutine
	Reflect               // works by reflection
	Exit                  // ends the process
	WallClock             // reads the wall clock
	Unknown               // calls what cannot be told

	numKinds
)

var kindNames = [numKinds]string{
	"alloc", "lock", "chan", "net", "disk", "sleep", "syscall",
	"cgo", "stw", "spawn", "reflect", "exit", "wallclock", "unknown",
}

func (k Kind) String() string { return kindNames[k] }

// Kinds returns all kinds, in their order.
func Kinds() []Kind {
	ks := make([]Kind, numKinds)
	for i := range ks {
		ks[i] = Kind(i)
	}
	return ks
}

// ParseKind returns the kind of that name.
func ParseKind(name string) (k Kind, ok bool) {
	i := slices.Index(kindNames[:], name)
	return Kind(max(i, 0)), i >= 0
}

// A Set is a set of kinds.
type Set uint16

// SetOf returns the set of ks.
func SetOf(ks ...Kind) Set {
	var s Set
	for _, k := range ks {
		s |= 1 << k
	}
	return s
}

// Blocking holds what a nonblocking contract forbids: each way of waiting. That
// a call is unknown is the business of a strict check.
const Blocking Set = 1<<Lock | 1<<Chan | 1<<Net | 1<<Disk | 1<<Sleep | 1<<Syscall | 1<<Cgo | 1<<STW

// Has reports whether k is in s.
func (s Set) Has(k Kind) bool { return s&(1<<k) != 0 }

// Len returns the number of kinds in s.
func (s Set) Len() int { return bits.OnesCount16(uint16(s)) }

// String returns the names of the kinds in s, "none" if there are none.
func (s Set) String() string {
	var names []string
	for _, k := range Kinds() {
		if s.Has(k) {
			names = append(names, k.String())
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ",")
}

// A Certainty says how sure an allocation is. Only [Alloc] has one.
type Certainty uint8

// How sure an allocation is.
const (
	Proven        Certainty = iota // whenever the line runs
	SizeDependent                  // if the data is large, or a buffer full
	Suspected                      // unless the compiler keeps the value on the stack
)

func (c Certainty) String() string {
	return [...]string{"proven", "size-dependent", "suspected"}[c]
}
