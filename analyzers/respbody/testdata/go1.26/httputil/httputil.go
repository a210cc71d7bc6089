// Package httputil is what the services of the fixtures share.
package httputil

import (
	"fmt"
	"io"
	"net/http"
)

// Drain reads what is left of a body. It does not close it, whatever one may think.
func Drain(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, 1<<20))
}

// DrainClose does both.
func DrainClose(body io.ReadCloser) {
	defer body.Close()
	Drain(body)
}

// CloseQuietly closes anything.
func CloseQuietly(c io.Closer) {
	if c != nil {
		_ = c.Close()
	}
}

// A StatusError is made of a response that is not OK.
type StatusError struct{ Code int }

func (e *StatusError) Error() string { return fmt.Sprint("status ", e.Code) }

// Check turns a status into an error, and leaves the body to its caller.
func Check(resp *http.Response) error {
	if resp.StatusCode < 300 {
		return nil
	}
	return &StatusError{resp.StatusCode}
}

// CheckAndClose closes the body of what it does not like.
func CheckAndClose(resp *http.Response) error {
	if resp.StatusCode < 300 {
		return nil
	}
	resp.Body.Close()
	return &StatusError{resp.StatusCode}
}
