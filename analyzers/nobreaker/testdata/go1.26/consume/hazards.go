// Package consume has roots of its own.
package consume

import "net/http"

// handle is called for each message of a queue.
//
//lagvet:root
func handle(msg string) error {
	resp, err := http.Get("http://a/" + msg) // want `^suspected: an HTTP request on behalf of a request \(//lagvet:root`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

var _ = handle
