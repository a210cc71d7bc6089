package clients

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Set in the literal, afterwards, in a helper, by an option, from the configuration.
type config struct {
	Timeout time.Duration
	client  *http.Client
}

func set(c config, url string) {
	(&http.Client{Timeout: 5 * time.Second}).Get(url)
	later := &http.Client{}
	later.Timeout = c.Timeout
	later.Get(url)
	helped := new(http.Client)
	limit(helped, c.Timeout)
	helped.Get(url)
	var plain http.Client
	if c.Timeout > 0 {
		plain.Timeout = c.Timeout
	}
	plain.Get(url)
}

func limit(c *http.Client, d time.Duration) { c.Timeout = d }

type option func(*gateway)

type gateway struct{ client http.Client }

func withTimeout(d time.Duration) option { return func(g *gateway) { g.client.Timeout = d } }

func newGateway(opts ...option) *gateway {
	g := &gateway{client: http.Client{Transport: &http.Transport{}}}
	for _, o := range opts {
		o(g)
	}
	return g
}

func (g *gateway) call(url string) { g.client.Get(url) }

// Options out of sight may set it.
type clientOption func(*http.Client)

func newClient(opts ...clientOption) *http.Client {
	c := &http.Client{}
	for _, o := range opts {
		o(c)
	}
	return c
}

func useOptions(opts ...clientOption) { newClient(opts...).Get("https://example.com") }

// Every caller bounds the request.
type logger struct{ client *http.Client }

func newLogger() *logger { return &logger{client: &http.Client{}} }

func (l *logger) flush(batch []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return l.try(ctx, batch)
}

func (l *logger) close() {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(time.Second))
	defer cancel()
	l.try(ctx, nil)
}

func (l *logger) try(ctx context.Context, batch []byte) error {
	req, err := http.NewRequest(http.MethodPost, "https://logs", nil)
	if err != nil {
		return err
	}
	req = req.WithContext(ctx)
	_, err = l.client.Do(req)
	return err
}

// Bounded on a condition, by a helper, with values on the way.
type manager struct {
	client  *http.Client
	timeout time.Duration
}

func newManager(rt http.RoundTripper, timeout time.Duration) *manager {
	return &manager{client: &http.Client{Transport: rt}, timeout: timeout}
}

func (m *manager) send(ctx context.Context) error {
	if m.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, m.timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://alerts", nil)
	if err != nil {
		return err
	}
	_, err = m.client.Do(req)
	return err
}

func (m *manager) start() { m.send(context.Background()) }

type key struct{}

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, key{}, 1), time.Second)
}

func helped() {
	c := &http.Client{}
	ctx, cancel := bounded(context.Background())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://example.com", nil)
	c.Do(req)
}

// A timer ends it.
func timed(url string) {
	c := &http.Client{}
	ctx, cancel := context.WithCancel(context.Background())
	defer time.AfterFunc(time.Second, cancel).Stop()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	c.Do(req)
}

// The transport bounds the wait for an answer.
func streams(url string) (io.ReadCloser, error) {
	tr := http.DefaultTransport.(*http.Transport).Clone()
	tr.ResponseHeaderTimeout = 10 * time.Second
	resp, err := (&http.Client{Transport: tr}).Get(url)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// A RoundTripper that sets deadlines.
type deadlines struct{ next http.RoundTripper }

func (d deadlines) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	return d.next.RoundTrip(r.WithContext(ctx))
}

func careful(url string) { (&http.Client{Transport: deadlines{http.DefaultTransport}}).Get(url) }

// Overwritten by the one that was configured.
func configured(c *config, url string) {
	client := &http.Client{}
	if c.client != nil {
		*client = *c.client
	}
	client.Get(url)
}

// A caller that is not seen, and the request of a client, end it when they have had enough.
func Fetch(ctx context.Context, url string) (*http.Response, error) {
	c := &http.Client{} // want `suspected: this client has no Timeout, .*comes from a caller that is not seen`
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return c.Do(req)
}

type forwarder struct{ client *http.Client }

func newForwarder() *forwarder {
	return &forwarder{&http.Client{}} // want `suspected: this client has no Timeout, .*ends when the client`
}

func (f *forwarder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, "https://backend"+r.URL.Path, r.Body)
	if err != nil {
		return
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return
	}
	io.Copy(w, resp.Body)
}

// Zero on purpose.
var blocking = &http.Client{Timeout: 0} // want `suspected: this client has no Timeout, .*zero on purpose`

