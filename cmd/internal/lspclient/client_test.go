package lspclient

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A server does to clients what language servers do: it asks for settings,
// registers, edits, and has something to say of each text with "bad" in it.
type server struct {
	file    string      // that its edits are of
	answers chan answer // of the client
	heard   chan string // what it is asked and told
}

// An answer is what the client made of a request.
type answer struct{ method, result, err string }

// Handle answers all but a request that takes longer than anybody waits.
func (s *server) Handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	if req.Method == "test/slow" {
		s.heard <- req.Method
		return
	}
	jsonrpc2.HandlerWithError(s.handle).SuppressErrClosed().Handle(ctx, conn, req)
}

func (s *server) handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) (any, error) {
	s.heard <- req.Method
	switch req.Method {
	case protocol.MethodInitialize:
		return protocol.InitializeResult{ServerInfo: &protocol.Info{Name: "test"}}, nil
	case protocol.MethodInitialized:
		conn.Notify(ctx, protocol.MethodProgress, protocol.ProgressParams{Token: json.RawMessage("7"), Value: protocol.WorkDoneProgress{Kind: protocol.ProgressBegin}})
		conn.Notify(ctx, protocol.MethodShowMessage, protocol.MessageParams{Type: protocol.MessageWarning, Message: "beware"})
		go s.ask(ctx, conn, protocol.MethodConfiguration, protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: "test"}, {Section: "other"}}})
	case protocol.MethodDidOpen:
		p, _ := decode[protocol.DidOpenTextDocumentParams](req)
		s.publish(ctx, conn, p.TextDocument.Version, p.TextDocument.Text)
	case protocol.MethodDidChange:
		p, _ := decode[protocol.DidChangeTextDocumentParams](req)
		s.publish(ctx, conn, *p.TextDocument.Version, p.ContentChanges[0].Text)
	case protocol.MethodCodeAction:
		return []protocol.CodeAction{{Title: "mend", Data: json.RawMessage("1")}, {Title: "command", Command: &protocol.Command{Command: "c"}}}, nil
	case protocol.MethodCodeActionResolve:
		a, _ := decode[protocol.CodeAction](req)
		a.Edit = s.mend(1)
		return a, nil
	case protocol.MethodExecuteCommand:
		go s.ask(ctx, conn, protocol.MethodApplyEdit, protocol.ApplyWorkspaceEditParams{Edit: *s.mend(3)})
	case protocol.MethodDiagnostic:
		return protocol.DocumentDiagnosticReport{Kind: protocol.FullReport, Items: []protocol.Diagnostic{{Message: "pulled"}}}, nil
	case protocol.MethodExit:
		conn.Close()
	case "test/ask":
		p, _ := decode[struct{ Method string }](req)
		go s.ask(ctx, conn, p.Method, struct{}{})
	}
	return nil, nil
}

func (s *server) ask(ctx context.Context, conn *jsonrpc2.Conn, method string, params any) {
	var result json.RawMessage
	got := answer{method: method}
	if err := conn.Call(ctx, method, params, &result); err != nil {
		got.err = err.Error()
	}
	got.result = string(result)
	s.answers <- got
}

// mend returns the edit that makes good of bad in a version of the file.
func (s *server) mend(version int) *protocol.WorkspaceEdit {
	return &protocol.WorkspaceEdit{DocumentChanges: []protocol.TextDocumentEdit{{
		TextDocument: protocol.VersionedTextDocumentIdentifier{URI: protocol.URIOf(s.file), Version: &version},
		Edits:        []protocol.TextEdit{{Range: protocol.Range{End: protocol.Position{Character: 3}}, NewText: "good"}},
	}}}
}

func (s *server) publish(ctx context.Context, conn *jsonrpc2.Conn, version int, text string) {
	p := protocol.PublishDiagnosticsParams{URI: protocol.URIOf(s.file), Version: &version, Diagnostics: []protocol.Diagnostic{}}
	if strings.Contains(text, "bad") {
		p.Diagnostics = append(p.Diagnostics, protocol.Diagnostic{Message: "bad"})
	}
	conn.Notify(ctx, protocol.MethodPublishDiagnostics, p)
}

