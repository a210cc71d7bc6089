package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// Options are what the command line says.
type Options struct {
	Claims []string // IDs; with neither these nor Only: all
	Only   []string // groups
	Quick  bool
	Time   time.Duration // for each claim; 0: that of the size
	Anyway bool          // measure where the machine is too loud, too
	List   bool          // the claims, and measure nothing

	Format  string // one of Formats
	Output  string
	Reports []string // "FORMAT=FILE"
}

// Formats returns the names of the formats.
func Formats() []string { return []string{"text", "json", "markdown", "benchfmt"} }

// plan returns where reports go.
func (o Options) plan() output.Plan {
	return output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports,
		Formats: Formats(), Prose: []string{"text"}, Path: func(file string) string { return file },
	}
}

// shortest is the least time for a claim: with less the rounds of a bench with many arms
// are too short to hold anything.
const shortest = 200 * time.Millisecond

// valid finds fault with what can be told without measuring.
func (o Options) valid() error {
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return err
	}
	if o.Time != 0 && o.Time < shortest {
		return fmt.Errorf("--time is %v, and a claim takes %v at least", o.Time, shortest)
	}
	if o.List && o.Format != "text" && o.Format != "json" {
		return fmt.Errorf("--list prints text or json, not %s", o.Format)
	}
	if o.List && (o.Output != "" || len(o.Reports) > 0) {
		return errors.New("--list measures nothing that could be reported: leave out --output and --report")
	}
	return nil
}

// size says how much to measure.
func (o Options) size() claims.Size {
	s := claims.Full()
	if o.Quick {
		s = claims.Quick()
	}
	if o.Time > 0 {
		s.Time = o.Time
	}
	s.Anyway = o.Anyway
	return s
}

// chosen returns the claims to measure, in the order of the registry.
func (o Options) chosen() ([]claims.Claim, error) {
	all := claims.All()
	for _, id := range o.Claims {
		if _, ok := claims.Named(id); !ok {
			return nil, fmt.Errorf("there is no claim %q%s; lagvet bench --list names them", id, config.DidYouMean(id, ids(all)))
		}
	}
	for _, group := range o.Only {
		if !slices.Contains(claims.Groups(), group) {
			return nil, fmt.Errorf("--only: there is no group %q%s", group, config.DidYouMean(group, claims.Groups()))
		}
	}
	if len(o.Claims) == 0 && len(o.Only) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(c claims.Claim) bool {
		return !slices.Contains(o.Claims, c.ID) && !slices.Contains(o.Only, c.Group())
	}), nil
}

func ids(all []claims.Claim) []string {
	var names []string
	for _, c := range all {
		names = append(names, c.ID)
	}
	return names
}
