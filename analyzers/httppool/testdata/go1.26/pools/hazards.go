// Package pools makes transports in the ways that services do.
package pools

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// For the whole fleet, by the setting that looks as if it were the right one.
func newClient(conf *tls.Config) *http.Client {
	var rt http.RoundTripper = &http.Transport{ // want `likely: this transport keeps 2 idle connections to a host at most, because MaxIdleConnsPerHost is not set though MaxIdleConns is 20000: .*; it speaks HTTP/1 only, because TLSClientConfig is set`
		MaxIdleConns:    20000,
		TLSClientConfig: conf,
		IdleConnTimeout: 5 * time.Minute,
	}
	return wrap(rt)
}

func wrap(rt http.RoundTripper) *http.Client { return &http.Client{Transport: rt} }

// A gateway asks its backend for each request.
type gateway struct {
	client  *http.Client
	backend string
}

func newGateway(backend string, conf *tls.Config) *gateway {
	return &gateway{backend: backend, client: &http.Client{
		Timeout:   time.Second,
		Transport: &http.Transport{TLSClientConfig: conf}, // want `likely: this transport keeps 2 idle .* ← sends a request for each that comes in \(HTTP handler\)`
	}}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := g.fetch(r.URL.Path)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	io.Copy(w, resp.Body)
}

func (g *gateway) fetch(path string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, g.backend+path, nil)
	if err != nil {
		return nil, err
	}
	return g.client.Do(req)
}

// Set field by field.
type scraper struct {
	transport *http.Transport
	client    *http.Client
}

func newScraper() *scraper {
	tr := new(http.Transport) // want `likely: this transport keeps 2 idle connections .* though MaxConnsPerHost lets 8 be made.* because DialContext is set .* ← sends requests from goroutines that a loop starts`
	tr.DialContext = (&net.Dialer{Timeout: time.Second}).DialContext
	tr.MaxConnsPerHost = 8
	return &scraper{transport: tr, client: &http.Client{Transport: tr}}
}

func (s *scraper) scrape(targets []string) {
	var wg sync.WaitGroup
	for _, t := range targets {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.one(t)
		}()
	}
	wg.Wait()
}

func (s *scraper) one(target string) {
	resp, err := s.client.Get(target)
	if err != nil {
		return
	}
	resp.Body.Close()
}

// More connections may be made than are kept.
var limited = &http.Client{Transport: &http.Transport{ // want `likely: this transport keeps 2 idle connections .* though MaxConnsPerHost lets 64 be made`
	MaxConnsPerHost: 64,
	Dial:            (&net.Dialer{Timeout: time.Second}).Dial,
}}

// Without TLS there is no HTTP/2.
type metadata struct{ client http.Client }

func newMetadata() *metadata {
	return &metadata{http.Client{Transport: &http.Transport{IdleConnTimeout: time.Minute}}} // want `likely: this transport keeps 2 idle connections to a host at most, because MaxIdleConnsPerHost is not set: `
}

func (m *metadata) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := m.client.Get("http://metadata.internal/v1")
	if err != nil {
		return
	}
	resp.Body.Close()
}

// A reverse proxy.
func proxy(to *url.URL, conf *tls.Config) http.Handler {
	p := httputil.NewSingleHostReverseProxy(to)
	p.Transport = &http.Transport{TLSClientConfig: conf, TLSHandshakeTimeout: time.Second} // want `likely: this transport keeps 2 idle connections .* ← a reverse proxy sends requests by it as they come in`
	return p
}

// No connections at all, for each request.
type auth struct{ client *http.Client }

func newAuth() *auth {
	return &auth{&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}} // want `likely: this transport is told to keep no connections: .* ← sends a request for each that comes in`
}

func (a *auth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := a.client.Head("https://auth")
	if err != nil {
		return
	}
	resp.Body.Close()
}

// Forgotten, again and again.
type poller struct{ url string }

func (p *poller) run(tick <-chan time.Time) {
	for range tick {
		p.poll()
	}
}

func (p *poller) poll() error {
	tr := &http.Transport{MaxIdleConns: 10} // want `likely: this transport is forgotten after its requests, .* ← comes round here`
	client := &http.Client{Transport: tr, Timeout: time.Second}
	resp, err := client.Get(p.url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func watch(url string, changed func()) {
	for {
		tr := http.Transport{Proxy: http.ProxyFromEnvironment} // want `likely: this transport is forgotten after its request`
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			return
		}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			return
		}
		resp.Body.Close()
		changed()
	}
}

// The default of the whole process, while it runs.
func (g *gateway) trust(conf *tls.Config) {
	http.DefaultTransport.(*http.Transport).TLSClientConfig = conf // want `likely: http.DefaultTransport is shared by the whole process`
}

func SetTimeout(d time.Duration) {
	http.DefaultClient.Timeout = d // want `likely: http.DefaultClient is shared by the whole process`
}

func Instrument(wrap func(http.RoundTripper) http.RoundTripper) {
	http.DefaultTransport = wrap(http.DefaultTransport) // want `likely: http.DefaultTransport is shared by the whole process`
}

// An agent is asked again and again, and makes a client each time.
type agent struct {
	urls []string
	conf settings
}

type session struct {
	url    string
	client *http.Client
}

func newSession(url string, conf settings) (*session, error) {
	transport := &http.Transport{TLSClientConfig: conf.Conf, ResponseHeaderTimeout: time.Second, ForceAttemptHTTP2: true}
	client := &http.Client{Transport: transport, Timeout: time.Second}
	return &session{url: url, client: client}, nil
}

func (s *session) read() error {
	resp, err := s.client.Get(s.url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (a *agent) session(url string) (*session, error) { return newSession(url, a.conf) }

func (a *agent) Gather() error {
	var wg sync.WaitGroup
	for _, url := range a.urls {
		s, err := a.session(url) // want `likely: this transport is forgotten after its requests, .* ← the transport is made here ← is called for as long as its object lives`
		if err != nil {
			return err
		}
		wg.Add(1)
		go func(s *session) {
			defer wg.Done()
			s.read()
		}(s)
	}
	wg.Wait()
	return nil
}
