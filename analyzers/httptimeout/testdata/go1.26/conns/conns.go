// Package conns serves connections and sets no deadline on any.
package conns

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
)

type lines struct{ handle func(string) string }

func (s *lines) serve(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go s.conn(conn)
	}
}

func (s *lines) conn(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n') // want `likely: this connection is read in a loop and is never given a deadline: .* ← accepts it`
		if err != nil {
			return
		}
		fmt.Fprintln(conn, s.handle(line))
	}
}

func echo(l *net.TCPListener) {
	for {
		conn, err := l.AcceptTCP()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			buf := make([]byte, 512)
			for {
				n, err := conn.Read(buf) // want `likely: this connection is read in a loop`
				if err != nil {
					return
				}
				if _, err := conn.Write(buf[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// Not answered: a stream of events.
func ingest(l net.Listener, got func(string)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func(c net.Conn) {
			sc := bufio.NewScanner(c)
			for sc.Scan() { // want `suspected: this connection is read in a loop .*not answered`
				got(sc.Text())
			}
		}(conn)
	}
}

// Known to others, who may close it.
type registry struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
}

func (r *registry) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go r.one(conn)
	}
}

func (r *registry) one(conn net.Conn) {
	r.mu.Lock()
	r.conns[conn] = true
	r.mu.Unlock()
	buf := make([]byte, 1)
	for {
		if _, err := io.ReadFull(conn, buf); err != nil { // want `suspected: this connection is read in a loop .*something else has the connection`
			return
		}
		conn.Write(buf)
	}
}

// Relayed.
func relay(l net.Listener, to func() net.Conn) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			out := to()
			go io.Copy(out, in) // want `suspected: this connection is read in a loop .*relayed`
			io.Copy(in, out)
		}()
	}
}

// Read once.
func once(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			conn.Write([]byte("bye"))
		}()
	}
}

// A handshake in the loop, and in a goroutine of its own.
func secure(l net.Listener, conf *tls.Config, serve func(net.Conn)) {
	for {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		conn := tls.Server(raw, conf)
		if err := conn.Handshake(); err != nil { // want `likely: this handshake has no deadline: a client that connects and says nothing keeps all others`
			raw.Close()
			continue
		}
		go serve(conn)
	}
}

func secureEach(l net.Listener, serve func(net.Conn)) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			if tc, ok := conn.(*tls.Conn); ok {
				if tc.Handshake() != nil { // want `likely: this handshake has no deadline: a client that connects and says nothing keeps the goroutine`
					return
				}
			}
			serve(conn)
		}()
	}
}

func secureBounded(ctx context.Context, l net.Listener, conf *tls.Config, serve func(net.Conn)) {
	for {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		conn := tls.Server(raw, conf)
		if conn.HandshakeContext(ctx) == nil {
			go serve(conn)
		}
	}
}
