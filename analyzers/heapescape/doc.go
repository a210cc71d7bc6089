// Package heapescape reports values that the compiler puts on the heap each
// time hot code runs.
//
// # What
//
// In functions that are hot (by a directive, a profile or a call from a hot
// function) the rule reads what the compiler itself says about escapes, and
// reports each value that is allocated there, why, and how large it is:
//
//	//lagvet:hot
//	func (b *Book) Decode(data []byte) (int64, error) {
//		var o Order // o (Order, 80 bytes) is moved to the heap in every call:
//		            // a rare path passes it to fmt.Errorf, which lets it escape
//		if len(data) < 16 {
//			return 0, fmt.Errorf("short order %v", &o)
//		}
//		…
//	}
//
// The causes are those of the compiler's own explanation, reduced: the value is
// returned, stored in what outlives the call, passed to a function that lets it
// escape or into which the compiler cannot see (an interface method, a function
// value), captured by a closure that escapes, converted to an interface, sent
// on a channel, kept by a variable declared before the loop, or too large for
// the stack. The steps from the value to the place that decides follow the
// finding.
//
// What one call boxes is one finding, and so are a closure and the variables
// that escape with it. What an inlined function allocates is reported at the
// call. Findings are told apart by function, kind and type of the value, and
// cause, so that two builds can be compared whatever lines moved.
//
// # Why it costs
//
// An allocation takes tens of nanoseconds, and its share of the garbage
// collector's work: marking on other cores, and assists on this one while a
// collection runs, which is what shows at the tail. A value on the stack costs
// neither.
//
// # When it is silent
//
// Outside hot code, in tests, in generated files. On lines that lead only to a
// panic or an error return. Where the compiler says that a value escapes and
// nothing is allocated all the same: constants, zero values and single bytes in
// interfaces, pointers in interfaces, values without a size, function literals
// that capture nothing. Where inlining took the escape away. What is boxed for
// fmt, a logger or a reflective codec is part of what such a call costs, and
// hotcall's.
//
// A finding is suspected only, and not shown by default, where it does not
// happen in every call: a buffer that is made once and kept or made to grow, a
// miss of a cache, pool or free list, set-up before a worker's endless loop,
// what sync.Once does, an error made in a branch, branches that serve
// diagnostics or log an event, messages formatted in a branch or at the end of
// what mostly returns before, and what is inlined from another package into
// which the rule cannot see. So is
// boxing of a type all of whose constants are below 256, since small numbers
// are boxed without an allocation.
//
// Slices whose size is known at run time only, joined strings and what append
// makes are reported under //lagvet:noalloc, which binds the functions of the
// package called too, and not otherwise; an append that finds the room made for
// it is not, and one to what the caller gave, or to what is kept, is suspected.
// What the compiler does not speak of is left to hotalloc, defers to hotdefer.
//
// It is likely, not proven, where the value decides: other integers in
// interfaces (those below 256 are not allocated), strings and slices in interfaces
// and strings made from bytes (empty ones are not), and objects returned by a function that its callers may
// inline.
//
// # How to mend
//
// It depends on the cause, and the finding says it. Most often: return the
// value and not its address; copy the variable on the rare path that needs its
// address,
//
//	if len(data) < 16 {
//		bad := o
//		return 0, fmt.Errorf("short order %v", &bad)
//	}
//
// pass a concrete type to a function that the compiler sees; make the closure
// or the buffer once and keep it; format with strconv into a buffer that is
// reused in place of fmt.
//
// The rule speaks for every version of Go. It takes the compiler's word, so it
// changes its mind with the compiler: since Go 1.22 a loop has a new variable in
// each iteration, since Go 1.25 small slices of unknown size stay on the stack,
// since Go 1.26 append's first array may.
package heapescape
