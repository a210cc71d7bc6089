// Package hotalloc finds allocations in hot functions that the compiler's escape report does not show.
//
// # What
//
// The compiler says which values escape to the heap, and heapescape reports
// them. Of the rest it says nothing, or "does not escape", and it allocates all
// the same. In hot functions the rule reports
//
//   - channels: make(chan T) is always on the heap;
//   - maps made with room for more than eight entries, by make or by a literal,
//     and maps with no size that a loop fills: only eight entries fit the stack;
//   - slices with no room that a loop appends to, and strings that a loop adds to
//     with += or +: each growth allocates anew and copies all that was there;
//   - the closure that a go statement makes of a call and its arguments.
//
// Strings that are joined or converted stay on the stack up to 32 bytes, slices
// whose size is known at run time only up to as many, maps made with such a size
// up to eight entries. These are reported where a CPU profile shows one hundredth
// of all time or more on the line, and under //lagvet:noalloc.
//
// Under //lagvet:noalloc the rule also reports calls of what allocates, in other
// packages and behind interfaces and function values that can be resolved. Such a
// finding stands at the declaration that carries the contract; the chain leads
// through the calls to the place that allocates. The contract binds the functions
// of the package that are called, too.
//
//	//lagvet:hot
//	func (b *Book) Prices(orders []Order) []int64 {
//		var prices []int64
//		for _, o := range orders {
//			prices = append(prices, o.Price) // grows from nothing: 9 allocations for 1,000 orders
//		}
//		return prices
//	}
//
// # Why it costs
//
// An allocation takes tens of nanoseconds, and its share of the garbage
// collector's work: marking on other cores, and assists on this one while a
// collection runs, which is what shows at the tail. A slice or map that grows
// copies what it holds each time; a string that grows in a loop costs the square
// of its length.
//
// # When it is silent
//
// Outside hot code, in tests, in generated files. On lines that lead only to a
// panic or an error return. Where the compiler needs no memory: a conversion that
// is only compared, looked up, switched on, measured or ranged over byte by byte,
// converted bytes that are joined with a constant, constants, an append that
// finds the room made for it, maps that keep to eight entries, loops of as many
// turns. Where a size was given: a slice or map that is made with one.
//
// A finding is suspected only, and not shown by default, where it does not happen
// in every call (see the page on heapescape), where the append of a growing slice
// stands in a branch, where an append or a map assignment adds to what the caller
// gave or what is kept, which grows to what is needed once, where a call allocates
// only on its way to an error, or as the compiler decides there. So is a call of
// another package that allocates each time, where the function is merely hot.
//
// What the compiler reports is left to heapescape, defers to hotdefer, and fmt,
// errors and what works by reflection to hotcall.
//
// # How to mend
//
// Give the size: make([]T, 0, n), make(map[K]V, n) for what is returned or stored.
// Better, keep what is made and use it again: s = s[:0], clear(m), a buffer that the caller
// passes in. Build text by appending to a kept []byte, and look it up, compare it
// and range over it there: m[string(b)] does not copy, s := string(b) does. Hand
// work to goroutines that already run.
//
// The rule speaks for every version of Go. What stays on the stack it takes from
// the compiler's own report where that was made: before Go 1.25 no slice of
// unknown size did.
package hotalloc
