// Package http2 stands in for what writes the frames of HTTP/2.
package http2

import "io"

// A Framer writes frames.
type Framer struct {
	w    io.Writer
	wbuf []byte
}

// NewFramer returns one that writes to w.
func NewFramer(w io.Writer) *Framer { return &Framer{w: w} }

// WriteGoAway writes a GOAWAY frame.
func (f *Framer) WriteGoAway(last uint32, debug []byte) error {
	f.wbuf = append(f.wbuf[:0], debug...)
	_, err := f.w.Write(f.wbuf)
	return err
}
