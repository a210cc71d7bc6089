package claims

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// benchListeners has many short connections made to one listener, and to one per CPU
// that share a port.
func benchListeners(ctx context.Context, r *run) error {
	n := max(cores(8), 2)
	one, err := listenTogether(ctx, 1)
	if err != nil {
		return err
	}
	defer one.close()
	many, err := listenTogether(ctx, n)
	if err != nil {
		return err
	}
	defer many.close()
	r.note("%d clients of this process, and of the same CPUs, dial over loopback, exchange a byte each way and reset the connection; %d listeners share a port", clients, n)
	return r.interleave(ctx, one.arm("one listener"), many.arm(severalListeners))
}

// clients is how many dial at a time.
const clients = 16

// A team of listeners answers connections on one port.
type listeners struct {
	all  []net.Listener
	addr string
	done sync.WaitGroup
}

func listenTogether(ctx context.Context, n int) (*listeners, error) {
	config := net.ListenConfig{}
	if n > 1 {
		config.Control = reusePort
	}
	l := &listeners{addr: "127.0.0.1:0"}
	for range n {
		next, err := config.Listen(ctx, "tcp", l.addr)
		if err != nil {
			l.close()
			return nil, fmt.Errorf("listening: %w", err)
		}
		l.addr = next.Addr().String()
		l.all = append(l.all, next)
		l.done.Go(func() { l.serve(next) })
	}
	return l, nil
}

// reusePort has several sockets listen on a port; the kernel chooses one for each
// connection, see socket(7).
func reusePort(_, _ string, c syscall.RawConn) error {
	var fault error
	err := c.Control(func(fd uintptr) {
		fault = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	})
	return errors.Join(err, fault)
}

// serve answers until the listener is closed.
func (l *listeners) serve(next net.Listener) {
	for {
		c, err := next.Accept()
		if err != nil {
			return // it was closed: a client sees anything else
		}
		l.done.Go(func() {
			defer c.Close()
			b := make([]byte, 1)
			if _, err := io.ReadFull(c, b); err == nil {
				_, _ = c.Write(b) // the client sees it if this fails
			}
		})
	}
}

func (l *listeners) close() {
	for _, one := range l.all {
		one.Close()
	}
	l.done.Wait()
}

// arm has clients make connections for d.
func (l *listeners) arm(name string) arm {
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		var fault atomic.Pointer[error]
		dialer := net.Dialer{Timeout: 5 * time.Second}
		timed, cancel := context.WithCancel(ctx)
		defer cancel()
		s := workers(timed, clients, d, func(int) worker {
			return func() {
				if err := exchange(ctx, &dialer, l.addr); err != nil {
					fault.CompareAndSwap(nil, &err)
					cancel()
				}
			}
		})
		if err := fault.Load(); err != nil {
			return sample{}, fmt.Errorf("a connection failed: %w", *err)
		}
		return s, nil
	}}
}

// exchange makes a connection, exchanges a byte, and resets it: closed otherwise, so many
// would leave no port free for a minute.
func exchange(ctx context.Context, d *net.Dialer, addr string) error {
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.(*net.TCPConn).SetLinger(0); err != nil { // of tcp it is one
		return fmt.Errorf("setting SO_LINGER: %w", err)
	}
	if err := c.SetDeadline(time.Now().Add(d.Timeout)); err != nil {
		return fmt.Errorf("setting a deadline: %w", err)
	}
	b := []byte{1}
	if _, err := c.Write(b); err != nil {
		return err
	}
	_, err = io.ReadFull(c, b)
	return err
}
