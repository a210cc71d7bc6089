package latency

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// Options are what the command line says.
type Options struct {
	Files     []string // traces: one, or one before and one after; "-" is standard input
	URL       string   // of a service that takes one
	Kernel    string   // file of samples; empty: beside the trace, if it is there
	Functions []string // whose calls are spans
	Groups    []string // that are told of: names or regular expressions; empty: all
	Kinds     []string // that are told of; empty: all
	Top       int      // how many groups people are shown; 0: all
	Findings  []string // JSON reports of lagvet check, and packages to check
	Most      []string // limits: "request:p99=5ms"

	Format  string // one of Formats
	Output  string // empty: standard output
	Reports []string
	Color   bool // in what goes to standard output

	Stdin io.Reader
}

// Formats are the values of Options.Format.
func Formats() []string { return []string{"text", "json", "markdown", "html", "pprof"} }

// Kinds are the values of Options.Kinds.
func Kinds() []string {
	return []string{string(trace.Region), string(trace.Task), string(trace.Handler), string(trace.Function)}
}

// comparedFormats are those of a comparison.
func comparedFormats() []string { return []string{"text", "json", "markdown"} }

// stdin is the file that stands for standard input.
const stdin = "-"

// compares reports whether two traces are compared.
func (o Options) compares() bool { return len(o.Files) == 2 }

// plan returns where reports go.
func (o Options) plan() output.Plan {
	formats := Formats()
	if o.compares() {
		formats = comparedFormats()
	}
	return output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: formats, Prose: []string{"text", "markdown"}, Path: func(file string) string { return file },
	}
}

// valid finds fault with what can be told without looking.
func (o Options) valid() error {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return err
	}
	for _, k := range o.Kinds {
		if err := config.OneOf("--kind", k, Kinds()); err != nil {
			return err
		}
	}
	switch {
	case o.Top < 0:
		return fmt.Errorf("--top is %d, and must be a number of groups, or 0 for all", o.Top)
	case slices.Contains(o.Functions, ""):
		return errors.New("--function names no function: give its name as profiles have it, such as example.com/app.(*Store).Put")
	}
	return errors.Join(o.validSource(), o.validCompared())
}

func (o Options) validSource() error {
	switch {
	case o.URL != "" && len(o.Files) > 0:
		return fmt.Errorf("--url takes a trace, and %s is another one: give one of them", o.Files[0])
	case o.URL == "" && len(o.Files) == 0:
		return errors.New("there is no trace: name a file, - for standard input, or a service with --url")
	case len(o.Files) > 2:
		return fmt.Errorf("there are %d traces: one is told of, and two are compared", len(o.Files))
	case o.compares() && o.Files[0] == stdin && o.Files[1] == stdin:
		return errors.New("standard input can be one trace only")
	}
	return nil
}

func (o Options) validCompared() error {
	switch {
	case !o.compares():
		return nil
	case !slices.Contains(comparedFormats(), o.Format):
		return fmt.Errorf("a comparison is printed as %s, and not as %s", strings.Join(comparedFormats(), ", "), o.Format)
	case o.Kernel != "":
		return errors.New("--kernel is beside one trace: to compare two, name each file of samples as its trace, with .sched behind it")
	case len(o.Findings) > 0:
		return errors.New("--findings are joined with one trace: look at each by itself")
	}
	return nil
}
