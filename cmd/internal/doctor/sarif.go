package doctor

import (
	"cmp"
	"io"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/sarif"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	homepage = "https://github.com/lagvet/lagvet"
	helpPage = homepage + "/blob/main/docs/runtimecheck.md"
)

// attributes are what SARIF has no field for.
type attributes struct {
	Verdict  posture.Verdict `json:"verdict"`
	Current  string          `json:"current"`
	Required string          `json:"required,omitempty"`
	Source   string          `json:"source"`
	Grade    posture.Grade   `json:"grade"`
	Mend     string          `json:"mend,omitempty"`
	Advice   string          `json:"advice,omitempty"`
	Doubt    string          `json:"doubt,omitempty"`
	Details  []string        `json:"details,omitempty"`
}

// writeSARIF writes r as a SARIF 2.1.0 log, with a result for each check.
func writeSARIF(w io.Writer, r *posture.Report, code int) error {
	t := tool()
	run := sarif.Run{
		Tool: sarif.Tool{Driver: sarif.Driver{
			Name: "lagvet doctor", Version: t.Version, InformationURI: homepage, Rules: []sarif.Rule{},
			Properties: map[string]string{"go": t.Go, "profile": r.Profile, "subject": r.Subject.String()},
		}},
		Invocations: []sarif.Invocation{{Successful: true, ExitCode: code, Execution: []sarif.Notification{}, Configuration: []sarif.Notification{}}},
		Results:     []sarif.Result{},
	}
	index := make(map[string]int)
	for i, s := range runtimecheck.Specs() {
		index[s.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(s))
	}
	for _, c := range r.Checks {
		run.Results = append(run.Results, resultOf(c, index))
	}
	return output.JSON(w, sarif.Log{Schema: sarif.Schema, Version: sarif.Version, Runs: []sarif.Run{run}})
}

func ruleOf(s posture.Spec) sarif.Rule {
	help := "Why it matters: " + s.Why + "."
	if s.Mend != "" {
		help += "\n\nTo mend it: " + s.Mend + "."
	}
	return sarif.Rule{
		ID:               s.ID,
		ShortDescription: sarif.Text{Text: strings.ToUpper(s.What[:1]) + s.What[1:] + "."},
		Help:             sarif.Text{Text: help},
		HelpURI:          helpPage,
		Configuration:    sarif.Level{Level: "warning"},
		Properties:       sarif.Tags{Tags: []string{s.Group()}},
	}
}

// kind returns what SARIF calls a verdict: 3.27.9 and 3.27.10 of the standard, by which
// all but fail have the level none.
func kind(c posture.Check) (kind, level string) {
	switch {
	case c.Verdict == posture.Fail:
		return "fail", "error"
	case c.Verdict == posture.Warn:
		return "fail", "warning"
	case c.Verdict == posture.Pass:
		return "pass", "none"
	case c.Verdict == posture.Unknown:
		return "open", "none"
	case c.Information():
		return "informational", "none"
	}
	return "notApplicable", "none"
}

func resultOf(c posture.Check, index map[string]int) sarif.Result {
	k, level := kind(c)
	res := sarif.Result{
		RuleID: c.ID, Kind: k, Level: level, Message: sarif.Text{Text: message(c)},
		// There is no file to mend: what is named is the thing that was looked at.
		Locations:    []sarif.Location{{Logical: []sarif.Logical{{Name: c.ID, Kind: "resource"}}}},
		Fingerprints: map[string]string{"lagvetCheck/v1": c.ID},
		Properties:   attributes{c.Verdict, c.Current, c.Required, c.Source, c.Grade, c.Mend, c.Advice, c.Doubt, c.Details},
	}
	if i, ok := index[c.ID]; ok {
		res.RuleIndex = &i
	}
	return res
}

// message says a check in a few sentences.
func message(c posture.Check) string {
	parts := []string{c.ID + " is " + cmp.Or(c.Current, "not known")}
	if c.Required != "" {
		parts[0] += ", required: " + c.Required
	}
	if c.Why != "" {
		parts = append(parts, c.Why)
	}
	if c.Mend != "" {
		parts = append(parts, "To mend it: "+c.Mend)
	}
	return strings.Join(parts, ".\n") + "."
}
