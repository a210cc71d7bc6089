package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A progress shows in the editor how far a run has come.
type progress struct {
	s     *Server
	token string
	title string

	mu    sync.Mutex
	state progressState
}

type progressState int

const (
	progressIdle  progressState = iota // nothing was told yet
	progressAsked                      // the editor is asked for a token
	progressShown
	progressOver
)

// newProgress returns what is told how far a run has come. Nothing is shown
// before the first call, which only a long run makes.
func (s *Server) newProgress(ctx context.Context, title string) func(status string) {
	if !s.client.Capabilities.Window.WorkDoneProgress {
		return nil
	}
	p := &progress{s: s, token: fmt.Sprintf("lagvet-%d", s.tokens.Add(1)), title: title}
	return func(status string) { p.tell(ctx, status) }
}

func (p *progress) tell(ctx context.Context, status string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case status == "":
		if p.state == progressShown {
			p.send(protocol.WorkDoneProgress{Kind: protocol.ProgressEnd})
		}
		p.state = progressOver
	case p.state == progressIdle:
		p.state = progressAsked
		go p.begin(ctx, status) // the run does not wait for the editor
	case p.state == progressShown:
		p.send(protocol.WorkDoneProgress{Kind: protocol.ProgressReport, Message: status})
	}
}

// begin asks the editor to show progress, and has it shown if it will.
func (p *progress) begin(ctx context.Context, status string) {
	if err := p.s.conn.Call(ctx, protocol.MethodProgressCreate, protocol.ProgressCreateParams{Token: p.token}, nil); err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != progressAsked {
		return // over meanwhile
	}
	p.state = progressShown
	p.send(protocol.WorkDoneProgress{Kind: protocol.ProgressBegin, Title: p.title, Message: status})
}

func (p *progress) send(value protocol.WorkDoneProgress) {
	p.s.out.send(protocol.MethodProgress, protocol.ProgressParams{Token: json.RawMessage(`"` + p.token + `"`), Value: value})
}
