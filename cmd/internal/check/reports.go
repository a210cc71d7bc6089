package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/output"
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

// targets returns what Options.Reports asks for, and finds fault with what cannot
// go to one place.
func (o *Options) targets() ([]output.Target, error) {
	for _, s := range o.Reports {
		switch s {
		case summary + "=":
			return nil, errors.New("--report summary= names no file: GITHUB_STEP_SUMMARY is set in a step of GitHub Actions only")
		case summary + "=" + output.Stdout:
			return nil, errors.New("--report summary=-: a summary is added to a file; for standard output, --report markdown=-")
		}
	}
	plan := output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: ReportFormats(), Prose: []string{"text", "github", "markdown"}, Path: o.inDir,
	}
	return plan.Targets()
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
		if err := writeTo(t, s, rep); err != nil {
			errs = append(errs, fmt.Errorf("--report %s: %w", t.Format, err))
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
	return output.File(o.inDir(o.Output), func(w io.Writer) error { return to(w, false) })
}

func writeTo(t output.Target, s Streams, rep *report.Report) error {
	switch {
	case t.Format == summary:
		return addSummary(t.File, rep)
	case t.File == output.Stdout:
		return render(s.Out, t.Format, rep, false)
	}
	return output.File(t.File, func(w io.Writer) error { return render(w, t.Format, rep, false) })
}

// addSummary writes a summary in the room that those of other commands leave: one that is
// too long is not shown at all.
func addSummary(file string, rep *report.Report) error {
	err := wholefile.Append(file, func(size int64) ([]byte, error) {
		var b bytes.Buffer
		room := report.SummaryLimit - int(size)
		if err := report.Markdown(&b, rep, room); err != nil {
			return nil, err
		}
		if b.Len() > room {
			return nil, fmt.Errorf("%s holds %d bytes already, and GitHub shows no more than %d", file, size, report.SummaryLimit)
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
