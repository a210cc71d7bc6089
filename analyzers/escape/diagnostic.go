package escape

import (
	"fmt"
	"strings"
)

// A Kind says what a line of the compiler is about.
type Kind int

// The kinds of lines that have a meaning for rules. Everything else that the
// parser knows is a Note.
const (
	Note          Kind = iota
	Moved              // moved to heap: x
	Escapes            // x escapes to heap
	Stays              // x does not escape
	Leaks              // leaking param: p; Detail: "content", "to result r level=0" or ""
	Inlined            // inlining call to f; Subject: f
	CanInline          // can inline f with cost 3 as: …
	CannotInline       // cannot inline f: reason; Detail: the reason
	Box                // convert: using global for interface value: x; Detail: "global", "stack temporary"
	Closure            // heap closure, captured vars = [x]; Detail: "heap", "stack" or "global"
	Capture            // f capturing by ref: x (addr=true assign=true width=8); Detail: "ref" or "value"
	Defer              // open-coded defer; Detail: "open-coded", "stack-allocated" or "heap-allocated"
	ZeroCopy           // zero-copy string->[]byte conversion
	Devirtualized      // devirtualizing w.Write to *T
)

var kindNames = [...]string{
	Note: "note", Moved: "moved", Escapes: "escapes", Stays: "stays", Leaks: "leaks", Inlined: "inlined",
	CanInline: "can inline", CannotInline: "cannot inline", Box: "box", Closure: "closure",
	Capture: "capture", Defer: "defer", ZeroCopy: "zero copy", Devirtualized: "devirtualized",
}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// A Pos is a position as the compiler prints it: after //line directives, with
// columns in bytes from 1. Col is 0 where the compiler does not know it (it
// keeps no column above 254).
type Pos struct {
	File      string
	Line, Col int
}

func (p Pos) String() string {
	if p.Col == 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// A Diagnostic is one line of the compiler, its explanation joined to it.
// What an inlined function does stands at the call that was inlined.
type Diagnostic struct {
	Pos     Pos
	Kind    Kind
	Subject string // the expression, variable or function, as the compiler prints it
	Detail  string // by kind
	// Func is the function that was compiled, "(*T).M", "F.func1" or
	// "G[go.shape.int]". Known only where there is an explanation.
	Func string
	// Flow is how the value reaches what outlives it, first the edge that
	// leaves the value. Empty without an explanation.
	Flow []Edge
	// Count is how often the compiler said so: once for each instantiation
	// and inlined copy.
	Count int
	// Static is set if every time the value is kept in static data after
	// all, so that nothing is allocated.
	Static bool
	// Mixed is set if the same is also said not to escape: instantiations
	// or inlined copies differ.
	Mixed bool
}

// An Edge is one assignment of a flow: To ← From.
type Edge struct {
	// To and From are variables, "{heap}", "{temp}" or "{storage for x}".
	// From begins with & if the address flows, with one * for each
	// dereference.
	To, From string
	Steps    []Step
}

// A Step is one expression that an edge comes from.
type Step struct {
	Pos  Pos
	Expr string
	Why  string // "return", "assign", "call parameter", "captured by a closure" …
}

// storage returns x of "{storage for x}".
func storage(loc string) (string, bool) {
	s, ok := strings.CutPrefix(loc, "{storage for ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(s, "}")
}

// A DeferKind is how the compiler implements a defer statement.
type DeferKind int

// How the compiler implements a defer statement.
const (
	UnknownDefer   DeferKind = iota // the compiler was not asked, or said nothing
	OpenCoded                       // the call is placed before each return
	StackAllocated                  // a record on the stack, linked at run time
	HeapAllocated                   // a record on the heap for each time it runs: in loops
)

// deferKinds are the words of the compiler.
var deferKinds = map[string]DeferKind{
	"open-coded":      OpenCoded,
	"stack-allocated": StackAllocated,
	"heap-allocated":  HeapAllocated,
}
