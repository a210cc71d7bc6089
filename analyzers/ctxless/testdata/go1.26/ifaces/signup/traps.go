package signup

import (
	"context"
	"io"
	"net/http"

	"example.com/shop/ifaces/mailer"
)

// One of the types behind the interface waits for nobody: only suspected.
func (h *handler) alive(ctx context.Context) error {
	return h.ping.Ping() // want `^suspected: \(\*mailer\.Remote\)\.Ping ends in http\.Get`
}

// The method of a type is what it is: no interface, no doubt.
func null(ctx context.Context) error { return mailer.Null{}.Ping() }

// An interface of the standard library says nothing of who implements it.
type body struct{ url string }

func (b *body) Read(p []byte) (int, error) {
	resp, err := http.Get(b.url) // want `^suspected: http\.Get waits`
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.Body.Read(p)
}

func copyAll(ctx context.Context, w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, r)
	if err == nil {
		_, err = r.Read(nil)
	}
	return err
}

// The parameters of Close are not the author's to choose.
type session struct{ url string }

func (s *session) Close() error {
	_, err := http.Head(s.url)
	return err
}

func leave(ctx context.Context, s *session) error {
	return s.Close() // want `^suspected: \(\*session\)\.Close ends in http\.Head .*interface of another module\)`
}
