// Package finding is the model of what lagvet reports: one hazard at one place,
// with the chain that leads to it and an identity that survives moved code.
package finding

// A Place is a position in a source file.
type Place struct {
	File   string // absolute
	Line   int    // from 1
	Column int    // from 1, in bytes
}

// A Step is one link of the chain that leads to a hazard.
type Step struct {
	Place
	Text string
}

// An Edit replaces bytes of a file.
type Edit struct {
	File       string // absolute
	Start, End int    // half-open, byte offsets from 0
	New        string
}

// A Fix is a set of edits that belong together.
type Fix struct {
	Message string
	Edits   []Edit
}

// Hot says why the code of a finding is hot, and who says so.
type Hot struct {
	Source string  // directive, profile or coverage
	Detail string  // "31 % of CPU in default.pgo"
	Share  float64 // of CPU time, 0 to 1; 0 if no profile knows the function
	Via    []Step
}

// Allowed is the directive that silences a finding.
type Allowed struct {
	Place
	Reason string
}

// A Finding is one hazard at one place.
type Finding struct {
	Rule     string
	Message  string
	Severity string // high, medium, low
	Tier     string // proven, likely, suspected
	Class    string // incident class
	Package  string // import path
	Func     string // full name, as types.Func.FullName prints it
	Start    Place
	End      Place

	// Cause and Primitive identify the hazard within Func.
	Cause     string
	Primitive string

	Chain []Step
	Mend  string
	Fixes []Fix
	URL   string // the rule's page

	Hot      *Hot
	NeedsHot bool     // a performance finding in code that nothing says is hot
	Allowed  *Allowed // set if a directive silences the finding

	// Fingerprint identifies the finding across runs: it is made of Rule,
	// Func, Cause, Primitive and the finding's ordinal among its equals,
	// never of a file name or a line.
	Fingerprint string
}
