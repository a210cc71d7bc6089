// Package doctor looks at the machine, at a running Go service, or at its endpoints,
// and prints what a profile makes of it.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Options are what the command line says.
type Options struct {
	PID     int    // of the process to look at; 0: the machine alone
	Profile string // the name of a profile, or a file
	Format  string // one of Formats
	FailOn  string // the verdict from which the exit code is 1: one of FailOns
}

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json"} }

// FailOns returns what an exit code can depend on.
func FailOns() []string { return []string{"fail", "warn", "unknown", "never"} }

// Run looks, prints, and returns the exit code. An error is one of usage.
func Run(ctx context.Context, o Options, out io.Writer) (code int, err error) {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return report.Usage, err
	}
	if err := config.OneOf("--fail-on", o.FailOn, FailOns()); err != nil {
		return report.Usage, err
	}
	p, err := posture.Load(o.Profile)
	if err != nil {
		return report.Usage, err
	}
	inspector, err := o.inspector(p)
	if err != nil {
		return report.Usage, err
	}
	r, err := inspector.Inspect(ctx)
	if errors.Is(err, runtimecheck.ErrEnded) {
		fmt.Fprintf(out, "could not check: process %d has ended\n", o.PID)
		return report.Unchecked, nil
	}
	if err != nil {
		return report.Usage, err
	}
	if o.Format == "json" {
		err = writeJSON(out, r)
	} else {
		err = writeText(out, r)
	}
	return exitCode(r, o.FailOn), err
}

func (o Options) inspector(p *posture.Profile) (*runtimecheck.Inspector, error) {
	if o.PID == 0 {
		return runtimecheck.Host(p)
	}
	return runtimecheck.Process(o.PID, p)
}

func exitCode(r *posture.Report, failOn string) int {
	switch v := posture.Verdict(strings.ToUpper(failOn)); {
	case failOn == "never" || !r.Reaches(v):
		return report.Clean
	case v == posture.Unknown:
		return report.Unchecked
	}
	return report.Found
}
