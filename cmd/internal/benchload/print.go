package benchload

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
)

// print writes a report to every place that is asked for, also if one of them fails.
func (r *run) print(out io.Writer, rep *policy.Report) error {
	var errs []error
	if r.Output != "" {
		errs = append(errs, output.File(r.Output, func(w io.Writer) error { return r.render(w, r.Format, rep, false) }))
	} else {
		errs = append(errs, r.render(out, r.Format, rep, r.Color))
	}
	for _, t := range r.targets {
		write := func(w io.Writer) error { return r.render(w, t.Format, rep, false) }
		err := write
		if t.File != output.Stdout {
			err = func(io.Writer) error { return output.File(t.File, write) }
		}
		if err := err(out); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", t.Format, err))
		}
	}
	return errors.Join(errs...)
}

// render writes a report in a format that is one of [Formats].
func (r *run) render(w io.Writer, format string, rep *policy.Report, color bool) error {
	switch format {
	case "json":
		data, err := rep.JSON()
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	case "markdown":
		return writeMarkdown(w, rep)
	case "hdr":
		return r.result.WriteLog(w)
	case "benchfmt":
		return writeBenchfmt(w, rep)
	}
	if err := writeText(w, rep, color); err != nil {
		return err
	}
	if r.service != nil && len(rep.Limits) > 0 && rep.Limits[0].What == "command" {
		printed(w, r.service)
	}
	return nil
}

// plain makes text of others harmless on a terminal.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		if unicode.IsSpace(c) {
			return ' '
		}
		return unicode.ReplacementChar
	}, s)
}
