// Package poolmisuse finds objects of a sync.Pool that are used after they were given back, lost, or given back in a state that harms.
//
// # What
//
//   - An object that is used after it was given back, or given back twice, on some
//     path: also by a loop that follows its next pointer.
//   - An object that is returned while a deferred call gives it back.
//   - A deferred Put(s) of a slice that grows afterwards: the arguments of a
//     deferred call are those of the moment when it is deferred.
//   - An object that is taken and never given back, or not on some path.
//   - A slice of pointers, or of what holds pointers, that is cut to s[:0] and not cleared.
//   - A pool of buffers that are reset neither when they are taken nor when they are
//     given back.
//   - Suspected only: an object that is lost where there was an error, or in code that
//     neither runs for a request nor is hot; a slice that was taken by its size
//     and may never outgrow it; objects with a Reset method that nobody calls; and
//     buffers that are given back however large they have grown while what they are
//     filled with is as long as its sender makes it.
//
// For example:
//
//	func (c *conn) flush(m *message) (string, error) {
//		_, err := c.w.Write(m.data)
//		messages.Put(m)         // finding
//		if err != nil {
//			return "", err
//		}
//		return m.subject, nil   // by now another request's
//	}
//
// Functions that take from a pool, or give back to one, for others are followed: within the
// package, and in other packages by facts; generic pools and methods such as
// (*message).Release too. The finding stands at the call that gives back or, of
// an object that is lost, at the call that takes it.
//
// # Why it costs
//
// An object belongs to the pool from the moment it is given back. Used after that, or
// given back twice, it has two owners, and both write: answers with another request's
// data, once in a million, and never in a test.
//
// A pool saves allocations only if what is taken from it comes back. Otherwise each Get
// looks through the pools of all processors, finds nothing, and allocates: that is
// slower than no pool. The same holds for a slice that is given back as it was
// before it grew: it grows anew, by several allocations and copies, each time.
//
// What is behind the end of a slice is not collected. A pool of slices that are cut and
// not cleared keeps alive what the longest of them once pointed to, and a pool of
// buffers that have no limit keeps the longest message, for as long as the pool is
// in use: each of its objects comes to that length one day.
//
// # When it is silent
//
//   - Given back by a defer, a closure or a goroutine, on every path; by a function or
//     method, here or in another package, that does so.
//   - Kept in a field, a map or a channel, returned, or handed to a function of another
//     package that is not of the standard library: who has it then may give it back.
//     So may the implementation of an interface.
//   - What a library of another module pools and hands out.
//   - Not given back after a look at its size: what has grown too large is better
//     dropped.
//   - Reset in any function that takes or gives back an object of that type in the
//     package, by any method or assignment that may do so; pools whose objects
//     importers take and give back by functions that do not reset them.
//   - Slices of numbers, strings, or structs of these; those whose elements the function
//     sets;
//     those that are grown into what lies behind their end, to use that again.
//   - Put of something that is no pointer: staticcheck's SA6002. A part of an object that
//     is kept, such as buf.Bytes(): rule bufshare.
//   - Test files.
//
// # How to mend
//
// Give back by a defer, right after taking; a closure if the variable changes:
//
//	s := pool.Get().(*[]*sample)
//	defer func() {
//		clear(*s)
//		*s = (*s)[:0]
//		pool.Put(s)
//	}()
//
// Take what is still needed out of an object first. Drop what is too large:
//
//	if buf.Cap() <= 64<<10 {
//		buf.Reset()
//		pool.Put(buf)
//	}
//
// # Go versions
//
// All that have sync.Pool. The builtin clear is there from Go 1.21.
package poolmisuse
