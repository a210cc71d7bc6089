package lspclient

import (
	"errors"
	"io"
)

// A Conn carries messages in both directions.
type Conn = io.ReadWriteCloser

// pipes join the two directions.
type pipes struct {
	io.ReadCloser
	w io.WriteCloser
}

func (p pipes) Write(data []byte) (int, error) { return p.w.Write(data) }

func (p pipes) Close() error { return errors.Join(p.w.Close(), p.ReadCloser.Close()) }

// Pipe returns the two ends of a connection within this process.
func Pipe() (client, server Conn) {
	fromServer, toClient := io.Pipe()
	fromClient, toServer := io.Pipe()
	return pipes{fromServer, toServer}, pipes{fromClient, toClient}
}
