package owners_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/owners"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const source = `package p

import (
	"net"
	"net/http"
)

type server struct{}

func newServer() (*server, error) { return nil, nil }
func (s *server) serve(net.Conn)  {}
func (s *server) Shutdown()       {}

type session interface{ Close() error }

func open() session { return nil }

type point struct{}

func (point) move()                                     {}
func handle(http.ResponseWriter, *http.Request)         {}
`

func TestEnd(t *testing.T) {
	p := passtest.Load(t, source)
	for _, tt := range []struct {
		fn, want   string
		connection bool
	}{
		{fn: "newServer", want: "Shutdown"},
		{fn: "server.serve", want: "Shutdown", connection: true},
		{fn: "open", want: "Close"},
		{fn: "point.move"},
		{fn: "handle", connection: true},
	} {
		fn := p.Func(t, tt.fn)
		got := ""
		if end := owners.End(p.Pkg, fn.Obj); end != nil {
			got = end.Name()
		}
		if got != tt.want {
			t.Errorf("%s: ended by %q, want %q", tt.fn, got, tt.want)
		}
		if got := owners.Connection(fn.Sig); got != tt.connection {
			t.Errorf("%s: connection %v, want %v", tt.fn, got, tt.connection)
		}
	}
}
