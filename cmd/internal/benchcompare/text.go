package benchcompare

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"unicode"
)

// writeText writes a report for people. all shows what is not judged too.
func writeText(w io.Writer, r *Report, all bool) error {
	b := new(bytes.Buffer)
	for _, line := range r.conditions() {
		fmt.Fprintln(b, line)
	}
	if err := writeTable(b, r, all); err != nil {
		return err
	}
	for i := range r.Rows {
		writeFinding(b, &r.Rows[i])
	}
	for _, p := range r.Problems {
		fmt.Fprintf(b, "could not check: %s\n    mend: %s\n", p, p.Mend)
	}
	for _, name := range r.OnlyNew {
		fmt.Fprintf(b, "%s is only in %s: there is nothing to compare it with yet\n", name, r.New)
	}
	fmt.Fprintf(b, "%s.\n", r.summary())
	_, err := w.Write(bytes.Map(printable, b.Bytes()))
	return err
}

// printable keeps what a file holds from steering the terminal.
func printable(c rune) rune {
	if c != '\n' && unicode.IsControl(c) {
		return '\ufffd'
	}
	return c
}

// conditions say, above the table, in what the runs are not alike and how fit the machine
// was.
func (r *Report) conditions() []string {
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, fmt.Sprintf("not alike: %s: %s → %s", d.Key, d.Old, d.New))
	}
	var machine []string
	for _, c := range r.Machine {
		u, _ := known(c.Unit)
		machine = append(machine, fmt.Sprintf("%s %s → %s", u.Label, value(c.Old, c.Unit), value(c.New, c.Unit)))
	}
	if len(machine) > 0 {
		lines = append(lines, "machine: "+strings.Join(machine, ", "))
	}
	for i, file := range []string{r.Old, r.New} {
		if u := r.Unfit[i]; u.Results > 0 {
			line := fmt.Sprintf("unfit: %d of %d results of %s", u.Results, u.Of, file)
			if len(u.Reasons) > 0 {
				line += ": " + strings.Join(u.Reasons, "; ")
			}
			lines = append(lines, line)
		}
	}
	for _, file := range r.Undescribed {
		lines = append(lines, fmt.Sprintf("%s says nothing of its machine: no benchmark in it uses runtimecheck/bench, so its noise is not known", file))
	}
	return lines
}

func writeTable(w io.Writer, r *Report, all bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	pkg, name, begun := "", "", false
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Verdict == Shown && !all {
			continue
		}
		if row.Package != pkg || !begun {
			pkg, name, begun = row.Package, "", true
			fmt.Fprintf(t, "\n%s\t\t%s\t%s\t\t\t\n", pkg, "old", "new")
		}
		label := row.Name
		if label == name {
			label = ""
		}
		name = row.Name
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", label, row.Unit, row.Old.text(row.Unit), row.New.text(row.Unit), row.delta(), row.odds(), row.word())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}

func (s Side) text(u string) string {
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) {
		return value(s.Center, u) + " ± ?"
	}
	return fmt.Sprintf("%s ± %.0f %%", value(s.Center, u), 100*s.noise())
}

// delta writes a change, or ~ if it is none that counts as one.
func (r *Row) delta() string {
	if r.chance {
		return "~"
	}
	return r.percent()
}

// percent writes a change.
func (r *Row) percent() string {
	if math.IsInf(r.Change, 0) {
		return "from 0"
	}
	return fmt.Sprintf("%+.1f %%", 100*r.Change)
}

// odds writes what the change is to be believed by.
func (r *Row) odds() string {
	n := fmt.Sprintf("n=%d", r.New.N)
	if r.Old.N != r.New.N {
		n = fmt.Sprintf("n=%d+%d", r.Old.N, r.New.N)
	}
	return fmt.Sprintf("p=%.3f %s", r.P, n)
}

func (r *Row) word() string {
	if r.Verdict == Same || r.Verdict == Shown {
		return ""
	}
	return string(r.Verdict)
}

// writeFinding writes what is to be said of a row below the table.
func writeFinding(w io.Writer, r *Row) {
	switch r.Verdict {
	case Regression:
		fmt.Fprintf(w, "regression: %s\n", r.sentence())
	case Unclear:
		fmt.Fprintf(w, "unclear: %s: %s\n", r.sentence(), r.Why)
	default:
		return
	}
	for _, c := range r.Causes {
		fmt.Fprintf(w, "    with it: %s\n", c.Text)
	}
	if r.Verdict == Unclear {
		fmt.Fprintf(w, "    mend: run both again, in turns and with nothing beside them\n")
	}
}

// sentence says what was measured of a row.
func (r *Row) sentence() string {
	return fmt.Sprintf("%s %s %s → %s, %s (more than %.3g %% counts; %s)", key{r.Package, r.Name}, r.Unit,
		value(r.Old.Center, r.Unit), value(r.New.Center, r.Unit), r.percent(), 100*r.Threshold, r.odds())
}
