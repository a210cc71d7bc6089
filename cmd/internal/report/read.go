package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// ReadJSON reads what [JSON] wrote, as far as it is about findings: where they stand,
// what they say, what silences them. Files below the root have absolute paths again.
func ReadJSON(r io.Reader) (*Report, error) {
	var in jsonReport
	d := json.NewDecoder(r)
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("it is no JSON report of lagvet check: %w", err)
	}
	switch {
	case in.Version == 0 || in.Tool.Name != "lagvet" || in.Findings == nil:
		return nil, errors.New("it is no JSON report of lagvet check: make one with lagvet check --format json")
	case in.Version != jsonVersion:
		return nil, fmt.Errorf("it has version %d of the format, and this lagvet reads version %d", in.Version, jsonVersion)
	}
	rep := &Report{Root: in.Root}
	for _, f := range in.Findings {
		rep.Findings = append(rep.Findings, rep.finding(f))
	}
	for _, f := range in.Silenced {
		rep.Silenced = append(rep.Silenced, rep.finding(f))
	}
	return rep, nil
}

func (r *Report) finding(f jsonFinding) finding.Finding {
	out := finding.Finding{
		Rule: f.Rule, Message: f.Message, Severity: f.Severity, Tier: f.Tier, Class: f.Class, Package: f.Package, Func: f.Func,
		Fault: f.Fault, Cause: f.Cause, Primitive: f.Primitive, Mend: f.Mend, URL: f.URL, Fingerprint: f.Fingerprint,
		Start: r.place(f.jsonPlace),
	}
	if f.EndLine > 0 {
		out.End = r.place(jsonPlace{f.File, f.EndLine, f.EndColumn})
	}
	for _, s := range f.Chain {
		out.Chain = append(out.Chain, finding.Step{Place: r.place(s.jsonPlace), Text: s.Text})
	}
	if s := f.Silenced; s != nil {
		why := &finding.Allowed{Place: r.place(s.jsonPlace), Reason: s.Reason}
		if s.By == "exclude" {
			out.Excluded = why
		} else {
			out.Allowed = why
		}
	}
	return out
}

// place is the opposite of [Report.jsonPlace].
func (r *Report) place(p jsonPlace) finding.Place {
	if p.File == "" {
		return finding.Place{}
	}
	file := filepath.FromSlash(p.File)
	if !filepath.IsAbs(file) {
		file = filepath.Join(r.Root, file)
	}
	return finding.Place{File: file, Line: p.Line, Column: p.Column}
}
