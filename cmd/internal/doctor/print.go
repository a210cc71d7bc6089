package doctor

import (
	"errors"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// print writes a report to every place that is asked for, also if one of them fails.
func (d *doctor) print(r *posture.Report) error {
	before := d.last
	d.last = r
	errs := []error{d.main(r, before)}
	for _, t := range d.targets {
		if err := d.to(t, r); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", t.Format, err))
		}
	}
	return errors.Join(errs...)
}

// main writes the report that there always is. Under Watch standard output gets a line
// of JSON for each look, or in text what has changed since the one before.
func (d *doctor) main(r, before *posture.Report) error {
	switch {
	case d.Output != "":
		return output.File(d.Output, func(w io.Writer) error { return d.render(w, d.Format, r, false) })
	case d.Watch > 0 && d.Format == "json":
		return r.JSON(d.out, tool(), "")
	case before != nil:
		return r.Changes(d.out, before, posture.Style{Color: d.Color, Verbose: d.Verbose})
	}
	return d.render(d.out, d.Format, r, d.Color)
}

func (d *doctor) to(t output.Target, r *posture.Report) error {
	if t.File == output.Stdout {
		return d.render(d.out, t.Format, r, false)
	}
	return output.File(t.File, func(w io.Writer) error { return d.render(w, t.Format, r, false) })
}

// render writes r in a format that is one of [Formats].
func (d *doctor) render(w io.Writer, format string, r *posture.Report, color bool) error {
	switch format {
	case "json":
		return r.JSON(w, tool(), "  ")
	case "sarif":
		return writeSARIF(w, r, exitCode(r, d.FailOn))
	case "html":
		return HTML(w, r)
	case "prometheus":
		return writePrometheus(w, r)
	}
	return r.Text(w, posture.Style{Color: color, Verbose: d.Verbose})
}

// tool returns what a report says of the program that made it.
func tool() posture.Tool {
	t := report.ThisTool()
	return posture.Tool{Name: "lagvet", Version: t.Version, Commit: t.Commit, Go: t.Go}
}
