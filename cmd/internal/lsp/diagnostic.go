package lsp

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// source is whose diagnostics these are.
const source = "lagvet"

// severityOf returns how an editor shows a severity. Errors are the compiler's:
// none of lagvet's findings keeps a program from running.
func severityOf(severity string) protocol.Severity {
	switch severity {
	case "high":
		return protocol.SeverityWarning
	case "medium":
		return protocol.SeverityInformation
	}
	return protocol.SeverityHint
}

// readFile returns the text of a file. One that is gone has none: what is said of
// it then stands at the beginning of its lines.
func readFile(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(data)
}

// finding returns the diagnostic of a finding, or false if its lines are no more.
func (v *view) finding(analysed map[string]string, f finding.Finding) (protocol.Diagnostic, bool) {
	r, ok := v.span(analysed, f.Start, f.End)
	if !ok {
		return protocol.Diagnostic{}, false
	}
	d := protocol.Diagnostic{
		Range:    r,
		Severity: severityOf(f.Severity),
		Code:     protocol.Code(f.Rule),
		Source:   source,
		Message:  f.Message,
	}
	if f.Tier == finding.Suspected {
		d.Message += " (suspected)"
	}
	if f.Mend != "" {
		d.Message += "\nmend: " + f.Mend
	}
	can := v.s.client.Capabilities.TextDocument.PublishDiagnostics
	if can.CodeDescriptionSupport && f.URL != "" {
		d.CodeDescription = &protocol.CodeDescription{Href: f.URL}
	}
	if staleAllow(f) && slices.Contains(can.TagSupport.ValueSet, protocol.TagUnnecessary) {
		d.Tags = []protocol.Tag{protocol.TagUnnecessary}
	}
	steps := chain(f)
	if can.RelatedInformation {
		for _, s := range steps {
			d.RelatedInformation = append(d.RelatedInformation, protocol.DiagnosticRelatedInformation{
				Location: protocol.Location{URI: v.s.uriOf(s.File), Range: v.spot(analysed, s.Place)},
				Message:  s.Text,
			})
		}
		return d, true
	}
	for _, s := range steps {
		d.Message += fmt.Sprintf("\n%s:%d: %s", short(s.File, filepath.Dir(f.Start.File)), s.Line, s.Text)
	}
	return d, true
}

// staleAllow reports whether f is a directive that can be removed.
func staleAllow(f finding.Finding) bool {
	return f.Rule == finding.DirectiveRule && f.Cause == analyzers.StaleAllow
}

// chain returns why the code of f is hot, and what leads to the hazard. What has
// no place of its own has that of f.
func chain(f finding.Finding) []finding.Step {
	var steps []finding.Step
	if f.Hot != nil {
		steps = append(steps, finding.Step{Text: f.Hot.Detail})
		steps = append(steps, f.Hot.Via...)
	}
	steps = append(steps, f.Chain...)
	for i, s := range steps {
		if s.File == "" {
			steps[i].Place = f.Start
		}
	}
	return steps
}

// span returns where in the editor the text from start to end is, or false if any
// line of it is no more as it was analysed.
func (v *view) span(analysed map[string]string, start, end finding.Place) (protocol.Range, bool) {
	text := v.text(analysed, start.File)
	if end.File != start.File || finding.Compare(end, start) <= 0 {
		end = finding.Place{Line: start.Line, Column: text.WordEnd(start.Line, start.Column)}
	}
	return v.drift(analysed, start.File).Range(protocol.Range{
		Start: text.Position(start.Line, start.Column, v.s.encoding),
		End:   text.Position(end.Line, end.Column, v.s.encoding),
	})
}

// spot returns where in the editor a place is, or was.
func (v *view) spot(analysed map[string]string, at finding.Place) protocol.Range {
	r, _ := v.span(analysed, at, finding.Place{})
	return r
}

// problem returns the diagnostic of what could not be checked.
func (v *view) problem(m *module, p finding.Problem) (protocol.Diagnostic, bool) {
	r, ok := v.span(m.texts, p.Place, finding.Place{})
	return protocol.Diagnostic{
		Range:    r,
		Severity: protocol.SeverityWarning,
		Code:     analyzers.UncheckedRule,
		Source:   source,
		Message:  problemText(p),
	}, ok
}

func problemText(p finding.Problem) string {
	text := "could not check: " + p.Message
	if p.Remedy != "" {
		text += "\nmend: " + p.Remedy
	}
	return text
}

// note returns the diagnostic of what has no effect in the configuration.
func (v *view) note(m *module, n report.Note) protocol.Diagnostic {
	return protocol.Diagnostic{
		Range:    v.spot(m.texts, n.Place),
		Severity: protocol.SeverityInformation,
		Code:     configCode,
		Source:   source,
		Message:  n.Message,
	}
}

// configCode is the code of what is said of the configuration.
const configCode = "configuration"

// fault returns the diagnostic of a fault of the configuration.
func (v *view) fault(e config.Error) protocol.Diagnostic {
	return protocol.Diagnostic{
		Range:    v.spot(nil, finding.Place{File: e.Path, Line: e.Line, Column: e.Column}),
		Severity: protocol.SeverityError,
		Code:     configCode,
		Source:   source,
		Message:  strings.TrimSpace(e.Message) + "\nnothing is checked until this is mended",
	}
}
