package allowage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/policy"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git"
)

// Cause is the cause of a finding about a directive that is too old. Its rule is that
// of package policy.
const Cause = "old allow"

// Options say what is too old.
type Options struct {
	Max time.Duration
	Now time.Time
}

// Find returns a finding for each directive that is older than o.Max, and what keeps
// the age of others from being known.
func Find(ctx context.Context, allows []finding.Allow, o Options) ([]finding.Finding, []finding.Problem) {
	var (
		found   []finding.Finding
		unknown = make(map[problem]int)
	)
	for _, group := range byFile(allows) {
		written, err := blame(ctx, group)
		if err != nil {
			unknown[because(err)] += len(group)
			continue
		}
		for i, a := range group {
			switch age := o.Now.Sub(written[i].when); {
			case written[i].when.IsZero(): // not committed
			case age > o.Max:
				found = append(found, o.finding(a, written[i]))
			case written[i].cut:
				unknown[shallow]++
			}
		}
	}
	return found, problems(unknown)
}

// byFile groups directives by their file, in order.
func byFile(allows []finding.Allow) [][]finding.Allow {
	allows = slices.Clone(allows)
	slices.SortStableFunc(allows, func(a, b finding.Allow) int { return finding.Compare(a.Place, b.Place) })
	var groups [][]finding.Allow
	for i, a := range allows {
		if i == 0 || a.File != allows[i-1].File {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], a)
	}
	return groups
}

const day = 24 * time.Hour

func (o Options) finding(a finding.Allow, w line) finding.Finding {
	rules := strings.Join(a.Rules, ", ")
	atLeast := ""
	if w.cut {
		atLeast = "at least "
	}
	return finding.Finding{
		Rule:  policy.Rule.Name,
		Class: string(policy.Rule.Class),
		URL:   policy.Rule.URL,
		Message: fmt.Sprintf("this allow of %s is %s%d days old, and may be %d: since %s nobody has asked whether its reason still holds",
			rules, atLeast, o.Now.Sub(w.when)/day, o.Max/day, w.when.UTC().Format(time.DateOnly)),
		Severity:  "medium",
		Tier:      finding.Proven,
		Package:   a.Package,
		Func:      a.Func,
		Start:     a.Place,
		End:       a.Place,
		Cause:     Cause,
		Primitive: rules,
		Mend:      "remove it and mend what is then found, or write its reason anew, with what is true today",
	}
}

// A problem is why ages are not known, and what to do.
type problem struct{ reason, remedy string }

var (
	shallow = problem{
		"the clone is shallow, and its history ends before max-age",
		"fetch the history: git fetch --unshallow, or fetch-depth: 0 for actions/checkout",
	}
	noGit = problem{
		"there is no git command",
		"install git where lagvet runs, or take max-age out of the configuration there",
	}
)

// because turns a failure of git into a problem.
func because(err error) problem {
	if errors.Is(err, git.ErrNotFound) {
		return noGit
	}
	return problem{err.Error(), "run lagvet in a clone of the repository that has its history, or take max-age out of the configuration there"}
}

func problems(unknown map[problem]int) []finding.Problem {
	var ps []finding.Problem
	for p, n := range unknown {
		directives := "1 allow directive is"
		if n > 1 {
			directives = fmt.Sprintf("%d allow directives are", n)
		}
		ps = append(ps, finding.Problem{Message: fmt.Sprintf("how old %s is not known: %s", directives, p.reason), Remedy: p.remedy})
	}
	slices.SortFunc(ps, func(a, b finding.Problem) int { return cmp.Compare(a.Message, b.Message) })
	return ps
}
