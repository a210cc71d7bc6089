package user

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"

	"example.com/pools/bufpool"
)

// Given back by the wrapper, which resets it and drops what is too large.
func trapWrapper(w io.Writer, name string) error {
	b := bufpool.Get()
	defer bufpool.Put(b)
	b.WriteString(name)
	_, err := b.WriteTo(w)
	return err
}

// A limit is a size.
func trapLimited(r *http.Request) (string, error) {
	b := bufpool.Get()
	defer bufpool.Put(b)
	_, err := io.Copy(b, io.LimitReader(r.Body, 1<<16))
	return b.String(), err
}

// The writer is Reset when it is taken.
func trapReset(w io.Writer, p []byte) error {
	zw := zippers.Get().(*gzip.Writer)
	defer zippers.Put(zw)
	zw.Reset(w)
	if _, err := zw.Write(p); err != nil {
		return err
	}
	return zw.Close()
}

type body struct {
	*bytes.Buffer
	done func()
}

// Whoever closes the body gives its buffer back.
func (b body) Close() error { b.done(); return nil }

func trapBody(p []byte) io.ReadCloser {
	b := bufpool.Get()
	b.Write(p)
	return body{b, func() { bufpool.Put(b) }}
}

// A goroutine gives it back when it has written it.
func trapGoroutine(w io.Writer, p []byte) {
	b := bufpool.Get()
	b.Write(p)
	go func() {
		defer bufpool.Put(b)
		b.WriteTo(w)
	}()
}
