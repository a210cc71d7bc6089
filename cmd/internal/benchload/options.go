package benchload

import (
	"errors"
	"fmt"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
)

// Options are what the command line says.
type Options struct {
	Policy  string   // file
	URL     string   // in place of that of the policy
	Command []string // that starts the service
	PID     int      // of the service, if it runs on this machine; 0: not known
	Hosts   []string // that may be called, besides those of the policy

	CA       string // file, in place of that of the policy
	Insecure bool

	Format  string // one of Formats
	Output  string
	Reports []string // "FORMAT=FILE"
	Color   bool
	Example bool // print a policy, and load nothing

	// Progress is told how far the load has come, and "" at its end; nil: nobody is.
	Progress func(string)
}

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json", "markdown", "hdr", "benchfmt"} }

// plan returns where reports go.
func (o Options) plan() output.Plan {
	return output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: Formats(), Prose: []string{"text"}, Path: func(file string) string { return file },
	}
}

// valid finds fault with what can be told without reading anything.
func (o Options) valid() error {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return err
	}
	switch {
	case o.Example:
	case o.Policy == "":
		return errors.New("--policy names no file: it says what to send and what must hold; lagvet bench load --example prints one to begin with")
	case o.PID < 0:
		return fmt.Errorf("--pid is %d, and must be the number of a process", o.PID)
	case o.PID > 0 && len(o.Command) > 0:
		return errors.New("--pid is of a service that runs already, and a command starts one: leave one of them out")
	}
	return nil
}
