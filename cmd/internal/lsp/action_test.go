package lsp

import (
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

func (s *session) actions(name string, d protocol.Diagnostic) []protocol.CodeAction {
	s.t.Helper()
	actions, err := s.CodeActions(s.t.Context(), s.path(name), d)
	s.do(err)
	return actions
}

func TestCodeActions(t *testing.T) {
	tests := []struct {
		name         string
		disk, buffer string // the buffer if it is another
		changed      string // what is typed before the fix, if anything
		want         string // after the fix; "": none is offered
	}{
		{"plain", "package a\n\nvar BAD int\n", "", "", "package a\n\nvar good int\n"},
		{"not formatted, behind characters of several units", "package a\nvar  é𝒳, BAD = 1, 2\n", "", "", "package a\nvar  é𝒳, good = 1, 2\n"},
		{"formatted as gofmt does", "package a\n\nvar (\n\tBAD int\n\tx   int\n)\n", "", "", "package a\n\nvar (\n\tgood int\n\tx    int\n)\n"},
		{"lines that end with CR", "package a\r\n\r\nvar BAD int\r\n", "", "", "package a\r\n\r\nvar good int\r\n"},
		{"an editor that shows no CR", "package a\r\n\r\nvar BAD int\r\n", "package a\n\nvar BAD int\n", "", "package a\n\nvar good int\n"},
		{"an editor that shows no byte order mark", "\ufeffpackage a; var BAD int\n", "package a; var BAD int\n", "", "package a; var good int\n"},
		{"lines inserted above", "package a\n\nvar BAD int\n", "", "package a\n\n// typed\n\nvar BAD int\n", "package a\n\n// typed\n\nvar good int\n"},
		{"the line was changed", "package a\n\nvar BAD int\n", "", "package a\n\nvar BAD string\n", ""},
		{"no Go any more", "package a\n\nvar BAD func( int\n", "", "", ""},
	}
	for _, encoding := range []string{protocol.UTF16, protocol.UTF8} {
		for _, tt := range tests {
			t.Run(encoding+" "+tt.name, func(t *testing.T) {
				s := begin(t, new(checker), map[string]string{"a.go": tt.disk}, lspclient.Options{Encodings: []string{encoding}})
				if tt.buffer == "" {
					tt.buffer = tt.disk
				}
				s.do(s.OpenText(s.path("a.go"), tt.buffer))
				d := s.until("a.go", 1)[0]
				if tt.changed != "" {
					s.do(s.Change(s.path("a.go"), tt.changed))
					if tt.want != "" {
						d = s.fresh("a.go")[0]
					}
				}
				actions := s.actions("a.go", d)
				if tt.want == "" {
					if len(actions) > 0 {
						t.Errorf("offered are %+v", actions)
					}
					return
				}
				if len(actions) != 2 || actions[0].Title != "write good" || !actions[0].IsPreferred || actions[1].IsPreferred || actions[0].Kind != protocol.QuickFix || len(actions[0].Diagnostics) != 1 {
					t.Fatalf("offered are %+v", actions)
				}
				s.do(s.Perform(t.Context(), actions[0]))
				if got := s.Text(s.path("a.go")); got != tt.want {
					t.Errorf("the fix makes %q, want %q", got, tt.want)
				}
				s.until("a.go", 0) // at once: the line is no more
				if again := s.actions("a.go", d); len(again) > 0 {
					t.Errorf("offered again: %+v", again)
				}
			})
		}
	}
}

func TestCodeActionsWanted(t *testing.T) {
	c := new(checker)
	only := func(kinds ...string) protocol.CodeActionContext { return protocol.CodeActionContext{Only: kinds} }
	tests := []struct {
		name   string
		at     protocol.Range
		ctx    protocol.CodeActionContext
		adjust func(*protocol.ClientCapabilities)
		want   int
	}{
		{"at the finding", position(2, 5, 5), only(), nil, 2},
		{"behind it", position(2, 7, 7), only(), nil, 2},
		{"beside it", position(2, 8, 9), only(), nil, 0},
		{"another line", position(1, 0, 0), only(), nil, 0},
		{"a selection around it", protocol.Range{End: protocol.Position{Line: 9}}, only(), nil, 2},
		{"quick fixes", position(2, 4, 7), only("quickfix"), nil, 2},
		{"any kind", position(2, 4, 7), only(""), nil, 2},
		{"other kinds", position(2, 4, 7), only("source.organizeImports", "quickfix.other"), nil, 0},
		{"an editor that knows commands only", position(2, 4, 7), only(), func(c *protocol.ClientCapabilities) { c.TextDocument.CodeAction.LiteralSupport = nil }, 0},
		{"an editor that knows no versions", position(2, 4, 7), only(), func(c *protocol.ClientCapabilities) { c.Workspace.WorkspaceEdit.DocumentChanges = false }, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := begin(t, c, map[string]string{"a.go": "package a\n\nvar BAD int\n"}, lspclient.Options{Adjust: tt.adjust})
			s.do(s.Open(s.path("a.go")))
			s.until("a.go", 1)
			var actions []protocol.CodeAction
			p := protocol.CodeActionParams{TextDocument: protocol.TextDocumentIdentifier{URI: protocol.URIOf(s.path("a.go"))}, Range: tt.at, Context: tt.ctx}
			s.do(s.Call(t.Context(), protocol.MethodCodeAction, p, &actions))
			if len(actions) != tt.want {
				t.Fatalf("offered are %+v", actions)
			}
			if len(actions) > 0 {
				s.do(s.Perform(t.Context(), actions[1]))
				if got := s.Text(s.path("a.go")); got != "package a\n\nvar better int\n" {
					t.Errorf("the second fix makes %q", got)
				}
			}
		})
	}
}
