package escape

import "strings"

// classify reads a message. The cases follow the places in
// cmd/compile/internal that print, in the order of the compiler's phases.
// Where the expression comes first the end of the message decides, for the
// expression may hold any text in a string constant.
func classify(msg string) (Diagnostic, bool) {
	for _, f := range []func(string) (Diagnostic, bool){suffixed, prefixed, noted} {
		if d, ok := f(msg); ok {
			return d, true
		}
	}
	return Diagnostic{}, false
}

func suffixed(msg string) (Diagnostic, bool) {
	if s, ok := strings.CutSuffix(msg, " escapes to heap"); ok {
		return Diagnostic{Kind: Escapes, Subject: s}, true
	}
	if s, ok := strings.CutSuffix(msg, " does not escape"); ok {
		return Diagnostic{Kind: Stays, Subject: s}, true
	}
	if s, ok := strings.CutSuffix(msg, " does not escape, mutate, or call"); ok {
		return Diagnostic{Kind: Stays, Subject: s}, true
	}
	return Diagnostic{}, false
}

func prefixed(msg string) (Diagnostic, bool) {
	switch {
	case strings.HasPrefix(msg, "moved to heap: "):
		return Diagnostic{Kind: Moved, Subject: msg[len("moved to heap: "):]}, true
	case strings.HasPrefix(msg, "leaking param: "):
		s, to, ok := strings.Cut(msg[len("leaking param: "):], " to result ")
		if ok {
			to = "to result " + to
		}
		return Diagnostic{Kind: Leaks, Subject: s, Detail: to}, true
	case strings.HasPrefix(msg, "leaking param content: "):
		return Diagnostic{Kind: Leaks, Subject: msg[len("leaking param content: "):], Detail: "content"}, true
	case strings.HasPrefix(msg, "inlining call to "):
		s, _, _ := strings.Cut(msg[len("inlining call to "):], " with score ") // GOEXPERIMENT=newinliner
		return Diagnostic{Kind: Inlined, Subject: s}, true
	case strings.HasPrefix(msg, "can inline "):
		s, _, _ := strings.Cut(msg[len("can inline "):], " with cost ")
		return Diagnostic{Kind: CanInline, Subject: s}, true
	case strings.HasPrefix(msg, "cannot inline "):
		// A function's name holds ": " only inside the type arguments' struct types, and those print without it.
		s, why, ok := strings.Cut(msg[len("cannot inline "):], ": ")
		return Diagnostic{Kind: CannotInline, Subject: s, Detail: why}, ok
	case strings.HasPrefix(msg, "convert: using "):
		how, s, ok := strings.Cut(msg[len("convert: using "):], ": ")
		if strings.HasPrefix(how, "stack temporary ") {
			return Diagnostic{Kind: Note, Subject: s, Detail: how}, ok
		}
		return Diagnostic{Kind: Box, Subject: s, Detail: how}, ok
	case msg == "closure converted to global":
		return Diagnostic{Kind: Closure, Detail: "global"}, true
	case strings.HasPrefix(msg, "heap closure, captured vars = "):
		return Diagnostic{Kind: Closure, Subject: msg[len("heap closure, captured vars = "):], Detail: "heap"}, true
	case strings.HasPrefix(msg, "stack closure, captured vars = "):
		return Diagnostic{Kind: Closure, Subject: msg[len("stack closure, captured vars = "):], Detail: "stack"}, true
	case msg == "zero-copy string->[]byte conversion":
		return Diagnostic{Kind: ZeroCopy}, true
	case strings.HasPrefix(msg, "devirtualizing "), strings.HasPrefix(msg, "partially devirtualizing "):
		_, s, _ := strings.Cut(msg, "devirtualizing ")
		s, to, ok := cutLast(s, " to ")
		return Diagnostic{Kind: Devirtualized, Subject: s, Detail: to}, ok
	case strings.HasSuffix(msg, " defer"):
		kind := strings.TrimSuffix(msg, " defer")
		return Diagnostic{Kind: Defer, Detail: kind}, deferKinds[kind] != UnknownDefer
	case strings.HasSuffix(msg, ")") && strings.Contains(msg, " capturing by ") && strings.Contains(msg, " (addr="):
		_, s, _ := strings.Cut(msg, " capturing by ")
		how, s, ok := strings.Cut(s, ": ")
		s, _, _ = strings.Cut(s, " (addr=")
		return Diagnostic{Kind: Capture, Subject: s, Detail: how}, ok
	}
	return Diagnostic{}, false
}

// notes are messages without a meaning for rules, by how they begin.
var notes = []string{
	"index bounds check elided",
	"PGO devirtualizing ",
	"should not PGO devirtualize ",
	"cannot devirtualize ",
	"imprecise interface call",
	"mutates param: ",
	"calls param: ",
	"assuming ",                   // assuming p is unsafe uintptr
	"marking ",                    // marking p as escaping uintptr
	"loop variable ",              // -d=loopvar=2
	"tail call emitted for ",      // -d=tailcall=1
	"alias analysis: ",            // -d=escapealias=1
	"append: len-only update",     // -d=append=1
	"slice: omit slice operation", // -d=slice=1
	"type assertion ",             // -d=typeassert=1
	"dereference will be kept alive",
	"expr is unknown to bloop pass",
	"unrecognized shape for assign list stmt for blank assignment",
}

func noted(msg string) (Diagnostic, bool) {
	for _, n := range notes {
		if strings.HasPrefix(msg, n) {
			return Diagnostic{Kind: Note, Detail: msg}, true
		}
	}
	switch {
	case strings.HasPrefix(msg, "function ") && strings.Contains(msg, " considered 'big'; "),
		strings.HasSuffix(msg, " will be kept alive"), // testing.B.Loop
		strings.Contains(msg, " ignoring self-assignment in "):
		return Diagnostic{Kind: Note, Detail: msg}, true
	}
	return Diagnostic{}, false
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
