package budgets

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Text writes the table for people, and below it what is wrong, with its places.
func (t *Table) Text(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "ENDPOINT\tCODE\tINGRESS\tMESH\tCALLEE\tVERDICT")
	for _, r := range t.Rows {
		name := r.Endpoint
		if r.Call != "" {
			name = "  → " + r.Call
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", plain(name), r.Code, r.Ingress, r.Mesh, r.Callee, r.State)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, s := range States() {
		if s == Fits {
			continue
		}
		for _, r := range t.Rows {
			if r.State == s {
				if err := r.explain(w); err != nil {
					return err
				}
			}
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n", t.summary())
	return err
}

func (r Row) explain(w io.Writer) error {
	name := r.Endpoint
	if r.Call != "" {
		name += " → " + r.Call
	}
	if _, err := fmt.Fprintf(w, "\n%s: %s: %s\n", plain(name), r.State, plain(r.Reason)); err != nil {
		return err
	}
	for _, c := range []Cell{r.Code, r.Ingress, r.Mesh, r.Callee} {
		if c.At == nil || c.At.File == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "    %s: %s\n", plain(c.At.String()), c); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) summary() string {
	if len(t.Rows) == 0 {
		return "no endpoints were found"
	}
	var parts []string
	for _, s := range States() {
		if n := t.Count(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// JSON writes the table for machines; limits are in nanoseconds.
func (t *Table) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(t)
}

// plain drops what could change a terminal: names come from files.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}
