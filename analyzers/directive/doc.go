// Package directive reads lagvet's comments: the words that a programmer says
// to the analysis in the code itself.
//
// A directive is a line comment of the form
//
//	//lagvet:VERB [arguments] [-- reason]
//
// with no space after the slashes, like //go:noinline, so that gofmt and godoc
// know it for what it is. The verbs:
//
//	//lagvet:hot                                the function is on the hot path
//	//lagvet:nonblocking                        contract: it never waits (implies hot)
//	//lagvet:noalloc                            contract: it never allocates (implies hot)
//	//lagvet:root                               a request enters the program here
//	//lagvet:assume none -- reason              its effects are none, whatever inference says
//	//lagvet:assume alloc,lock -- reason        its effects are exactly these
//	//lagvet:allow ctxless, stw -- reason       these rules are silent here
//	//lagvet:bounded -- reason                  what is spawned here is bounded by something unseen
//
// assume, allow and bounded overrule the analysis, so each must say why.
//
// # Where a directive stands
//
// hot, nonblocking, noalloc and root belong in the doc comment of a function,
// of an interface method (they bind every implementation) or of a func type
// (they bind what is converted to it).
//
// assume, allow and bounded in a function's doc comment cover the function.
// On the line above a statement, or at the end of one of its lines, they cover
// that whole statement, the body of a loop or of a go func(){…}() included.
// They may also stand on a declaration, a call's argument or an element of a
// composite literal; allow also on a field or an import.
//
// A directive that stands where it can have no effect would be silently dead.
// It is a [Problem], as are an unknown verb, a missing reason, an unknown
// effect, a duplicate, and directives that contradict each other. A problem
// costs the directive its force, unless it is only a duplicate or part of a
// contradiction.
//
// # Using it
//
// An analysis requires [Analyzer] and asks its [Index]: On for what a
// declaration carries, Covering for what holds at a position, Allow for whether
// a rule must be silent there. This package knows no rules, so whoever does
// passes their names to UnknownRules.
package directive
