// Package check closes what it has not read.
package check

import (
	"encoding/json"
	"io"
	"net/http"
)

type checker struct{ hc *http.Client }

func (c *checker) up(u string) bool {
	resp, err := c.hc.Get(u) // want `suspected: response body is closed unread`
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (c *checker) version(u string, v any) error {
	resp, err := c.hc.Get(u) // want `suspected: one value is decoded from the response body`
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(v)
}

// Drained first.
func (c *checker) trapDrained(u string, v any) error {
	resp, err := c.hc.Get(u)
	if err != nil {
		return err
	}
	defer func() {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}()
	return json.NewDecoder(resp.Body).Decode(v)
}

// A failure to read it frees the connection, too.
func (c *checker) page(u string) ([]byte, error) {
	resp, err := c.hc.Get(u) // want `suspected: response body is not closed on some path: reading it`
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	return b, nil
}
