// Package slurp reads things whole.
package slurp

import (
	"io"
	"net/http"
)

func Text(r io.Reader) (string, error) {
	b, err := bytes(r)
	return string(b), err
}

func bytes(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

func Body(r *http.Request) ([]byte, error) { return io.ReadAll(r.Body) }

// Limited is fine.
func Limited(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, 1<<20)) }

// AtMost has no limit only if it is told so.
func AtMost(r *http.Request, limit int64) ([]byte, error) {
	if limit < 0 {
		return io.ReadAll(r.Body)
	}
	b := make([]byte, limit)
	n, err := io.ReadFull(r.Body, b)
	return b[:n], err
}
