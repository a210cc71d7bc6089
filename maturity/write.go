package maturity

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// WriteJSON writes the report; its schema is docs/audit.schema.json.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return nil
}

// State is a control's result in words: fail, unknown, waived, configured, proven or
// not applicable.
func (c ControlState) State() string {
	switch {
	case c.Waiver != nil:
		return "waived"
	case c.Status == verdict.Pass:
		return string(c.Grade)
	case c.Status == verdict.NotApplicable:
		return "not applicable"
	}
	return strings.ToLower(string(c.Status))
}

// Headline is the report in a sentence, without a full stop.
func (r *Report) Headline() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s stands at level %d of %d", r.subject(), r.Level, Levels)
	if r.Required > 0 {
		switch r.Against(r.Required) {
		case Meets:
			fmt.Fprintf(&s, " and meets level %d", r.Required)
		case Below:
			fmt.Fprintf(&s, ", below level %d, which is required", r.Required)
		default:
			fmt.Fprintf(&s, "; whether it meets level %d could not be measured", r.Required)
		}
	}
	return s.String()
}

func (r *Report) subject() string {
	name := r.Repository.Module
	if name == "" {
		name = "the repository"
	}
	if r.Repository.Commit == "" {
		return name
	}
	name += fmt.Sprintf(" at %.12s", r.Repository.Commit)
	if r.Repository.Dirty {
		name += " with changes"
	}
	return name
}

// Covered says of how many incidents the classes are covered, in sentences.
func (r *Report) Covered() string {
	var s []string
	for _, c := range r.Coverage {
		if c.Incidents > 0 {
			s = append(s, fmt.Sprintf("%d at level %d", c.Incidents, c.Level))
		}
	}
	if len(s) == 0 {
		return fmt.Sprintf("None of the model's %d incidents is of a class that is covered.", r.Incidents)
	}
	return fmt.Sprintf("Of the model's %d incidents, those of covered classes: %s; %d are of no class.", r.Incidents, strings.Join(s, ", "), r.Unclassified)
}

