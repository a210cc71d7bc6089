package lspclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// Handle takes a message of the server. It waits for nothing but the client's
// lock, so that messages are taken in their order. Above all it does not write:
// a server that writes meanwhile would wait for it to read, and it for the server.
func (c *Client) Handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	result, err := c.handle(req)
	if req.Notif {
		if err != nil {
			fmt.Fprintf(c.stderr, "client: %v\n", err)
		}
		return
	}
	go func() {
		// The only error is that the session is over.
		if err != nil {
			conn.ReplyWithError(ctx, req.ID, fault(err))
			return
		}
		conn.Reply(ctx, req.ID, result)
	}()
}

func fault(err error) *jsonrpc2.Error {
	if e, ok := errors.AsType[*jsonrpc2.Error](err); ok {
		return e
	}
	return &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: err.Error()}
}

func (c *Client) handle(req *jsonrpc2.Request) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.news()
	switch req.Method {
	case protocol.MethodPublishDiagnostics:
		return nil, c.publish(req)
	case protocol.MethodShowMessage, protocol.MethodLogMessage, protocol.MethodShowMessageRequest:
		m, err := decode[protocol.MessageParams](req)
		c.messages = append(c.messages, m)
		return nil, err
	case protocol.MethodProgress:
		p, err := decode[protocol.ProgressParams](req)
		c.progress = append(c.progress, p.Value)
		return nil, err
	case protocol.MethodConfiguration:
		return c.settings(req)
	case protocol.MethodWorkspaceFolders:
		var folders []protocol.WorkspaceFolder
		for _, dir := range c.options.Folders {
			folders = append(folders, protocol.WorkspaceFolder{URI: protocol.URIOf(dir), Name: dir})
		}
		return folders, nil
	case protocol.MethodRegister:
		p, err := decode[protocol.RegistrationParams](req)
		c.watched = append(c.watched, p.Registrations...)
		return nil, err
	case protocol.MethodProgressCreate, protocol.MethodUnregister:
		return nil, nil
	case protocol.MethodApplyEdit:
		p, err := decode[protocol.ApplyWorkspaceEditParams](req)
		if err != nil {
			return nil, err
		}
		changes, err := c.edit(p.Edit)
		if err != nil {
			return protocol.ApplyWorkspaceEditResult{FailureReason: err.Error()}, nil
		}
		go c.tell(changes)
		return protocol.ApplyWorkspaceEditResult{Applied: true}, nil
	}
	if req.Notif {
		return nil, nil
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "the client does not know " + req.Method}
}

func decode[T any](req *jsonrpc2.Request) (T, error) {
	var params T
	if req.Params == nil {
		return params, nil
	}
	if err := json.Unmarshal(*req.Params, &params); err != nil {
		return params, fmt.Errorf("reading %s: %w", req.Method, err)
	}
	return params, nil
}

// news wakes those who wait for the server. The lock is held.
func (c *Client) news() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Client) publish(req *jsonrpc2.Request) error {
	p, err := decode[protocol.PublishDiagnosticsParams](req)
	if err != nil {
		return err
	}
	path, ok := protocol.PathOf(p.URI)
	if !ok {
		return fmt.Errorf("diagnostics of %s, which is no file", p.URI)
	}
	c.count++
	c.byURI[p.URI] = len(p.Diagnostics)
	c.published[path] = publication{c.count, p.Version, p.Diagnostics, time.Now()}
	return nil
}

func (c *Client) settings(req *jsonrpc2.Request) (any, error) {
	p, err := decode[protocol.ConfigurationParams](req)
	if err != nil {
		return nil, err
	}
	values := []any{}
	for _, item := range p.Items {
		values = append(values, c.options.Settings[item.Section])
	}
	return values, nil
}
