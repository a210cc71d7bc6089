package benchload

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"sync"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
)

// A service is a command that has been started.
type service struct {
	cmd  *exec.Cmd
	out  *tail
	over chan struct{} // closed when the command has ended
	err  error         // of its end; once over is closed
	dead sync.Once     // killed
}

// killedAfter is how long a command may take to stop if the policy does not say.
const killedAfter = 10 * time.Second

// start starts a command.
func start(args []string) (*service, error) {
	s := &service{out: new(tail), over: make(chan struct{})}
	// It is stopped with a signal and some patience, and not because a context is done.
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	// What it leaves behind may hold its output open.
	s.cmd.WaitDelay = time.Second
	group(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the command: %w", err)
	}
	go func() {
		defer close(s.over)
		s.err = s.cmd.Wait()
	}()
	return s, nil
}

// ended returns how the command ended, or "" if it has not.
func (s *service) ended() string {
	select {
	case <-s.over:
	default:
		return ""
	}
	if s.err == nil || errors.Is(s.err, exec.ErrWaitDelay) {
		return "it ended of itself, with exit code 0"
	}
	return "it ended of itself: " + s.err.Error()
}

// between is the time between two looks whether a service is ready.
const between = 50 * time.Millisecond

// ready waits until probe succeeds.
func (s *service) ready(ctx context.Context, within time.Duration, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(between)
	defer ticker.Stop()
	last := errors.New("it was not asked")
	for {
		select {
		case <-s.over:
			return fmt.Errorf("the command was not ready yet when %s", s.ended())
		case <-ctx.Done():
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return context.Cause(ctx)
			}
			return fmt.Errorf("the command was not ready within %v: %w", within, last)
		case <-ticker.C:
		}
		if err := probeOnce(ctx, probe); err == nil {
			return nil
		} else if ctx.Err() == nil {
			last = err
		}
	}
}

// probeOnce bounds how long one look may take.
func probeOnce(ctx context.Context, probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return probe(ctx)
}

// stop asks the command to end, waits for as long as limit, and kills what is left of it.
// Where a process cannot be asked, the stop is nil.
func (s *service) stop(limit time.Duration) *policy.Stop {
	defer s.kill()
	begin := time.Now()
	if err := terminate(s.cmd.Process); err != nil {
		return nil
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.over:
		return &policy.Stop{Took: time.Since(begin)}
	case <-timer.C:
		return &policy.Stop{Took: time.Since(begin), Killed: true}
	}
}

// kill ends the command and what it has started, and waits for it.
func (s *service) kill() {
	// Once: when all are gone their number may become that of others.
	s.dead.Do(func() { killGroup(s.cmd.Process) })
	<-s.over
}

// taken says that something listens already where the command is to listen: it would be
// loaded in its place.
func taken(ctx context.Context, u *url.URL) error {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "grpcs": "443"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil // nobody is there yet
	}
	_ = c.Close() // nothing was sent
	return fmt.Errorf("something listens at %s already, and would be loaded in place of the command: stop it, or use another port", u.Host)
}

// kept is how much of what a command prints is kept.
const kept = 8 << 10

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	data []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p[max(0, len(p)-kept):]...)
	if over := len(t.data) - kept; over > 0 {
		t.data = append(t.data[:0], t.data[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}
