// Package user has buffers of another package.
package user

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"sync"

	"example.com/pools/bufpool"
)

// Taken through a wrapper of another package, and forgotten.
func render(w io.Writer, name string) error {
	b := bufpool.Get() // want `suspected: this object is taken from a pool and never given back`
	b.WriteString(name)
	_, err := w.Write(b.Bytes())
	return err
}

var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// As long as the client makes it.
func echo(w http.ResponseWriter, r *http.Request) {
	b := bodies.Get().(*bytes.Buffer)
	b.Reset()
	defer bodies.Put(b) // want `suspected: buffers are given back to this pool however large they have grown`
	if _, err := io.Copy(b, r.Body); err != nil {
		return
	}
	w.Write(b.Bytes())
}

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// The server writes through a pooled writer on some statuses only.
func zipped(w http.ResponseWriter, r *http.Request, status int) {
	zw := zippers.Get().(*gzip.Writer) // want `likely: this object is taken from a pool and not given back on some path`
	zw.Reset(w)
	w.WriteHeader(status)
	if status == http.StatusNoContent {
		return
	}
	io.WriteString(zw, "hello")
	zw.Close()
	zippers.Put(zw)
}
