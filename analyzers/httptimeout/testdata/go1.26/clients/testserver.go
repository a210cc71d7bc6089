package clients

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
)

// A suite asks a server of its own process.
type suite struct {
	ts *httptest.Server
	tc *http.Client
}

func (s *suite) setup(h http.Handler) {
	s.ts = httptest.NewServer(h)
	s.tc = http.DefaultClient
}

func (s *suite) ask(method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequest(method, s.ts.URL+"/api/v2.0"+path, body)
	if err != nil {
		return nil, err
	}
	return s.tc.Do(req) // want `suspected: http.DefaultClient has no Timeout.* \(but the other side is on this machine\)`
}

// Another field of that name leads anywhere.
type remote struct{ URL string }

func (r *remote) ask(body []byte) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodPost, r.URL+"/api", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req) // want `likely: http.DefaultClient has no Timeout`
}
