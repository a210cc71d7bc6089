// Package loops reads into one buffer, again and again.
package loops

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"time"
	"unsafe"

	"example.com/wire/frame"
)

type server struct {
	conn  net.PacketConn
	queue *frame.Queue
	in    chan []byte
	lines [][]byte
	seen  map[string]int
	last  []byte
	wg    sync.WaitGroup
}

func (s *server) handle(addr net.Addr, p []byte) {}

// A goroutine for each datagram.
func (s *server) serve() error {
	buf := make([]byte, 64<<10)
	for {
		n, addr, err := s.conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		go s.handle(addr, buf[:n]) // want `^likely: the buffer is handed to a goroutine, and is filled again: whoever looks at it then sees other bytes, those of the next message or half of each ← the buffer is handed to a goroutine ← and is filled again$`
	}
}

// A literal that captures it.
func (s *server) serveLiteral(ctx context.Context) {
	buf := make([]byte, 2048)
	for ctx.Err() == nil {
		n, addr, err := s.conn.ReadFrom(buf)
		if err != nil {
			continue
		}
		s.wg.Add(1)
		go func() { // want `^likely: the buffer is handed to a goroutine, and is filled again`
			defer s.wg.Done()
			s.handle(addr, buf[:n])
		}()
	}
	s.wg.Wait()
}

// A channel, in a select, out of an array.
func (s *server) pump(ctx context.Context, r io.Reader) error {
	var buf [512]byte
	for {
		n, err := r.Read(buf[:])
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s.in <- buf[:n]: // want `^likely: the buffer is sent to a channel, and is filled again`
		}
	}
}

// In a struct.
func messages(c net.Conn, out chan<- frame.Message) {
	header := make([]byte, 16)
	for {
		if _, err := io.ReadFull(c, header); err != nil {
			close(out)
			return
		}
		out <- frame.Message{From: "x", Data: header[4:]} // want `^likely: the buffer is sent to a channel`
	}
}

func pointers(c net.Conn, out chan<- *frame.Message) {
	buf := make([]byte, 16)
	for {
		if _, err := c.Read(buf); err != nil {
			return
		}
		m := &frame.Message{Data: buf}
		out <- m // want `^likely: the buffer is sent to a channel`
	}
}

// Through functions of another package.
func (s *server) through(c net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		switch buf[0] {
		case 0:
			s.queue.Push("c", buf[:n]) // want `^likely: the buffer is sent to a channel by Push, and is filled again: .* ← the buffer is sent to a channel by Push ← there it is kept ← and is filled again$`
		case 1:
			s.queue.Defer(buf[:n]) // want `^likely: the buffer is kept in a collection by Defer`
		case 2:
			frame.Later(s.queue, buf[:n]) // want `^likely: the buffer is sent to a channel by Later`
		case 3:
			frame.Submit(func() { s.handle(nil, buf[:n]) }) // want `^likely: the buffer is sent to a channel by Submit`
		case 4:
			time.AfterFunc(time.Second, func() { s.handle(nil, buf[:n]) }) // want `^likely: the buffer is handed to a goroutine`
		case 5:
			s.keepLocal(buf[:n]) // want `^likely: the buffer is kept in a collection by keepLocal`
		}
	}
}

func (s *server) keepLocal(p []byte) { s.lines = append(s.lines, p) }

// The scanner's bytes.
func (s *server) scan(r io.Reader) {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		s.lines = append(s.lines, sc.Bytes()) // want `^likely: what Scanner.Bytes returns is kept in a collection, and is overwritten by the next Scan`
	}
}

func collect(r io.Reader) (fields map[string][]byte) {
	fields = make(map[string][]byte)
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) > 2 {
			fields[string(line[:2])] = line
		}
		raw := sc.Bytes()
		fields["raw"+string(raw)] = raw[2:] // want `^likely: what Scanner.Bytes returns is kept in a collection`
	}
	return fields
}

func slices(r io.Reader, out chan<- []byte) error {
	br := bufio.NewReader(r)
	for {
		line, err := br.ReadSlice('\n')
		if err != nil {
			return err
		}
		out <- line // want `^likely: what Reader.ReadSlice returns is sent to a channel, and is overwritten by the next read`
	}
}

// A string without a copy, as a key.
func b2s(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

func (s *server) count(c net.Conn) {
	buf := make([]byte, 64)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		s.seen[b2s(buf[:n])]++                       // want `^likely: the buffer is kept in a collection`
		s.seen[unsafe.String(&buf[0], n)+"/"+""] = 1 // a string of its own
		key := unsafe.String(unsafe.SliceData(buf), n)
		s.seen[key] = n // want `^likely: the buffer is kept in a collection`
	}
}

// A buffer that is reset.
func (s *server) encode(items []string) {
	var b bytes.Buffer
	for _, it := range items {
		b.Reset()
		b.WriteString(it)
		s.in <- b.Bytes() // want `^likely: what Buffer.Bytes returns is sent to a channel, and is overwritten after Reset`
	}
}

// In a field: only suspected.
func (s *server) remember(c net.Conn) {
	buf := make([]byte, 64)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		s.last = buf[:n] // want `^suspected: the buffer is kept in a field, and is filled again: .*; only suspected: it may be done with before`
	}
}

// Kept by what was there before the loop, and by what is sent on.
func (s *server) packets(c net.Conn, out chan<- frame.Packet) {
	buf := make([]byte, 1500)
	var all frame.List
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		all.Add(buf[:n]) // want `^likely: the buffer is kept in a collection by Add`
		var pkt frame.Packet
		if err := pkt.Unmarshal(buf[:n]); err != nil {
			continue
		}
		out <- pkt // want `^likely: the buffer is sent to a channel, and is filled again`
	}
}
