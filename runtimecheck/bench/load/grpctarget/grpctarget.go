package grpctarget

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/internal/reach"
)

// Options say what is called, and how.
type Options struct {
	Address  string // "127.0.0.1:9090"
	Method   string // "package.Service/Method"
	Request  []byte // in JSON; empty: {}
	Metadata map[string][]string
	Status   []codes.Code // that count as answered; empty: OK

	TLS      bool
	CA       []byte // certificates, in PEM, that are trusted instead of the system's
	Insecure bool   // trust any certificate

	Hosts       []string      // that may be called besides this machine
	Connections int           // that calls take turns on; 0: one
	Timeout     time.Duration // of making a connection, and of reflection; 0: load.DefaultTimeout
}

// A Target calls a method.
type Target struct {
	conns   []*grpc.ClientConn
	next    atomic.Uint64
	service string
	name    string // of the method
	method  string // "/package.Service/Method"
	json    []byte // the request
	request []byte // as it is sent
	timeout time.Duration
	header  metadata.MD
	status  []codes.Code
}

// New returns the target of the options. It connects to nothing yet, see [Target.Prepare];
// the context is for looking up the host's name.
func New(ctx context.Context, o Options) (*Target, error) {
	service, name, ok := strings.Cut(o.Method, "/")
	if !ok || service == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("the method is %q, and must be written as package.Service/Method", o.Method)
	}
	if o.Timeout == 0 {
		o.Timeout = load.DefaultTimeout
	}
	host, _, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, fmt.Errorf("reading the target's address: %w", err)
	}
	if err := reach.Permit(o.Hosts).Check(ctx, host); err != nil {
		return nil, err
	}
	t := &Target{
		service: service, name: name, method: "/" + o.Method, json: o.Request,
		header: metadata.MD(o.Metadata), status: o.Status, timeout: o.Timeout,
	}
	for range max(o.Connections, 1) {
		c, err := o.connect(host)
		if err != nil {
			t.Close()
			return nil, err
		}
		t.conns = append(t.conns, c)
	}
	return t, nil
}

// Prepare connects to the service, asks it what the method takes, and encodes the request.
// It comes before the first call of [Target.Do].
func (t *Target) Prepare(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(ctx, t.header), t.timeout)
	defer cancel()
	t.request, err = encode(ctx, t.conns[0], t.service, t.name, t.json)
	return err
}

// connect returns a connection, which is made when it is first used.
func (o Options) connect(host string) (*grpc.ClientConn, error) {
	creds, err := o.credentials()
	if err != nil {
		return nil, err
	}
	dialer := reach.Permit(o.Hosts).Dialer(host, o.Timeout)
	// A service that comes back is to be called soon after: what gRPC waits by default
	// grows to two minutes.
	again := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}
	c, err := grpc.NewClient("passthrough:///"+o.Address,
		grpc.WithTransportCredentials(creds),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address)
		}),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: o.Timeout}),
		grpc.WithNoProxy(), grpc.WithDisableRetry(), grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(math.MaxInt32)))
	if err != nil {
		return nil, fmt.Errorf("connecting to the target: %w", err)
	}
	return c, nil
}

func (o Options) credentials() (credentials.TransportCredentials, error) {
	if !o.TLS {
		return insecure.NewCredentials(), nil
	}
	config := &tls.Config{InsecureSkipVerify: o.Insecure}
	if o.CA != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, errors.New("the CA file holds no certificate in PEM")
		}
	}
	return credentials.NewTLS(config), nil
}

// Do makes a call.
func (t *Target) Do(ctx context.Context) error {
	if len(t.header) > 0 {
		ctx = metadata.NewOutgoingContext(ctx, t.header)
	}
	c := t.conns[t.next.Add(1)%uint64(len(t.conns))]
	var answer ignored
	err := c.Invoke(ctx, t.method, encoded(t.request), &answer, grpc.ForceCodec(passing{}))
	code := status.Code(err)
	if err == nil && len(t.status) == 0 || slices.Contains(t.status, code) {
		return nil
	}
	if err == nil {
		err = errors.New("it answered OK")
	}
	return &load.Error{Kind: kind(code, err), Err: fmt.Errorf("calling the target: %w", err)}
}

// kind tells errors of the connection from answers. gRPC passes the former on as text.
func kind(code codes.Code, err error) load.Kind {
	switch {
	case code == codes.DeadlineExceeded:
		return load.Timeout
	case code != codes.Unavailable:
		return load.Status
	}
	for _, of := range []struct {
		text string
		kind load.Kind
	}{
		{"connection refused", load.Refused},
		{"connection reset", load.Reset},
		{"broken pipe", load.Reset},
		{"EOF", load.Closed},
		{"is closing", load.Closed},
		{"closed the connection", load.Closed},
		{"too many open files", load.Exhausted},
		{"cannot assign requested address", load.Exhausted},
	} {
		if strings.Contains(err.Error(), of.text) {
			return of.kind
		}
	}
	return load.Status
}

// Close closes the connections.
func (t *Target) Close() {
	for _, c := range t.conns {
		_ = c.Close() // nobody calls any more
	}
}

// encoded is a message that has been encoded, and ignored one that nobody reads.
type (
	encoded []byte
	ignored struct{}
)

// passing is a codec that passes encoded messages on.
type passing struct{}

func (passing) Marshal(v any) ([]byte, error) {
	data, ok := v.(encoded)
	if !ok {
		return nil, fmt.Errorf("a message of type %T is not encoded", v)
	}
	return data, nil
}

func (passing) Unmarshal([]byte, any) error { return nil }

// Name is the content subtype that the service sees.
func (passing) Name() string { return "proto" }
