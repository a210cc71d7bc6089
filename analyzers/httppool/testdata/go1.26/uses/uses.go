// Package uses goes by another package's transports.
package uses

import (
	"crypto/tls"
	"net/http"

	"example.com/httppool/made"
)

type server struct{ client, sized *http.Client }

func newServer(conf *tls.Config) *server {
	t := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	made.Size(t)
	return &server{&http.Client{Transport: made.New()}, &http.Client{Transport: t}}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.client.Get("http://a")
	s.sized.Get("http://b")
}
