// Package journal logs, and is not package slog, of which another rule speaks.
package journal

// A Logger writes records.
type Logger struct{ kept any }

//go:noinline
func (l *Logger) Warn(msg string, args ...any) {
	for _, a := range args {
		l.kept = a
	}
}
