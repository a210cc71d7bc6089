package lsp

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A wire is a connection to a server on which a test says what it likes.
type wire struct {
	t    *testing.T
	conn lspclient.Conn
	in   *protocol.Stream
	code chan int
}

func newWire(t *testing.T) *wire {
	near, far := lspclient.Pipe()
	w := &wire{t: t, conn: near, in: protocol.NewStream(near, t.Logf), code: make(chan int, 1)}
	go func() { w.code <- Serve(t.Context(), far, Options{Check: new(checker).check}, io.Discard) }()
	t.Cleanup(func() { near.Close() })
	return w
}

func (w *wire) say(message string) {
	w.t.Helper()
	if err := w.in.WriteObject(json.RawMessage(message)); err != nil {
		w.t.Fatal(err)
	}
}

// hear returns the next message that answers a request.
func (w *wire) hear() string {
	w.t.Helper()
	for {
		var m json.RawMessage
		if err := w.in.ReadObject(&m); err != nil {
			w.t.Fatal(err)
		}
		if !strings.Contains(string(m), `"method"`) {
			return string(m)
		}
	}
}

// end waits for the server's exit code.
func (w *wire) end() int {
	w.t.Helper()
	select {
	case code := <-w.code:
		return code
	case <-time.After(10 * time.Second):
		w.t.Fatal("the server does not end")
		return -1
	}
}

const (
	initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	shutdown   = `{"jsonrpc":"2.0","id":"x","method":"shutdown"}`
	exit       = `{"jsonrpc":"2.0","method":"exit"}`
)