// start begins a session with a server in this process, and opens its file.
func start(t *testing.T, text string) (*Client, *server) {
	t.Helper()
	s := &server{file: filepath.Join(t.TempDir(), "a é.go"), answers: make(chan answer, 9), heard: make(chan string, 99)}
	if err := os.WriteFile(s.file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	near, far := Pipe()
	conn := jsonrpc2.NewConn(t.Context(), protocol.NewStream(far, t.Logf), s)
	t.Cleanup(func() { conn.Close() })
	c, err := Connect(t.Context(), near, Options{
		Folders:  []string{filepath.Dir(s.file)},
		Settings: map[string]any{"test": map[string]any{"a": 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Open(s.file); err != nil {
		t.Fatal(err)
	}
	return c, s
}

func TestClientAnswers(t *testing.T) {
	c, s := start(t, "ok")
	if got := <-s.answers; got.result != `[{"a":1},null]` || got.err != "" {
		t.Errorf("the settings are answered with %+v", got)
	}
	tests := []struct{ method, result, err string }{
		{protocol.MethodRegister, "null", ""},
		{protocol.MethodUnregister, "null", ""},
		{protocol.MethodProgressCreate, "null", ""},
		{protocol.MethodShowMessageRequest, "null", ""},
		{protocol.MethodWorkspaceFolders, protocol.URIOf(filepath.Dir(s.file)), ""},
		{protocol.MethodApplyEdit, `"applied":false`, ""},
		{"test/unknown", "", "-32601"},
	}
	for _, tt := range tests {
		if err := c.Notify(t.Context(), "test/ask", map[string]string{"method": tt.method}); err != nil {
			t.Fatal(err)
		}
		if got := <-s.answers; !strings.Contains(got.result, tt.result) || !strings.Contains(got.err, tt.err) || (got.err != "") != (tt.err != "") {
			t.Errorf("%s is answered with %+v", tt.method, got)
		}
	}
	if m := c.Messages(); len(m) == 0 || m[0].Message != "beware" {
		t.Errorf("messages are %v", m)
	}
	if p := c.Progress(); len(p) == 0 || p[0].Kind != protocol.ProgressBegin {
		t.Errorf("progress is %v", p)
	}
	if c.Server().ServerInfo.Name != "test" {
		t.Errorf("the server is %+v", c.Server())
	}
}

func TestEditing(t *testing.T) {
	c, s := start(t, "bad\n")
	ctx, path := t.Context(), s.file
	clean := func(ds []protocol.Diagnostic) bool { return len(ds) == 0 }
	check := func(step string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	ds, err := c.Diagnostics(ctx, path)
	check("open", err)
	if len(ds) != 1 || ds[0].Message != "bad" {
		t.Fatalf("diagnostics are %v", ds)
	}
	actions, err := c.CodeActions(ctx, path, ds[0])
	check("code actions", err)
	if len(actions) != 2 || actions[0].Edit == nil {
		t.Fatalf("actions are %+v", actions)
	}
	check("fix", c.Perform(ctx, actions[0]))
	_, err = c.Await(ctx, path, clean)
	check("after the fix", err)
	if got := c.Text(path); got != "good\n" {
		t.Errorf("the buffer is %q", got)
	}
	check("fix an old version", func() error {
		if c.Perform(ctx, actions[0]) == nil {
			return errors.New("done")
		}
		return nil
	}())

	check("change", c.Change(path, "bad again\n"))
	ds, err = c.Diagnostics(ctx, path)
	check("after the change", err)
	if len(ds) != 1 {
		t.Errorf("diagnostics after a change are %v", ds)
	}
	check("command", c.Perform(ctx, actions[1]))
	_, err = c.Await(ctx, path, clean)
	check("after the command", err)

	check("save", c.Save(path))
	if data, err := os.ReadFile(path); err != nil || string(data) != "good again\n" {
		t.Errorf("the file is %q, %v", data, err)
	}
	pulled, err := c.Pull(ctx, path)
	check("pull", err)
	if len(pulled) != 1 || pulled[0].Message != "pulled" {
		t.Errorf("pulled %v", pulled)
	}
	check("close", c.CloseFile(path))
	if c.Change(path, "x") == nil || c.Save(path) == nil {
		t.Error("a file that is not open is changed or saved")
	}
	check("shutdown", c.Shutdown(ctx))
}

// What is published for another version, or was before the change, is not waited for.
func TestAwaitVersion(t *testing.T) {
	c, s := start(t, "bad\n")
	if _, err := c.Diagnostics(t.Context(), s.file); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if ds, err := c.Diagnostics(ctx, s.file); err != nil || len(ds) != 1 {
		t.Errorf("asked again: %v, %v", ds, err)
	}
	c.mu.Lock()
	c.buffers[s.file].version = 2
	c.mu.Unlock()
	if ds, err := c.Await(ctx, s.file, func([]protocol.Diagnostic) bool { return true }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("diagnostics of an older version: %v, %v", ds, err)
	}
}

func TestCancel(t *testing.T) {
	c, s := start(t, "ok")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Call(ctx, "test/slow", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("the request ends with %v", err)
	}
	var heard []string
	for len(heard) == 0 || heard[len(heard)-1] != protocol.MethodCancelRequest {
		heard = append(heard, <-s.heard)
	}
	if !slices.Contains(heard, "test/slow") {
		t.Errorf("the server heard %q", heard)
	}
}

func TestServersThatFail(t *testing.T) {
	tests := []struct {
		name    string
		command []string
		want    string
	}{
		{"no command", nil, "no command"},
		{"no executable", []string{filepath.Join(t.TempDir(), "none")}, "starting the language server"},
		{"exits", []string{"go", "nothing-of-the-kind"}, "unknown command"}, // what it says is passed on
	}
	for _, tt := range tests {
		c, err := Start(t.Context(), Options{Command: tt.command})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil {
			c.Close()
		}
	}
}
