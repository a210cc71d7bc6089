package escape

import "testing"

// The flows are what Go 1.26 prints.
func TestCause(t *testing.T) {
	step := func(expr, why string) string { return "a.go:1:1:     from " + expr + " (" + why + ") at a.go:2:3\n" }
	flow := func(to, from string) string { return "a.go:1:1:   flow: " + to + " ← " + from + ":\n" }
	tests := []struct {
		name, text string
		kind       CauseKind
		to         string
		boxed      bool
	}{
		{"returned", flow("~r0", "&x") + step("&x", "address-of") + step("return &x", "return"), Returned, "", false},
		{"named result", flow("err", "&x") + step("return &x", "return"), Returned, "", false},
		{"result of an inlined call", flow("~r0", "&{storage for x}") + step("x", "spill") + step("~r0 = x", "assign-pair") + flow("{heap}", "~r0") + step("p = ~r0", "assign"), Stored, "", false},
		{"stored", flow("{heap}", "&x") + step("&x", "address-of") + step("t.p = &x", "assign"), Stored, "", false},
		{"map value", flow("{heap}", "&{storage for x}") + step("x", "spill") + step("m", "map literal value"), Stored, "map", false},
		{"map key", flow("{heap}", "&{storage for x}") + step("x", "spill") + step("m[x]", "key of map put"), Stored, "map", false},
		{"kept", flow("last", "&{storage for x}") + step("x", "spill") + step("last = x", "assign"), Kept, "last", false},
		{"a variable on the way is not what keeps it", flow("v", "&{storage for x}") + step("v := x", "assign") + flow("{heap}", "*v"), Unexplained, "", false},
		{"passed", flow("{heap}", "&x") + step("&x", "address-of") + step("(*T).f(t, &x)", "call parameter"), Passed, "(*T).f", false},
		{"passed through a parameter of what is inlined", flow("fmt.a", "&{storage for ... argument}") + step("... argument", "spill") + flow("{heap}", "*fmt.a") + step("fmt.errorf(fmt.format, fmt.a...)", "call parameter"), Passed, "fmt.errorf", false},
		{"passed and boxed", flow("{heap}", "&x") + step("&x", "interface-converted") + step("f(&x)", "call parameter"), Passed, "f", true},
		{"appended", flow("{heap}", "&x") + step("append(s, &x)", "call parameter"), Appended, "", false},
		{"appended slice", flow("{heap}", "*{temp}") + step("append(s, t...)", "call parameter") + step("append(s, t...)", "appended slice..."), Appended, "", false},
		{"panicked", flow("{heap}", "&{storage for x}") + step("x", "spill") + step("panic(x)", "call parameter"), Panicked, "", false},
		{"captured by reference", flow("{storage for func literal}", "&x") + step("x", "captured by a closure") + step("x", "reference"), Captured, "", false},
		{"started", flow("{heap}", "&{storage for func literal}") + step("func literal", "spill"), Started, "", false},
		{"sent", flow("{heap}", "&{storage for x}") + step("x", "spill") + step("c <- x", "send"), Sent, "", false},
		{"part of", flow("{storage for &T{...}}", "&{storage for x}") + step("x", "spill") + step("T{...}", "struct literal element"), PartOf, "&T{...}", false},
		{"boxed into something that escapes", flow("{storage for s}", "s") + step("s", "interface-converted"), Converted, "", true},
		{"too large", flow("{heap}", "&x") + step("x", "too large for stack"), TooLarge, "", false},
		{"size unknown", flow("{heap}", "&x") + step("x", "non-constant size"), UnknownSize, "", false},
		{"uintptrescapes", flow("{heap}", "x") + step("uintptr(x)", "//go:uintptrescapes"), Forced, "", false},
		{"no flow", "", Unexplained, "", false},
	}
	for _, test := range tests {
		out := parse(t, "a.go:1:1: x escapes to heap in F:\n"+test.text+"a.go:1:1: moved to heap: x\n")
		if len(out.Unknown) > 0 {
			t.Errorf("%s: unknown lines %q", test.name, out.Unknown)
			continue
		}
		c := out.Diagnostics[0].Cause()
		if c.Kind != test.kind || c.To != test.to || c.Boxed != test.boxed {
			t.Errorf("%s: got %+v, want %s to %q, boxed %v", test.name, c, test.kind, test.to, test.boxed)
		}
		if c.Kind.Remedy() == "" {
			t.Errorf("%s: no remedy for %s", test.name, c.Kind)
		}
	}
}

func TestCalleeText(t *testing.T) {
	for call, want := range map[string]string{
		"f(x)":                    "f",
		"(*T).f(x, g(y))":         "(*T).f",
		"t.m()(x)":                "t.m()",
		`log("a (b", x)`:          "log",
		"G[go.shape.int](&.d, x)": "G[go.shape.int]",
		"append(s, x...)":         "append",
		"no call":                 "no call",
	} {
		if got := calleeText(call); got != want {
			t.Errorf("calleeText(%q) = %q, want %q", call, got, want)
		}
	}
}
