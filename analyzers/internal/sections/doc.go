// Package sections tells which mutexes a function surely holds while each of
// its instructions runs.
//
// [Analyzer] follows Lock and Unlock through the SSA of every function, block by
// block. What is held on some of the ways to an instruction only, or cannot be
// told, counts as not held: a rule that goes by this misses a section rather than
// inventing one. A deferred Unlock holds to the end of the function, TryLock
// where it succeeded, a helper of the package leaves its caller what it took and
// takes away what it released, a gap in the middle included.
//
// A lock is anything with Lock and Unlock that neither take nor return
// anything: sync.Mutex, sync.RWMutex, sync.Locker, what embeds them, what looks
// like them. In one function two expressions are the same lock if they name the
// same fields of the same value, through pointers too; it is taken for granted
// that those pointers are not changed in between. Between functions a lock is known by
// the field or the package variable that holds it: [Lock].Var.
package sections
