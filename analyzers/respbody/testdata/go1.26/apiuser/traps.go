package apiuser

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"net/http"

	"example.com/bodies/httputil"
)

// Closed by a helper of another package, through an interface.
func (o *orders) trapHelper(ctx context.Context) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/order", nil)
	if err != nil {
		return err
	}
	defer httputil.CloseQuietly(resp.Body)
	_, err = io.ReadAll(resp.Body)
	return err
}

// Drained and closed by one.
func (o *orders) trapDrainClose(ctx context.Context) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/order", nil)
	if err != nil {
		return err
	}
	httputil.DrainClose(resp.Body)
	return httputil.Check(resp)
}

// It was closed by whoever returned it.
func (o *orders) trapClosedAlready(ctx context.Context) bool {
	resp, err := o.api.Ping(ctx)
	return err == nil && resp.StatusCode == http.StatusOK
}

// The helper may close it, as it does for what it does not like.
func (o *orders) trapMayClose(ctx context.Context) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/order", nil)
	if err != nil {
		return err
	}
	if err := httputil.CheckAndClose(resp); err != nil {
		return err
	}
	return resp.Body.Close()
}

type lineReader struct {
	*bufio.Reader
	io.Closer
}

// Who has the reader closes the body.
func (o *orders) trapWrapped(ctx context.Context) (io.ReadCloser, error) {
	body, err := o.api.Open(ctx, "/lines")
	if err != nil {
		return nil, err
	}
	return &lineReader{bufio.NewReader(body), body}, nil
}

type stream struct {
	body io.ReadCloser
	gz   *gzip.Reader
}

// The body belongs to the stream, which has a Close.
func (o *orders) trapField(ctx context.Context) (*stream, error) {
	s := &stream{}
	var err error
	if s.body, err = o.api.Open(ctx, "/lines"); err != nil {
		return nil, err
	}
	if s.gz, err = gzip.NewReader(s.body); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *stream) Close() error { return s.body.Close() }

// The response is sent on a channel: whoever receives it closes it.
func (o *orders) trapSent(ctx context.Context, to chan<- *http.Response) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/order", nil)
	if err != nil {
		return err
	}
	to <- resp
	return nil
}

// A goroutine closes it when the context ends.
func (o *orders) trapWatch(ctx context.Context, events chan<- string) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/events", nil)
	if err != nil {
		return err
	}
	go func() {
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			select {
			case events <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return nil
}
