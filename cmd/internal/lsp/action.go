package lsp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/fix"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// codeActions returns the fixes of what is found in a range, the best first.
func (s *Server) codeActions(p protocol.CodeActionParams) []protocol.CodeAction {
	actions := []protocol.CodeAction{}
	path, ok := protocol.PathOf(p.TextDocument.URI)
	wanted := len(p.Context.Only) == 0 || slices.Contains(p.Context.Only, protocol.QuickFix) || slices.Contains(p.Context.Only, "")
	if !ok || !wanted || s.client.Capabilities.TextDocument.CodeAction.LiteralSupport == nil {
		return actions
	}
	v := s.view()
	for _, m := range s.sortedModules() {
		for _, dir := range slices.Sorted(maps.Keys(m.results)) {
			r := m.results[dir]
			for _, f := range r.findings {
				if key(f.Start.File) == key(path) {
					actions = append(actions, v.actions(r, f, p.Range)...)
				}
			}
		}
	}
	return actions
}

// actions returns the fixes of a finding, if that touches the range.
func (v *view) actions(r *result, f finding.Finding, at protocol.Range) []protocol.CodeAction {
	d, ok := v.finding(r.texts, f)
	if !ok || !touch(d.Range, at) {
		return nil
	}
	var actions []protocol.CodeAction
	for i, fix := range f.Fixes {
		edit, err := v.edit(r, fix)
		if err != nil {
			v.s.out.logf(protocol.MessageWarning, "the fix %q is not offered: %v", fix.Message, err)
			continue
		}
		actions = append(actions, protocol.CodeAction{
			Title:       fix.Message,
			Kind:        protocol.QuickFix,
			Diagnostics: []protocol.Diagnostic{d},
			IsPreferred: i == 0,
			Edit:        edit,
		})
	}
	return actions
}

func touch(a, b protocol.Range) bool {
	before := func(p, q protocol.Position) bool {
		return p.Line < q.Line || p.Line == q.Line && p.Character < q.Character
	}
	return !before(a.End, b.Start) && !before(b.End, a.Start)
}

// edit returns the edits of a fix in the texts that the editor has now.
func (v *view) edit(r *result, f finding.Fix) (*protocol.WorkspaceEdit, error) {
	byFile := make(map[string][]finding.Edit)
	var files []string
	for _, e := range f.Edits {
		if byFile[e.File] == nil {
			files = append(files, e.File)
		}
		byFile[e.File] = append(byFile[e.File], e)
	}
	var edit protocol.WorkspaceEdit
	for _, file := range files {
		edits, err := v.edits(r, file, byFile[file])
		if err != nil {
			return nil, err
		}
		if !v.s.client.Capabilities.Workspace.WorkspaceEdit.DocumentChanges {
			if edit.Changes == nil {
				edit.Changes = make(map[string][]protocol.TextEdit)
			}
			edit.Changes[v.s.uriOf(file)] = edits
			continue
		}
		id := protocol.VersionedTextDocumentIdentifier{URI: v.s.uriOf(file)}
		if d := v.s.docs[key(file)]; d != nil {
			version := d.version
			id.Version = &version
		}
		edit.DocumentChanges = append(edit.DocumentChanges, protocol.TextDocumentEdit{TextDocument: id, Edits: edits})
	}
	return &edit, nil
}

// edits returns the edits of one file.
func (v *view) edits(r *result, file string, es []finding.Edit) ([]protocol.TextEdit, error) {
	analysed, ok := r.texts[file]
	if !ok {
		return nil, fmt.Errorf("%s was not read when it was analysed", file)
	}
	mended, err := fix.Text([]byte(analysed), es)
	if err != nil {
		return nil, err
	}
	// Editors leave the byte order mark out of their texts.
	before, after := strings.TrimPrefix(analysed, "\ufeff"), strings.TrimPrefix(string(mended), "\ufeff")
	newline := "\n"
	if strings.Contains(v.now(r, file), "\r\n") {
		newline = "\r\n"
	}
	drift := v.drift(r.texts, file)
	var edits []protocol.TextEdit
	for _, e := range udiff.Strings(before, after) {
		at := protocol.Range{
			Start: protocol.PositionAt(before, e.Start, v.s.encoding),
			End:   protocol.PositionAt(before, e.End, v.s.encoding),
		}
		if at, ok = drift.Range(at); !ok {
			return nil, fmt.Errorf("%s was changed where the fix is", file)
		}
		text := strings.ReplaceAll(e.New, "\r\n", "\n")
		edits = append(edits, protocol.TextEdit{Range: at, NewText: strings.ReplaceAll(text, "\n", newline)})
	}
	return edits, nil
}

// now returns the text of a file as the editor has it or, if it has not, as it
// was analysed.
func (v *view) now(r *result, file string) string {
	if d := v.s.docs[key(file)]; d != nil {
		return d.text
	}
	return r.texts[file]
}
