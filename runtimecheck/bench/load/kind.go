package load

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
)

// A Kind says how a call failed.
type Kind string

// The kinds.
const (
	Status  Kind = "status"  // it was answered, and not as expected
	Timeout Kind = "timeout" // there was no answer in time
	Refused Kind = "refused" // nobody listens there
	Reset   Kind = "reset"   // the connection was reset
	Closed  Kind = "closed"  // the connection was closed before the answer was whole
	// Exhausted is the fault of the generator: this machine had no file descriptor, port
	// or buffer left. It says nothing about the target.
	Exhausted Kind = "exhausted"
	Other     Kind = "other"
)

// Kinds returns the kinds, in the order of reports.
func Kinds() []Kind { return []Kind{Status, Timeout, Refused, Reset, Closed, Exhausted, Other} }

// An Error is an error whose kind the target knows.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error that the target met.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error of [Target].Do.
func KindOf(err error) Kind {
	if known, ok := errors.AsType[*Error](err); ok {
		return known.Kind
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return Timeout
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		if k := kindOfErrno(number); k != "" {
			return k
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return Closed
	}
	if timed, ok := errors.AsType[net.Error](err); ok && timed.Timeout() {
		return Timeout
	}
	return Other
}

func kindOfErrno(number syscall.Errno) Kind {
	for _, of := range errnos {
		if slices.Contains(of.numbers, number) {
			return of.kind
		}
	}
	return ""
}

// errnosOf is what an operating system calls a kind.
type errnosOf struct {
	kind    Kind
	numbers []syscall.Errno
}
