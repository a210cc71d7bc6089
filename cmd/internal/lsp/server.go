package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Options say how a server behaves, whatever the editor's settings are.
type Options struct {
	OnlyCompiler bool // leave out what a gopls with lagvet's rules finds
	// Check looks for findings; nil: check.Report.
	Check func(context.Context, check.Options, io.Writer) (*report.Report, error)
	// Settle is how long a server waits for more to be opened or saved, Typing
	// for the next change; 0: as long as is good for people.
	Settle, Typing time.Duration
}

const (
	settle = 30 * time.Millisecond  // editors that save all files tell of them at once
	typing = 400 * time.Millisecond // a pause between words
	// grace is how long answers and runs have to end with the session. The go
	// command is interrupted at once; it has that long to clear its files away.
	grace = 5 * time.Second
	// maxRuns is how many modules are checked at once: the go command of each
	// keeps all processors busy.
	maxRuns = 2
)

// A Server serves one editor.
type Server struct {
	options Options
	settle  time.Duration
	typing  time.Duration
	out     *outbox
	conn    *jsonrpc2.Conn
	ctx     context.Context // ends with the session
	slots   chan struct{}   // holds as many as run
	runs    sync.WaitGroup
	answers sync.WaitGroup // to requests
	tokens  atomic.Int64   // of progress, given out so far

	mu       sync.Mutex // guards what follows, and the modules
	phase    phase
	left     bool // the editor said that it leaves: nothing is heard any more
	stopped  bool // nothing is to be started any more
	ready    bool // the settings are known
	proven   bool // a run has had the canary sing
	client   protocol.InitializeParams
	encoding string   // of positions
	pulls    bool     // the editor asks for diagnostics of open files
	base     Settings // what the session began with
	settings Settings
	folders  []string
	docs     map[string]*document // by key
	modules  map[string]*module   // by key
	shown    map[string]string    // the URIs under which something is shown, by the file's key
	pending  map[jsonrpc2.ID]context.CancelFunc
}

// A phase of a session.
type phase int

const (
	fresh phase = iota
	serving
	shutDown
)

// Serve serves the editor at the other end of conn until it says that it leaves,
// is gone, or ctx ends. It returns the exit code that the protocol asks for: 0 if
// the editor has shut the server down before. log gets a line for what happens.
func Serve(ctx context.Context, conn io.ReadWriteCloser, o Options, log io.Writer) (code int) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if o.Check == nil {
		o.Check = check.Report
	}
	s := &Server{
		options:  o,
		settle:   cmp.Or(o.Settle, settle),
		typing:   cmp.Or(o.Typing, typing),
		out:      newOutbox(log),
		ctx:      ctx,
		slots:    make(chan struct{}, maxRuns),
		encoding: protocol.UTF16,
		docs:     make(map[string]*document),
		modules:  make(map[string]*module),
		shown:    make(map[string]string),
		pending:  make(map[jsonrpc2.ID]context.CancelFunc),
	}
	stream := protocol.NewStream(conn, func(format string, args ...any) { s.out.logf(protocol.MessageWarning, format, args...) })
	s.mu.Lock() // no message is handled before there is a connection to answer on
	s.conn = jsonrpc2.NewConn(ctx, stream, s, jsonrpc2.SetLogger(logger{s.out}))
	s.mu.Unlock()
	go s.out.deliver(ctx, s.conn)
	<-s.conn.DisconnectNotify()
	return s.end(stop)
}

// A logger is told of errors of the connection.
type logger struct{ out *outbox }

func (l logger) Printf(format string, args ...any) {
	l.out.logf(protocol.MessageWarning, format, args...)
}

// end ends what runs and returns the exit code.
func (s *Server) end(stop context.CancelFunc) (code int) {
	s.mu.Lock()
	s.stopped = true
	code = 1
	if s.phase == shutDown {
		code = 0
	}
	s.mu.Unlock()
	stop()
	await(&s.runs)
	return code
}

// await waits for a group, within reason.
func await(group *sync.WaitGroup) {
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(grace):
	}
}

