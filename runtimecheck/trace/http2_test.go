package trace

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestHTTP2 finds the calls of a server of HTTP/2, by the names of their handlers.
func TestHTTP2(t *testing.T) {
	const calls = 10
	r := analyze(t, record(t, func() { overHTTP2(t, calls) }), Options{})
	slow := groupOf(t, r, Handler, "github.com/lagvet/lagvet/runtimecheck/trace.slowHandler")
	if slow.Count+slow.OpenEnd != calls || slow.Count < calls-1 || slow.Total < ns(slow.Count)*time.Millisecond {
		t.Errorf("%d calls that sleep, and %d that do not end, of %v", slow.Count, slow.OpenEnd, slow.Total)
	}
	if sleeps := part(slow.Slowest[0].Parts, Sleep); sleeps < time.Millisecond {
		t.Errorf("the slowest sleeps for %v", sleeps)
	}
	var quick int64
	for _, g := range r.Groups {
		if g.Kind != Handler || g.Name == slow.Name {
			continue
		}
		if g.Name != unnamed && !strings.HasSuffix(g.Name, ".lazyHandler") {
			t.Errorf("%d calls of %s", g.Count, g.Name)
		}
		quick += g.Count + g.OpenEnd
	}
	if quick != calls {
		t.Errorf("%d calls in which nothing happens", quick)
	}
}

// overHTTP2 calls two handlers a number of times each, one call after another.
func overHTTP2(t *testing.T, calls int) {
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", slowHandler)
	mux.HandleFunc("/lazy", lazyHandler)
	s := httptest.NewUnstartedServer(mux)
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	defer s.Close()
	transport := &http.Transport{Protocols: s.Config.Protocols}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	for range calls {
		for _, path := range []string{"/slow", "/lazy"} {
			resp, err := client.Get(s.URL + path)
			if err != nil {
				t.Error(err)
				return
			}
			if resp.ProtoMajor != 2 {
				t.Errorf("it is %s", resp.Proto)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	}
}
