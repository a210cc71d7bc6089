package claims

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

func tlsClaims() []Claim {
	return []Claim{{
		ID:        "tls.alpn",
		Technique: "a short list of protocols (ALPN)",
		Says:      "a handshake rises from 21 to 49 µs from 1 to 5 entries",
		Holds:     []Condition{more("5 protocols", "1 protocol", "ns/op", 49.0/21)},
		Why:       "each entry is some bytes in one message, and a comparison of strings",
		Do:        "offer what you speak; the length of the list is not where a handshake spends its time",
		bench:     benchALPN,
	}, {
		ID:        "tls.resumption",
		Technique: "resumption of sessions",
		Says:      "a resumed handshake costs less; no figure is claimed",
		Holds:     []Condition{less("resumed", "full", "ns/op")},
		Why:       "a full handshake signs, and verifies a chain of certificates; a resumed one does neither, and TLS 1.3 still agrees on a new key",
		Do:        "give clients a tls.Config with a ClientSessionCache, and share it: one made per request resumes nothing (lagvet's rule initperreq); best of all keep connections",
		bench:     benchResumption,
	}}
}

func benchALPN(ctx context.Context, r *run) error {
	host, err := newTLSHost()
	if err != nil {
		return err
	}
	r.note("TLS 1.3, ECDSA P-256, both ends in this process, over a pipe in memory")
	protocols := []string{"h2", "http/1.1", "mqtt", "imap", "xmpp-client"}
	return r.interleave(ctx,
		host.arm("1 protocol", protocols[:1], false),
		host.arm("3 protocols", protocols[:3], false),
		host.arm("5 protocols", protocols, false))
}

func benchResumption(ctx context.Context, r *run) error {
	host, err := newTLSHost()
	if err != nil {
		return err
	}
	r.note("TLS 1.3, ECDSA P-256, both ends in this process, over a pipe in memory")
	return r.interleave(ctx, host.arm("full", nil, false), host.arm("resumed", nil, true))
}

// A tlsHost is the configuration of both ends.
type tlsHost struct{ server, client tls.Config }

const tlsName = "bench.test"

// newTLSHost makes a certificate that the client trusts.
func newTLSHost() (*tlsHost, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: tlsName}, DNSNames: []string{tlsName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tlsHost{
		server: tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}}, MinVersion: tls.VersionTLS13},
		client: tls.Config{RootCAs: roots, ServerName: tlsName, MinVersion: tls.VersionTLS13},
	}, nil
}

// arm shakes hands again and again, and makes sure that sessions are resumed if, and
// only if, they should be.
func (h *tlsHost) arm(name string, protocols []string, resumed bool) arm {
	server, client := h.server.Clone(), h.client.Clone()
	server.NextProtos, client.NextProtos = protocols, protocols
	if resumed {
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	first := true
	return arm{name, func(ctx context.Context, d time.Duration) (sample, error) {
		var fault error
		ops, cost := repeat(ctx, d, func(n int) {
			for range n {
				did, err := shake(server, client)
				if err == nil && did != resumed && !first {
					err = fmt.Errorf("a session was resumed: %v", did)
				}
				first = false
				fault = errors.Join(fault, err)
			}
		})
		return sample{ops, []reading{{"ns/op", cost}}}, fault
	}}
}

// shake does one handshake, and reads a byte after it: tickets come behind it.
func shake(server, client *tls.Config) (resumed bool, err error) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	served := make(chan error, 1)
	go func() {
		_, err := tls.Server(a, server).Write([]byte{1})
		if err != nil {
			a.Close() // the client would wait
		}
		served <- err
	}()
	c := tls.Client(b, client)
	_, err = c.Read(make([]byte, 1))
	if err != nil {
		b.Close()
	}
	if err = errors.Join(err, <-served); err != nil {
		return false, fmt.Errorf("a handshake failed: %w", err)
	}
	return c.ConnectionState().DidResume, nil
}
