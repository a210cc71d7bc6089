// Package queue stands for client libraries whose authors wrote both forms.
package queue

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"time"
)

type Client struct{ Debug bool }

type Option func()

// Context is context.Context as it is called here.
type Context interface {
	Deadline() (time.Time, bool)
	Done() <-chan struct{}
	Err() error
	Value(any) any
}

func background() Context { return context.Background() }

func (c *Client) Publish(topic string, body []byte) error {
	return c.PublishContext(context.Background(), topic, body)
}

func (c *Client) PublishContext(ctx context.Context, topic string, body []byte) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", topic)
	if err != nil {
		return err
	}
	return conn.Close()
}

func (c *Client) Pages(topic string, each func([]byte) bool) error {
	return c.PagesWithContext(background(), topic, each)
}

func (c *Client) PagesWithContext(ctx Context, topic string, each func([]byte) bool, opts ...Option) error {
	j := &job{ctx: ctx, topic: topic}
	return j.send()
}

type job struct {
	ctx   Context
	topic string
	steps []func(*job) error
}

func (j *job) send() error {
	for _, step := range j.steps {
		if err := step(j); err != nil {
			return err
		}
	}
	return nil
}

// Eval does not say that it is EvalContext without a context.
func (c *Client) Eval(src string) error { return nil }
func (c *Client) EvalContext(ctx context.Context, src string) error {
	<-ctx.Done()
	return ctx.Err()
}

// Other results: not the same function.
func (c *Client) Peek(topic string) error { return nil }
func (c *Client) PeekContext(ctx context.Context, topic string) (string, error) {
	return "", ctx.Err()
}

// Log has a form with a context for the sake of trace ids: it waits for nobody.
func (c *Client) Log(msg string) { c.LogContext(context.Background(), msg) }
func (c *Client) LogContext(ctx context.Context, msg string) {
	_ = ctx.Value(msg)
}

// Usage has a form with a context for the sake of symmetry: it ignores it.
func Usage(path string) (int, error) { return UsageWithContext(context.Background(), path) }
func UsageWithContext(_ context.Context, path string) (int, error) {
	return len(path), nil
}

func NewJob(topic string) (*Client, error) { return NewJobContext(context.Background(), topic) }
func NewJobContext(ctx context.Context, topic string) (*Client, error) {
	return nil, ctx.Err()
}

// DB is a handle around that of database/sql.
type DB struct{ *sql.DB }

func (db *DB) Get(dest any, query string, args ...any) error { return nil }
func (db *DB) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	return ctx.Err()
}

// Memory has a form with a context for the sake of its values: it reads a file.
func Memory(pid int) (int, error) { return MemoryWithContext(context.Background(), pid) }
func MemoryWithContext(ctx context.Context, pid int) (int, error) {
	return read(ctx, pid)
}

func read(ctx context.Context, n int) (int, error) {
	if n > 0 {
		return read(ctx, n-1)
	}
	root, _ := (ctx).Value("root").(string)
	return len(root), nil
}

// Load is not LoadContext, but ends in a function that is.
func (c *Client) Load(topic string) ([]byte, error) {
	return nil, c.fill(topic)
}

func (c *Client) fill(topic string) error { return c.Publish(topic, nil) }

func (c *Client) LoadContext(ctx context.Context, topic string) ([]byte, error) {
	return nil, c.PublishContext(ctx, topic, nil)
}

// Fetch is not FetchContext, but asks a server.
func (c *Client) Fetch(u string) error {
	resp, err := http.Get(u)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (c *Client) FetchContext(ctx context.Context, u string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Warm starts what nobody waits for.
func (c *Client) Warm(topic string) error {
	go c.Publish(topic, nil)
	return nil
}

func (c *Client) WarmContext(ctx context.Context, topic string) error {
	go c.PublishContext(ctx, topic, nil)
	return nil
}

// Shutdown waits for what this process is still at.
func (c *Client) Shutdown() error { return c.ShutdownContext(context.Background()) }

func (c *Client) ShutdownContext(ctx context.Context) error {
	return wait(ctx, make(chan struct{}))
}

func wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ask passes no more on than the time that is left.
func (c *Client) Ask(topic string) error { return c.AskContext(context.Background(), topic) }

func (c *Client) AskContext(ctx context.Context, topic string) error {
	conn, err := net.Dial("tcp", topic)
	if err != nil {
		return err
	}
	if t, ok := ctx.Deadline(); ok {
		conn.SetDeadline(t)
	}
	_, err = conn.Read(nil)
	return err
}

// A Statement is of a mapper whose statements are made first, and take no context at all.
type Statement interface {
	SetArgs(args ...any) Statement
	Exec() (sql.Result, error)
	Prepare() (*sql.Stmt, error)
	Rows(into ...any) (int64, error)
}

// A Mapper makes them.
type Mapper interface {
	Raw(query string, args ...any) Statement
}

// An Execer has but half of what database/sql has.
type Execer interface {
	Exec(query string, args ...any) (sql.Result, error)
}

// A Handle has both forms.
type Handle interface {
	Execer
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// A Subscription runs until it is closed, or its context is done.
type Subscription struct{ c Client }

func (s *Subscription) Run() error { return s.RunContext(context.Background()) }

func (s *Subscription) RunContext(ctx context.Context) error {
	return s.c.PublishContext(ctx, "subscribe", nil)
}

func (s *Subscription) Close() error { return nil }

func (s *Subscription) Err() error { return nil }
