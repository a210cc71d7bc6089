package lsp

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// An outbox sends what the server tells the editor, in order. Who puts something
// into it does not wait: an editor that reads nothing while it writes would wait
// for the server, and the server for it.
type outbox struct {
	log io.Writer

	mu      sync.Mutex
	pending []notification
	arrived chan struct{} // holds one if something is pending
}

type notification struct {
	method string
	params any
}

func newOutbox(log io.Writer) *outbox {
	return &outbox{log: log, arrived: make(chan struct{}, 1)}
}

func (o *outbox) send(method string, params any) {
	o.mu.Lock()
	o.pending = append(o.pending, notification{method, params})
	o.mu.Unlock()
	select {
	case o.arrived <- struct{}{}:
	default:
	}
}

// deliver sends what there is to send until ctx ends.
func (o *outbox) deliver(ctx context.Context, conn *jsonrpc2.Conn) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.arrived:
		}
		o.mu.Lock()
		batch := o.pending
		o.pending = nil
		o.mu.Unlock()
		for _, n := range batch {
			if err := conn.Notify(ctx, n.method, n.params); err != nil {
				return // the session is over
			}
		}
	}
}

// show has the editor show a message, and logs it.
func (o *outbox) show(kind protocol.MessageType, message string) {
	o.send(protocol.MethodShowMessage, protocol.MessageParams{Type: kind, Message: "lagvet: " + message})
	o.logf(kind, "%s", message)
}

// logf writes to the editor's log and to standard error.
func (o *outbox) logf(kind protocol.MessageType, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	fmt.Fprintf(o.log, "lagvet: %s\n", message)
	o.send(protocol.MethodLogMessage, protocol.MessageParams{Type: kind, Message: message})
}
