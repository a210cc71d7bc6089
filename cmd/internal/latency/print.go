package latency

import (
	"errors"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
)

// A command is one execution.
type command struct {
	Options
	out, errs io.Writer
	dir       string // the current one
	targets   []output.Target
	filter    filter
	limits    []tracereport.Limit
}

// print writes to every place that is asked for, also if one of them fails. Where the
// report is not read by a person, what could not be told is said besides.
func (c *command) print(reports []*tracereport.Report) error {
	errs := []error{c.main(reports)}
	for _, t := range c.targets {
		if err := c.to(t, reports); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", t.Format, err))
		}
	}
	if c.Format != "text" || c.Output != "" {
		for _, r := range reports {
			for _, p := range r.Failures {
				c.problem(p)
			}
		}
	}
	return errors.Join(errs...)
}

func (c *command) main(reports []*tracereport.Report) error {
	if c.Output == "" {
		return render(c.out, c.Format, reports, c.Color)
	}
	return output.File(c.Output, func(w io.Writer) error { return render(w, c.Format, reports, false) })
}

func (c *command) to(t output.Target, reports []*tracereport.Report) error {
	if t.File == output.Stdout {
		return render(c.out, t.Format, reports, false)
	}
	return output.File(t.File, func(w io.Writer) error { return render(w, t.Format, reports, false) })
}

// render writes one report, or the comparison of two, in a format that there is of it.
func render(w io.Writer, format string, reports []*tracereport.Report, color bool) error {
	if len(reports) == 2 {
		return renderComparison(w, format, &tracereport.Comparison{Before: reports[0], After: reports[1]}, color)
	}
	r := reports[0]
	switch format {
	case "json":
		return tracereport.JSON(w, r)
	case "markdown":
		return tracereport.Markdown(w, r)
	case "html":
		return tracereport.HTML(w, r)
	case "pprof":
		return tracereport.WriteProfile(w, r)
	}
	return tracereport.Text(w, r, color)
}

func renderComparison(w io.Writer, format string, c *tracereport.Comparison, color bool) error {
	switch format {
	case "json":
		return tracereport.CompareJSON(w, c)
	case "markdown":
		return tracereport.CompareMarkdown(w, c)
	}
	return tracereport.CompareText(w, c, color)
}
