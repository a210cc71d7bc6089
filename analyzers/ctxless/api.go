package ctxless

import (
	"go/ast"
	"go/types"
	"go/version"

	"honnef.co/go/tools/analysis/code"

	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
)

// A work is what a primitive has the goroutine wait for.
type work string

const (
	request work = "server"
	dial    work = "network"
	lookup  work = "name server"
	query   work = "database"
	process work = "process"
	library work = "dependency"
)

// A rewrite is how a call is turned into the form that takes a context.
type rewrite int

const (
	byHand      rewrite = iota // the form is of another shape
	rename                     // f(a) → form(ctx, a)
	beginTx                    // db.Begin() → db.BeginTx(ctx, nil)
	viaDialer                  // net.Dial(n, a) → (&net.Dialer{}).DialContext(ctx, n, a)
	viaTimeout                 // net.DialTimeout(n, a, t) → (&net.Dialer{Timeout: t}).DialContext(ctx, n, a)
	viaResolver                // net.LookupHost(h) → net.DefaultResolver.LookupHost(ctx, h)
	viaLookupIP                // net.LookupIP(h) → net.DefaultResolver.LookupIP(ctx, "ip", h)
)

// An api is a function that starts outbound I/O without a context and has a
// form that takes one.
type api struct {
	name    string // as readers know it: "http.Get"
	work    work
	form    string // the form that takes a context
	since   string // the first Go version that has form, as GOROOT/api says
	earlier string // the advice before since; empty: there is none, say nothing
	rewrite rewrite
	carrier *outgoing.Kind // set if it only makes what is sent or run later
	address int            // 1 + the index of the argument that says where to, 0 if none does
	network int            // the same for the network
	unsure  bool           // whether it waits is not known: said where it stands, not of its callers
}

const (
	sendForm    = "http.NewRequestWithContext and Client.Do"
	withContext = "http.NewRequest, Request.WithContext and Client.Do"
)

// apis are the functions of the standard library, by full name. net/smtp,
// net/rpc and net.Resolve* are missing because they have no form that takes a
// context; net.DialUDP and net.LookupPort because they wait for nobody.
var apis = func() map[string]*api {
	m := map[string]*api{
		"net/http.NewRequest": {name: "http.NewRequest", work: request, form: "http.NewRequestWithContext", since: "go1.13",
			earlier: "Request.WithContext", rewrite: rename, carrier: outgoing.Requests, address: 2},

		"net.Dial":                  {name: "net.Dial", work: dial, form: "net.Dialer.DialContext", since: "go1.7", rewrite: viaDialer, network: 1, address: 2},
		"net.DialTimeout":           {name: "net.DialTimeout", work: dial, form: "net.Dialer.DialContext", since: "go1.7", rewrite: viaTimeout, network: 1, address: 2},
		"net.DialTCP":               {name: "net.DialTCP", work: dial, form: "net.Dialer.DialContext", since: "go1.7"},
		"(*net.Dialer).Dial":        {name: "(*net.Dialer).Dial", work: dial, form: "DialContext", since: "go1.7", rewrite: rename, network: 1, address: 2},
		"crypto/tls.Dial":           {name: "tls.Dial", work: dial, form: "tls.Dialer.DialContext", since: "go1.15", network: 1, address: 2},
		"os/exec.Command":           {name: "exec.Command", work: process, form: "exec.CommandContext", since: "go1.7", rewrite: rename, carrier: outgoing.Commands},
		"net.LookupIP":              {name: "net.LookupIP", work: lookup, form: "net.Resolver.LookupIP", since: "go1.15", earlier: "net.Resolver.LookupIPAddr", rewrite: viaLookupIP, address: 1},
		"(*crypto/tls.Dialer).Dial": {name: "(*tls.Dialer).Dial", work: dial, form: "DialContext", since: "go1.15", rewrite: rename, network: 1, address: 2},
		"crypto/tls.DialWithDialer": {name: "tls.DialWithDialer", work: dial, form: "tls.Dialer.DialContext", since: "go1.15", network: 2, address: 3},

		"(*database/sql.DB).Begin": {name: "(*sql.DB).Begin", work: query, form: "BeginTx", since: "go1.8", rewrite: beginTx},
		"(*database/sql.DB).Ping":  {name: "(*sql.DB).Ping", work: query, form: "PingContext", since: "go1.8", rewrite: rename},
	}
	for _, f := range []string{"Get", "Head", "Post", "PostForm"} {
		for key, name := range map[string]string{"net/http." + f: "http." + f, "(*net/http.Client)." + f: "(*http.Client)." + f} {
			m[key] = &api{name: name, work: request, form: sendForm, since: "go1.13", earlier: withContext, address: 1}
		}
	}
	for _, f := range []string{"LookupAddr", "LookupCNAME", "LookupHost", "LookupMX", "LookupNS", "LookupSRV", "LookupTXT"} {
		m["net."+f] = &api{name: "net." + f, work: lookup, form: "net.Resolver." + f, since: "go1.8", rewrite: viaResolver, address: 1}
	}
	for recv, methods := range map[string][]string{
		"DB":   {"Query", "QueryRow", "Exec", "Prepare"},
		"Tx":   {"Query", "QueryRow", "Exec", "Prepare"},
		"Stmt": {"Query", "QueryRow", "Exec"},
	} {
		for _, f := range methods {
			m["(*database/sql."+recv+")."+f] = &api{name: "(*sql." + recv + ")." + f, work: query, form: f + "Context", since: "go1.8", rewrite: rename}
		}
	}
	return m
}()

// waits is the last link of a chain: what waits, and for what.
func (a *api) waits(what string) string { return what + " waits for the " + string(a.work) }

// apiOf returns the api that fn, run by call, is on the Go version of the
// module, or nil.
func (c *checker) apiOf(call *ast.CallExpr, fn *types.Func) *api {
	a := apis[fn.FullName()]
	if a == nil {
		if a = c.queries(call, fn); a == nil {
			a = c.twin(fn)
		}
		return a
	}
	have := code.StdlibVersion(c.pass.Pass, call)
	if have == "" || version.Compare(have, a.since) >= 0 {
		return a
	}
	if a.earlier == "" {
		return nil
	}
	old := *a
	old.form, old.rewrite = a.earlier, byHand
	return &old
}
