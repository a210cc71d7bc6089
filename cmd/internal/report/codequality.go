package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
)

// The fields that GitLab reads, and the severities that it knows: the section on
// custom tools of https://docs.gitlab.com/ci/testing/code_quality/.
type codeQualityIssue struct {
	Description string              `json:"description"`
	CheckName   string              `json:"check_name"`
	Fingerprint string              `json:"fingerprint"`
	Severity    string              `json:"severity"` // info, minor, major, critical or blocker
	Location    codeQualityLocation `json:"location"`
}

type codeQualityLocation struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
	End   int `json:"end,omitempty"`
}

// CodeQuality writes r as a Code Quality report of GitLab. What could not be
// checked is in it as a blocker, for the list has no other place to say it.
func CodeQuality(w io.Writer, r *Report) error {
	issues := []codeQualityIssue{}
	seen := make(map[string]int)
	for _, p := range r.Problems {
		text := lines("could not check: "+p.Message, "mend", p.Remedy)
		issues = append(issues, r.codeQualityOf("not-checked", "blocker", text, p.Place, finding.Place{}, anonymous(seen, p.Message)))
	}
	for _, f := range r.Findings {
		text := f.Message
		if f.Tier == finding.Suspected {
			text = "suspected: " + text
		}
		issues = append(issues, r.codeQualityOf(f.Rule, codeQualitySeverity(f), lines(text, "mend", remedy(f)), f.Start, f.End, f.Fingerprint))
	}
	for _, e := range r.prunable() {
		text := "the baseline has it and it no longer occurs: " + e.Message + "\nmend: lagvet baseline prune"
		issues = append(issues, r.codeQualityOf("stale-baseline", "minor", text, finding.Place{File: e.File}, finding.Place{}, "stale:"+anonymous(seen, e.Fingerprint)))
	}
	for _, n := range r.Notes {
		issues = append(issues, r.codeQualityOf("note", "info", n.Message, n.Place, finding.Place{}, anonymous(seen, n.Message)))
	}
	return output.JSON(w, issues)
}

func (r *Report) codeQualityOf(check, severity, text string, start, end finding.Place, fingerprint string) codeQualityIssue {
	path := "." // GitLab wants one: what stands nowhere concerns the repository
	if start.File != "" {
		path, _ = r.rooted(start.File)
	}
	at := codeQualityLines{Begin: max(1, start.Line)}
	if end.Line > start.Line {
		at.End = end.Line
	}
	return codeQualityIssue{text, check, fingerprint, severity, codeQualityLocation{path, at}}
}

// codeQualitySeverity keeps blocker for what was not checked.
func codeQualitySeverity(f finding.Finding) string {
	switch {
	case f.Tier == finding.Suspected:
		return "info"
	case f.Severity == "high":
		return "critical"
	case f.Severity == "medium":
		return "major"
	}
	return "minor"
}

// anonymous returns a fingerprint of what has none of its own: a hash of its text
// and of its ordinal among equals, for GitLab takes equal ones for one issue.
func anonymous(seen map[string]int, text string) string {
	seen[text]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s", seen[text], text))
	return hex.EncodeToString(sum[:])
}
