// Package format takes arguments of any type as package fmt does, of which another
// rule speaks: they escape, the slice that holds them does not.
package format

import (
	"errors"
	"io"
)

var kept any

func keep(args []any) {
	for _, a := range args {
		kept = a
	}
}

//go:noinline
func Sprintf(format string, args ...any) string { keep(args); return format }

//go:noinline
func Printf(format string, args ...any) { keep(args) }

//go:noinline
func Println(args ...any) { keep(args) }

//go:noinline
func Fprintf(w io.Writer, format string, args ...any) { kept = w; keep(args) }

//go:noinline
func Errorf(format string, args ...any) error { keep(args); return errors.New(format) }
