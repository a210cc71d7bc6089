package pools

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

// The number is set: in the literal, later, by a helper, from the configuration.
type settings struct {
	PerHost int
	Conf    *tls.Config
}

type downstream struct{ clients []*http.Client }

func newDownstream(s settings) *downstream {
	a := &http.Transport{TLSClientConfig: s.Conf, MaxIdleConns: 1000, MaxIdleConnsPerHost: 100, ForceAttemptHTTP2: true}
	b := &http.Transport{TLSClientConfig: s.Conf, MaxIdleConns: 1000, ForceAttemptHTTP2: true}
	b.MaxIdleConnsPerHost = s.PerHost
	c := &http.Transport{TLSClientConfig: s.Conf, MaxIdleConns: 1000, ForceAttemptHTTP2: true}
	size(c, 64)
	return &downstream{[]*http.Client{{Transport: a}, {Transport: b}, {Transport: c}}}
}

func size(t *http.Transport, n int) { t.MaxIdleConnsPerHost = n }

func (d *downstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, c := range d.clients {
		c.Get("http://downstream")
	}
}

// By an option that is not seen.
func optional(opts ...func(*http.Transport)) *http.Client {
	t := &http.Transport{MaxIdleConns: 1000, DialContext: (&net.Dialer{}).DialContext}
	for _, o := range opts {
		o(t)
	}
	return &http.Client{Transport: t}
}

// A clone has what init below gives the default.
type cloned struct{ client *http.Client }

func newCloned(conf *tls.Config) *cloned {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = conf
	return &cloned{&http.Client{Transport: t}}
}

func (c *cloned) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.client.Get("https://cloned") }

// HTTP/2 needs one connection.
type modern struct{ client *http.Client }

func newModern(conf *tls.Config) *modern {
	return &modern{&http.Client{Transport: &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}}} // want `suspected: this transport keeps 2 idle connections .*over HTTP/2 one connection`
}

func (m *modern) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.client.Get("https://modern") }

// One request at a time, as far as is seen.
type updater struct{ client *http.Client }

func newUpdater() *updater {
	return &updater{&http.Client{Transport: &http.Transport{MaxIdleConns: 100, IdleConnTimeout: time.Minute}}}
}

func (u *updater) run(tick <-chan time.Time) {
	for range tick {
		u.client.Get("http://updates")
	}
}

// Nothing but HTTP/2 is lost.
func newSigned(conf *tls.Config) *updater {
	return &updater{&http.Client{Transport: &http.Transport{ // want `suspected: this transport speaks HTTP/1 only, because TLSClientConfig is set`
		TLSClientConfig: conf,
	}}}
}

// That is meant so.
func oldProtocol(conf *tls.Config) *updater {
	return &updater{&http.Client{Transport: &http.Transport{
		TLSClientConfig: conf,
		TLSNextProto:    map[string]func(string, *tls.Conn) http.RoundTripper{},
	}}}
}

func namedProtocol() *updater {
	return &updater{&http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{NextProtos: []string{"http/1.1"}},
	}}}
}

// On this machine.
type docker struct{ client *http.Client }

func newDocker(path string) *docker {
	return &docker{&http.Client{Transport: &http.Transport{
		MaxIdleConns: 1000,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		},
	}}}
}

func (d *docker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.client.Get("http://docker/info")
}

// A probe is to make a connection each time.
type health struct{ client *http.Client }

func newHealth() *health {
	return &health{&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}} // want `suspected: this transport is told to keep no connections: .*nothing shows`
}

func (h *health) check(url string) { h.client.Head(url) }

// Made for one request, and cleaned up after, or without a connection to forget.
func single(url string) {
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	(&http.Client{Transport: tr}).Get(url)
	c := &http.Client{Transport: &http.Transport{}}
	defer c.CloseIdleConnections()
	c.Get(url)
	(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get(url)
}

// How often, nobody knows.
func announce(url string) {
	(&http.Client{Transport: &http.Transport{}}).Get(url) // want `suspected: this transport is forgotten .*how often`
}

// It goes on living.
func kept(p *httputil.ReverseProxy, h *health) {
	p.Transport = &http.Transport{MaxIdleConnsPerHost: 10}
	h.client = &http.Client{Transport: &http.Transport{}}
}

// For each request initperreq speaks.
func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &http.Client{Transport: &http.Transport{}}
	c.Get("http://x")
}

// Before there are requests.
func init() {
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64 // want `suspected: http.DefaultTransport is shared by the whole process`
}

// A clone is one's own.
func own() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	return t
}

func ownClient(d time.Duration) *http.Client {
	c := *http.DefaultClient
	c.Timeout = d
	return &c
}

// A session that is kept, and one that is closed.
type keeper struct{ session *session }

func (k *keeper) Use(conf settings) error {
	s, err := newSession("https://kept", conf)
	if err != nil {
		return err
	}
	k.session = s
	return nil
}

type closing struct {
	client *http.Client
}

func newClosing(conf settings) *closing {
	return &closing{&http.Client{Transport: &http.Transport{TLSClientConfig: conf.Conf, ForceAttemptHTTP2: true}}}
}

func (c *closing) Close() { c.client.CloseIdleConnections() }

func (k *keeper) Ask(conf settings) {
	c := newClosing(conf)
	defer c.Close()
	c.client.Get("https://asked")
}

// A client for each request: initperreq has that.
func perRequest(conf *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: conf}}
}

type asking struct{ conf *tls.Config }

func (a *asking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	perRequest(a.conf).Get("https://asked")
}

// Each goes to a host of its own.
type registrar struct{ client *http.Client }

func newRegistrar(conf *tls.Config) *registrar {
	return &registrar{&http.Client{Transport: &http.Transport{TLSClientConfig: conf}}} // want `suspected: this transport keeps 2 idle connections .*a host each`
}

func (r *registrar) join(pools []string) {
	for _, p := range pools {
		go func() {
			for {
				r.client.Head(p)
			}
		}()
	}
}

// HTTP/2 is turned off on purpose.
func plainly(dial func(ctx context.Context, network, addr string) (net.Conn, error), http2 bool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = dial
	if !http2 {
		t.ForceAttemptHTTP2 = false
		t.TLSNextProto = nil
	}
	return t
}
