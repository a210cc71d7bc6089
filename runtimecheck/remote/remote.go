package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/internal/inspect"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Options say what to inspect, and how far to trust it.
type Options struct {
	// URL is where the service serves net/http/pprof: "http://host:6060/debug/pprof".
	// User and password in it are sent, and not shown.
	URL string
	// MetricsURL is where it serves metrics, if not at /metrics beside /debug/pprof.
	MetricsURL string
	// PID is the process of the service if it runs on this machine, or 0.
	PID int

	// Timeout bounds each answer; 0 is 5 s.
	Timeout time.Duration
	// MaxBytes bounds each answer, compressed or not; 0 is 32 MiB.
	MaxBytes int64
	// Snapshots is how far apart two snapshots of all goroutines are on the first look;
	// later looks take one and compare it with the one before. Each stops the world of
	// the service for a moment, and the search for leaks makes it collect; 0 takes none.
	Snapshots time.Duration

	// Transport sends the requests, if the service wants more than the default: a
	// certificate of the client, a header.
	Transport http.RoundTripper
}

const (
	defaultTimeout  = 5 * time.Second
	defaultMaxBytes = 32 << 20
)

// Open inspects a service. The error says what is wrong with the options, or that the
// URL and the PID are of different processes; that a service does not answer is said by
// the checks of a look.
func Open(o Options, p *posture.Profile) (*runtimecheck.Inspector, error) {
	c, err := o.client()
	if err != nil {
		return nil, err
	}
	t := &target.Target{System: system.Elsewhere(), Kind: target.Endpoint, Window: o.Snapshots}
	if o.PID != 0 {
		t.System, t.Kind, t.PID = system.Here(), target.Process, o.PID
	}
	m := &pageOfMetrics{client: c}
	t.Metrics = m
	t.Pprof = c.pprof
	if o.Snapshots > 0 {
		t.Goroutines = func(ctx context.Context) ([]target.Site, error) { return c.sites(ctx, "goroutine") }
		t.Leaked = func(ctx context.Context) ([]target.Site, error) { return c.sites(ctx, "goroutineleak") }
	}
	i, err := inspect.New(t, posture.Subject{URL: c.base.Redacted()}, p)
	if err != nil || o.PID == 0 {
		return i, err
	}
	if err := sameProcess(t, c, m); err != nil {
		return nil, err
	}
	return i, nil
}

func (o Options) client() (*client, error) {
	base, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	switch base.Path = strings.TrimSuffix(base.Path, "/"); {
	case base.Path == "":
		base.Path = "/debug/pprof"
	}
	metrics := *base
	metrics.Path = path.Join("/", strings.TrimSuffix(base.Path, "/debug/pprof"), "metrics")
	if !strings.HasSuffix(base.Path, "/debug/pprof") {
		metrics.Path = path.Join(path.Dir(base.Path), "metrics")
	}
	if o.MetricsURL != "" {
		m, err := parseURL(o.MetricsURL)
		if err != nil {
			return nil, err
		}
		metrics = *m
	}
	if o.Timeout < 0 || o.MaxBytes < 0 || o.Snapshots < 0 {
		return nil, errors.New("a bound of time or size is negative")
	}
	c := &client{base: base, metrics: &metrics, timeout: o.Timeout, most: o.MaxBytes}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	if c.most == 0 {
		c.most = defaultMaxBytes
	}
	transport := o.Transport
	if transport == nil {
		transport = bareTransport()
	}
	c.http = &http.Client{Transport: transport, CheckRedirect: sameHost}
	return c, nil
}

func parseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("the URL cannot be understood: give one such as http://host:6060/debug/pprof")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%q is no URL of a service: give one such as http://host:6060/debug/pprof", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the URL has a query or a fragment: name the place where /debug/pprof is served, alone")
	}
	return u, nil
}
