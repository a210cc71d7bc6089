package bodies

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"example.com/life/helper"
)

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

func closed(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release read$`
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(r)
}

func onePath(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release unreleased:return$`
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New("status")
	}
	resp.Body.Close()
	return nil
}

func status(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release unreleased:return$`
	if err != nil || resp.StatusCode != http.StatusOK {
		return err
	}
	defer resp.Body.Close()
	return nil
}

func otherError(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release unreleased:return$`
	err = r.Context().Err()
	if err != nil {
		return err
	}
	resp.Body.Close()
	return nil
}

func tagged(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release$`
	switch err {
	case nil:
		resp.Body.Close()
	case io.EOF:
		return nil
	default:
		return err
	}
	return nil
}

func tagless(d doer, r *http.Request) error {
	resp, err := d.Do(r) // want `doer..Do: release$`
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return resp.Body.Close()
}

func retry(d doer, r *http.Request) (err error) {
	var resp *http.Response
	for range 3 {
		resp, err = d.Do(r) // want `doer..Do: overwrite release unreleased:replaced$`
		if err == nil && resp.StatusCode < 500 {
			break
		}
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func retryOnError(d doer, r *http.Request) (err error) {
	var resp *http.Response
	for range 3 {
		resp, err = d.Do(r) // want `doer..Do: overwrite release$`
		if err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func dropped() {
	http.Get("http://example.com") // want `http.Get: unreleased:return$`
	_, err := http.Get("")         // want `http.Get: unreleased:return$`
	_ = err
}

func helpers(c *http.Client, r *http.Request) error {
	resp, err := helper.Fetch(c, r) // want `Client..Do: read release overwrite read$`
	if err != nil {
		return err
	}
	helper.Peek(resp.Body)
	helper.Drain(resp.Body)

	resp, err = helper.Fetch(c, r) // want `Client..Do: .*unreleased:return$`
	if err != nil {
		return err
	}
	helper.Peek(resp.Body)

	body, err := helper.Stream("") // want `http.Get: release$`
	if err != nil {
		return err
	}
	helper.CloseAll(body)

	wrapped, err := helper.Stream("") // want `http.Get: store$`
	if err != nil {
		return err
	}
	helper.Wrap(wrapped)

	helper.Closed("")
	return nil
}

func local(c *http.Client, r *http.Request) {
	if resp, err := c.Do(r); err == nil { // want `Client..Do: hand release$`
		quietly(resp.Body)
	}
	if resp, err := c.Do(r); err == nil { // want `Client..Do: read unreleased:return$`
		look(resp)
	}
}

func quietly(c io.Closer) { _ = c.Close() }

func look(r *http.Response) { io.Copy(io.Discard, r.Body) }

type wrapped struct {
	body io.ReadCloser
}

func owned() (*wrapped, error) {
	resp, err := http.Get("") // want `http.Get: own:body$`
	if err != nil {
		return nil, err
	}
	return &wrapped{resp.Body}, nil
}
