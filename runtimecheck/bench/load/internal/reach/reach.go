// Package reach keeps a load generator from calling machines that nobody has allowed it
// to call: without a word from its user it reaches this machine alone.
package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A Forbidden is the error of a host that may not be called.
type Forbidden struct {
	Host    string
	Address string // that it has; empty if it is the host
}

func (f *Forbidden) Error() string {
	name := f.Host
	if f.Address != "" && f.Address != f.Host {
		name += " (" + f.Address + ")"
	}
	return fmt.Sprintf("%s is not this machine, and load that nobody there expects is an attack: if the service is yours, and whoever runs it knows, allow it with --allow-host %s, or with hosts: in the policy", name, f.Host)
}

// Permit says which hosts may be called besides this machine, by the names that the
// target is called by.
type Permit []string

func (p Permit) allows(host string) bool {
	return slices.ContainsFunc(p, func(h string) bool { return strings.EqualFold(h, host) })
}

// Check finds fault with a host that may not be called, or that has no address.
func (p Permit) Check(ctx context.Context, host string) error {
	if p.allows(host) {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return loopback(host, ip)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return fmt.Errorf("looking up the target's host: %w", err)
	}
	for _, ip := range ips {
		if err := loopback(host, ip); err != nil {
			return err
		}
	}
	return nil
}

// Dialer returns what connects to a host, and to nothing that it may not: a name can get
// another address while the load runs.
func (p Permit) Dialer(host string, timeout time.Duration) *net.Dialer {
	d := &net.Dialer{Timeout: timeout}
	if p.allows(host) {
		return d
	}
	d.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("reading the address that %s has: %w", host, err)
		}
		return loopback(host, at.Addr())
	}
	return d
}

func loopback(host string, ip netip.Addr) error {
	if ip.Unmap().IsLoopback() {
		return nil
	}
	return &Forbidden{Host: host, Address: ip.String()}
}