func watch(url string) { blocking.Get(url) }

// On this machine.
func plugin(addr string) {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", addr)
	}}
	c := &http.Client{Transport: tr} // want `suspected: this client has no Timeout, .*on this machine`
	c.Get("http://plugin/activate")
}

func selfCheck() {
	http.Get("http://localhost:8080/healthz") // want `suspected: http.Get goes by http.DefaultClient, .*on this machine`
}

func selfTest(port string, series []byte) {
	seed(fmt.Sprintf("http://127.0.0.1:%s/api/v1/write", port), series)
}

func seed(dst string, series []byte) { write(dst, bytes.NewReader(series)) }

func write(address string, r io.Reader) {
	resp, err := http.Post(address, "", r) // want `suspected: http.Post goes by http.DefaultClient, .*on this machine`
	if err == nil {
		resp.Body.Close()
	}
}

// A context is in scope: ctxless speaks.
func scoped(ctx context.Context, url string) {
	http.Get(url)
	req, _ := http.NewRequest(http.MethodGet, url, nil)
	http.DefaultClient.Do(req)
	unscoped(url)
}

func unscoped(url string) { http.Post(url, "text/plain", nil) }

// Never sent, or by code out of sight.
func unsent(use func(*http.Client)) {
	_ = &http.Client{}
	c := &http.Client{}
	c.CloseIdleConnections()
	d := &http.Client{}
	use(d)
}

// A copy of the default client.
func copied(url string) {
	c := *http.DefaultClient
	c.Timeout = time.Second
	c.Get(url)
}

// Passed on by a caller that is not seen.
func Relay(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req) // want `suspected: http.DefaultClient has no Timeout, .*not seen`
}

// A stream of events, for as long as the process lives.
type events struct{ client *http.Client }

func newEvents() *events {
	return &events{client: &http.Client{}} // want `suspected: this client has no Timeout, .*a stream`
}

func (e *events) follow(url string, got func(string)) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		got(lines.Text())
	}
	return lines.Err()
}

// Its connections may set deadlines.
type dialing struct {
	dial func(string, string) (net.Conn, error)
}

func (d *dialing) ask(url string) {
	tr := &http.Transport{Dial: d.dial}
	c := &http.Client{Transport: tr} // want `suspected: this client has no Timeout, .*its dial function`
	c.Get(url)
}

// Who makes the transport may have bounded the wait for an answer.
type hook struct {
	url       string
	transport *http.Transport
	round     http.RoundTripper
	client    *http.Client
}

// NewHook is called by other packages.
func NewHook(url string, transport *http.Transport, round http.RoundTripper) *hook {
	other := http.DefaultTransport
	if round != nil {
		other = round
	}
	return &hook{url: url, transport: transport, round: other}
}

func (h *hook) init() {
	h.client = &http.Client{Transport: h.transport} // want `suspected: .*its RoundTripper, which is not seen, may set one`
}

func (h *hook) send(b []byte) error {
	req, err := http.NewRequest(http.MethodPost, h.url, bytes.NewReader(b))
	if err != nil {
		return err
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (h *hook) keys() error {
	client := &http.Client{Transport: h.round} // want `suspected: .*its RoundTripper, which is not seen, may set one`
	resp, err := client.Get(h.url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// Events come as they happen, in what a function of the package makes of the body. What
// is asked beside them has no deadline either.
type feed struct {
	client *http.Client
	lines  *bufio.Scanner
}

func newFeed(own bool) *feed {
	c := http.DefaultClient
	if own {
		tr := http.DefaultTransport.(*http.Transport).Clone()
		c = &http.Client{Transport: tr} // want `likely: this client has no Timeout, .*is sent here`
	}
	return &feed{client: c}
}

func (f *feed) events(url string) (*bufio.Scanner, error) {
	req, err := http.NewRequestWithContext(context.Background(), "GET", url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := f.client.Do(req) // want `suspected: http.DefaultClient has no Timeout, .*its answer is a stream`
	if err != nil {
		return nil, err
	}
	return lines(resp), nil
}

func lines(resp *http.Response) *bufio.Scanner { return bufio.NewScanner(resp.Body) }

func (f *feed) leave(url string) error {
	req, err := http.NewRequestWithContext(context.Background(), "DELETE", url, nil)
	if err != nil {
		return err
	}
	resp, err := f.client.Do(req) // want `likely: http.DefaultClient has no Timeout`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
