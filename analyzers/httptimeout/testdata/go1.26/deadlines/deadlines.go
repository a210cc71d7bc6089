// Package deadlines sets one before it reads.
package deadlines

import (
	"bufio"
	"crypto/tls"
	"net"
	"time"
)

func serve(l net.Listener, conf *tls.Config) {
	for {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		raw.SetDeadline(time.Now().Add(time.Second))
		conn := tls.Server(raw, conf)
		if conn.Handshake() != nil {
			continue
		}
		go lines(conn)
	}
}

func lines(conn net.Conn) {
	r := bufio.NewReader(conn)
	for {
		conn.SetReadDeadline(time.Now().Add(time.Minute))
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		conn.Write(line)
	}
}
