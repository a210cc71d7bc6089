package retry

import (
	"bytes"
	"errors"
	"net/http"
	"time"
)

type sender struct {
	hc       *http.Client
	url      string
	attempts int
}

// The last answer but one is replaced by the last.
func (s *sender) post(body []byte) error {
	var resp *http.Response
	var err error
	for i := 0; i < s.attempts; i++ {
		resp, err = s.hc.Post(s.url, "text/plain", bytes.NewReader(body)) // want `likely: response body is not closed before another response takes its place.* ← is where the next one takes its place`
		if err == nil && resp.StatusCode < 500 {
			break
		}
		time.Sleep(time.Second << i)
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return nil
}

// A loop by goto that never closes.
func (s *sender) sendBlock(block []byte) {
	retries := 0
again:
	req, err := http.NewRequest(http.MethodPost, s.url, bytes.NewReader(block))
	if err != nil {
		panic(err)
	}
	resp, err := s.hc.Do(req) // want `likely: response body is (never closed|not closed before another)`
	if err != nil {
		time.Sleep(time.Second)
		goto again
	}
	if resp.StatusCode/100 == 2 {
		return
	}
	retries++
	time.Sleep(time.Second)
	goto again
}

// A second try with other credentials forgets the first answer.
func (s *sender) authorised(req *http.Request, renew func()) (*http.Response, error) {
	resp, err := s.hc.Do(req) // want `likely: response body is not closed before another response takes its place`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusUnauthorized {
		renew()
		resp, err = s.hc.Do(req)
	}
	return resp, err
}

// The turn of the loop that goes on leaves the body.
func (s *sender) first(urls []string) error {
	for _, u := range urls {
		resp, err := s.hc.Get(u) // want `likely: response body is not closed on some path.* ← returns without closing it ← is where the next one takes its place`
		if err != nil {
			continue
		}
		if resp.StatusCode != http.StatusOK {
			continue
		}
		resp.Body.Close()
		return nil
	}
	return errors.New("none")
}

// Asked again elsewhere, while the first answer is still open.
func (s *sender) moved(u string) (*http.Response, error) {
	resp, err := s.hc.Get(u) // want `likely: response body is not closed on some path`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusNotFound {
		return s.moved(u + "/v1")
	}
	return resp, nil
}

// A flag that tells nothing of the response.
func (s *sender) flagged(req *http.Request, loud bool) error {
	resp, err := s.hc.Do(req) // want `likely: response body is not closed on some path`
	if err != nil {
		return err
	}
	done := false
	if loud {
		done = true
	}
	if done {
		return nil
	}
	return resp.Body.Close()
}
