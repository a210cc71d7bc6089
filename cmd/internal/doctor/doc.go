// Package doctor is the command that looks at the machine, or at a running Go service,
// and says what a profile makes of it: [Run]. What there is to see, and what is
// required, is the matter of package runtimecheck; here it is asked for, once or again
// and again, and printed.
package doctor
