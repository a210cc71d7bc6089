package budgets

import (
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/hosts"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// An Endpoint is what the code of a service gives a request that comes in.
type Endpoint struct {
	Name    string        // for people: "GET /orders", "orders.v1.Orders/Get"
	Service string        // by which others ask for it; "" if that is not known
	Path    string        // that routes match: "/orders"; "" for any
	Limit   time.Duration // the shortest that bounds the whole answer; 0 for none
	At      verdict.Place // where it gets it; the handler for none
	Calls   []Call

	Programs []string // that answer it, by their names, such as orders for cmd/orders
	By       string   // what bounds the answer: "WriteTimeout"
	Unknown  bool     // something bounds it, or may, and no constant says after what time
	// Sequence is what the calls may take, as far as they are bounded, that are made one
	// after another on the longest way; 0 if there are none.
	Sequence time.Duration
	// Unfollowed counts the calls of interfaces that were not followed, having no
	// implementation that is seen, or many.
	Unfollowed int
}

// A Call is one that an endpoint makes of another service.
type Call struct {
	Host     string        // that it asks; "" if that is not known
	Path     string        // "" if that is not known
	Limit    time.Duration // of one attempt; 0 for none
	Attempts int           // how often it is tried at most; 0 is 1
	At       verdict.Place

	Kind  string        // "http", "grpc", "sql"
	By    string        // the function that asks
	From  string        // the setting that says where, if the host is not known: "$STOCK_URL"
	RPC   string        // the full name of the remote method
	Whole time.Duration // of all attempts together; 0 for none
	// Unknown is set if there may be a limit and no constant says which; Manifold if it is
	// tried again, and no constant says how often.
	Unknown, Manifold bool
	Each              bool            // it is made for each of several things
	Aside             bool            // nobody waits for it
	LimitAt           verdict.Place   // where the limit is set; the call if nowhere
	LimitBy           string          // by what: "http.Client.Timeout"
	RetryAt           verdict.Place   // the loop, or the call of a library
	Chain             []verdict.Place // of calls, from the handler on
}

// attempts is how often the call is made, at least once.
func (c Call) attempts() int { return max(c.Attempts, 1) }

// all is what the call may take, its attempts together; 0 if that is not known.
func (c Call) all() time.Duration {
	d := c.Limit * time.Duration(c.attempts())
	if c.Manifold {
		d = 0
	}
	if c.Whole > 0 && (d == 0 || c.Whole < d) {
		return c.Whole
	}
	return d
}

// to names what is asked, for people.
func (c Call) to() string {
	switch by := c.By[strings.LastIndexByte(c.By, '/')+1:]; {
	case c.RPC != "":
		return c.RPC
	case c.Host != "":
		return c.Host + c.Path
	case c.From != "":
		return c.From
	case by != "":
		if strings.HasPrefix(c.By, "(*") {
			by = "(*" + strings.TrimPrefix(by, "(*")
		} else if strings.HasPrefix(c.By, "(") {
			by = "(" + strings.TrimPrefix(by, "(")
		}
		return "? by " + by
	}
	return "?"
}

// A Layer is what a route belongs to.
type Layer string

// The layers that requests come through, from outside.
const (
	Ingress Layer = "ingress"
	Mesh    Layer = "mesh"
)

// A Timeout is what a route says of the time that an answer may take.
type Timeout struct {
	Limit   time.Duration `json:"limit,omitempty"`
	Default bool          `json:"default,omitempty"` // nobody set it
	Off     bool          `json:"off,omitempty"`     // somebody turned it off
	// Between is set where Limit bounds the time between two reads and not the whole.
	Between bool `json:"between,omitempty"`
	// Unknown is set if there is a limit, or may be one, and nobody can tell which.
	Unknown bool `json:"unknown,omitempty"`
}

// Set reports whether there is a limit.
func (t Timeout) Set() bool { return t.Limit > 0 && !t.Off }

func (t Timeout) String() string {
	switch {
	case t.Off:
		return "off"
	case t.Unknown && t.Limit <= 0:
		return "?"
	case t.Limit <= 0:
		return "none"
	}
	s := t.Limit.String()
	if t.Between {
		s += " between reads"
	}
	if t.Default {
		s += " by default"
	}
	return s
}

// A Route is what the manifests say of requests to a service.
type Route struct {
	Layer    Layer
	Kind     string   // of the object: "VirtualService"
	Name     string   // of the object
	Hosts    []string // by which clients ask for it
	Service  string   // to which it leads
	Path     string   // that requests begin with; "" for all
	Timeout  Timeout
	PerTry   time.Duration // of one attempt; 0 for none
	Attempts int           // how often the route tries at most, the first included; 0 if it does not say
	Implied  bool          // Attempts is what the mesh or ingress does by default
	At       verdict.Place
}

// leads reports whether requests for host come this way.
func (r Route) leads(host, path string) bool {
	if host == "" || r.Path != "" && path != "" && !below(path, r.Path) {
		return false
	}
	return hosts.Same(r.Service, host) || slices.ContainsFunc(r.Hosts, func(h string) bool { return h != "*" && hosts.Same(h, host) })
}

// Leads reports whether requests for a host may come this way, whatever their path.
func (r Route) Leads(host string) bool { return r.leads(host, "") }

// below reports whether path begins with the elements of prefix.
func below(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
