package output

import (
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes v as indented JSON in which <, > and & stay readable.
func JSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// Mapped returns f of each element, never nil: empty lists are [] in JSON.
func Mapped[S, T any](in []S, f func(S) T) []T {
	out := make([]T, 0, len(in))
	for _, s := range in {
		out = append(out, f(s))
	}
	return out
}
