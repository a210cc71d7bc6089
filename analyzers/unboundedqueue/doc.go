// Package unboundedqueue finds memory that grows with requests: collections that never shrink, bodies without a limit.
//
// # What
//
//   - A map, a slice, a list or a sync.Map that lives as long as the process or its
//     server (a package variable, a field of what serves requests or of what that
//     holds, a variable that a handler captures), to which a request adds an element,
//     while nothing in the package takes one out, replaces it, or asks how many there
//     are. Keys are followed back to what the client has sent; a value of a type of
//     another package of the module is followed into its methods.
//   - The body of a request that is read to its end, by io.ReadAll, into a buffer, or by
//     a function that does so, here or in another package of the module.
//
// For instance:
//
//	func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
//		body, err := io.ReadAll(r.Body)         // finding
//		…
//		s.mu.Lock()
//		s.lastSeen[r.RemoteAddr] = time.Now()   // finding
//		s.mu.Unlock()
//
// # Why it costs
//
// What grows with each request is small in every test and on the first day. Each
// collection of garbage marks all of it again, so the share of CPU time that the
// collector takes from requests grows along; a map that grows moves its tables while a
// lock is held; and when the limit of the container is near, the collector runs all the
// time, until the kernel ends the process with all its requests. If the key is what a
// client sends, whoever likes can have that in minutes.
//
// io.ReadAll holds all of a body in memory, and more than that while its buffer grows. A
// few requests of a gigabyte at once take the memory of all the others.
//
// # When it is silent
//
//   - delete, clear, a new value, a shorter slice, Remove, LoadAndDelete and the like in
//     any function of the package: evictions, sweeps by time, flushes, rings;
//   - a length that is compared with anything but nothing;
//   - keys of a set that the program knows: constants, types, truth values, enumerations,
//     methods of HTTP; what a handler has from the function that makes it;
//   - what is added at start-up or by what no request comes to, or by a condition that
//     the function itself changes;
//   - what belongs to a request: a type whose values requests make, a local variable;
//   - a collection that is handed to a function which is not the standard library's, has
//     another name, methods of its own, or can be seen by other packages: somebody else
//     may see to it;
//   - http.MaxBytesReader or io.LimitReader before the body is read, here or in a function
//     that is called; a look at ContentLength; a number below zero that says that there
//     shall be no limit; http.MaxBytesHandler or a wrapper that limits bodies, in the
//     package or called by it;
//   - bodies of requests that this process makes, and those that are decoded or copied
//     as they come;
//   - test files.
//
// It is only suspected on the way to an error, behind a path for diagnosis, in what is
// named as what stands in for something else is (a store in memory, a mock, an example),
// and where keys are of things that exist: something was asked about them before, here or
// by a caller, that might have failed; or where they come from is not seen, or is far
// away. So are bodies that somebody reads who is named as what sets up or watches the
// process is: who may send those could do worse.
//
// A collection has one finding, wherever it is added to; a function that reads bodies for
// several handlers has one, too.
//
// It does not see a limit that a package sets which imports the handlers': say so there,
// with //lagvet:allow unboundedqueue -- where the limit is.
//
// # How to mend
//
// Bound it, and decide what is to become of what is too much:
//
//	if len(s.lastSeen) >= maxClients {
//		s.evictOldest()
//	}
//
//	r.Body = http.MaxBytesReader(w, r.Body, 1<<20) // 413 and a closed connection above
//	body, err := io.ReadAll(r.Body)
//
// # Go versions
//
// All.
package unboundedqueue
