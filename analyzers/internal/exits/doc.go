// Package exits tells of ends of the process whether an error leads to them.
//
// Effects tell what ends the process, and by which chain of calls. Whether that
// happens because something failed that may fail on any day, or because the program is
// not sane, as an assertion says, the code around the exit shows: [Index.Failed]
// looks at it. For functions of other packages the fact [OnError] has been left behind,
// see [Index.OnError].
package exits