// WriteText writes the report for a terminal. With all, controls that are met and
// those of higher levels are listed too.
func (r *Report) WriteText(w io.Writer, all bool) error {
	out := bufio.NewWriter(w)
	for _, t := range r.Tracks {
		if !t.Applies {
			fmt.Fprintf(out, "%-14s does not apply: %s\n\n", t.ID, t.Reason)
			continue
		}
		fmt.Fprintf(out, "%-14s level %d   (%d of %d incidents) %s\n", t.ID, t.Level, t.Incidents, r.Incidents, t.Title)
		for _, c := range t.Controls {
			quiet := c.Met() && c.Waiver == nil && !(c.Optional && c.Status == verdict.Fail)
			if !all && (quiet || c.Level > max(t.Level+1, r.Required)) {
				continue
			}
			writeControl(out, c)
		}
		fmt.Fprintln(out)
	}
	for _, v := range r.Waivers {
		fmt.Fprintf(out, "waiver: %s until %s by %s: %s%s\n", v.Control, v.Expires.Format(time.DateOnly), v.Owner, v.Reason, unused(v))
	}
	for _, p := range r.Problems {
		fmt.Fprintf(out, "not read: %s\n", p)
	}
	if len(r.Waivers)+len(r.Problems) > 0 {
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%s.\n%s\n", r.Headline(), r.Covered())
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return nil
}

func unused(w Waiver) string {
	if w.Used {
		return ""
	}
	return " (it lets nothing pass)"
}

func writeControl(out io.Writer, c ControlState) {
	title := c.Title
	if c.Optional {
		title += " (optional)"
	}
	fmt.Fprintf(out, "  L%d %-14s %s: %s\n", c.Level, c.State(), c.ID, title)
	fmt.Fprintf(out, "     %s\n", c.Reason)
	for _, p := range c.Proofs {
		fmt.Fprintf(out, "       %s  %s\n", p, p.Text)
	}
	if !c.Met() {
		fmt.Fprintf(out, "     mend: %s\n", c.Mend)
	}
}

// WriteMarkdown writes the report for a reader of the repository.
func (r *Report) WriteMarkdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n%s\n\n", capital(r.Headline()), r.Covered())
	fmt.Fprint(out, "| class of incident | level | next |\n|---|---|---|\n")
	for _, t := range r.Tracks {
		level, next := fmt.Sprint(t.Level), "the highest"
		switch {
		case !t.Applies:
			level, next = "–", "does not apply: "+t.Reason
		case t.Level < Levels:
			var ids []string
			for _, c := range t.Next() {
				ids = append(ids, c.ID)
			}
			next = strings.Join(ids, ", ")
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", cell(t.Title), level, cell(next))
	}
	for _, t := range r.Tracks {
		fmt.Fprintf(out, "\n## %s\n\n| level | control | result | why |\n|---|---|---|---|\n", t.ID)
		for _, c := range t.Controls {
			why := c.Reason
			if len(c.Proofs) > 0 {
				why += " (" + c.Proofs[0].String() + ")"
			}
			fmt.Fprintf(out, "| %d | %s | %s | %s |\n", c.Level, cell(c.Title), c.State(), cell(why))
		}
	}
	if len(r.Waivers) > 0 {
		fmt.Fprint(out, "\n## Waivers\n\n| control | owner | until | reason |\n|---|---|---|---|\n")
		for _, v := range r.Waivers {
			fmt.Fprintf(out, "| %s | %s | %s | %s%s |\n", v.Control, cell(v.Owner), v.Expires.Format(time.DateOnly), cell(v.Reason), unused(v))
		}
	}
	if len(r.Problems) > 0 {
		fmt.Fprint(out, "\n## Not read\n\n")
		for _, p := range r.Problems {
			fmt.Fprintf(out, "- %s\n", cell(p.String()))
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return nil
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// cell escapes text for a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(s)
}

// Colours of the badge by level: grey for none, then from red to green.
var colours = [Levels + 1]string{"#6e7781", "#cf222e", "#bc4c00", "#9a6700", "#1a7f37", "#116329"}

// WriteBadge writes an SVG image with the level.
func (r *Report) WriteBadge(w io.Writer) error {
	const left, right, height = 46, 28, 20 // px, for 11 px letters of the font named
	text := fmt.Sprintf("L%d", r.Level)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" role="img" aria-label="lagvet: level %[3]d of %[4]d">
<title>lagvet: level %[3]d of %[4]d</title>
<rect width="%[5]d" height="%[2]d" fill="#24292f"/><rect x="%[5]d" width="%[6]d" height="%[2]d" fill="%[7]s"/>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle"><text x="%[8]d" y="14">lagvet</text><text x="%[9]d" y="14">%[10]s</text></g>
</svg>
`, left+right, height, r.Level, Levels, left, right, colours[r.Level], left/2, left+right/2, text)
	if err != nil {
		return fmt.Errorf("writing the badge: %w", err)
	}
	return nil
}

// PredicateType names the statement's predicate, a [Predicate].
const PredicateType = "https://github.com/lagvet/lagvet/maturity/v1"

// A Statement is an in-toto statement, version 1, which is signed as it stands.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// A Subject is what a statement is about: a commit, or a file.
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"` // by algorithm: gitCommit, sha256
}

// A Predicate is what is stated.
type Predicate struct {
	Tool     string         `json:"tool"`
	Model    int            `json:"model"`
	Time     time.Time      `json:"time,omitzero"` // the commit's
	Level    int            `json:"level"`
	Required int            `json:"required,omitempty"`
	Tracks   map[string]int `json:"tracks"` // levels of those that apply
	Waived   []string       `json:"waived,omitempty"`
	Dirty    bool           `json:"dirty,omitempty"`
}

// Statement states what the report says of a commit, and of a binary whose SHA-256 is
// given in hexadecimal, if it is.
func (r *Report) Statement(binary, sha256 string) Statement {
	s := Statement{
		Type:          "https://in-toto.io/Statement/v1",
		PredicateType: PredicateType,
		Predicate: Predicate{
			Tool: r.Tool, Model: r.Model, Time: r.Repository.Time, Level: r.Level, Required: r.Required,
			Tracks: make(map[string]int), Dirty: r.Repository.Dirty,
		},
	}
	if c := r.Repository.Commit; c != "" {
		s.Subject = append(s.Subject, Subject{r.Repository.Module, map[string]string{"gitCommit": c}})
	}
	if sha256 != "" {
		s.Subject = append(s.Subject, Subject{binary, map[string]string{"sha256": sha256}})
	}
	for _, t := range r.Tracks {
		if t.Applies {
			s.Predicate.Tracks[t.ID] = t.Level
		}
		for _, c := range t.Controls {
			if c.Waiver != nil {
				s.Predicate.Waived = append(s.Predicate.Waived, c.ID)
			}
		}
	}
	return s
}
