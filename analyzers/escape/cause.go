package escape

import "strings"

// A CauseKind is why a value outlives its function, or cannot stay on the
// stack although it does not.
type CauseKind string

// The causes. They are stable: fingerprints hold them.
const (
	Unexplained CauseKind = "unexplained"   // there is no explanation
	Returned    CauseKind = "returned"      // flows to a result
	Stored      CauseKind = "stored"        // assigned to a global, through a pointer, into a map
	Kept        CauseKind = "kept"          // assigned to a variable that lives longer: declared before the loop, or a named result
	Passed      CauseKind = "passed"        // to a callee that leaks its argument, or that the compiler does not know
	Captured    CauseKind = "captured"      // by a closure that escapes
	Started     CauseKind = "started"       // the closure of a go statement, or of a defer in a loop
	Sent        CauseKind = "sent"          // on a channel
	Appended    CauseKind = "appended"      // to a slice whose backing array is on the heap
	Converted   CauseKind = "converted"     // to an interface that escapes: the value is boxed, and what it points to goes with it
	PartOf      CauseKind = "part of"       // a literal that escapes
	Panicked    CauseKind = "panicked"      // the argument of panic
	TooLarge    CauseKind = "too large"     // for the stack: over 128 kB (10 MB in older releases), 64 kB for what has no name (cmd/compile/internal/ir/cfg.go)
	UnknownSize CauseKind = "size unknown"  // at compile time
	Forced      CauseKind = "uintptrescape" // by //go:uintptrescapes
)

// A Cause is what a flow comes down to.
type Cause struct {
	Kind CauseKind
	// Expr is the expression that decides: the call, the assignment, the
	// return statement, the variable captured.
	Expr string
	// To is what the value reaches: the callee of Passed, the variable of
	// Kept, the literal of PartOf.
	To  string
	Pos Pos // of Expr; zero if there is none
	// Boxed is set if the value is converted to an interface on its way.
	Boxed bool
}

// Cause reduces the flow of d.
func (d *Diagnostic) Cause() Cause {
	c := Cause{Kind: Unexplained}
	for i := len(d.Flow) - 1; i >= 0 && c.Kind == Unexplained; i-- {
		// A variable on the way is not what keeps the value: only the last one is.
		if cause := edgeCause(d.Flow[i]); cause.Kind != Kept || i == len(d.Flow)-1 {
			c = cause
		}
	}
	for _, e := range d.Flow {
		for _, s := range e.Steps {
			if s.Why == "interface-converted" {
				c.Boxed = true
			}
		}
	}
	return c
}

// edgeCause finds the cause in one edge: the last step is the nearest to what
// the value flows to.
func edgeCause(e Edge) Cause {
	for i := len(e.Steps) - 1; i >= 0; i-- {
		s := e.Steps[i]
		c := Cause{Expr: s.Expr, Pos: s.Pos}
		switch s.Why {
		case "return":
			c.Kind = Returned
		case "call parameter":
			c.Kind, c.To = passed(s.Expr)
		case "captured by a closure", "reference":
			c.Kind = Captured
		case "send":
			c.Kind = Sent
		case "map literal key", "map literal value", "key of map put":
			c.Kind, c.To = Stored, "map"
		case "appendee slice", "appended slice...", "copied slice":
			c.Kind = Appended
		case "slice-literal-element", "array literal element", "struct literal element":
			c.Kind = PartOf
			c.To, _ = storage(e.To)
		case "too large for stack", "too aligned for stack":
			c.Kind = TooLarge
		case "non-constant size": // before Go 1.25
			c.Kind = UnknownSize
		case "//go:uintptrescapes":
			c.Kind = Forced
		case "interface-converted":
			if _, boxed := storage(e.To); !boxed {
				continue
			}
			c.Kind = Converted
		case "spill":
			if e.To != "{heap}" || i > 0 {
				continue
			}
			c.Kind = Started
		case "assign", "assign-pair", "assign-pair-dot-type", "assign-pair-mapr", "assign-pair-receive", "switch case", "range", "range-deref":
			c.Kind, c.To = assigned(e.To)
		default: // the way from the value to the step above: address-of, dot, slice
			continue
		}
		if c.Kind != Unexplained {
			return c
		}
	}
	return Cause{Kind: Unexplained}
}

func assigned(to string) (CauseKind, string) {
	switch {
	case to == "{heap}":
		return Stored, ""
	case strings.HasPrefix(to, "~r"):
		return Returned, ""
	case strings.HasPrefix(to, "{"):
		return Unexplained, ""
	}
	return Kept, to
}

// passed reads the callee from the text of a call.
func passed(call string) (CauseKind, string) {
	callee := calleeText(call)
	switch callee {
	case "append", "copy":
		return Appended, ""
	case "panic":
		return Panicked, ""
	case "min", "max", "clear":
		return Unexplained, ""
	}
	return Passed, callee
}

// calleeText returns "(*T).f" of "(*T).f(x, g(y))": what stands before the
// parenthesis that the last one closes.
func calleeText(call string) string {
	if !strings.HasSuffix(call, ")") || strings.ContainsAny(call, "\"`'") {
		// Parentheses in string constants cannot be told from others.
		call, _, _ = strings.Cut(call, "\"")
		i := strings.LastIndexByte(call, '(')
		if i < 0 {
			return call
		}
		return call[:i]
	}
	depth := 0
	for i := len(call) - 1; i >= 0; i-- {
		switch call[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return call[:i]
			}
		}
	}
	return call
}

// Remedy says in one line what helps against a cause.
func (k CauseKind) Remedy() string { return remedies[k] }

var remedies = map[CauseKind]string{
	Unexplained: "read the compiler's own words: go build -gcflags=-m=2",
	Returned:    "return the value instead of its address, or let the caller pass in what is to be filled",
	Stored:      "store a copy of the value, or reuse what is already stored there",
	Kept:        "declare one variable before the loop and reuse it, or keep the value instead of its address",
	Passed:      "pass a concrete type to a callee that the compiler sees, or take the value from a pool",
	Captured:    "pass the variable as an argument, or copy it into a variable that the closure alone uses",
	Started:     "hand the work to a goroutine that already runs",
	Sent:        "send the value itself, or take it from a pool and let the receiver give it back",
	Appended:    "append values instead of pointers, or reuse the elements that the slice had",
	Converted:   "keep the concrete type as far as possible, or convert a pointer that is on the heap already",
	PartOf:      "mend the literal that holds it",
	Panicked:    "move the panic into a function of its own that is not inlined",
	TooLarge:    "allocate it once and keep it, or make it smaller",
	UnknownSize: "make it of a constant size, or reuse a buffer",
	Forced:      "pass a pointer that is on the heap already",
}
