// Package budget holds functions to what the configuration allows them to cost.
//
// # What
//
// The section budgets of .lagvet.yml names functions, or packages, and what one call
// of them may cost at most:
//
//	budgets:
//	  - func: (*example.com/app/match.Engine).Match
//	    allocs: 0
//	    defers: 1
//	    effects: [lock]
//	  - func: example.com/app/match/...
//	    effects: none
//
// The rule reports each function that costs more, once for allocations, once for
// defers and once for each kind of effect that is not permitted. The places follow
// the finding, those in functions of the package that are called included.
//
// Allocations are counted on the path through the function that has the most of
// them: of two branches the dearer one counts. One in a loop counts once, and the
// finding says that it happens in every turn. Defers are counted in the same way, in
// the function itself. Effects are what lagvet why prints; effects: none permits
// nothing at all, a list permits what it names. Where no allocs are given, effects
// without alloc permit no allocation either.
//
// Of several budgets for one function the closest counts, for each limit by itself:
// its name goes before a name with a *, and that before a package; a longer package
// path goes before a shorter. Budgets need no function to be hot.
//
// # Why it costs
//
// A function that is called a million times a second pays a million times for what
// somebody adds to it. Each allocation is work for the collector, whose assists are
// paid at the tail; each wait is somebody else's time. A budget says in one place
// what was agreed on, and the next change is held to it.
//
// # When it is silent
//
// On functions that no budget names, in init functions, in tests, in generated files. About what happens
// only on the way to an error return, a panic or an exit, and in goroutines that the
// function starts. About what is allocated only where something is full, empty or
// new: a buffer that is kept and grows, a pool that has nothing, a first call.
//
// Of allocations, those of which the compiler or the code itself is the witness make
// the finding proven. It is likely if calls of other packages that allocate are
// needed to exceed the budget, and suspected, and not shown by default, if what
// depends on the size of the data, on the room in a buffer or on callers is. Effects are proven where the function
// itself has them, and likely behind calls. What cannot be told (the effect unknown),
// and what a function does only in calling what its caller gave it, is held against
// it under strict alone.
//
// A budget that names no function is said in a run over the whole module: it would
// hold nobody.
//
// # How to mend
//
// Follow the chain to what is over: keep the buffer, return the value, take the lock
// elsewhere. If the cost is worth it, raise the budget in the same change, where
// whoever reviews it sees it.
//
// The rule speaks for every version of Go. What escapes is the compiler's to say, so a
// host that does not run it (golangci-lint, gopls, nogo) counts fewer allocations; and
// another version may count others: lagvet gate tells the compiler's changes from yours.
package budget
