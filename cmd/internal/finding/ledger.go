package finding

// A Ledger says what one hot function costs: it is what two versions of a
// program are compared by.
type Ledger struct {
	Func    string // full name, as types.Func.FullName prints it
	Package string // import path
	Start   Place  // the declaration
	Hot     *Hot
	Allocs  []Alloc
	Effects []Effect // alloc is among them only where calls allocate
	Defers  int      // statements
}

// An Alloc is a place in a function that allocates each time it is passed.
type Alloc struct {
	Place
	// Cause identifies the allocation within the function, as Finding.Cause
	// does: it holds no line.
	Cause string
	Text  string // for a reader, in the compiler's words where it has any
	// Certainty is proven, likely (unless a caller has the function inlined), or
	// size-dependent or suspected.
	Certainty string
}

// A Change is one cost that a hot function has gained or lost between two
// versions of a program.
type Change struct {
	Func    string // full name in the newer version, or else in the older
	Package string // import path
	Start   Place  // the allocation, or the first call of the chain; of what was lost, the declaration
	Hot     *Hot
	Gained  bool   // or else lost
	Kind    string // a kind of effect; alloc for allocations
	Text    string // what, for a reader
	Chain   []Step // to the primitive
	By      string // [ByCode], [ByToolchain] or [ByHotness]
}

// What a change of costs comes from.
const (
	ByCode      = "code"
	ByToolchain = "toolchain" // another Go release or architecture
	ByHotness   = "hotness"   // the function became hot, or is hot no longer
)
