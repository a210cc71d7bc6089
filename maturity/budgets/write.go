package budgets

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// Text writes the table for people, and below it what is wrong, with its places; and what
// nothing bounds of what is asked; if all, the rest too.
func (t *Table) Text(w io.Writer, all bool) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "ENDPOINT\tCODE\tTRIES\tINGRESS\tMESH\tCALLEE\tVERDICT")
	for _, r := range t.Rows {
		fmt.Fprintln(tw, strings.Join(append([]string{r.title("  → ")}, r.cells()...), "\t"))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, s := range States() {
		for _, r := range t.Rows {
			if r.State == s && (all || s.Wrong() || s == Unbounded && r.Call != "") {
				if err := r.explain(w); err != nil {
					return err
				}
			}
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n", t.summary())
	return err
}

// title is the first cell of a row: that of a call begins with an arrow.
func (r Row) title(arrow string) string {
	if r.Call == "" {
		return plain(r.Endpoint)
	}
	name := arrow + plain(strings.TrimSpace(r.Kind+" "+r.Call))
	switch {
	case r.Aside:
		name += " (aside)"
	case r.Each:
		name += " (each)"
	}
	return name
}

func (r Row) cells() []string {
	return []string{r.Code.String(), r.tries(), r.Ingress.String(), r.Mesh.String(), r.Callee.String(), string(r.State)}
}

// tries are the attempts of code and mesh: "3", "2×3" with those of the mesh, "?" if they
// are not known.
func (r Row) tries() string {
	code := strconv.Itoa(r.Attempts)
	switch {
	case r.Call == "":
		return "–"
	case r.Attempts == 0:
		code = "?"
	}
	if r.MeshAttempts > 1 {
		code += "×" + strconv.Itoa(r.MeshAttempts)
	}
	return code
}

// name is that of the endpoint, and of the call if it is one's.
func (r Row) name() string {
	if r.Call == "" {
		return r.Endpoint
	}
	return r.Endpoint + " → " + r.Call
}

func (r Row) explain(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "\n%s: %s: %s\n", plain(r.name()), r.State, plain(r.Reason)); err != nil {
		return err
	}
	for _, l := range r.places() {
		if _, err := fmt.Fprintf(w, "    %s\n", plain(l)); err != nil {
			return err
		}
	}
	return nil
}

// places are the lines that show a row: where each budget is set, and the way to a call.
func (r Row) places() (lines []string) {
	add := func(p verdict.Place, text string) {
		l := p.String() + ": " + text
		if p.File != "" && !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	cells := []Cell{r.Code, r.Ingress, r.Mesh, r.Callee}
	if r.Outer != nil {
		cells = append([]Cell{*r.Outer}, cells...)
	}
	for _, c := range cells {
		if c.At != nil {
			add(*c.At, c.String())
		}
	}
	for i, p := range r.Chain {
		verb := "calls "
		if i == len(r.Chain)-1 {
			verb = "asks by "
		}
		if p.Text != "" {
			add(p, verb+p.Text)
		}
	}
	return lines
}

// Markdown writes the table for a page, and below it what is wrong.
func (t *Table) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| Endpoint | Code | Tries | Ingress | Mesh | Callee | Verdict |\n|---|---|---|---|---|---|---|\n")
	for _, r := range t.Rows {
		b.WriteString("| " + escape(r.title("→ ")))
		for _, c := range r.cells() {
			b.WriteString(" | " + escape(c))
		}
		b.WriteString(" |\n")
	}
	for _, s := range States() {
		for _, r := range t.Rows {
			if r.State != s || !s.Wrong() {
				continue
			}
			fmt.Fprintf(&b, "\n**%s**: %s: %s\n\n", escape(r.name()), r.State, escape(r.Reason))
			for _, l := range r.places() {
				b.WriteString("- " + escape(l) + "\n")
			}
		}
	}
	b.WriteString("\n" + escape(t.summary()) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// escape keeps a text from being markup.
func escape(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;", "`", "\\`", "[", `\[`).Replace(plain(s))
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
	text := strings.Join(parts, ", ")
	if t.Unfollowed > 0 {
		text += fmt.Sprintf("; %d calls of interfaces were not followed", t.Unfollowed)
	}
	return text
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
