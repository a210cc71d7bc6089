package finding

import (
	"cmp"
	"slices"
)

// A Place is a position in a source file.
type Place struct {
	File   string // absolute; empty if the place is unknown
	Line   int    // from 1
	Column int    // from 1, in bytes
}

// Compare orders places by file, line and column.
func Compare(a, b Place) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
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

// Allowed is the directive, or the exclude of the configuration, that silences
// a finding.
type Allowed struct {
	Place
	Reason string
}

// An Assumption is what somebody says that a function, or a statement of it,
// does, whatever inference says.
type Assumption struct {
	Place
	Func    string   // full name
	Effects []string // empty: none
	Reason  string
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

	// Fault is the full name of the function to be mended, if that is not
	// Func but what it calls.
	Fault string
	// Cause and Primitive identify the hazard within Fault, or else Func.
	Cause     string
	Primitive string

	Chain []Step
	Mend  string
	Fixes []Fix
	URL   string // the rule's page

	Hot      *Hot
	NeedsHot bool     // a performance finding in code that nothing says is hot
	Allowed  *Allowed // set if a directive silences the finding
	Excluded *Allowed // set if an exclude of the configuration silences it

	// Evidence is what was measured where the finding stands; nil if nothing
	// was given that measures what the finding is about.
	Evidence *Evidence

	// Fingerprint identifies the finding across runs. [Identify] sets it.
	Fingerprint string
}

// A Problem is something that could not be checked: the run is then neither
// clean nor a failure of the code.
type Problem struct {
	Place          // where it stands, if anywhere
	Message string // what could not be checked and why, one sentence
	Remedy  string // what to do
}

// A Heat says what makes one function hot, or reachable from a request root.
type Heat struct {
	Func    string // full name, as types.Func.FullName prints it
	Package string // import path
	Start   Place  // the declaration
	Hot     *Hot   // nil if nothing says that the function is hot
	Root    *Root  // nil if no request root is known to reach it
}

// Effects say what one function may do to latency.
type Effects struct {
	Func    string // full name, as types.Func.FullName prints it; a literal's number follows
	Package string // import path
	Effects []Effect
}

// An Effect is one thing that a function may do.
type Effect struct {
	Kind     string // "alloc", "net"
	Cold     bool   // only on the way to an error return, a panic or an exit
	ByCaller bool   // only in calling what its caller gave it
	// Certainty is how sure an allocation is: proven, size-dependent or
	// suspected. It is empty for other kinds.
	Certainty string
	Stated    string // why the effect is not inferred; empty if it is
	Chain     []Call // to the primitive; empty if the function is one, or the effect is stated
}

// A Call is one link of the chain that leads to an effect.
type Call struct {
	Place
	Func    string // what is called there
	Omitted int    // how many links are left out behind this one
}

// A Root says that a function runs on behalf of a request.
type Root struct {
	Detail string // "HTTP handler"
	Via    []Step // from the root down to the function
}

// The tiers, from the lowest: how sure a finding is.
const (
	Suspected = "suspected"
	Likely    = "likely"
	Proven    = "proven"
)

// DirectiveRule is the rule of findings about directives themselves: one that
// cannot be obeyed, an allow that silences nothing.
const DirectiveRule = "directive"

// Sort puts findings in the order of reports: by place, then by rule, message
// and what else tells findings at one place apart.
func Sort(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			Compare(a.Start, b.Start),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Func, b.Func),
			cmp.Compare(a.Cause, b.Cause),
			cmp.Compare(a.Primitive, b.Primitive),
		)
	})
}
