package downstream

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/effects"
)

func TestByName(t *testing.T) {
	for name, want := range map[string]Kind{
		"net.Dial":                                    Connection,
		"(*net.Dialer).DialContext":                   Connection,
		"(*crypto/tls.Dialer).DialContext":            Connection,
		"net.LookupHost":                              Lookup,
		"(*net.Resolver).LookupIPAddr":                Lookup,
		"net/http.PostForm":                           HTTP,
		"(*net/http.Client).Do":                       HTTP,
		"(net/http.RoundTripper).RoundTrip":           HTTP,
		"(*database/sql.DB).QueryRowContext":          Database,
		"(*database/sql.Tx).Commit":                   Database,
		"(*net/rpc.Client).Call":                      RPC,
		"net/smtp.SendMail":                           Mail,
		"(*os/exec.Cmd).CombinedOutput":               Command,
		"net.Listen":                                  "",
		"(net.Conn).Read":                             "",
		"(*net/http.Server).ListenAndServe":           "",
		"(*database/sql.DB).SetMaxOpenConns":          "",
		"(*net/http/httptest.Server).Start":           "",
		"(net/http.ResponseWriter).Write":             "",
		"(*database/sql.Rows).Next":                   "",
		"(*net/http/httputil.ReverseProxy).ServeHTTP": HTTP,
	} {
		if got := byName(name); got != want {
			t.Errorf("%s is a %q, want %q", name, got, want)
		}
	}
}

func TestServes(t *testing.T) {
	for name, want := range map[string]bool{
		"(*example.com/redis.Client).Get":             false,
		"(*google.golang.org/grpc.ClientConn).Invoke": false,
		"(*example.com/ws.Conn).WriteMessage":         true,
		"(*example.com/web.Context).JSON":             true,
		"(*example.com/mq.Consumer).ReadMessage":      true,
		"example.com/render.JSON":                     true,
		"(*example.com/rpc.Server).Serve":             true,
	} {
		if got := serves(name); got != want {
			t.Errorf("%s serves: %v", name, got)
		}
	}
}

// Makers of identifiers ask the kernel which interfaces there are.
func TestAsksKernel(t *testing.T) {
	for end, want := range map[string]bool{"net.Interfaces": true, "net.InterfaceByName": true, "(*net.Dialer).DialContext": false} {
		e := effects.Effect{Chain: &effects.Step{Func: "example.com/uuid.New", Next: &effects.Step{Func: end}}}
		if asksKernel(e) != want {
			t.Errorf("by way of %s: %t", end, !want)
		}
	}
}
