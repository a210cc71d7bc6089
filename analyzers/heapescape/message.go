package heapescape

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// send reports f.
func (c *checker) send(f *finding) {
	end := f.pos + 1
	if n := f.values[0].Node; n != nil && n.Pos() <= f.pos && f.pos < n.End() {
		f.pos, end = n.Pos(), n.End()
	}
	c.pass.Report(rule.Finding{
		Pos:       f.pos,
		End:       end,
		Tier:      f.tier,
		Message:   c.message(f),
		Cause:     c.fingerprint(f),
		Primitive: f.values[0].Primitive,
		Chain:     c.chain(f),
		Mend:      c.mend(f),
		Hot:       f.hot,
	})
}

func (c *checker) message(f *finding) string {
	var b strings.Builder
	v, verb := f.values[0], "is"
	if len(f.values) > 1 {
		verb = "are"
	}
	switch {
	case f.inline != "":
		fmt.Fprintf(&b, "%s, inlined here, allocates %s", f.inline, c.list(f.values))
	case f.call != nil && v.Kind == values.Boxed:
		fmt.Fprintf(&b, "%s %s boxed on the heap for %s", c.list(f.values), verb, types.ExprString(f.call.Fun))
	case f.call != nil:
		fmt.Fprintf(&b, "%s %s allocated for %s", c.list(f.values), verb, types.ExprString(f.call.Fun))
	case v.Kind == values.Variable:
		fmt.Fprintf(&b, "%s is moved to the heap", c.list(f.values))
	case v.Kind == values.Boxed:
		fmt.Fprintf(&b, "%s is boxed on the heap", c.list(f.values))
	case v.Kind == values.Closure && len(f.values) > 1:
		fmt.Fprintf(&b, "%s is allocated with %s, which it captures,", c.list(f.values[:1]), c.list(f.values[1:]))
	default:
		fmt.Fprintf(&b, "%s is allocated", c.list(f.values))
	}
	b.WriteString(" " + c.allocs.How(f.pos))
	if why := c.why(f); why != "" {
		b.WriteString(": " + why)
	}
	if f.rare != "" {
		b.WriteString("; " + f.rare)
	}
	return b.String()
}

