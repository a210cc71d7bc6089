// Package servers serves in the ways that services do.
package servers

import (
	"context"
	"flag"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"time"
)

// In a field, served by a goroutine.
type diagnostics struct {
	mux *http.ServeMux
	srv *http.Server
}

func (d *diagnostics) enable(addr string) {
	srv := &http.Server{ // want `likely: this server has no ReadHeaderTimeout: .* ← \(\*http.Server\).ListenAndServe serves`
		Addr:    addr,
		Handler: d.mux,
	}
	d.srv = srv
	go func() {
		_ = srv.ListenAndServe()
	}()
}

func (d *diagnostics) disable() { d.srv.Shutdown(context.Background()) }

// Made in one function, served in another.
type app struct{ public, admin *http.Server }

func newApp(h http.Handler) *app {
	return &app{
		public: &http.Server{Handler: h, WriteTimeout: time.Minute, IdleTimeout: time.Minute}, // want `likely: this server has no ReadHeaderTimeout`
		admin:  &http.Server{Handler: h, ReadHeaderTimeout: time.Second},
	}
}

func (a *app) run(l net.Listener) error {
	go a.admin.ListenAndServe()
	return a.public.ServeTLS(l, "", "")
}

// An embedded server.
type embedded struct {
	*http.Server
	name string
}

func newEmbedded(h http.Handler) *embedded {
	return &embedded{Server: &http.Server{Handler: h}, name: "e"} // want `likely: this server has no ReadHeaderTimeout`
}

func (e *embedded) start() error { return e.ListenAndServe() }

// No server of one's own.
func metrics(l net.Listener, h http.Handler) {
	go func() {
		if err := http.Serve(l, h); err != nil { // want `likely: http.Serve serves without any timeout`
			panic(err)
		}
	}()
	http.ListenAndServe(":9090", h)             // want `likely: http.ListenAndServe serves without any timeout`
	http.ListenAndServeTLS(":443", "c", "k", h) // want `likely: http.ListenAndServeTLS serves without any timeout`
	http.ListenAndServe("localhost:6060", nil)  // want `suspected: http.ListenAndServe serves without any timeout: .*on this machine`
}

// An address that a function returns, by whose name it is one of this machine.
func profile(h http.Handler, port uint16) {
	addr := netip.AddrPortFrom(localhost(), port)
	go func() {
		http.ListenAndServe(addr.String(), h) // want `suspected: http.ListenAndServe serves without any timeout: .*on this machine`
	}()
	open := netip.AddrPortFrom(netip.IPv4Unspecified(), port)
	http.ListenAndServe(open.String(), h) // want `likely: http.ListenAndServe serves without any timeout`
}

func localhost() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// A reverse proxy by a bare transport.
func proxy(to *url.URL) http.Handler {
	p := httputil.NewSingleHostReverseProxy(to)
	p.Transport = &http.Transport{MaxIdleConnsPerHost: 100} // want `likely: this transport of a reverse proxy has no timeout`
	return p
}

func proxyLiteral(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Director:  func(r *http.Request) { r.URL.Host = to.Host },
		Transport: &http.Transport{MaxIdleConns: 100}, // want `likely: this transport of a reverse proxy has no timeout`
	}
}

// Traps.

func proxyDials(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}}
}

func proxyWaits(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{Transport: &http.Transport{ResponseHeaderTimeout: time.Minute}}
}

// Set afterwards, through the field.
type later struct{ srv *http.Server }

func newLater(h http.Handler) *later {
	l := &later{srv: &http.Server{Handler: h}}
	l.configure(time.Second)
	return l
}

func (l *later) configure(d time.Duration) { l.srv.ReadHeaderTimeout = d }
func (l *later) run() error                { return l.srv.ListenAndServe() }

// Set by what is given the field's address.
func flags(h http.Handler) error {
	srv := http.Server{Handler: h}
	flag.DurationVar(&srv.ReadTimeout, "read-timeout", time.Second, "")
	return srv.ListenAndServe()
}

// Through an embedded pointer.
func (e *embedded) limited(h http.Handler) error {
	o := struct{ *http.Server }{&http.Server{Handler: h}}
	o.ReadHeaderTimeout = time.Second
	return o.ListenAndServe()
}

// From the configuration.
type settings struct{ HeaderTimeout time.Duration }

func (s settings) serve(h http.Handler) error {
	return (&http.Server{Handler: h, ReadHeaderTimeout: s.HeaderTimeout}).ListenAndServe()
}

// Never served here.
func unserved(h http.Handler, run func(*http.Server)) *http.Server {
	run(&http.Server{Handler: h})
	return &http.Server{Handler: h}
}

// On this machine.
func socket(h http.Handler) error {
	l, err := net.Listen("unix", "/run/app.sock")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h} // want `suspected: this server has no ReadHeaderTimeout: .*on this machine`
	return srv.Serve(l)
}

func debug(h http.Handler) error {
	srv := &http.Server{Addr: "127.0.0.1:6060", Handler: h} // want `suspected: this server has no ReadHeaderTimeout`
	return srv.ListenAndServe()
}

// Zero on purpose.
func slow(h http.Handler) error {
	srv := &http.Server{Handler: h, ReadTimeout: 0} // want `suspected: this server has no ReadHeaderTimeout: .*zero on purpose`
	return srv.ListenAndServe()
}

// Importers may set it.
type Framework struct{ Server *http.Server }

func NewFramework(h http.Handler) *Framework {
	return &Framework{&http.Server{Handler: h}} // want `suspected: this server has no ReadHeaderTimeout: .*other packages have it`
}

func (f *Framework) Start() error { return f.Server.ListenAndServe() }

// The streams of one session, over standard input and output say, are of one client.
type session struct{ streams chan net.Conn }

func (s *session) AcceptStream() (net.Conn, error) { return <-s.streams, nil }

type sessionListener struct{ session *session }

func (l *sessionListener) Accept() (net.Conn, error) { return l.session.AcceptStream() }
func (l *sessionListener) Close() error              { return nil }
func (l *sessionListener) Addr() net.Addr            { return nil }

func serveSession(s *session, h http.Handler) error {
	srv := &http.Server{Handler: h} // want `suspected: this server has no ReadHeaderTimeout: .* it serves one client alone`
	l := &sessionListener{session: s}
	return srv.Serve(l)
}

func serveSessionAtOnce(s *session, h http.Handler) error {
	var l net.Listener = &sessionListener{session: s}
	return http.Serve(l, h) // want `suspected: http.Serve serves without any timeout: .* it serves one client alone`
}

// A listener of its own for all who come.
type keepAlive struct{ *net.TCPListener }

func (l keepAlive) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err == nil {
		c.SetKeepAlive(true)
	}
	return c, err
}

func serveAlive(l *net.TCPListener, h http.Handler) error {
	srv := &http.Server{Handler: h} // want `likely: this server has no ReadHeaderTimeout`
	return srv.Serve(keepAlive{l})
}
