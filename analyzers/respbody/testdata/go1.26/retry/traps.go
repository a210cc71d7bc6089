package retry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// On an error there is nothing to close.
func (s *sender) trapOnError(req *http.Request) (resp *http.Response, err error) {
	for range s.attempts {
		resp, err = s.hc.Do(req)
		if err == nil {
			return resp, nil
		}
		time.Sleep(time.Second)
	}
	return nil, err
}

// Each turn closes what it got.
func (s *sender) trapEachTurn(ctx context.Context, body []byte) error {
	for {
		resp, err := s.hc.Post(s.url, "text/plain", bytes.NewReader(body))
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode < 500 {
				return nil
			}
			err = errors.New(resp.Status)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Second):
		}
	}
}

// A function of its own does it in each turn.
func (s *sender) trapOwnFunction(urls []string) (n int) {
	for _, u := range urls {
		func() {
			resp, err := s.hc.Get(u)
			if err != nil {
				return
			}
			defer resp.Body.Close()
			io.Copy(io.Discard, resp.Body)
			n++
		}()
	}
	return n
}

// The first answer is closed before the second try.
func (s *sender) trapSecondTry(req *http.Request, renew func()) (*http.Response, error) {
	resp, err := s.hc.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusUnauthorized {
		return resp, nil
	}
	resp.Body.Close()
	renew()
	return s.hc.Do(req)
}

// The operation of a retry library gives the response to the function around it.
func (s *sender) trapOperation(try func(func() error) error, req *http.Request) error {
	var resp *http.Response
	err := try(func() (err error) {
		resp, err = s.hc.Do(req)
		return err
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// A flag tells whether there is a response.
func (s *sender) trapFlag(req *http.Request) error {
	var resp *http.Response
	var err error
	ok := false
	for range s.attempts {
		resp, err = s.hc.Do(req)
		if err != nil {
			continue
		}
		if resp.StatusCode >= 500 {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			continue
		}
		ok = true
		break
	}
	if !ok {
		return errors.New("out of attempts")
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
