package doctor

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Options are what the command line says.
type Options struct {
	PID      int    // of the process to look at; 0: none
	PIDGiven bool   // PID was named
	URL      string // of a service's net/http/pprof; with neither it is the machine alone
	Metrics  string // URL of its metrics; empty: /metrics beside it

	// Snapshots is the time between two snapshots of all goroutines, which stop the
	// service for a moment each; 0: none.
	Snapshots time.Duration

	Profile string   // the name of a profile, or a file
	Only    []string // groups and IDs of checks; empty: all
	FailOn  []string // of FailOns

	Window  time.Duration // between two looks, of which the second is reported; 0: one look
	Watch   time.Duration // between looks that go on; 0: there is one report
	Count   int           // of looks under Watch; 0: until interrupted
	Timeout time.Duration // that a look may take

	Format  string // one of Formats
	Output  string
	Reports []string // "FORMAT=FILE"
	Verbose bool
	Color   bool

	List         bool // the checks, and look at nothing
	PrintProfile bool // the profile, and look at nothing
}

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json", "sarif", "html", "prometheus"} }

// FailOns returns what an exit code can depend on.
func FailOns() []string { return []string{"fail", "warn", "unknown", "never"} }

// Groups returns the groups of checks, in the order of reports.
func Groups() []string {
	var groups []string
	for _, s := range runtimecheck.Specs() {
		if g := s.Group(); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	return groups
}

// plan returns where reports go.
func (o Options) plan() output.Plan {
	return output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: Formats(), Prose: []string{"text"}, Path: func(file string) string { return file },
	}
}

// valid finds fault with what can be told without looking.
func (o Options) valid() error {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return err
	}
	for _, v := range o.FailOn {
		if err := config.OneOf("--fail-on", v, FailOns()); err != nil {
			return err
		}
	}
	if slices.Contains(o.FailOn, "never") && len(o.FailOn) > 1 {
		return errors.New("--fail-on never cannot be combined with a verdict")
	}
	if o.PIDGiven && o.PID < 1 {
		return fmt.Errorf("--pid is %d, and must be the number of a process", o.PID)
	}
	switch {
	case o.URL == "" && o.Metrics != "":
		return errors.New("--metrics is beside --url, which says where the service is")
	case o.URL == "" && o.Snapshots > 0:
		return errors.New("--snapshots are taken through --url")
	}
	return errors.Join(o.validTimes(), o.validOnly())
}

func (o Options) validTimes() error {
	switch {
	case o.Window < 0 || o.Watch < 0 || o.Snapshots < 0 || o.Timeout <= 0:
		return errors.New("--window, --watch, --snapshots and --timeout take a time such as 30s")
	case o.Watch > 0 && o.Watch < shortest, o.Window > 0 && o.Window < shortest:
		return fmt.Errorf("between two looks there must be %v at least: looking costs something too", shortest)
	case o.Watch > 0 && o.Window > 0:
		return errors.New("--watch compares each look with the one before: leave out --window")
	case o.Count < 0:
		return fmt.Errorf("--count is %d, and must be a number of looks", o.Count)
	case o.Count > 0 && o.Watch == 0:
		return errors.New("--count is the number of looks of --watch, and there is no --watch")
	}
	return nil
}

// shortest is the least time between two looks.
const shortest = 100 * time.Millisecond

func (o Options) validOnly() error {
	specs := runtimecheck.Specs()
	known := Groups()
	for _, s := range specs {
		known = append(known, s.ID)
	}
	seen := len(o.Only) == 0
	for _, name := range o.Only {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--only: there is no check and no group %q%s", name, config.DidYouMean(name, known))
		}
		seen = seen || slices.ContainsFunc(specs, func(s posture.Spec) bool {
			return (s.ID == name || s.Group() == name) && (o.process() || !s.Go)
		})
	}
	if !seen {
		return fmt.Errorf("--only %s: that is of a Go program: name one with --pid or --url", o.Only[0])
	}
	return nil
}

// process reports whether a process is looked at, and not the machine alone.
func (o Options) process() bool { return o.PID != 0 || o.URL != "" }

// validReports finds fault with what a report cannot be written to.
func (o Options) validReports(targets []output.Target) error {
	if o.Watch == 0 {
		return nil
	}
	if o.Output == "" && o.Format != "text" && o.Format != "json" {
		return fmt.Errorf("--watch prints text or json: for the last look as %s, --report %s=FILE", o.Format, o.Format)
	}
	for _, t := range targets {
		if t.File == output.Stdout {
			return fmt.Errorf("--report %s=-: under --watch a report needs a file, which each look replaces", t.Format)
		}
	}
	return nil
}