// list names values with their types and sizes: "o (Order, 96 bytes) and n (int, 8 bytes)".
func (c *checker) list(list []*values.Value) string {
	const most = 4
	var parts []string
	for i, v := range list {
		if i == most && len(list) > most+1 {
			parts = append(parts, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		parts = append(parts, c.named(v))
	}
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return parts[0]
}

func (c *checker) named(v *values.Value) string {
	var about []string
	if v.Type != nil && (v.Kind == values.Variable || v.Kind == values.Boxed) {
		about = append(about, rule.Brief(c.allocs.Finder.TypeText(v.Type)))
	}
	if v.Size > 0 {
		about = append(about, plural(v.Size, "byte"))
	}
	if len(about) == 0 {
		return rule.Brief(v.Text)
	}
	return rule.Brief(v.Text) + " (" + strings.Join(about, ", ") + ")"
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// why is the cause in words.
func (c *checker) why(f *finding) string {
	at := c.report.Pos(f.cause.Pos)
	onlyCold := f.values[0].Kind == values.Variable && c.onlyRarely(at)
	switch f.cause.Kind {
	case escape.Returned:
		if onlyCold {
			return "its address is returned on a rare path"
		}
		return "it is returned"
	case escape.Stored:
		if f.cause.To == "map" {
			return "it goes into a map"
		}
		if to, _, ok := strings.Cut(f.cause.Expr, " = "); ok && !strings.HasPrefix(to, ".") {
			return "it is stored in " + rule.Brief(to)
		}
		return "it is stored where it outlives the call"
	case escape.Kept:
		if strings.HasPrefix(f.cause.To, ".") {
			return "it is kept beyond the loop or the call"
		}
		return fmt.Sprintf("%s keeps it, which lives longer", f.cause.To)
	case escape.Passed:
		callee, unseen := c.callee(f)
		if f.call != nil && f.inline == "" {
			return "" // the call is named already
		}
		switch {
		case unseen && onlyCold:
			return fmt.Sprintf("a rare path passes it to %s, into which the compiler cannot see", callee)
		case unseen:
			return fmt.Sprintf("it is passed to %s, into which the compiler cannot see", callee)
		case onlyCold:
			return fmt.Sprintf("a rare path passes it to %s, which lets it escape", callee)
		}
		return fmt.Sprintf("it is passed to %s, which lets it escape", callee)
	case escape.Captured:
		return "a closure that escapes captures it"
	case escape.Started:
		return "it is what a go statement runs"
	case escape.Sent:
		return "it is sent on a channel"
	case escape.Appended:
		return "it is appended to a slice on the heap"
	case escape.Converted:
		return "it is converted to an interface that escapes"
	case escape.PartOf:
		if onlyCold {
			return "a rare path makes it part of a value that escapes"
		}
		if f.cause.To == "" || f.cause.To == "... argument" {
			return "it is part of a value that escapes"
		}
		return fmt.Sprintf("it is part of %s, which escapes", rule.Brief(f.cause.To))
	case escape.Panicked:
		return "panic is given it"
	case escape.TooLarge:
		return "it is too large for the stack"
	case escape.UnknownSize:
		return "its size is not known when it is compiled"
	}
	return ""
}

// onlyRarely reports whether what stands at pos does not run in every call.
func (c *checker) onlyRarely(pos token.Pos) bool {
	return pos.IsValid() && (c.pass.Hotness.Cold(pos) || c.allocs.Seldom.Why(pos) != "")
}

// callee names what the value is passed to, and reports whether the compiler
// cannot know what that is.
func (c *checker) callee(f *finding) (name string, unseen bool) {
	for _, cur := range c.allocs.Finder.At(c.report.Pos(f.cause.Pos)) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		name := types.ExprString(call.Fun)
		k := c.pass.Funcs.Call(call)
		if k == nil || c.report.Inlined(call.Lparen) {
			return name, false
		}
		return name, k.Dynamic || k.Func == nil
	}
	return rule.Brief(f.cause.To), false
}

// fingerprint is the kinds and types of the values, and the cause: it changes
// neither with lines nor with names of variables.
func (c *checker) fingerprint(f *finding) string {
	var parts []string
	for _, v := range f.values {
		s := string(v.Kind)
		if v.Type != nil {
			s += " " + c.allocs.Finder.TypeText(v.Type)
		}
		parts = append(parts, s)
	}
	s := strings.Join(parts, ", ")
	switch {
	case f.inline != "":
		return s + " inlined from " + f.inline
	case f.call != nil:
		return s + " for " + types.ExprString(f.call.Fun)
	}
	return s + " " + string(f.cause.Kind)
}

// chain is the flow that the compiler found, step by step.
func (c *checker) chain(f *finding) []rule.Step {
	var steps []rule.Step
	for _, e := range f.flow {
		for _, s := range e.Steps {
			pos := c.report.Pos(s.Pos)
			text := stepText(s)
			if strings.HasPrefix(text, "assigns") && c.report.Inlined(pos) {
				continue // to the parameter of what is inlined
			}
			if text == "" || len(steps) > 0 && steps[len(steps)-1].Text == text {
				continue
			}
			step := rule.Step{Pos: pos, Text: text}
			if !pos.IsValid() {
				step.Posn.Filename, step.Posn.Line, step.Posn.Column = s.Pos.File, s.Pos.Line, s.Pos.Col
			}
			steps = append(steps, step)
		}
	}
	return steps
}

// stepText says in words what a step of a flow does. Steps that only pick a
// part of the value say nothing.
func stepText(s escape.Step) string {
	expr := rule.Brief(s.Expr)
	switch s.Why {
	case "address-of":
		return "takes the address: " + expr
	case "interface-converted":
		return "converts " + expr + " to an interface"
	case "captured by a closure":
		return "captures " + expr
	case "call parameter":
		return "passes it on: " + expr
	case "return":
		return "returns it: " + expr
	case "assign", "assign-pair", "assign-pair-dot-type", "range", "range-deref", "switch case":
		if strings.Contains(s.Expr, ".autotmp_") || strings.HasPrefix(s.Expr, "~r") {
			return ""
		}
		return "assigns it: " + expr
	case "send":
		return "sends it: " + expr
	case "map literal key", "map literal value", "key of map put":
		return "puts it into a map: " + expr
	case "slice-literal-element", "array literal element", "struct literal element":
		if expr == "... argument" {
			return "goes into the variadic arguments"
		}
		return "is part of " + expr
	case "appended slice...", "appendee slice", "copied slice":
		return "appends it: " + expr
	case "too large for stack", "too aligned for stack", "non-constant size", "//go:uintptrescapes":
		return "is " + strings.TrimPrefix(s.Why, "//") + ": " + expr
	}
	return ""
}

// mend says what helps.
func (c *checker) mend(f *finding) string {
	at := c.report.Pos(f.cause.Pos)
	switch v := f.values[0]; {
	case f.inline != "":
		return "call what takes a buffer or a value from the caller, or keep what it makes and use it again"
	case v.Kind == values.Variable && c.onlyRarely(at):
		return "copy the variable on that path and hand on the copy, so that only that path pays"
	case v.Kind == values.Boxed || v.Kind == values.Variadic:
		return "call what takes the concrete type (strconv, a typed field of the logger), or do it behind the check that needs it"
	case v.Kind == values.Closure:
		return "make the closure once and keep it, or pass a named function and its arguments"
	case v.Kind == values.MethodValue:
		return "make the method value once and keep it, or pass the receiver itself as an interface"
	case v.Kind == values.Copied:
		return "keep one form of the text, append to a buffer that is reused, or convert where the compiler needs no copy (map index, comparison, range)"
	case v.Kind == values.Joined || v.Kind == values.Grown:
		return "append to a buffer that is reused"
	}
	return f.cause.Kind.Remedy()
}
