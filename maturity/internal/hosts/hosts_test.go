package hosts_test

import (
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/hosts"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"risk", "risk", true},
		{"risk", "Risk:8080", true},
		{"http://risk:8080/v1", "risk.prod.svc.cluster.local", true},
		{"https://user:pw@risk.prod.svc:8080", "risk.prod.svc.cluster.local.", true},
		{"risk.prod", "risk.prod.svc.cluster.local", true},
		{"risk.prod", "risk.test.svc.cluster.local", false},
		{"risk.prod", "risk", true},
		{"risk", "score", false},
		{"risk", "risk.acme.io", false},
		{"api.acme.io", "api.acme.io:443", true},
		{"acme.io", "acme.com", false},
		{"*.acme.io", "api.acme.io", true},
		{"*.acme.io", "acme.io", false},
		{"*", "api.acme.io", true},
		{"*.local", "risk", true},
		{"*.local", "api.acme.io", false},
		{"*.prod.svc.cluster.local", "risk.prod.svc", true},
		{"*.prod.svc.cluster.local", "risk.test.svc", false},
		{"[::1]:80", "::1", true},
		{"", "", false},
		{"", "*", false},
	} {
		if got := hosts.Same(c.a, c.b); got != c.want {
			t.Errorf("%q and %q are the same: %t", c.a, c.b, got)
		}
		if got := hosts.Same(c.b, c.a); got != c.want {
			t.Errorf("%q and %q are the same: %t", c.b, c.a, got)
		}
	}
}
