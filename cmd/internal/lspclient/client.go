package lspclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// Options say which server to start, and as which editor to behave.
type Options struct {
	Command []string // the server and its arguments
	Dir     string   // where it is started; empty: the first folder, or here
	Env     []string // added to the environment: GOFLAGS=…
	Folders []string // of the workspace, absolute
	// InitializationOptions are sent as the session begins, if not nil.
	InitializationOptions any
	// Settings are what the server is told when it asks for a section.
	Settings map[string]any
	// Encodings are those offered for positions; empty: the client is silent
	// about them, which means UTF-16.
	Encodings []string
	// Adjust, if not nil, changes what the client says that it can do.
	Adjust func(*protocol.ClientCapabilities)
}

// A Client is a session with a server.
type Client struct {
	options Options
	conn    *jsonrpc2.Conn
	cmd     *exec.Cmd // nil if the server is in this process
	exited  chan struct{}
	stderr  *buffer
	server  protocol.InitializeResult

	requests atomic.Uint64 // made so far

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced at each news from the server
	buffers   map[string]*document
	published map[string]publication
	byURI     map[string]int // how many diagnostics were last published under a URI
	count     int            // of publications
	messages  []protocol.MessageParams
	progress  []protocol.WorkDoneProgress
	watched   []protocol.Registration
}

// A document is an open file.
type document struct {
	text    string
	version int
	since   int // the number of publications when it was last opened, changed or saved
}

// A publication is what a server last published of a file.
type publication struct {
	number      int // from 1
	version     *int
	diagnostics []protocol.Diagnostic
	at          time.Time
}

// Start starts a server and begins the session. The server ends with ctx.
func Start(ctx context.Context, o Options) (*Client, error) {
	if len(o.Command) == 0 {
		return nil, errors.New("there is no command to start a language server")
	}
	path, err := exec.LookPath(o.Command[0])
	if err == nil {
		path, err = filepath.Abs(path) // not from the directory that it is started in
	}
	if err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	cmd := exec.CommandContext(ctx, path, o.Command[1:]...)
	cmd.Dir = o.Dir
	if cmd.Dir == "" && len(o.Folders) > 0 {
		cmd.Dir = o.Folders[0]
	}
	cmd.Env = append(os.Environ(), o.Env...)
	if cmd.Dir != "" {
		cmd.Env = append(cmd.Env, "PWD="+cmd.Dir)
	}
	stderr := new(buffer)
	cmd.Stderr = stderr
	cmd.WaitDelay = grace
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the language server: %w", err)
	}
	c := newClient(o, stderr)
	c.cmd = cmd
	c.connect(ctx, pipes{out, in})
	go func() {
		<-c.conn.DisconnectNotify() // Wait closes what is still to be read
		cmd.Wait()
		close(c.exited)
	}()
	return c, c.initialize(ctx)
}

// Connect begins a session with a server at the other end of conn.
func Connect(ctx context.Context, conn Conn, o Options) (*Client, error) {
	c := newClient(o, new(buffer))
	close(c.exited)
	c.connect(ctx, conn)
	return c, c.initialize(ctx)
}

func newClient(o Options, stderr *buffer) *Client {
	return &Client{
		options:   o,
		stderr:    stderr,
		exited:    make(chan struct{}),
		changed:   make(chan struct{}),
		buffers:   make(map[string]*document),
		published: make(map[string]publication),
		byURI:     make(map[string]int),
	}
}

func (c *Client) connect(ctx context.Context, conn Conn) {
	stream := protocol.NewStream(conn, func(format string, args ...any) { fmt.Fprintf(c.stderr, "client: "+format+"\n", args...) })
	c.conn = jsonrpc2.NewConn(ctx, stream, c)
}

func (c *Client) initialize(ctx context.Context) error {
	pid := os.Getpid()
	params := protocol.InitializeParams{
		ProcessID:    &pid,
		ClientInfo:   &protocol.Info{Name: "lspclient"},
		Capabilities: capabilities(c.options),
	}
	for _, dir := range c.options.Folders {
		params.WorkspaceFolders = append(params.WorkspaceFolders, protocol.WorkspaceFolder{URI: protocol.URIOf(dir), Name: filepath.Base(dir)})
	}
	if len(params.WorkspaceFolders) > 0 {
		params.RootURI = &params.WorkspaceFolders[0].URI
	}
	if o := c.options.InitializationOptions; o != nil {
		var err error
		if params.InitializationOptions, err = json.Marshal(o); err != nil {
			return c.failed("encoding the options", err)
		}
	}
	if err := c.Call(ctx, protocol.MethodInitialize, params, &c.server); err != nil {
		return c.failed("beginning the session", err)
	}
	if err := c.Notify(ctx, protocol.MethodInitialized, struct{}{}); err != nil {
		return c.failed("beginning the session", err)
	}
	return nil
}

