package finding

import "time"

// Timings say what an analysis took: of the packages that were analysed, not of those
// whose results were cached.
type Timings struct {
	Clock    string        // "cpu": CPU time; "wall", where that cannot be told
	Total    time.Duration // of all parts
	Parts    []Part        // the longest first
	Analysed int           // packages, those that are imported included
	Asked    int           // of these, those that the patterns mean
	Cached   int           // packages that the patterns mean whose results were cached
	All      bool          // nothing was taken from the cache
}

// A Part is one of what an analysis consists of.
type Part struct {
	Name     string
	Kind     string        // [RulePart], [FoundationPart] or [OtherPart]
	Own      time.Duration // without what it requires, which is a part of its own
	Packages int           // in which it ran
	Rules    []string      // of a foundation, the rules that go by it, in the catalogue's order
}

// The kinds of parts.
const (
	RulePart       = "rule"
	FoundationPart = "foundation" // what rules go by, and what reports what they find
	OtherPart      = "other"      // parsing and type-checking, the compiler
)
