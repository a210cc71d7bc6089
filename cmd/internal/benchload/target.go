package benchload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/grpctarget"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/httptarget"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
)

// A target is what is loaded.
type target interface {
	load.Target
	// Prepare asks of the service what calls depend on.
	Prepare(ctx context.Context) error
	Close()
}

// overHTTP needs nothing of the service.
type overHTTP struct{ *httptarget.Target }

func (overHTTP) Prepare(context.Context) error { return nil }

// open returns the target of the policy, whose URL is u. It does not call it yet.
func (o Options) open(ctx context.Context, p *policy.Policy, u *url.URL) (target, error) {
	body, err := body(p)
	if err != nil {
		return nil, err
	}
	ca, err := o.ca(p)
	if err != nil {
		return nil, err
	}
	hosts := append(append([]string(nil), p.Hosts...), o.Hosts...)
	header := make(http.Header)
	for key, value := range p.Target.Headers {
		header.Set(key, value)
	}
	timeout := time.Duration(p.Timeout)
	if isGRPC(u) {
		return o.openGRPC(ctx, p, u, grpctarget.Options{
			Request: body, CA: ca, Hosts: hosts, Timeout: timeout, Connections: p.Target.Connections,
		})
	}
	if p.Target.Connections > 0 {
		return nil, errors.New("target: connections is of gRPC: over HTTP there are as many as calls at the same time")
	}
	t, err := httptarget.New(ctx, httptarget.Options{
		URL: u.String(), Method: p.Target.Method, Header: header, Body: body, Status: p.Target.Status, Protocol: httptarget.Protocol(p.Target.HTTP),
		CA: ca, Insecure: o.Insecure || p.Target.Insecure, Hosts: hosts, Connections: p.Plan().InFlight(), Timeout: timeout,
	})
	if err != nil {
		return nil, err
	}
	return overHTTP{t}, nil
}

func isGRPC(u *url.URL) bool { return u.Scheme == "grpc" || u.Scheme == "grpcs" }

func (o Options) openGRPC(ctx context.Context, p *policy.Policy, u *url.URL, g grpctarget.Options) (target, error) {
	if p.Target.Method != "" || p.Target.HTTP != "" {
		return nil, errors.New("target: method and http are of HTTP: the method of a gRPC service is in its URL, grpc://127.0.0.1:9090/package.Service/Method")
	}
	g.Address, g.Method, g.TLS = u.Host, strings.TrimPrefix(u.Path, "/"), u.Scheme == "grpcs"
	g.Insecure = o.Insecure || p.Target.Insecure
	g.Metadata = make(map[string][]string)
	for key, value := range p.Target.Headers {
		g.Metadata[strings.ToLower(key)] = []string{value}
	}
	for _, s := range p.Target.Status {
		g.Status = append(g.Status, codes.Code(s))
	}
	return grpctarget.New(ctx, g)
}

// body returns what each request carries.
func body(p *policy.Policy) ([]byte, error) {
	if p.Target.BodyFile == "" {
		return []byte(p.Target.Body), nil
	}
	data, err := os.ReadFile(p.Path(p.Target.BodyFile))
	if err != nil {
		return nil, fmt.Errorf("reading the body of requests: %w", err)
	}
	return data, nil
}

// ca returns the certificates to trust, or nil.
func (o Options) ca(p *policy.Policy) ([]byte, error) {
	file := p.Path(p.Target.CA)
	if o.CA != "" {
		file = o.CA
	}
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates to trust: %w", err)
	}
	return data, nil
}

// url returns what is called.
func (o Options) url(p *policy.Policy) (*url.URL, error) {
	text := p.Target.URL
	if o.URL != "" {
		text = o.URL
	}
	if text == "" {
		return nil, errors.New("nothing says what to call: name a URL, or write target: {url: …} in the policy")
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading the target's URL: %w", err)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("the target %q is no URL such as http://127.0.0.1:8080/path or grpc://127.0.0.1:9090/package.Service/Method; a command stands behind --", text)
	}
	return u, nil
}
