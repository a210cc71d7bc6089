package loops

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"sync"

	"example.com/wire/frame"
)

// Copied.
func (s *server) copies(c net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		go s.handle(nil, append([]byte(nil), buf[:n]...))
		s.in <- bytes.Clone(buf[:n])
		s.seen[string(buf[:n])] = n
		s.queue.Copy(buf[:n])
		s.queue.Fresh(buf[:n])
		s.queue.Len(buf[:n])
		s.last = append(s.last[:0], buf[:n]...)
		go s.name(string(buf[:n]))
		go s.flag(buf[0])
	}
}

func (s *server) name(string) {}
func (s *server) flag(byte)   {}

// Made anew each time.
func (s *server) anew() {
	for {
		buf := make([]byte, 2048)
		n, addr, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		go s.handle(addr, buf[:n])
	}
}

func (s *server) replaced(c net.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		s.in <- buf[:n]
		buf = make([]byte, 2048)
	}
}

func (s *server) turns(c net.Conn) {
	a, b := make([]byte, 2048), make([]byte, 2048)
	for {
		n, err := c.Read(a)
		if err != nil {
			return
		}
		s.in <- a[:n]
		a, b = b, a
	}
}

// One part after the other.
func (s *server) parts(c net.Conn) {
	buf := make([]byte, 1<<20)
	for off := 0; off < len(buf); {
		n, err := c.Read(buf[off:])
		if err != nil {
			return
		}
		s.in <- buf[off : off+n]
		off += n
	}
}

// Waited for.
func (s *server) waits(c net.Conn) {
	buf := make([]byte, 2048)
	done := make(chan struct{})
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		go func() {
			s.handle(nil, buf[:n])
			done <- struct{}{}
		}()
		<-done
	}
}

func (s *server) joins(c net.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				s.handle(nil, buf[i:n])
			}()
		}
		wg.Wait()
	}
}

func (s *server) answered(c net.Conn, ack <-chan bool) {
	buf := make([]byte, 2048)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		s.in <- buf[:n]
		<-ack
	}
}

// The loop ends.
func (s *server) first(c net.Conn) {
	buf := make([]byte, 2048)
	for {
		n, err := c.Read(buf)
		if err != nil {
			continue
		}
		if n > 0 {
			s.in <- buf[:n]
			return
		}
	}
}

// A list of this turn.
func writev(c net.Conn, r io.Reader) error {
	buf := make([]byte, 2048)
	var head []byte
	for {
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		bufs := net.Buffers{head, buf[:n]}
		if _, err := bufs.WriteTo(c); err != nil {
			return err
		}
	}
}

func batches(c net.Conn, r io.Reader) error {
	buf := make([]byte, 2048)
	var list [][]byte
	for {
		n, err := r.Read(buf)
		if err != nil {
			return err
		}
		list = append(list[:0], buf[:n])
		for _, p := range list {
			os.Stdout.Write(p)
		}
	}
}

// The goroutine is the one that reads.
func (s *server) reader(c net.Conn) {
	buf := make([]byte, 2048)
	go func() {
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	}()
}

// Another scanner each time, or text.
func (s *server) files(names []string) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		sc := bufio.NewScanner(f)
		if sc.Scan() {
			s.lines = append(s.lines, sc.Bytes())
		}
		f.Close()
	}
	sc := bufio.NewScanner(os.Stdin)
	var texts []string
	for sc.Scan() {
		texts = append(texts, sc.Text())
		s.lines = append(s.lines, []byte(sc.Text()))
	}
}

// A buffer that is not reset.
func (s *server) once(items []string) {
	for _, it := range items {
		var b bytes.Buffer
		b.WriteString(it)
		s.in <- b.Bytes()
	}
}

// Written, not kept.
func relay(dst io.Writer, src io.Reader, sum func([]byte)) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := src.Read(buf)
		if err != nil {
			return err
		}
		sum(buf[:n])
		if _, err := dst.Write(buf[:n]); err != nil {
			return err
		}
	}
}

// What holds it is this turn's own, or is emptied by the next.
func (s *server) packetsRead(c net.Conn) {
	buf := make([]byte, 1500)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		var pkt frame.Packet
		if err := pkt.Unmarshal(buf[:n]); err != nil {
			continue
		}
		ext := &frame.Packet{}
		if err := ext.Unmarshal(pkt.Payload); err != nil {
			continue
		}
		if len(pkt.Extensions) > 0 {
			s.last = append(s.last[:0], pkt.Payload...)
		}
	}
}
