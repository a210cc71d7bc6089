// Package fasthttp has the names of the package that it stands for.
package fasthttp

import "time"

type RequestHandler func(any)

type Server struct {
	Handler     RequestHandler
	Name        string
	ReadTimeout time.Duration
}

func (s *Server) ListenAndServe(addr string) error { return nil }
