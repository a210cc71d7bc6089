package audit

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/sarif"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

const (
	homepage = "https://github.com/lagvet/lagvet"
	helpPage = homepage + "/blob/main/docs/maturity.md"

	// srcRoot is the symbol of the repository's directory. Where that is the log does
	// not say: it would differ from one checkout to the next.
	srcRoot = "%SRCROOT%"
)

// attributes are what SARIF has no field for.
type attributes struct {
	Track     string         `json:"track"`
	Level     int            `json:"level"`
	Status    verdict.Status `json:"status"`
	Grade     verdict.Grade  `json:"grade,omitempty"`
	Mend      string         `json:"mend"`
	Run       string         `json:"run,omitempty"`
	Elsewhere []string       `json:"elsewhere,omitempty"` // proofs that are in no file of the repository
}

// SARIF writes a report as a SARIF 2.1.0 log, with a result for each control that is
// not met, or waived, in the tracks that apply. Root is the repository's directory.
func SARIF(w io.Writer, r *maturity.Report, root string) error {
	s := sarifWriter{report: r, root: root}
	return output.JSON(w, sarif.Log{Schema: sarif.Schema, Version: sarif.Version, Runs: []sarif.Run{s.run()}})
}

type sarifWriter struct {
	report *maturity.Report
	root   string
}

func (s sarifWriter) run() sarif.Run {
	r := s.report
	run := sarif.Run{
		Tool: sarif.Tool{Driver: sarif.Driver{
			Name: "lagvet audit", Version: report.ThisTool().Version, InformationURI: homepage, Rules: []sarif.Rule{}, Properties: s.properties(),
		}},
		Invocations: []sarif.Invocation{s.invocation()},
		Results:     []sarif.Result{},
	}
	for _, t := range r.Tracks {
		for _, c := range t.Controls {
			index := len(run.Tool.Driver.Rules)
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(t, c.Control))
			if t.Applies && (c.Waiver != nil || c.Status == verdict.Fail || c.Status == verdict.Unknown) {
				run.Results = append(run.Results, s.result(t, c, index))
			}
		}
	}
	return run
}

// properties are what the report is of. The time in them is the commit's.
func (s sarifWriter) properties() map[string]string {
	r := s.report
	p := map[string]string{"model": fmt.Sprint(r.Model), "level": fmt.Sprint(r.Level)}
	if r.Required > 0 {
		p["required"] = fmt.Sprint(r.Required)
	}
	if r.Repository.Module != "" {
		p["module"] = r.Repository.Module
	}
	if r.Repository.Commit != "" {
		p["commit"], p["time"] = r.Repository.Commit, r.Repository.Time.Format(time.RFC3339)
	}
	return p
}

func ruleOf(t maturity.TrackState, c maturity.Control) sarif.Rule {
	return sarif.Rule{
		ID:               c.ID,
		ShortDescription: sarif.Text{Text: c.Title + "."},
		Help:             sarif.Text{Text: "Why it matters: " + c.Why + ".\n\nTo mend it: " + c.Mend + "."},
		HelpURI:          helpPage,
		Configuration:    sarif.Level{Level: "error"},
		Properties:       sarif.Tags{Tags: []string{t.ID, fmt.Sprintf("L%d", c.Level)}},
	}
}

func (s sarifWriter) invocation() sarif.Invocation {
	inv := sarif.Invocation{
		Successful: s.report.Against(s.report.Required) != maturity.Unmeasurable, ExitCode: exitCode(s.report),
		Execution: []sarif.Notification{}, Configuration: []sarif.Notification{},
	}
	for _, p := range s.report.Problems {
		n := sarif.Notification{Level: "warning", Message: sarif.Text{Text: "could not read: " + p.Text}}
		if s.holds(p.File) {
			at := location(p.Place)
			if at.Physical.Region != nil {
				at.Physical.Region.StartColumn = p.Column
			}
			n.Locations = []sarif.Location{at}
		}
		inv.Execution = append(inv.Execution, n)
	}
	return inv
}

// result returns a control that is not met. What is unknown is a note: by the standard
// it would have the kind open and no level, and code hosts drop what has none. So is what
// is optional.
func (s sarifWriter) result(t maturity.TrackState, c maturity.ControlState, index int) sarif.Result {
	level := "error"
	if c.Status == verdict.Unknown || c.Optional {
		level = "note"
	}
	properties := attributes{Track: t.ID, Level: c.Level, Status: c.Status, Grade: c.Grade, Mend: c.Mend, Run: c.Run}
	res := sarif.Result{
		RuleID: c.ID, RuleIndex: &index, Level: level,
		Message:      sarif.Text{Text: fmt.Sprintf("%s: %s.\nTo mend it: %s.", c.Title, c.Reason, c.Mend)},
		Fingerprints: map[string]string{"lagvetControl/v1": c.ID},
	}
	for _, p := range c.Proofs {
		switch {
		case s.holds(p.File):
			res.Locations = append(res.Locations, location(p))
		case p.File != "":
			properties.Elsewhere = append(properties.Elsewhere, p.String())
		}
	}
	if len(res.Locations) == 0 {
		res.Locations = []sarif.Location{s.anchor()}
	}
	if c.Waiver != nil {
		res.Suppressions = []sarif.Suppression{s.suppression(c.Waiver)}
	}
	res.Properties = properties
	return res
}

func (s sarifWriter) suppression(w *maturity.Waiver) sarif.Suppression {
	sup := sarif.Suppression{Kind: "external", Justification: fmt.Sprintf("%s (%s, until %s)", w.Reason, w.Owner, w.Expires.Format(time.DateOnly))}
	if s.holds(w.File) {
		at := location(w.Place)
		sup.Location = &at
	}
	return sup
}

// anchor is where that stands which has no place: code hosts refuse results without
// one.
func (s sarifWriter) anchor() sarif.Location {
	file := config.Name
	if !s.holds(file) {
		file = "go.mod"
	}
	return location(verdict.Place{File: file, Line: 1})
}

// holds reports whether a file is one of the repository: proofs can be in manifests
// that were rendered elsewhere, and in a binary.
func (s sarifWriter) holds(file string) bool {
	name := filepath.FromSlash(file)
	if !filepath.IsLocal(name) {
		return false
	}
	info, err := os.Stat(filepath.Join(s.root, name))
	return err == nil && info.Mode().IsRegular()
}

func location(p verdict.Place) sarif.Location {
	at := sarif.Location{Physical: &sarif.Physical{Artifact: sarif.Artifact{URI: (&url.URL{Path: p.File}).String(), BaseID: srcRoot}}}
	if p.Line > 0 {
		at.Physical.Region = &sarif.Region{StartLine: p.Line}
	}
	if text := strings.TrimSpace(p.Text); text != "" {
		at.Message = &sarif.Text{Text: text}
	}
	return at
}