func TestLifeCycle(t *testing.T) {
	w := newWire(t)
	steps := []struct{ say, hear string }{
		{`{"jsonrpc":"2.0","id":9,"method":"textDocument/codeAction","params":{}}`, `"code":-32002`},
		{initialize, `"positionEncoding":"utf-16"`},
		{initialize, `"code":-32600`},
		{`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{}}`, `"code":-32601`},
		{`{"jsonrpc":"2.0","id":3,"method":"textDocument/codeAction"}`, `"code":-32602`},
		{`{"jsonrpc":"2.0","id":4,"method":"textDocument/codeAction","params":{"textDocument":7}}`, `"code":-32602`},
		{`{"jsonrpc":"2.0","id":5,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"untitled:1"}}}`, `"result":[]`},
		{`{"jsonrpc":"2.0","id":6,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"untitled:1"}}}`, `"items":[]`},
		{`{"jsonrpc":"2.0","id":7}`, `"code":-32600`},
		{shutdown, `"result":null`},
		{`{"jsonrpc":"2.0","id":8,"method":"textDocument/codeAction","params":{}}`, `"code":-32600`},
	}
	for _, step := range steps {
		w.say(step.say)
		if got := w.hear(); !strings.Contains(got, step.hear) {
			t.Errorf("%s is answered with %s", step.say, got)
		}
	}
	w.say(exit)
	if code := w.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// What makes no sense does not end the session.
func TestNotificationsThatMakeNoSense(t *testing.T) {
	w := newWire(t)
	w.say(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}`) // too early
	w.say(initialize)
	w.hear()
	for _, m := range []string{
		`{"method":"nothing/known"}`,
		`{"method":"$/setTrace","params":{"value":"off"}}`,
		`{"method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:1","text":"x"}}}`,
		`{"method":"textDocument/didOpen","params":[]}`,
		`{"method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///none.go","version":2},"contentChanges":[{"text":"x"}]}}`,
		`{"method":"textDocument/didSave","params":{"textDocument":{"uri":"file:///none.go"}}}`,
		`{"method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///none.go"}}}`,
		`{"method":"workspace/didChangeConfiguration"}`,
		`{"method":"workspace/didChangeConfiguration","params":{"settings":null}}`,
		`{"method":"workspace/didChangeConfiguration","params":{"settings":[]}}`,
		`{"method":"$/cancelRequest","params":{"id":{}}}`,
		`{"method":"$/cancelRequest","params":{"id":77}}`,
	} {
		w.say(m)
	}
	w.say(shutdown)
	if got := w.hear(); !strings.Contains(got, `"result":null`) {
		t.Errorf("the server answers %s", got)
	}
}

// An editor that does not wait for answers gets them all the same.
func TestExitAtOnce(t *testing.T) {
	w := newWire(t)
	go func() {
		for _, m := range []string{initialize, shutdown, exit} {
			w.in.WriteObject(json.RawMessage(m))
		}
	}()
	got := w.hear() + w.hear() // in any order
	if !strings.Contains(got, `"id":1`) || !strings.Contains(got, `"id":"x"`) {
		t.Errorf("the server answers %s", got)
	}
	if code := w.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		say  []string
		code int
	}{
		{"exit without shutdown", []string{initialize, exit}, 1},
		{"exit before anything", []string{exit}, 1},
		{"exit after shutdown", []string{initialize, shutdown, exit}, 0},
		{"the editor dies", []string{initialize}, 1},
		{"the editor dies after shutdown", []string{initialize, shutdown}, 0},
	}
	for _, tt := range tests {
		w := newWire(t)
		for _, m := range tt.say {
			w.say(m)
			if strings.Contains(m, `"id"`) {
				w.hear()
			}
		}
		if tt.say[len(tt.say)-1] != exit {
			w.conn.Close()
		}
		if code := w.end(); code != tt.code {
			t.Errorf("%s: exit code %d, want %d", tt.name, code, tt.code)
		}
	}
}

func TestSettingsOfEditors(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a.go": "package a\n"}, lspclient.Options{
		InitializationOptions: map[string]any{"tier": "proven", "buildFlags": []string{"-tags=x"}},
		Settings:              map[string]any{"lagvet": map[string]any{"disable": []string{"hotdefer"}}},
	})
	s.do(s.Open(s.path("a.go")))
	s.fresh("a.go")
	if o := c.last(); o.Tier != "proven" || strings.Join(o.BuildFlags, " ") != "-tags=x" || strings.Join(o.Disable, " ") != "hotdefer" {
		t.Errorf("checked with %+v", o)
	}
	ctx := t.Context()
	s.do(s.Configure(ctx, map[string]any{"lagvet": map[string]any{"tier": "suspected"}}))
	s.waitFor(func() bool { return c.last().Tier == "suspected" })
	if o := c.last(); len(o.Disable) > 0 || len(o.BuildFlags) != 1 {
		t.Errorf("checked with %+v", o)
	}
	s.do(s.Configure(ctx, map[string]any{"lagvet": map[string]any{"tie": "suspected"}}))
	s.shown(`unknown setting lagvet.tie (did you mean "tier"?); the settings are as before`)
	s.do(s.Configure(ctx, map[string]any{"lagvet": map[string]any{"pull": true}}))
	s.shown("lagvet.pull has effect only among the initializationOptions")
	s.do(s.Configure(ctx, nil))
	s.waitFor(func() bool { return c.last().Tier == "proven" })

	// An editor that cannot be asked sends them, and those of others.
	c = new(checker) // the session above may check once more
	s = begin(t, c, map[string]string{"a.go": "package a\n"}, lspclient.Options{
		InitializationOptions: map[string]any{"onchange": true},
		Adjust:                func(caps *protocol.ClientCapabilities) { caps.Workspace.Configuration = false },
	})
	s.shown(`unknown setting lagvet.onchange (did you mean "onChange"?)`)
	s.do(s.Open(s.path("a.go")))
	s.fresh("a.go")
	s.do(s.Configure(ctx, map[string]any{"gopls": map[string]any{"teir": 1}, "lagvet": map[string]any{"tier": "suspected"}}))
	s.waitFor(func() bool { return c.last().Tier == "suspected" })
}

// Relative paths start at the folder that is open, where that is one within the
// module too.
func TestPathsOfSettings(t *testing.T) {
	for _, folder := range []string{".", "m", "m/sub"} {
		root := t.TempDir()
		write(t, filepath.Join(root, "m", "go.mod"), "module example.com/m\n")
		write(t, filepath.Join(root, "m", "sub", "a.go"), "package sub\n")
		dir := filepath.Join(root, folder)
		c := new(checker)
		s := begin(t, c, map[string]string{}, lspclient.Options{
			Folders:               []string{dir},
			InitializationOptions: map[string]any{"profiles": []string{"cpu.pprof"}, "config": "ci.yml"},
		})
		s.dir = root
		s.do(s.Open(s.path("m/sub/a.go")))
		s.fresh("m/sub/a.go")
		o := c.last()
		if o.Dir != filepath.Join(root, "m") || o.Config != filepath.Join(dir, "ci.yml") || len(o.Profiles) != 1 || o.Profiles[0] != filepath.Join(dir, "cpu.pprof") {
			t.Errorf("folder %s: checked with %+v", folder, o)
		}
	}
}

// An editor that does not answer keeps nothing from being checked.
func TestEditorThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.say(`{"id":1,"method":"initialize","params":{"rootUri":null,"capabilities":{"workspace":{"configuration":true},"textDocument":{"publishDiagnostics":{}}}}}`)
		w.hear()
		w.say(`{"method":"initialized","params":{}}`)
		file := filepath.Join(t.TempDir(), "a.go")
		const text = "package a\n\nvar BAD int\n"
		write(t, file, text)
		open, err := json.Marshal(protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{URI: protocol.URIOf(file), Text: text}})
		if err != nil {
			t.Fatal(err)
		}
		w.say(`{"method":"textDocument/didOpen","params":` + string(open) + `}`)
		start := time.Now()
		for m := ""; !strings.Contains(m, "this is bad"); {
			var raw json.RawMessage
			if err := w.in.ReadObject(&raw); err != nil {
				t.Fatal(err)
			}
			m = string(raw)
		}
		if waited := time.Since(start); waited < patience || waited > 2*patience {
			t.Errorf("the editor is waited for for %v", waited)
		}
		w.conn.Close()
		w.end()
	})
}
