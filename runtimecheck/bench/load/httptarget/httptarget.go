package httptarget

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/internal/reach"
)

// A Protocol is a version of HTTP.
type Protocol string

// The protocols.
const (
	Negotiated Protocol = ""         // HTTP/2 if TLS agrees on it, else HTTP/1.1
	HTTP1      Protocol = "http/1.1" // with TLS or without
	HTTP2      Protocol = "h2"       // with TLS
	H2C        Protocol = "h2c"      // HTTP/2 without TLS, by prior knowledge
)

// Protocols returns the protocols that can be asked for by name.
func Protocols() []string { return []string{string(HTTP1), string(HTTP2), string(H2C)} }

// Options say what is requested, and how.
type Options struct {
	URL      string
	Method   string // empty: GET
	Header   http.Header
	Body     []byte
	Status   []int // that count as answered; empty: 200 to 299
	Protocol Protocol

	CA       []byte // certificates, in PEM, that are trusted instead of the system's
	Insecure bool   // trust any certificate

	Hosts       []string      // that may be called besides this machine
	Connections int           // that are kept open; 0: load.DefaultInFlight
	Timeout     time.Duration // of making a connection; 0: load.DefaultTimeout
}

// A Target calls a URL.
type Target struct {
	request *http.Request
	client  *http.Client
	body    []byte
	status  []int
	major   int // version that the answers must be of; 0: any
	dials   atomic.Int64
}

// New returns the target of the options. It connects to nothing yet; the context is for
// looking up the host's name.
func New(ctx context.Context, o Options) (*Target, error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the target's URL: %w", err)
	}
	if err := o.valid(u); err != nil {
		return nil, err
	}
	permit := reach.Permit(o.Hosts)
	if err := permit.Check(ctx, u.Hostname()); err != nil {
		return nil, err
	}
	t := &Target{body: o.Body, status: o.Status}
	if t.request, err = o.request(ctx); err != nil {
		return nil, err
	}
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	if o.Protocol == HTTP2 || o.Protocol == H2C {
		t.major = 2
	}
	dialer := permit.Dialer(u.Hostname(), orDefault(o.Timeout, load.DefaultTimeout))
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		t.dials.Add(1)
		return dialer.DialContext(ctx, network, address)
	}
	t.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return t, nil
}

func (o Options) valid(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("the target %q is no URL such as http://127.0.0.1:8080/path", o.URL)
	case o.Protocol == HTTP2 && u.Scheme != "https":
		return errors.New("h2 is HTTP/2 with TLS, and the target's URL begins with http: write https, or h2c for HTTP/2 without TLS")
	case o.Protocol == H2C && u.Scheme != "http":
		return errors.New("h2c is HTTP/2 without TLS, and the target's URL begins with https: write http, or h2")
	case o.Protocol != Negotiated && !slices.Contains(Protocols(), string(o.Protocol)):
		return fmt.Errorf("the protocol is %q, and must be one of %v", o.Protocol, Protocols())
	}
	return nil
}

// request returns what each request is made from.
func (o Options) request(ctx context.Context) (*http.Request, error) {
	method := o.Method
	if method == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, method, o.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	for key, values := range o.Header {
		r.Header[http.CanonicalHeaderKey(key)] = values
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	return r, nil
}

func (o Options) transport() (*http.Transport, error) {
	config := &tls.Config{InsecureSkipVerify: o.Insecure}
	if o.CA != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the CA file holds no certificate in PEM")
		}
	}
	connections := o.Connections
	if connections == 0 {
		connections = load.DefaultInFlight
	}
	p := new(http.Protocols)
	p.SetHTTP1(o.Protocol == HTTP1 || o.Protocol == Negotiated)
	p.SetHTTP2(o.Protocol == HTTP2 || o.Protocol == Negotiated)
	p.SetUnencryptedHTTP2(o.Protocol == H2C)
	return &http.Transport{
		TLSClientConfig:     config,
		TLSHandshakeTimeout: orDefault(o.Timeout, load.DefaultTimeout),
		Protocols:           p,
		MaxIdleConnsPerHost: connections,
		IdleConnTimeout:     90 * time.Second, // that of http.DefaultTransport
		DisableCompression:  true,
	}, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// Do sends the request and reads the answer to its end.
func (t *Target) Do(ctx context.Context) error {
	r := t.request.Clone(ctx)
	if len(t.body) > 0 {
		r.ContentLength = int64(len(t.body))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.body)), nil }
		r.Body = io.NopCloser(bytes.NewReader(t.body))
	}
	resp, err := t.client.Do(r)
	if err != nil {
		return fmt.Errorf("calling the target: %w", err)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	// Whatever closing says, the answer has been read.
	_ = resp.Body.Close()
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	return t.expected(resp)
}

func (t *Target) expected(resp *http.Response) error {
	if t.major != 0 && resp.ProtoMajor != t.major {
		return &load.Error{Kind: load.Status, Err: fmt.Errorf("it answered by %s, not by HTTP/%d", resp.Proto, t.major)}
	}
	ok := resp.StatusCode/100 == 2
	if len(t.status) > 0 {
		ok = slices.Contains(t.status, resp.StatusCode)
	}
	if !ok {
		return &load.Error{Kind: load.Status, Err: fmt.Errorf("it answered %s", resp.Status)}
	}
	return nil
}

// Dials is how many connections were begun.
func (t *Target) Dials() int64 { return t.dials.Load() }

// Close closes the connections that are kept.
func (t *Target) Close() { t.client.CloseIdleConnections() }
