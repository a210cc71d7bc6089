// Package escape gives rules what the compiler itself says about a package:
// what it moves to the heap and by which flow, what it inlines, and how it
// compiles each defer.
//
// The compiler's text comes from -gcflags='-m=2 -d=defer=1,closure=1,escapedebug=1'.
// [Compile] makes it for one package, from the parts of a vet configuration;
// a host that drives the go command may take its replayed output instead.
// [Parse] reads either. [Analyzer] reads the file that its flag "output" names
// and gives rules a [Report], which finds what was said by position.
//
// The text is not an interface that anybody promised to keep: a line that the
// parser does not know is counted and kept ([Output.Unknown]), so that a run
// can say that it may have missed something.
//
// What the text says is not the whole truth about allocation. "x escapes to
// heap" is also said of values that never reach the allocator: constants and
// zero values in interfaces, single bytes, function literals that capture
// nothing. The compiler says so itself in other lines (-d=escapedebug,
// -d=closure); [Diagnostic.Static] joins them. And it does not speak of
// channels, map growth or slices whose size is known only at run time.
package escape
