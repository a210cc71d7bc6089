package direct

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"os/exec"
)

// The forms that take a context.
func fine(ctx context.Context, s *shop, u string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	if _, err := s.client.Do(req); err != nil {
		return err
	}
	if _, err := s.db.QueryContext(ctx, "SELECT 1"); err != nil {
		return err
	}
	if _, err := (&net.Dialer{}).DialContext(ctx, "tcp", u); err != nil {
		return err
	}
	if _, err := net.DefaultResolver.LookupHost(ctx, u); err != nil {
		return err
	}
	return exec.CommandContext(ctx, "true").Run()
}

// context.Background is ctxbreak's matter: a context is passed, if the wrong one.
func elsewhere(ctx context.Context, u string) (*http.Request, error) {
	return http.NewRequestWithContext(context.Background(), http.MethodGet, u, nil)
}

// net/smtp has no form that takes a context; nor have listeners, and they start nothing outbound.
func mail(ctx context.Context, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	l.Close()
	return smtp.SendMail(addr, nil, "a@example.com", nil, nil)
}

// No wait in any of these: a port from a table, a UDP socket, a handle that connects later.
func local(ctx context.Context) {
	net.LookupPort("tcp", "https")
	net.DialUDP("udp", nil, &net.UDPAddr{})
	sql.Open("postgres", "")
}

// The request came in: it is answered, not sent.
func loop(h http.Handler, w http.ResponseWriter, r *http.Request) {
	h.ServeHTTP(w, r)
}

// A diagnosis of what has failed, and a step back: with a context that is done
// there would be neither.
func provision(ctx context.Context, run func(context.Context) error) error {
	if err := run(ctx); err != nil {
		state, _ := exec.Command("dmsetup", "status").Output() // want `^suspected: exec\.Command ignores .* because something has failed`
		http.PostForm("https://a.example/rollback", nil)       // want `^suspected: http\.PostForm ignores .* because something has failed`
		return fmt.Errorf("%w: %s", err, state)
	}
	return nil
}

// A response holds the request that went out, whose context says nothing of this call.
func credentials(res *http.Response, helper string) ([]byte, error) {
	return exec.Command(helper, res.Request.Host).Output() // want `^suspected: exec\.Command waits .* without a context`
}
