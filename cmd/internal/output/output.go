package output

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/wholefile"
)

// Stdout is the file that stands for standard output.
const Stdout = "-"

// A Plan is what a command line says of reports.
type Plan struct {
	Format  string   // of the report that there always is
	Output  string   // the file that it goes to; empty: standard output
	Reports []string // more of them, "FORMAT=FILE"

	Formats []string                 // that Reports can name
	Prose   []string                 // the formats that may share standard output: people read them
	Path    func(file string) string // where a file that is named lies
}

// A Target is a report that Plan.Reports asks for.
type Target struct {
	Format string
	File   string // as Plan.Path has it, or Stdout
}

// Targets returns what Plan.Reports asks for, and finds fault with what cannot go to
// one place.
func (p *Plan) Targets() ([]Target, error) {
	var ts []Target
	files := make(map[string]bool)
	if p.Output != "" {
		files[p.Path(p.Output)] = true
	}
	for _, s := range p.Reports {
		t, err := p.target(s)
		if err != nil {
			return nil, err
		}
		if t.File != Stdout && files[t.File] {
			return nil, fmt.Errorf("--report %s: another report goes there already", s)
		}
		files[t.File] = true
		ts = append(ts, t)
	}
	return ts, p.shareStdout(ts)
}

func (p *Plan) target(s string) (Target, error) {
	format, file, ok := strings.Cut(s, "=")
	if !ok {
		return Target{}, fmt.Errorf("--report %s: write it as FORMAT=FILE, with - for standard output", s)
	}
	if err := config.OneOf("--report", format, p.Formats); err != nil {
		return Target{}, err
	}
	if file == "" {
		return Target{}, fmt.Errorf("--report %s names no file", s)
	}
	if file != Stdout {
		file = p.Path(file)
	}
	return Target{format, file}, nil
}

// shareStdout refuses to write to standard output what a program reads and anything
// else beside it.
func (p *Plan) shareStdout(ts []Target) error {
	var formats []string
	if p.Output == "" {
		formats = append(formats, p.Format)
	}
	for _, t := range ts {
		if t.File == Stdout {
			formats = append(formats, t.Format)
		}
	}
	if len(formats) < 2 {
		return nil
	}
	for _, f := range formats {
		if !slices.Contains(p.Prose, f) {
			return fmt.Errorf("%s go to standard output, and %s must be alone there: give one of them a file", strings.Join(formats, " and "), f)
		}
	}
	return nil
}

// File makes what to writes the text of a file. Half a report must not pass for one.
func File(path string, to func(w io.Writer) error) error {
	var b bytes.Buffer
	if err := to(&b); err != nil {
		return err
	}
	if err := wholefile.Write(path, b.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