// Handle takes a message of the editor. Messages come one after another, so
// nothing here waits for anything that takes long.
func (s *Server) Handle(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left {
		return
	}
	if req.Notif {
		if err := s.told(req); err != nil {
			s.out.logf(protocol.MessageWarning, "%v", err)
		}
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	s.pending[req.ID] = cancel
	answer := s.asked(ctx, req)
	s.answers.Go(func() {
		result, err := answer()
		s.mu.Lock()
		delete(s.pending, req.ID)
		s.mu.Unlock()
		cancel()
		// The only error is that the session is over.
		if err != nil {
			conn.ReplyWithError(s.ctx, req.ID, fault(err))
			return
		}
		conn.Reply(s.ctx, req.ID, result)
	})
}

// fault returns err as the protocol has it.
func fault(err error) *jsonrpc2.Error {
	if e, ok := errors.AsType[*jsonrpc2.Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return &jsonrpc2.Error{Code: protocol.CodeRequestCancelled, Message: "cancelled"}
	}
	return &jsonrpc2.Error{Code: protocol.CodeRequestFailed, Message: err.Error()}
}

// An answer to a request may take long. It is given without the server's lock.
type answer func() (any, error)

func given(result any) answer { return func() (any, error) { return result, nil } }

func failed(err error) answer { return func() (any, error) { return nil, err } }

func refusal(code int64, format string, args ...any) answer {
	return failed(&jsonrpc2.Error{Code: code, Message: fmt.Sprintf(format, args...)})
}

// asked answers a request. The lock is held.
func (s *Server) asked(ctx context.Context, req *jsonrpc2.Request) answer {
	switch {
	case req.Method == protocol.MethodInitialize && s.phase == fresh:
		return s.initialize(req)
	case s.phase == fresh:
		return refusal(protocol.CodeServerNotInitialized, "%s comes before %s", req.Method, protocol.MethodInitialize)
	case req.Method == protocol.MethodInitialize:
		return refusal(jsonrpc2.CodeInvalidRequest, "the session has begun already")
	case s.phase != serving:
		return refusal(jsonrpc2.CodeInvalidRequest, "%s comes after %s", req.Method, protocol.MethodShutdown)
	}
	switch req.Method {
	case protocol.MethodShutdown:
		s.shutDown(shutDown)
		return given(nil)
	case protocol.MethodCodeAction:
		p, err := params[protocol.CodeActionParams](req)
		if err != nil {
			return failed(err)
		}
		return given(s.codeActions(p))
	case protocol.MethodDiagnostic:
		p, err := params[protocol.DocumentDiagnosticParams](req)
		if err != nil {
			return failed(err)
		}
		return func() (any, error) { return s.diagnose(ctx, p.TextDocument.URI) }
	}
	return refusal(jsonrpc2.CodeMethodNotFound, "lagvet does not know %s", req.Method)
}

// told takes in a notification. The lock is held.
func (s *Server) told(req *jsonrpc2.Request) error {
	switch {
	case req.Method == protocol.MethodExit:
		s.left = true
		s.shutDown(s.phase)
		go func() {
			await(&s.answers)
			s.conn.Close()
		}()
		return nil
	case req.Method == protocol.MethodCancelRequest:
		return s.cancel(req)
	case s.phase != serving:
		return nil // as the protocol wants it
	}
	switch req.Method {
	case protocol.MethodInitialized:
		s.initialized()
	case protocol.MethodDidOpen:
		return with(req, func(p protocol.DidOpenTextDocumentParams) error { s.open(p.TextDocument); return nil })
	case protocol.MethodDidChange:
		return with(req, s.change)
	case protocol.MethodDidSave:
		return with(req, func(p protocol.DidSaveTextDocumentParams) error { s.save(p.TextDocument.URI); return nil })
	case protocol.MethodDidClose:
		return with(req, func(p protocol.DidCloseTextDocumentParams) error { s.close(p.TextDocument.URI); return nil })
	case protocol.MethodDidChangeConfiguration:
		return with(req, s.configured)
	case protocol.MethodDidChangeFolders:
		return with(req, s.foldersChanged)
	case protocol.MethodDidChangeWatchedFiles:
		return with(req, s.filesChanged)
	}
	return nil
}

// params reads what comes with a message.
func params[T any](req *jsonrpc2.Request) (T, error) {
	var p T
	if req.Params == nil {
		return p, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: req.Method + " comes without parameters"}
	}
	if err := json.Unmarshal(*req.Params, &p); err != nil {
		return p, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: fmt.Sprintf("reading the parameters of %s: %v", req.Method, err)}
	}
	return p, nil
}

func with[T any](req *jsonrpc2.Request, do func(T) error) error {
	p, err := params[T](req)
	if err != nil {
		return err
	}
	return do(p)
}

// cancel ends a request that the editor no longer wants to have answered.
func (s *Server) cancel(req *jsonrpc2.Request) error {
	p, err := params[protocol.CancelParams](req)
	if err != nil {
		return err
	}
	var id jsonrpc2.ID
	if err := json.Unmarshal(p.ID, &id); err != nil {
		return fmt.Errorf("cancelling a request: %w", err)
	}
	if cancel := s.pending[id]; cancel != nil {
		cancel()
	}
	return nil
}
