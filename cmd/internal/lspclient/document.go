package lspclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// Open opens a file.
func (c *Client) Open(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	return c.OpenText(path, string(data))
}

// OpenText opens a file whose buffer holds text, whatever the file does.
func (c *Client) OpenText(path, text string) error {
	c.mu.Lock()
	c.buffers[path] = &document{text: text, version: 1, since: c.count}
	c.mu.Unlock()
	return c.Notify(context.Background(), protocol.MethodDidOpen, protocol.DidOpenTextDocumentParams{
		TextDocument: protocol.TextDocumentItem{URI: protocol.URIOf(path), LanguageID: "go", Version: 1, Text: text},
	})
}

// Text returns the text of the buffer of an open file.
func (c *Client) Text(path string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.buffers[path]; d != nil {
		return d.text
	}
	return ""
}

// Change gives the buffer of an open file another text.
func (c *Client) Change(path, text string) error {
	c.mu.Lock()
	params, err := c.change(path, text)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	return c.tell([]protocol.DidChangeTextDocumentParams{params})
}

// change changes a buffer and returns what to tell the server. The lock is held.
func (c *Client) change(path, text string) (protocol.DidChangeTextDocumentParams, error) {
	d := c.buffers[path]
	if d == nil {
		return protocol.DidChangeTextDocumentParams{}, fmt.Errorf("changing %s: it is not open", path)
	}
	d.text = text
	d.version++
	d.since = c.count
	version := d.version
	return protocol.DidChangeTextDocumentParams{
		TextDocument:   protocol.VersionedTextDocumentIdentifier{URI: protocol.URIOf(path), Version: &version},
		ContentChanges: []protocol.TextDocumentContentChangeEvent{{Text: text}},
	}, nil
}

func (c *Client) tell(changes []protocol.DidChangeTextDocumentParams) error {
	for _, params := range changes {
		if err := c.Notify(context.Background(), protocol.MethodDidChange, params); err != nil {
			return err
		}
	}
	return nil
}

// Save writes the buffer of an open file to the file.
func (c *Client) Save(path string) error {
	c.mu.Lock()
	d := c.buffers[path]
	if d == nil {
		c.mu.Unlock()
		return fmt.Errorf("saving %s: it is not open", path)
	}
	d.since = c.count
	text := d.text
	c.mu.Unlock()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return fmt.Errorf("saving %s: %w", path, err)
	}
	return c.Notify(context.Background(), protocol.MethodDidSave, protocol.DidSaveTextDocumentParams{TextDocument: identifier(path)})
}

// CloseFile closes an open file.
func (c *Client) CloseFile(path string) error {
	c.mu.Lock()
	delete(c.buffers, path)
	c.mu.Unlock()
	return c.Notify(context.Background(), protocol.MethodDidClose, protocol.DidCloseTextDocumentParams{TextDocument: identifier(path)})
}

func identifier(path string) protocol.TextDocumentIdentifier {
	return protocol.TextDocumentIdentifier{URI: protocol.URIOf(path)}
}

// Diagnostics waits until the server publishes diagnostics of a file, for its
// present version if it names one, after the file was last opened, changed or
// saved. A server may publish twice for one version: see [Client.Await].
func (c *Client) Diagnostics(ctx context.Context, path string) ([]protocol.Diagnostic, error) {
	return c.await(ctx, path, true, func([]protocol.Diagnostic) bool { return true })
}

// Await waits until the diagnostics of a file that were last published, for its
// present version if the server names one, are accepted.
func (c *Client) Await(ctx context.Context, path string, accept func([]protocol.Diagnostic) bool) ([]protocol.Diagnostic, error) {
	return c.await(ctx, path, false, accept)
}

func (c *Client) await(ctx context.Context, path string, fresh bool, accept func([]protocol.Diagnostic) bool) ([]protocol.Diagnostic, error) {
	for {
		c.mu.Lock()
		p, since, version := c.published[path], 0, 0
		if d := c.buffers[path]; d != nil {
			since, version = d.since, d.version
		}
		changed := c.changed
		c.mu.Unlock()
		current := p.number > 0 && (p.version == nil || version == 0 || *p.version == version)
		if current && (!fresh || p.number > since) && accept(p.diagnostics) {
			return p.diagnostics, nil
		}
		select {
		case <-changed:
		case <-c.conn.DisconnectNotify():
			return nil, fmt.Errorf("waiting for diagnostics of %s: the server is gone\n%s", path, c.Stderr())
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for diagnostics of %s, the last were %v: %w", path, p.diagnostics, ctx.Err())
		}
	}
}

// Published returns when diagnostics of a file were last published, and how many
// times diagnostics of any file were.
func (c *Client) Published(path string) (last time.Time, count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.published[path].at, c.count
}

