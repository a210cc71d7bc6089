package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/wholefile"
)

// Formats are the values of Options.Format.
func Formats() []string {
	return []string{"text", "json", "sarif", "github", "markdown", "codequality", "junit", "html"}
}

// summary is the format that only Options.Reports takes: Markdown added to the end
// of a file that other steps of a job write to as well.
const summary = "summary"

// ReportFormats are the formats of Options.Reports.
func ReportFormats() []string { return append(Formats(), summary) }

// stdout is the file that stands for standard output.
const stdout = "-"

// A target is a report that is written besides the one of Options.Format.
type target struct {
	format string
	file   string // or stdout
}

// targets returns what Options.Reports asks for, and finds fault with what cannot
// go to one place.
func (o *Options) targets() ([]target, error) {
	var ts []target
	files := make(map[string]bool)
	if o.Output != "" {
		files[o.inDir(o.Output)] = true
	}
	for _, s := range o.Reports {
		t, err := o.target(s)
		if err != nil {
			return nil, err
		}
		if t.file != stdout && files[t.file] {
			return nil, fmt.Errorf("--report %s: another report goes there already", s)
		}
		files[t.file] = true
		ts = append(ts, t)
	}
	return ts, o.shareStdout(ts)
}

func (o *Options) target(s string) (target, error) {
	format, file, ok := strings.Cut(s, "=")
	if !ok {
		return target{}, fmt.Errorf("--report %s: write it as FORMAT=FILE, with - for standard output", s)
	}
	if err := config.OneOf("--report", format, ReportFormats()); err != nil {
		return target{}, err
	}
	switch {
	case file == "" && format == summary:
		return target{}, errors.New("--report summary= names no file: GITHUB_STEP_SUMMARY is set in a step of GitHub Actions only")
	case file == "":
		return target{}, fmt.Errorf("--report %s names no file", s)
	case file == stdout && format == summary:
		return target{}, errors.New("--report summary=-: a summary is added to a file; for standard output, --report markdown=-")
	case file != stdout:
		file = o.inDir(file)
	}
	return target{format, file}, nil
}

// shareStdout refuses to write to standard output what a program reads and anything
// else beside it.
func (o *Options) shareStdout(ts []target) error {
	var formats []string
	if o.Output == "" {
		formats = append(formats, o.Format)
	}
	for _, t := range ts {
		if t.file == stdout {
			formats = append(formats, t.format)
		}
	}
	if len(formats) < 2 {
		return nil
	}
	for _, f := range formats {
		if !slices.Contains([]string{"text", "github", "markdown"}, f) {
			return fmt.Errorf("%s go to standard output, and %s must be alone there: give one of them a file", strings.Join(formats, " and "), f)
		}
	}
	return nil
}

// Print writes rep in the format and to the place of o, and every other report that
// o asks for, also if one of them fails. Where that is not read by a person, what
// could not be checked is said on s.Err too.
func Print(rep *report.Report, o Options, s Streams) error {
	targets, err := o.targets()
	if err != nil {
		return err
	}
	errs := []error{o.write(s, func(w io.Writer, color bool) error { return render(w, o.Format, rep, color) })}
	for _, t := range targets {
		if err := t.write(s, rep); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", t.format, err))
		}
	}
	if o.Format != "text" || o.Output != "" {
		errs = append(errs, report.Problems(s.Err, rep, false))
	}
	return errors.Join(errs...)
}

// write has to write to where the output goes. A file is written as a whole: half
// a report must not pass for one.
func (o *Options) write(s Streams, to func(w io.Writer, color bool) error) error {
	if o.Output == "" {
		return to(s.Out, o.Color)
	}
	return writeFile(o.inDir(o.Output), func(w io.Writer) error { return to(w, false) })
}

func (t target) write(s Streams, rep *report.Report) error {
	switch {
	case t.format == summary:
		return t.add(rep)
	case t.file == stdout:
		return render(s.Out, t.format, rep, false)
	}
	return writeFile(t.file, func(w io.Writer) error { return render(w, t.format, rep, false) })
}

func writeFile(path string, to func(w io.Writer) error) error {
	var b bytes.Buffer
	if err := to(&b); err != nil {
		return err
	}
	if err := wholefile.Write(path, b.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// add writes a summary in the room that those of other commands leave: one that is
// too long is not shown at all.
func (t target) add(rep *report.Report) error {
	err := wholefile.Append(t.file, func(size int64) ([]byte, error) {
		var b bytes.Buffer
		room := report.SummaryLimit - int(size)
		if err := report.Markdown(&b, rep, room); err != nil {
			return nil, err
		}
		if b.Len() > room {
			return nil, fmt.Errorf("%s holds %d bytes already, and GitHub shows no more than %d", t.file, size, report.SummaryLimit)
		}
		return b.Bytes(), nil
	})
	if err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	return nil
}

// render writes rep in a format that is one of [Formats].
func render(w io.Writer, format string, rep *report.Report, color bool) error {
	switch format {
	case "json":
		return report.JSON(w, rep)
	case "sarif":
		return report.SARIF(w, rep)
	case "github":
		return report.GitHub(w, rep)
	case "markdown":
		return report.Markdown(w, rep, report.CommentLimit)
	case "codequality":
		return report.CodeQuality(w, rep)
	case "junit":
		return report.JUnit(w, rep)
	case "html":
		return report.HTML(w, rep)
	}
	return report.Text(w, rep, color)
}

// linksOf returns where the code host that runs this shows the files of the
// repository at root, as they are; see [report.Report.Links]. It is empty if none
// does, or if what is checked is not what it checked out.
//
// The variables are those of https://docs.github.com/en/actions/reference/workflows-and-actions/variables
// and https://docs.gitlab.com/ci/variables/predefined_variables/.
func linksOf(root string, getenv func(string) string) string {
	here := func(dir string) bool { return dir != "" && SameDir(dir, root) }
	hub, repo, sha := getenv("GITHUB_SERVER_URL"), getenv("GITHUB_REPOSITORY"), getenv("GITHUB_SHA")
	if hub != "" && repo != "" && sha != "" && here(getenv("GITHUB_WORKSPACE")) {
		return hub + "/" + repo + "/blob/" + sha
	}
	lab, sha := getenv("CI_PROJECT_URL"), getenv("CI_COMMIT_SHA")
	if lab != "" && sha != "" && here(getenv("CI_PROJECT_DIR")) {
		return lab + "/-/blob/" + sha
	}
	return ""
}
