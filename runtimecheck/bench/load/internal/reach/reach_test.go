package reach

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		host   string
		permit Permit
		ok     bool
	}{
		{"127.0.0.1", nil, true},
		{"127.8.9.1", nil, true},
		{"::1", nil, true},
		{"::ffff:127.0.0.1", nil, true},
		{"localhost", nil, true},
		{"192.0.2.7", nil, false},
		{"0.0.0.0", nil, false},
		{"2001:db8::1", nil, false},
		{"192.0.2.7", Permit{"192.0.2.7"}, true},
		{"192.0.2.7", Permit{"192.0.2.8"}, false},
		{"staging.example.com", Permit{"Staging.Example.com"}, true},
	}
	for _, tt := range tests {
		err := tt.permit.Check(t.Context(), tt.host)
		if _, forbidden := errors.AsType[*Forbidden](err); forbidden == tt.ok || tt.ok != (err == nil) {
			t.Errorf("%s with %v: %v", tt.host, tt.permit, err)
		}
		if err != nil && !strings.Contains(err.Error(), "--allow-host "+tt.host) {
			t.Errorf("%v does not say what to do", err)
		}
	}
}

// Whatever a name was when it was looked up: what counts is what is connected to.
func TestDialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	c, err := Permit(nil).Dialer("localhost", time.Second).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	_, err = Permit(nil).Dialer("localhost", time.Second).DialContext(t.Context(), "tcp", "192.0.2.7:80")
	if _, ok := errors.AsType[*Forbidden](err); !ok {
		t.Errorf("%v", err)
	}
	if d := (Permit{"remote"}).Dialer("remote", time.Second); d.Control != nil {
		t.Error("a host that is allowed is looked at")
	}
}
