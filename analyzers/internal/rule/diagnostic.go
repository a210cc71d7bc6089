package rule

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// diagnostic returns what a host is told of a finding. Why the code is hot, the
// chain and what to do stand beside the message or, for hosts that show nothing
// but messages, in it: not in both, for golangci-lint makes a finding of its own,
// which no nolint comment reaches, of each thing that stands beside one.
func (p *Pass) diagnostic(f Finding) analysis.Diagnostic {
	steps := reasons(f)
	d := analysis.Diagnostic{
		Pos:            f.Pos,
		End:            f.End,
		Category:       p.rule,         // what editors show as the code
		URL:            p.Analyzer.URL, // hosts would make another of the category
		Message:        f.Message,
		SuggestedFixes: f.Fixes,
	}
	if p.policy.Inline {
		d.Message += p.inline(f, steps)
		return d
	}
	d.Related = p.related(f.Pos, steps)
	if f.Mend != "" {
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: f.Pos, End: f.End, Message: "mend: " + f.Mend})
	}
	return d
}

// reasons returns why the code of a finding is hot and the chain to the hazard.
func reasons(f Finding) []Step {
	var steps []Step
	if h := f.Hot; h != nil {
		steps = append(steps, Step{Pos: f.Pos, Text: h.Detail})
		for _, s := range h.Via {
			steps = append(steps, Step{Pos: s.Pos, Text: s.Text})
		}
	}
	return append(steps, f.Chain...)
}

// related returns the steps at their places. A host knows places in this package
// only: a step in another stands, with its place, where the last one of this does.
func (p *Pass) related(at token.Pos, steps []Step) []analysis.RelatedInformation {
	var rel []analysis.RelatedInformation
	for _, s := range steps {
		text := s.Text
		switch pos := p.pos(s); {
		case pos.IsValid():
			at = pos
		case s.Posn.IsValid():
			text = s.Posn.String() + ": " + text
		}
		rel = append(rel, analysis.RelatedInformation{Pos: at, Message: text})
	}
	return rel
}

// pos returns the position of a step, if it is in this package.
func (p *Pass) pos(s Step) token.Pos {
	if s.Pos.IsValid() || !s.Posn.IsValid() {
		return s.Pos
	}
	for _, f := range p.Files {
		file := p.Fset.File(f.FileStart)
		if file.Name() != s.Posn.Filename || s.Posn.Line > file.LineCount() {
			continue
		}
		return file.LineStart(s.Posn.Line) + token.Pos(max(s.Posn.Column-1, 0))
	}
	return token.NoPos
}

// inline returns the steps, and what to do, as they follow a message: on its line,
// for much of what reads findings reads them line by line.
func (p *Pass) inline(f Finding, steps []Step) string {
	var said []string
	for i, s := range steps {
		posn := s.Posn
		if s.Pos.IsValid() {
			posn = p.Fset.Position(s.Pos)
		}
		if hot := f.Hot != nil && i == 0; hot || !posn.IsValid() { // why it is hot names its own place
			said = append(said, s.Text)
			continue
		}
		said = append(said, fmt.Sprintf("%s:%d:%d %s", filepath.Base(posn.Filename), posn.Line, posn.Column, s.Text))
	}
	text := ""
	if len(said) > 0 {
		text = " [" + strings.Join(said, "; ") + "]"
	}
	if f.Mend != "" {
		text += "; mend: " + f.Mend
	}
	return text
}