// failed ends a session that could not begin.
func (c *Client) failed(what string, err error) error {
	c.Close()
	return fmt.Errorf("%s: %w\n%s", what, err, c.Stderr())
}

// capabilities are those of an editor that can do all that servers use.
func capabilities(o Options) protocol.ClientCapabilities {
	var caps protocol.ClientCapabilities
	caps.General.PositionEncodings = o.Encodings
	caps.Window.WorkDoneProgress = true
	caps.Workspace.ApplyEdit = true
	caps.Workspace.Configuration = true
	caps.Workspace.WorkspaceFolders = true
	caps.Workspace.WorkspaceEdit.DocumentChanges = true
	caps.Workspace.DidChangeConfiguration.DynamicRegistration = true
	caps.Workspace.DidChangeWatchedFiles.DynamicRegistration = true
	doc := &caps.TextDocument
	doc.Synchronization.DidSave = true
	doc.PublishDiagnostics.RelatedInformation = true
	doc.PublishDiagnostics.VersionSupport = true
	doc.PublishDiagnostics.CodeDescriptionSupport = true
	doc.PublishDiagnostics.DataSupport = true
	doc.PublishDiagnostics.TagSupport.ValueSet = []protocol.Tag{protocol.TagUnnecessary}
	doc.CodeAction.IsPreferredSupport = true
	doc.CodeAction.DataSupport = true
	doc.CodeAction.LiteralSupport = new(protocol.CodeActionLiterals)
	doc.CodeAction.LiteralSupport.CodeActionKind.ValueSet = []string{protocol.QuickFix}
	doc.CodeAction.ResolveSupport = &protocol.CodeActionResolve{Properties: []string{"edit"}}
	doc.Diagnostic = new(protocol.DynamicRegistration)
	if o.Adjust != nil {
		o.Adjust(&caps)
	}
	return caps
}

// Server returns what the server said of itself.
func (c *Client) Server() protocol.InitializeResult { return c.server }

// Call makes a request, and cancels it if ctx ends first. A nil result is not read.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	id := jsonrpc2.ID{Num: c.requests.Add(1)}
	err := c.conn.Call(ctx, method, params, result, jsonrpc2.PickID(id))
	if ctx.Err() != nil {
		// The session may be over as well; then there is nobody to tell.
		c.conn.Notify(context.WithoutCancel(ctx), protocol.MethodCancelRequest, map[string]jsonrpc2.ID{"id": id})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// Notify tells the server something.
func (c *Client) Notify(ctx context.Context, method string, params any) error {
	if err := c.conn.Notify(ctx, method, params); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	return nil
}

// Configure changes the settings and tells the server, which may ask for them.
func (c *Client) Configure(ctx context.Context, settings map[string]any) error {
	c.mu.Lock()
	c.options.Settings = settings
	c.mu.Unlock()
	return c.Notify(ctx, protocol.MethodDidChangeConfiguration, map[string]any{"settings": settings})
}

// Shutdown ends the session in order and returns an error if the server does not
// take part or exits with another code than 0.
func (c *Client) Shutdown(ctx context.Context) error {
	if err := c.Call(ctx, protocol.MethodShutdown, nil, nil); err != nil {
		return err
	}
	if err := c.Notify(ctx, protocol.MethodExit, nil); err != nil {
		return err
	}
	select {
	case <-c.exited:
	case <-ctx.Done():
		c.Close()
		return fmt.Errorf("waiting for the language server to exit: %w", ctx.Err())
	}
	c.conn.Close()
	if c.cmd != nil && c.cmd.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("the language server ended with %v\n%s", c.cmd.ProcessState, c.Stderr())
	}
	return nil
}

// grace is how long a server has to notice that its editor is gone.
const grace = 10 * time.Second

// Close breaks the session off, as an editor that dies, and returns when the
// server has exited, of itself or because it was killed. After [Client.Shutdown]
// it does nothing.
func (c *Client) Close() {
	c.conn.Close()
	if c.cmd == nil {
		return
	}
	select {
	case <-c.exited:
	case <-time.After(grace):
		c.cmd.Process.Kill()
		<-c.exited
	}
}

// ExitCode returns the exit code of a server that was started and has exited.
func (c *Client) ExitCode() int { return c.cmd.ProcessState.ExitCode() }

// Stderr returns what the server has written to its standard error.
func (c *Client) Stderr() string { return c.stderr.String() }

// Messages returns what the server had shown or logged, the oldest first.
func (c *Client) Messages() []protocol.MessageParams {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]protocol.MessageParams(nil), c.messages...)
}

// Progress returns the steps of progress that the server told of.
func (c *Client) Progress() []protocol.WorkDoneProgress {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]protocol.WorkDoneProgress(nil), c.progress...)
}

// Registrations returns what the server asked to be told.
func (c *Client) Registrations() []protocol.Registration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]protocol.Registration(nil), c.watched...)
}

// A buffer holds what a process writes while others read it.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