// PublishedAs returns how many diagnostics were last published under a URI as the
// server spells it, and whether any ever were. To [Client.Await] all spellings are one.
func (c *Client) PublishedAs(uri string) (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok = c.byURI[uri]
	return n, ok
}

// Pull asks the server for the diagnostics of a file.
func (c *Client) Pull(ctx context.Context, path string) ([]protocol.Diagnostic, error) {
	var report protocol.DocumentDiagnosticReport
	err := c.Call(ctx, protocol.MethodDiagnostic, protocol.DocumentDiagnosticParams{TextDocument: identifier(path)}, &report)
	// gopls leaves the kind of a full report empty.
	if err == nil && report.Kind != protocol.FullReport && report.Kind != "" {
		err = fmt.Errorf("the server answered %s with a report of kind %q", protocol.MethodDiagnostic, report.Kind)
	}
	return report.Items, err
}

// CodeActions asks the server for quick fixes of a diagnostic. Their edits are
// filled in, if the server does that later.
func (c *Client) CodeActions(ctx context.Context, path string, d protocol.Diagnostic) ([]protocol.CodeAction, error) {
	var actions []protocol.CodeAction
	err := c.Call(ctx, protocol.MethodCodeAction, protocol.CodeActionParams{
		TextDocument: identifier(path),
		Range:        d.Range,
		Context:      protocol.CodeActionContext{Diagnostics: []protocol.Diagnostic{d}, Only: []string{protocol.QuickFix}},
	}, &actions)
	if err != nil {
		return nil, err
	}
	for i, a := range actions {
		if a.Edit != nil || a.Command != nil || len(a.Data) == 0 {
			continue
		}
		if err := c.Call(ctx, protocol.MethodCodeActionResolve, a, &actions[i]); err != nil {
			return nil, err
		}
	}
	return actions, nil
}

// Perform does what a code action offers: it makes the edit and has the server
// execute the command, which may make edits of its own.
func (c *Client) Perform(ctx context.Context, a protocol.CodeAction) error {
	if a.Edit == nil && a.Command == nil {
		return fmt.Errorf("the action %q does nothing", a.Title)
	}
	if a.Edit != nil {
		c.mu.Lock()
		changes, err := c.edit(*a.Edit)
		c.mu.Unlock()
		if err != nil {
			return fmt.Errorf("the action %q: %w", a.Title, err)
		}
		if err := c.tell(changes); err != nil {
			return err
		}
	}
	if a.Command != nil {
		params := protocol.ExecuteCommandParams{Command: a.Command.Command, Arguments: a.Command.Arguments}
		var result json.RawMessage
		return c.Call(ctx, protocol.MethodExecuteCommand, params, &result)
	}
	return nil
}

// edit makes an edit in the buffers and returns what to tell the server. The
// lock is held.
func (c *Client) edit(e protocol.WorkspaceEdit) ([]protocol.DidChangeTextDocumentParams, error) {
	var told []protocol.DidChangeTextDocumentParams
	for _, d := range documentEdits(e) {
		path, ok := protocol.PathOf(d.TextDocument.URI)
		buf := c.buffers[path]
		switch {
		case !ok || buf == nil:
			return told, fmt.Errorf("editing %s: it is not open", d.TextDocument.URI)
		case d.TextDocument.Version != nil && *d.TextDocument.Version != buf.version:
			return told, fmt.Errorf("editing %s: the edit is for version %d, and this is %d", path, *d.TextDocument.Version, buf.version)
		}
		text, err := protocol.Apply(buf.text, d.Edits, c.encoding())
		if err != nil {
			return told, fmt.Errorf("editing %s: %w", path, err)
		}
		params, err := c.change(path, text)
		if err != nil {
			return told, err
		}
		told = append(told, params)
	}
	if len(told) == 0 {
		return nil, errors.New("the edit changes nothing")
	}
	return told, nil
}

// documentEdits returns what a workspace edit holds in either form.
func documentEdits(e protocol.WorkspaceEdit) []protocol.TextDocumentEdit {
	if len(e.DocumentChanges) > 0 {
		return e.DocumentChanges
	}
	var ds []protocol.TextDocumentEdit
	for uri, edits := range e.Changes {
		ds = append(ds, protocol.TextDocumentEdit{TextDocument: protocol.VersionedTextDocumentIdentifier{URI: uri}, Edits: edits})
	}
	return ds
}

// encoding is what the positions of this session are counted in.
func (c *Client) encoding() string {
	if c.server.Capabilities.PositionEncoding == "" {
		return protocol.UTF16
	}
	return c.server.Capabilities.PositionEncoding
}
