package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

type Service struct {
	doer Doer
	http http.Client
	rt   http.RoundTripper
}

// The early return between Do and the defer.
func (s *Service) Search(req *http.Request, into any) error {
	resp, err := s.doer.Do(req) // want `likely: response body is not closed on some path.* ← returns without closing it$`
	if err != nil {
		return fmt.Errorf("searching: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("searching: %s", resp.Status)
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(into)
}

// The status is looked at together with the error.
func (s *Service) Healthy(u *url.URL) bool {
	resp, err := s.http.Get(u.String()) // want `likely: response body is not closed on some path`
	if err != nil || resp.StatusCode != http.StatusOK {
		return false
	}
	resp.Body.Close()
	return true
}

// Read to the end, and not closed.
func (s *Service) Fetch(u string) ([]byte, error) {
	resp, err := http.Get(u) // want `likely: response body is never closed: reading it to the end frees its connection`
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

// Nobody wants the response at all.
func (s *Service) Notify(u string, form url.Values) error {
	_, err := http.PostForm(u, form) // want `likely: response body is never closed`
	return err
}

// A round tripper answers for what it does not pass on.
func (s *Service) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.rt.RoundTrip(req) // want `likely: response body is not closed on some path`
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return nil, fmt.Errorf("not authorised: %s", resp.Status)
	case resp.StatusCode >= 500:
		resp.Body.Close()
		return nil, fmt.Errorf("server: %s", resp.Status)
	}
	return resp, nil
}

// Closed where the type is as expected only.
func (s *Service) Image(req *http.Request) (img []byte, err error) {
	resp, err := s.doer.Do(req) // want `likely: response body is not closed on some path`
	if err != nil {
		return nil, err
	}
	if resp.Header.Get("Content-Type") == "image/png" {
		defer resp.Body.Close()
		img, err = io.ReadAll(resp.Body)
	}
	return img, err
}

// The literal that runs in a group.
func (s *Service) All(g interface{ Go(func() error) }, reqs []*http.Request) {
	for _, req := range reqs {
		g.Go(func() error {
			resp, err := s.doer.Do(req) // want `likely: response body is never closed`
			if err != nil {
				return err
			}
			if resp.StatusCode >= 400 {
				return fmt.Errorf("%s: %s", req.URL, resp.Status)
			}
			return nil
		})
	}
}

// Generic decoding, with a buffer between.
func Decode[T any](s *Service, req *http.Request) (v T, err error) {
	resp, err := s.doer.Do(req) // want `likely: response body is never closed: reading it to the end`
	if err != nil {
		return v, err
	}
	var buf bytes.Buffer
	if _, err := io.Copy(&buf, resp.Body); err != nil {
		return v, err
	}
	return v, json.Unmarshal(buf.Bytes(), &v)
}

// A context that somebody else cancels, one that is cancelled where all goes well, and
// one of another request end nothing here.
func (s *Service) Forget(parent context.Context, addr string) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	if other, err := http.NewRequestWithContext(ctx, http.MethodGet, addr, nil); err != nil || other.URL == nil {
		return err
	}
	req, err := http.NewRequestWithContext(parent, http.MethodDelete, addr, nil)
	if err != nil {
		return err
	}
	_, err = s.http.Do(req) // want `likely: response body is never closed: .* nor closed before a timeout of the client`
	return err
}

func (s *Service) Leave(addr string) error {
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, addr, nil)
	if err != nil {
		cancel()
		return err
	}
	resp, err := s.http.Do(req) // want `likely: response body is not closed on some path`
	if err != nil {
		cancel()
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	defer cancel()
	return resp.Body.Close()
}

// The defer cancels it where something has failed only.
func (s *Service) Attach(addr string) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, nil)
	if err != nil {
		return err
	}
	_, err = s.http.Do(req) // want `likely: response body is never closed: .* nor closed before a timeout of the client`
	return err
}

// Each try takes the place of the one before, and all are open until the end.
func (s *Service) Insist(addr string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var resp *http.Response
	for range 10 {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, addr, nil)
		if err != nil {
			return err
		}
		resp, err = s.http.Do(req) // want `likely: response body is not closed on some path: .* ← is where the next one takes its place$`
		if err == nil && resp.StatusCode == http.StatusOK {
			return resp.Body.Close()
		}
	}
	return err
}
