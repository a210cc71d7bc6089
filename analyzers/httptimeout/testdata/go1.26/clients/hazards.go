// Package clients sends requests in the ways that services do.
package clients

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"
)

// A reporter's client is made in one function and used in another.
type reporter struct {
	url    string
	client *http.Client
	queue  chan []byte
}

func newReporter(url string, conf *tls.Config) *reporter {
	transport := &http.Transport{TLSClientConfig: conf}
	client := &http.Client{ // want `likely: this client has no Timeout, and sends a request without a deadline: .* ← is sent here ← http.NewRequest makes it without a context`
		Transport: transport,
	}
	r := &reporter{url: url, client: client, queue: make(chan []byte, 16)}
	go r.run()
	return r
}

func (r *reporter) run() {
	for b := range r.queue {
		_ = r.post(b)
	}
}

func (r *reporter) post(b []byte) error {
	req, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// The list is fetched through a function in a field.
type discovery struct {
	client  *http.Client
	servers []string
	fetch   func(*http.Client, string) (*http.Response, error)
}

func newDiscovery(servers []string) *discovery {
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 10}} // want `likely: this client has no Timeout`
	return &discovery{client: client, servers: servers, fetch: fetchApps}
}

func (d *discovery) refresh() error {
	resp, err := d.fetch(d.client, d.servers[0])
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func fetchApps(client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest(http.MethodGet, url+"/v2/apps", nil)
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// One for the package, without a pointer.
var shared http.Client // want `likely: this client has no Timeout, .* ← \(\*http.Client\).Get takes no context`

func ping(url string) error {
	resp, err := shared.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A field that is a client by itself, and is never given anything.
type prober struct {
	url    string
	client http.Client // want `likely: this client has no Timeout`
}

func (p *prober) probe() bool {
	resp, err := p.client.Head(p.url)
	return err == nil && resp.StatusCode == http.StatusOK
}

// A context of the process has no deadline.
type syncer struct {
	ctx    context.Context
	cancel context.CancelFunc
	http   doer
}

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

func newSyncer() *syncer {
	s := &syncer{http: &http.Client{}} // want `likely: this client has no Timeout, .* ← is sent here ← context.Background has no deadline`
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

func (s *syncer) pull(url string) error {
	req, err := http.NewRequestWithContext(s.ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return err
	}
	return json.NewDecoder(resp.Body).Decode(s)
}

// One of two callers bounds it.
type store struct{ client *http.Client }

func openStore() *store {
	s := new(store)
	s.client = new(http.Client) // want `likely: this client has no Timeout, .* ← context.TODO has no deadline`
	return s
}

func (s *store) get(ctx context.Context, key string) (*http.Response, error) {
	req, err := s.request(ctx, http.MethodGet, key)
	if err != nil {
		return nil, err
	}
	return s.client.Do(req)
}

func (s *store) request(ctx context.Context, method, key string) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, method, "https://store/"+key, nil)
}

func (s *store) warm(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s.get(ctx, "warm")
}

func (s *store) compact() { s.get(context.TODO(), "compact") }

// In a pool of clients by host.
type pool struct {
	mu      sync.Mutex
	clients map[string]*http.Client
}

func (p *pool) forHost(host string) *http.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.clients[host]
	if !ok {
		c = &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}} // want `likely: this client has no Timeout`
		p.clients[host] = c
	}
	return c
}

func (p *pool) fetch(host string) (*http.Response, error) {
	return p.forHost(host).Get("https://" + host)
}

// A RoundTripper of the package that sets no deadline.
type tokens struct {
	token string
	next  http.RoundTripper
}

func (t *tokens) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", t.token)
	return t.next.RoundTrip(r)
}

func authorized(token string) error {
	c := &http.Client{Transport: &tokens{token, &http.Transport{}}} // want `likely: this client has no Timeout`
	resp, err := c.PostForm("https://example.com", nil)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A generic helper.
func fetchInto[T any](c *http.Client, url string, into *T) error {
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(into)
}

type price struct{ Cents int }

var catalog = &http.Client{CheckRedirect: nil} // want `likely: this client has no Timeout`

func lookup(sku string) (p price, err error) {
	err = fetchInto(catalog, "https://prices/"+sku, &p)
	return p, err
}

// The default client: no literal to mend.
func announce(url string) error {
	resp, err := http.Get(url) // want `likely: http.Get goes by http.DefaultClient, which has no Timeout`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func withdraw(url string) error {
	req, err := http.NewRequest(http.MethodDelete, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req) // want `likely: http.DefaultClient has no Timeout, and this request no deadline: .* ← http.NewRequest makes it without a context`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func detached(url string) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	client := http.DefaultClient
	resp, err := client.Do(req) // want `likely: http.DefaultClient has no Timeout`
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// A transport without a client.
func raw(url string) (*http.Response, error) {
	tr := &http.Transport{MaxIdleConnsPerHost: 16} // want `likely: this transport has no ResponseHeaderTimeout, and sends a request without a deadline`
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return tr.RoundTrip(req)
}

// A copy of the default client is one's own.
func trusting(url string) error {
	client := *http.DefaultClient // want `likely: this client has no Timeout`
	client.Jar = nil
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// One of the callers sends it to another machine.
func replay(mirror string, series []byte) {
	push("http://localhost:8428/write", series)
	push(mirror+"/write", series)
}

func push(address string, series []byte) {
	resp, err := http.Post(address, "", bytes.NewReader(series)) // want `likely: http.Post goes by http.DefaultClient`
	if err == nil {
		resp.Body.Close()
	}
}
