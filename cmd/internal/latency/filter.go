package latency

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A filter says which groups are told of.
type filter struct {
	kinds []string // empty: all
	names []name   // empty: all
}

// A name is one of --group: that of a group, or else what matches some.
type name struct {
	text    string
	pattern *regexp.Regexp // nil if it is none
}

func (o Options) newFilter() (filter, error) {
	f := filter{kinds: o.Kinds}
	for _, text := range o.Groups {
		if text == "" {
			return f, errors.New("--group names no group")
		}
		// Names of handlers and regions need not be regular expressions.
		pattern, _ := regexp.Compile(text)
		f.names = append(f.names, name{text, pattern})
	}
	return f, nil
}

// matches returns the groups that the name means: those that are called so, or else
// those that it matches.
func (n name) matches(groups []trace.Group) []bool {
	exact, match, found := make([]bool, len(groups)), make([]bool, len(groups)), false
	for i, g := range groups {
		exact[i] = g.Name == n.text
		match[i] = n.pattern != nil && n.pattern.MatchString(g.Name)
		found = found || exact[i]
	}
	if found {
		return exact
	}
	return match
}

// keep leaves in the report the groups that were asked for, and says what there was to
// ask for where there are none.
func (c *command) keep(r *tracereport.Report) {
	all := r.Groups
	if len(all) == 0 {
		r.Failures = append(r.Failures, finding.Problem{
			Message: "there is no span in " + r.Source + " to tell of: no region, no task, no call of an HTTP handler",
			Remedy:  "mark what a request does with trace.WithRegion of runtime/trace, or name a function with --function",
		})
		return
	}
	r.Failures = append(r.Failures, c.uncalled(all)...)
	wanted := c.filter.of(all, func(missing string) {
		r.Failures = append(r.Failures, finding.Problem{
			Message: fmt.Sprintf("no group in %s is called %q, and none matches it", r.Source, missing), Remedy: "name one that there is: " + some(all),
		})
	})
	r.Groups = nil
	for i, g := range all {
		if wanted[i] {
			r.Groups = append(r.Groups, g)
		}
	}
	if len(r.Groups) == 0 && len(r.Failures) == 0 {
		r.Failures = append(r.Failures, finding.Problem{
			Message: fmt.Sprintf("no group in %s is a %s", r.Source, strings.Join(c.filter.kinds, " or a ")), Remedy: "leave out --kind: there are " + some(all),
		})
	}
}

// of returns which groups are wanted, and tells of names that mean none.
func (f filter) of(groups []trace.Group, missing func(name string)) []bool {
	wanted := make([]bool, len(groups))
	for _, n := range f.names {
		matches := n.matches(groups)
		if !slices.Contains(matches, true) {
			missing(n.text)
		}
		for i, m := range matches {
			wanted[i] = wanted[i] || m
		}
	}
	for i, g := range groups {
		wanted[i] = (wanted[i] || len(f.names) == 0) && (len(f.kinds) == 0 || slices.Contains(f.kinds, string(g.Kind)))
	}
	return wanted
}

// uncalled tells of the functions that were asked for and not seen.
func (c *command) uncalled(groups []trace.Group) []finding.Problem {
	var ps []finding.Problem
	for _, f := range c.Functions {
		if !slices.ContainsFunc(groups, func(g trace.Group) bool { return g.Kind == trace.Function && g.Name == f }) {
			ps = append(ps, finding.Problem{
				Message: fmt.Sprintf("no call of %s was seen", f),
				Remedy:  "give its name as profiles have it, such as example.com/app.(*Store).Put; a call is seen only if something happens in it that the trace holds",
			})
		}
	}
	return ps
}

// some names groups, those with the most time first.
func some(groups []trace.Group) string {
	const most = 8
	var names []string
	for _, g := range groups {
		if n := fmt.Sprintf("%s (%s)", g.Name, g.Kind); len(names) < most {
			names = append(names, n)
		}
	}
	if left := len(groups) - len(names); left > 0 {
		names = append(names, fmt.Sprintf("%d more", left))
	}
	return strings.Join(names, ", ")
}
