// Package allocs tells what a package allocates, and how surely: one verdict for
// each place, joined from two witnesses.
//
// The compiler says which values escape (package escape, with values). It
// decides, so where it speaks its word counts. But it does not speak of channels,
// of growing maps and slices, and of the closures of go statements; and what
// "does not escape" is allocated all the same if it turns out to be larger than
// the room on the stack: joined and converted strings over 32 bytes, slices of
// unknown size over as many, maps of more than eight entries. These places are
// taken from SSA (package effects), and what the compiler optimises away is
// dropped: a conversion that is only compared, looked up or ranged over, a
// constant in an interface, an append into room that is seen.
//
// In hosts that do not run the compiler SSA speaks alone, and what the compiler
// would decide is suspected only.
//
// [Index.Escape] judges one diagnostic of the compiler, [Index.Silent] returns
// the places in a function that it does not speak of. A verdict is about a place,
// each time it is reached; [Site].Rare says why a place is not reached in every
// call of its function. [Index.NoAlloc] tells what stands under a contract.
//
// The verdicts are tested against allocations that are counted at run time.
package allocs
