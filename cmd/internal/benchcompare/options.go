package benchcompare

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/wholefile"
)

// Options are what the command line says.
type Options struct {
	Files    []string // the old run and the new one; with Baseline the new one alone. "-" is standard input
	Baseline string   // the file that holds the old run
	Update   bool     // make the new run the baseline

	Thresholds []string // "5%", "p99=10%"
	Filter     string   // of benchproc/syntax
	AllowUnfit bool     // judge runs on an unfit machine all the same

	All     bool   // show what is not judged too
	Format  string // one of Formats
	Output  string
	Reports []string // "FORMAT=FILE"
}

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json", "markdown"} }

// Run compares, prints to out, and returns the exit code. An error is one of usage. What
// could not be compared is in every report, and said on errs where out is for programs.
func Run(o Options, in io.Reader, out, errs io.Writer) (code int, err error) {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return report.Usage, err
	}
	plan := output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: Formats(), Prose: []string{"text", "markdown"}, Path: func(file string) string { return file },
	}
	targets, err := plan.Targets()
	if err != nil {
		return report.Usage, err
	}
	c := &comparison{Options: o, in: in}
	if err := c.prepare(); err != nil {
		return report.Usage, err
	}
	if c.old == nil {
		return c.first(errs)
	}
	r := c.judge.report(c.old, c.new)
	if err := c.write(r, out, targets); err != nil {
		return report.Usage, err
	}
	if o.Format == "json" || o.Output != "" {
		for _, p := range r.Problems {
			fmt.Fprintf(errs, "could not check: %s\n", p)
		}
	}
	if o.Update {
		return c.update(r, errs)
	}
	return r.ExitCode(), nil
}

// A comparison is one run of the command.
type comparison struct {
	Options
	in       io.Reader
	judge    *judge
	old, new *run
	newData  []byte
}

// prepare reads all that is needed. Afterwards old is nil if there is no baseline yet, and
// one is to be made.
func (c *comparison) prepare() error {
	oldFile, newFile, err := c.files()
	if err != nil {
		return err
	}
	limits, err := parseThresholds(c.Thresholds)
	if err != nil {
		return err
	}
	l, err := newLoader(c.Filter)
	if err != nil {
		return err
	}
	c.judge = &judge{units: l.metadata, threshold: limits, needed: needed(), allowUnfit: c.AllowUnfit}
	if c.newData, err = c.read(newFile); err != nil {
		return err
	}
	oldData, err := c.read(oldFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.Baseline != "" && c.Update:
	case errors.Is(err, fs.ErrNotExist) && c.Baseline != "":
		return fmt.Errorf("there is no baseline yet: --update makes the run %s one (%w)", newFile, err)
	case err != nil:
		return err
	default:
		if c.old, err = l.load(oldFile, oldData); err != nil {
			return err
		}
	}
	c.new, err = l.load(newFile, c.newData)
	return err
}

// files returns the old file and the new one.
func (c *comparison) files() (old, new string, err error) {
	switch {
	case c.Update && c.Baseline == "":
		return "", "", errors.New("--update writes to --baseline: name that file")
	case c.Update && c.Filter != "*":
		return "", "", errors.New("--update takes the whole run for the baseline: leave --filter out")
	case c.Baseline != "" && len(c.Files) == 1:
		old, new = c.Baseline, c.Files[0]
	case c.Baseline == "" && len(c.Files) == 2:
		old, new = c.Files[0], c.Files[1]
	default:
		return "", "", errors.New("name two files, the old run and the new one; or one, with --baseline")
	}
	if old == "-" && new == "-" {
		return "", "", errors.New("only one of the runs can come from standard input")
	}
	return old, new, nil
}

// most bounds a file that is read, in bytes: a line of a benchmark has some hundred.
const most = 256 << 20

func (c *comparison) read(file string) ([]byte, error) {
	from := c.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("reading benchmarks: %w", err)
		}
		defer f.Close()
		from = f
	}
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s has more than %d bytes", file, most)
	}
	if err != nil {
		return nil, fmt.Errorf("reading benchmarks: %w", err)
	}
	return data, nil
}

func (c *comparison) write(r *Report, out io.Writer, targets []output.Target) error {
	if c.Output != "" {
		targets = append(targets, output.Target{Format: c.Format, File: c.Output})
	} else {
		targets = append(targets, output.Target{Format: c.Format, File: output.Stdout})
	}
	for _, t := range targets {
		to := func(w io.Writer) error { return c.format(w, r, t.Format) }
		if t.File == output.Stdout {
			if err := to(out); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			continue
		}
		if err := output.File(t.File, to); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparison) format(w io.Writer, r *Report, format string) error {
	switch format {
	case "json":
		return writeJSON(w, r)
	case "markdown":
		return writeMarkdown(w, r, c.All)
	}
	return writeText(w, r, c.All)
}

// first makes the first baseline.
func (c *comparison) first(errs io.Writer) (int, error) {
	r := c.judge.report(c.new, c.new) // with itself: what is wrong with it shows
	return c.update(r, errs)
}

// update makes the new run the baseline, unless it is not fit to be one.
func (c *comparison) update(r *Report, errs io.Writer) (int, error) {
	var reasons []string
	for _, p := range c.new.problems {
		reasons = append(reasons, p.String())
	}
	for _, p := range c.judge.tooFew(c.judge.report(c.new, c.new).Rows) {
		reasons = append(reasons, p.Text)
	}
	if u := r.Unfit[1]; u.Of > 0 && float64(u.Results) >= halfUnfit*float64(u.Of) && !c.AllowUnfit {
		reasons = append(reasons, fmt.Sprintf("the machine was unfit for %d of %d results (--allow-unfit takes them all the same)", u.Results, u.Of))
	}
	for _, reason := range reasons {
		fmt.Fprintf(errs, "not made the baseline: %s\n", reason)
	}
	if len(reasons) > 0 {
		return report.Unchecked, nil
	}
	if err := wholefile.Write(c.Baseline, c.newData); err != nil {
		return report.Usage, fmt.Errorf("writing the baseline: %w", err)
	}
	fmt.Fprintf(errs, "%s is the baseline now: %d benchmarks\n", c.Baseline, len(c.new.benchmarks))
	return report.Clean, nil
}
