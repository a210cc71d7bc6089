package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// The plain way.
func (s *Service) trapDeferred(req *http.Request) ([]byte, error) {
	resp, err := s.doer.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := resp.Body.Close(); err != nil {
			log.Print(err)
		}
	}()
	return io.ReadAll(resp.Body)
}

// Every branch closes it, the error's too.
func (s *Service) trapBranches(req *http.Request) error {
	resp, err := s.doer.Do(req)
	if err != nil {
		if resp != nil {
			resp.Body.Close()
		}
		return err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return nil
	default:
		resp.Body.Close()
		return errors.New(resp.Status)
	}
}

// What is nil on an error is closed where it is not.
func (s *Service) trapNotNil(req *http.Request) (err error) {
	resp, err := s.doer.Do(req)
	if resp != nil {
		defer resp.Body.Close()
	}
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	return err
}

// A context ends with the body: the wrapper closes both.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *cancelBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

func (s *Service) trapCancelBody(ctx context.Context, req *http.Request) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	resp, err := s.doer.Do(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		cancel()
		resp.Body.Close()
		return nil, errors.New(resp.Status)
	}
	return &cancelBody{resp.Body, cancel}, nil
}

// The body is put in the place of the former one, and goes on with its response.
func (s *Service) trapReplaced(req *http.Request) (*http.Response, error) {
	resp, err := s.rt.RoundTrip(req)
	if err != nil {
		return resp, err
	}
	b, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(b))
	return resp, nil
}

// A HEAD has no body.
func (s *Service) trapHead(ctx context.Context, u string) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, u, nil)
	if err != nil {
		return 0, err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, nil
}

// What tells of an error may not be an error check by its looks.
func (s *Service) trapAsked(req *http.Request) error {
	resp, err := s.doer.Do(req)
	if failed(err) {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func failed(err error) bool { return err != nil }

// The callback that closes it is handed to whoever has the reader.
func (s *Service) trapCallback(req *http.Request) (io.Reader, func() error, error) {
	resp, err := s.doer.Do(req)
	if err != nil {
		return nil, nil, err
	}
	return resp.Body, resp.Body.Close, nil
}

// Sent on to the client as it is: Write closes the body.
func (s *Service) trapSentOn(w io.Writer, req *http.Request) error {
	resp, err := s.doer.Do(req)
	if err != nil {
		return err
	}
	return resp.Write(w)
}

// A method value in a defer, and the body by another name.
func (s *Service) trapAlias(req *http.Request, v any) error {
	resp, err := s.doer.Do(req)
	if err != nil {
		return err
	}
	body := resp.Body
	defer body.Close()
	if err := json.NewDecoder(io.LimitReader(body, 1<<20)).Decode(v); err != nil {
		return fmt.Errorf("decoding: %w", err)
	}
	_, err = io.Copy(io.Discard, body)
	return err
}

// The process ends on the other ways.
func (s *Service) trapFatal(req *http.Request) {
	resp, err := s.doer.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		fatal(resp.Status)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

func fatal(why string) {
	log.Print(why)
	log.Fatalf("giving up")
}

type cache struct{ byKey map[string]*http.Response }

func (c *cache) Get(key string) (*http.Response, bool) {
	r, ok := c.byKey[key]
	return r, ok
}

type getter interface {
	Get(key string) (*http.Response, bool)
}

// It was there before, and stays.
func (s *Service) trapCache(c getter, key string) bool {
	r, ok := c.Get(key)
	return ok && r.StatusCode == http.StatusOK
}

// The connection has become another: its end is that of the stream.
func (s *Service) trapUpgraded(req *http.Request) (io.ReadWriteCloser, error) {
	resp, err := s.rt.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		resp.Body.Close()
		return nil, errors.New("no upgrade")
	}
	return conn, nil
}

// A body that is nil, or none, needs no Close.
func (s *Service) trapNoBody(req *http.Request) error {
	resp, err := s.doer.Do(req)
	if resp != nil && resp.Body != nil && resp.Body != http.NoBody {
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
	}
	return err
}

// The error goes by another name before it is asked about.
func (s *Service) trapOtherName(req *http.Request) (err error) {
	resp, doErr := s.doer.Do(req)
	err = doErr
	if err != nil {
		return err
	}
	io.Copy(io.Discard, resp.Body)
	return resp.Body.Close()
}

func (s *Service) timed(req *http.Request) (time.Duration, *http.Response, error) {
	begin := time.Now()
	resp, err := s.doer.Do(req)
	return time.Since(begin), resp, err
}

func mustOK(d time.Duration, resp *http.Response, err error) (*http.Response, error) {
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, errors.New(resp.Status)
	}
	return resp, err
}

// Handed on with all that came with it.
func (s *Service) trapHandedOn(req *http.Request) error {
	resp, err := mustOK(s.timed(req))
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Closed by those who asked for it to be read, or not.
func (s *Service) trapAskedTwice(req *http.Request, read bool) error {
	resp, err := s.doer.Do(req)
	if err != nil {
		return err
	}
	if !read {
		resp.Body.Close()
	}
	log.Print(resp.Status)
	if read {
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
	}
	return err
}

// The connection that it has come by is closed instead.
func trapHungUp(rt http.RoundTripper, conn net.Conn, req *http.Request) (io.ReadCloser, error) {
	resp, err := rt.RoundTrip(req) // want `suspected: response body is not closed on some path`
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = conn.Close()
		return nil, errors.New(resp.Status)
	}
	return resp.Body, nil
}

// Not on every way.
func (s *Service) hungUpOnce(conn net.Conn, req *http.Request) (io.ReadCloser, error) {
	resp, err := s.rt.RoundTrip(req) // want `likely: response body is not closed on some path`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusBadGateway {
		conn.Close()
		return nil, errors.New(resp.Status)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return resp.Body, nil
}

// The deferred cancel has the connection closed.
func (s *Service) RemoteRead(addr string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.http.Do(req) // want `suspected: response body is never closed: its connection is closed when the context is cancelled`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return io.ReadAll(resp.Body)
}

// The same of a request that is given the context as it is sent.
func (s *Service) Drop(addr string) error {
	req, err := http.NewRequest(http.MethodDelete, addr, nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer func() { cancel() }()
	_, err = s.http.Do(req.WithContext(ctx)) // want `suspected: response body is never closed: its connection is closed`
	return err
}
