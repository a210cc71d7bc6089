// Package chanflow tells which goroutines of a package meet at which channel,
// wait group, condition variable or mutex, and who else might.
//
// An [Object] is one of them, known by where the package makes it or, for those that
// are no pointers, by the field or variable that holds it. Values are followed from
// there to wherever they are used: through variables that closures share, fields,
// parameters, results, elements, other channels, and function values. A field
// stands for that field of every object, and a function for all its calls; order
// does not count. So an object has at least the operations ([Op]) that it really has,
// which is what a rule needs that says "nobody receives".
//
// What leaves the package is out of sight: what is passed to another package, put
// into a field or variable that others may reach, returned by an exported function.
// Such an object is [Object.Out], and an operation on what may come from there is not
// [Op.Known]. Of contexts it is known what cancels them: a derived one ends by its
// own cancel function, its deadline, or its parent's end.
//
// [Index.Starts] says which go statements a function runs under, [Index.In] and
// [Index.Calls] who calls whom, function values and the methods of interfaces
// included. Code that nothing calls has no operations, in a program; in a library it
// may be called by what is out of sight. Tests are left out.
//
// [Index.Up] and [Index.Down] follow calls, and keep apart what the functions on the way
// were passed: who starts what it is passed starts no other's, and what stands under a
// flag is reached only by those who set it.
//
// It works on SSA and has no facts: what it says, it says of one package.
package chanflow
