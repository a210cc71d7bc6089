package maturity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Code is what a run of lagvet's rules over the repository found.
type Code struct {
	Findings []Finding
	Rules    []string  // that ran
	Problems []Problem // what could not be checked: nothing is known to be absent then
	Packages int
	// Endpoints are what the code answers, with what it gives each; nil if that was not
	// asked for.
	Endpoints []budgets.Endpoint
}

// A Finding is one of a rule, as far as an audit asks.
type Finding struct {
	Rule    string
	Tier    string // proven, likely or suspected
	Fixable bool
	verdict.Place
}

// NoCode says why there is no [Code].
type NoCode string

// findings returns the findings of rules, the unsure ones too if suspected.
func (c *Code) findings(rules []string, suspected bool) []verdict.Place {
	var found []verdict.Place
	for _, f := range c.Findings {
		if slices.Contains(rules, f.Rule) && (suspected || f.Tier != "suspected") {
			found = append(found, f.Place)
		}
	}
	return found
}

// none checks that rules find nothing in the code.
func (c *Code) none(rules []string, suspected bool) verdict.Result {
	names := strings.Join(rules, ", ")
	for _, r := range rules {
		if !slices.Contains(c.Rules, r) {
			return verdict.Unseen(fmt.Sprintf("the rule %s did not run: it is off in .lagvet.yml", r))
		}
	}
	if found := c.findings(rules, suspected); len(found) > 0 {
		return verdict.Failed(verdict.Count(len(found), "finding", "findings")+" of "+names, found[:min(len(found), maxProofs)]...)
	}
	if len(c.Problems) > 0 {
		return verdict.Unseen(fmt.Sprintf("%s found nothing, but not all could be checked: %s", names, c.Problems[0]))
	}
	v := verdict.Passed(names + " found nothing in " + verdict.Count(c.Packages, "package", "packages"))
	v.Grade = verdict.Proven
	v.Run = "lagvet check ./..."
	return v
}

// known says what rules find and how much of it mends itself.
func (c *Code) known(rules []string) verdict.Result {
	if len(c.Problems) > 0 {
		return verdict.Unseen("not all could be checked: " + c.Problems[0].String())
	}
	total, fixable := 0, 0
	for _, f := range c.Findings {
		if slices.Contains(rules, f.Rule) && f.Tier != "suspected" {
			total++
			if f.Fixable {
				fixable++
			}
		}
	}
	v := verdict.Passed(fmt.Sprintf("%s today, of which lagvet check --fix mends %d", verdict.Count(total, "finding", "findings"), fixable), c.findings(rules, false)[:min(total, maxProofs)]...)
	v.Grade = verdict.Proven
	v.Run = "lagvet check ./..."
	return v
}

// maxProofs is how many places of findings a report shows.
const maxProofs = 5
