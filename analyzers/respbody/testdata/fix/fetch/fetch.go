package fetch

import (
	"io"
	"net/http"
)

func fetch(c *http.Client, u string) ([]byte, error) {
	resp, err := c.Get(u) // want `likely: response body is never closed`
	if err != nil {
		return nil, err
	} // the error is the caller's
	return io.ReadAll(resp.Body)
}

func open(u string) (io.ReadCloser, error) {
	resp, err := http.Get(u)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func read(u string) ([]byte, error) {
	body, err := open(u) // want `likely: response body is never closed`
	if err != nil {
		return nil, err
	}
	return io.ReadAll(body)
}

// In a loop a defer would pile up.
func all(c *http.Client, us []string) error {
	for _, u := range us {
		resp, err := c.Get(u) // want `likely: response body is never closed`
		if err != nil {
			return err
		}
		io.Copy(io.Discard, resp.Body)
	}
	return nil
}
