package manage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Formats are the values of Options.Format.
func Formats() []string { return []string{"text", "json"} }

// shown is what the JSON of a baseline holds.
type shown struct {
	Version  int            `json:"version"`
	File     string         `json:"file"`
	Lagvet   string         `json:"lagvet"`
	Go       string         `json:"go"`
	GOOS     string         `json:"goos"`
	GOARCH   string         `json:"goarch"`
	Counts   map[string]int `json:"counts"` // by rule
	Findings []shownFinding `json:"findings"`
}

type shownFinding struct {
	File        string `json:"file"`
	Rule        string `json:"rule"`
	Message     string `json:"message"`
	Reason      string `json:"reason,omitempty"`
	Package     string `json:"package"`
	Func        string `json:"func,omitempty"`
	Fault       string `json:"fault,omitempty"`
	Cause       string `json:"cause,omitempty"`
	Primitive   string `json:"primitive,omitempty"`
	Fingerprint string `json:"fingerprint"`
}

// Show prints what a baseline holds.
func Show(o Options, s check.Streams) (code int, err error) {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return report.Usage, err
	}
	c, err := newCommand(o, s)
	if err != nil {
		return report.Usage, err
	}
	f, err := c.load()
	if err != nil {
		return report.Usage, err
	}
	if o.Format == "json" {
		return report.Clean, c.json(f)
	}
	return report.Clean, c.text(f)
}

func (c *command) text(f *baseline.File) error {
	var b strings.Builder
	for i := range f.Entries {
		fmt.Fprintln(&b, line(&f.Entries[i]))
		if r := f.Entries[i].Reason; r != "" {
			fmt.Fprintf(&b, "    reason: %s\n", r)
		}
	}
	if len(f.Entries) > 0 {
		fmt.Fprintln(&b)
	}
	fmt.Fprint(&b, count(len(f.Entries), "finding"))
	sep := ": "
	counts := counts(f)
	for _, rule := range rules(counts) {
		fmt.Fprintf(&b, "%s%s %d", sep, rule, counts[rule])
		sep = ", "
	}
	fmt.Fprintf(&b, "\nwritten by lagvet %s with %s, %s/%s\n", f.Lagvet, f.Go, f.GOOS, f.GOARCH)
	if _, err := io.WriteString(c.out, b.String()); err != nil {
		return fmt.Errorf("showing the baseline: %w", err)
	}
	return nil
}

func (c *command) json(f *baseline.File) error {
	v := shown{
		Version: 1, File: c.name, Lagvet: f.Lagvet, Go: f.Go, GOOS: f.GOOS, GOARCH: f.GOARCH,
		Counts: counts(f), Findings: []shownFinding{},
	}
	for _, e := range f.Entries {
		v.Findings = append(v.Findings, shownFinding{
			File: e.File, Rule: e.Rule, Message: e.Message, Reason: e.Reason, Package: e.Package, Func: e.Func,
			Fault: e.Fault, Cause: e.Cause, Primitive: e.Primitive, Fingerprint: e.Fingerprint,
		})
	}
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("showing the baseline: %w", err)
	}
	return nil
}

// line is an entry as reports print a finding, with its function for the line.
func line(e *baseline.Entry) string {
	where := e.File
	if e.Decl != "" {
		where += ": " + e.Decl
	}
	return fmt.Sprintf("%s: %s (%s)", where, e.Message, e.Rule)
}

// counts returns how many entries each rule has.
func counts(f *baseline.File) map[string]int {
	counts := make(map[string]int)
	for _, e := range f.Entries {
		counts[e.Rule]++
	}
	return counts
}

// rules returns the rules, those with the most entries first.
func rules(counts map[string]int) []string {
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return names
}
