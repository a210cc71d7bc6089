package tracereport

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// CompareText writes a comparison for people.
func CompareText(w io.Writer, c *Comparison, color bool) error {
	p := &printer{bufio.NewWriter(w), c.After, color}
	changes, left := c.shown()
	for _, g := range changes {
		fmt.Fprintf(p, "%s %s\n", p.paint(bold, plain(g.Name)+":"), plain(g.Sentence()))
		fmt.Fprintf(p, "    %s\n", p.paint(faint, g.counts()))
		for _, row := range g.rows() {
			p.row(row)
		}
		p.WriteByte('\n')
	}
	if left > 0 {
		fmt.Fprintf(p, "%s not shown: --top 0 shows all.\n\n", count(int64(left), "more group"))
	}
	for _, problem := range c.Before.Problems {
		fmt.Fprintf(p, "%s %s: %s\n", p.paint(yellow, "not told:"), plain(c.Before.Source), plain(problemText(problem)))
	}
	fmt.Fprintln(p, plain(c.Before.Summary()))
	p.footing()
	if err := p.Flush(); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}

// shown returns the changes that people are shown, and how many they are not.
func (c *Comparison) shown() (changes []Change, left int) {
	changes = c.Changes()
	if n := c.After.Top; n > 0 && len(changes) > n {
		return changes[:n], len(changes) - n
	}
	return changes, 0
}

func (c Change) counts() string {
	of := func(g *trace.Group) string {
		if g == nil {
			return "none"
		}
		return number(g.Count)
	}
	return fmt.Sprintf("%s: %s before, %s after", c.Kind, of(c.Before), of(c.After))
}

// rows returns the table of a change: percentiles, then of the tail what a span consists
// of.
func (c Change) rows() []row {
	if len(c.Slices) == 0 {
		return nil
	}
	rows := []row{{cells: []string{"before", "after"}}}
	for _, s := range c.Slices {
		rows = append(rows, row{s.Name, []string{duration(s.Before), duration(s.After)}, strings.Trim(change(s.Before, s.After), " ()")})
	}
	tail := c.tail()
	for _, p := range tail.Parts {
		note := "the same"
		switch {
		case p.After < p.Before:
			note = "−" + duration(p.size()) + " in a span of " + tail.Name
		case p.After > p.Before:
			note = "+" + duration(p.size()) + " in a span of " + tail.Name
		}
		rows = append(rows, row{wordOf(p.Component).label, []string{amount(p.Before), amount(p.After)}, note})
	}
	return rows
}

func amount(d time.Duration) string {
	if d == 0 {
		return none
	}
	return duration(d)
}

type jsonComparison struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Before   jsonSide      `json:"before"`
	After    jsonSide      `json:"after"`
	Groups   []jsonChange  `json:"groups"`
	Limits   []jsonLimit   `json:"limits"`
	Problems []jsonProblem `json:"problems"`
	Failures []jsonFailure `json:"failures"`
}

type jsonSide struct {
	Source string    `json:"source"`
	Trace  jsonTrace `json:"trace"`
}

type jsonChange struct {
	Kind   trace.Kind        `json:"kind"`
	Name   string            `json:"name"`
	What   string            `json:"what"`
	Before int64             `json:"before_count"`
	After  int64             `json:"after_count"`
	Slices []jsonSliceChange `json:"slices"`
}

type jsonSliceChange struct {
	Name   string           `json:"name"`
	Before int64            `json:"before_ns"`
	After  int64            `json:"after_ns"`
	Parts  []jsonPartChange `json:"parts"`
}

type jsonPartChange struct {
	Component trace.Component `json:"component"`
	Before    int64           `json:"before_ns"`
	After     int64           `json:"after_ns"`
}

// CompareJSON writes a comparison as one JSON object.
func CompareJSON(w io.Writer, c *Comparison) error {
	problems := slices.Concat(c.Before.Problems, c.After.Problems)
	return output.JSON(w, jsonComparison{
		Version: jsonVersion, Tool: toolOf(c.After.Tool),
		Before: jsonSide{c.Before.Source, traceOf(c.Before.Trace)}, After: jsonSide{c.After.Source, traceOf(c.After.Trace)},
		Groups: output.Mapped(c.Changes(), newJSONChange), Limits: output.Mapped(c.After.Limits, newJSONLimit),
		Problems: output.Mapped(problems, func(p trace.Problem) jsonProblem { return jsonProblem{p.Code, p.Text, p.N} }),
		Failures: output.Mapped(c.After.Failures, func(p finding.Problem) jsonFailure { return jsonFailure{p.Message, p.Remedy} }),
	})
}

func newJSONChange(c Change) jsonChange {
	out := jsonChange{Kind: c.Kind, Name: c.Name, What: c.Sentence()}
	if c.Before != nil {
		out.Before = c.Before.Count
	}
	if c.After != nil {
		out.After = c.After.Count
	}
	out.Slices = output.Mapped(c.Slices, func(s SliceChange) jsonSliceChange {
		return jsonSliceChange{s.Name, int64(s.Before), int64(s.After), output.Mapped(s.Parts, func(p PartChange) jsonPartChange {
			return jsonPartChange{p.Component, int64(p.Before), int64(p.After)}
		})}
	})
	return out
}

// CompareMarkdown writes a comparison as Markdown.
func CompareMarkdown(w io.Writer, c *Comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### lagvet trace: %s, now %s\n", text(c.Before.Source), text(c.After.Source))
	changes, left := c.shown()
	for _, g := range changes {
		fmt.Fprintf(&b, "\n**%s** (%s): %s\n", text(g.Name), text(g.counts()), text(g.Sentence()))
		for i, row := range g.rows() {
			if i == 0 {
				b.WriteString("\n| | before | after | |\n|---|--:|--:|---|\n")
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", text(row.label), joined(row.cells), text(row.note))
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s not shown.\n", count(int64(left), "more group"))
	}
	b.WriteString(c.After.markdownFoot())
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the comparison: %w", err)
	}
	return nil
}
