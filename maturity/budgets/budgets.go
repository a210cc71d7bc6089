package budgets

import (
	"cmp"
	"fmt"
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
}

// A Call is one that an endpoint makes of another service.
type Call struct {
	Host     string        // that it asks; "" if that is not known
	Path     string        // "" if that is not known
	Limit    time.Duration // of one attempt; 0 for none
	Attempts int           // how often it is tried at most; 0 is 1
	At       verdict.Place
}

// attempts is how often the call is made, at least once.
func (c Call) attempts() int { return max(c.Attempts, 1) }

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
}

// Set reports whether there is a limit.
func (t Timeout) Set() bool { return t.Limit > 0 && !t.Off }

func (t Timeout) String() string {
	switch {
	case t.Off:
		return "off"
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

// below reports whether path begins with the elements of prefix.
func below(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// A State is what a row of the table comes to.
type State string

// The states of a row.
const (
	Fits      State = "fits"      // who is outside waits at least as long
	Cut       State = "cut"       // who is outside has less time than who is inside
	Unreached State = "unreached" // the route ends a call before its client does
	Unbounded State = "none"      // nothing bounds it
	Unknown   State = "unknown"   // only one side is known
)

// States returns all states, the worst first.
func States() []State { return []State{Cut, Unbounded, Unreached, Unknown, Fits} }

// A Cell is a budget and its place. The zero Cell is one that was not found.
type Cell struct {
	Timeout
	At *verdict.Place `json:"at,omitempty"`
}

func (c Cell) String() string {
	if c.At == nil {
		return "–"
	}
	return c.Timeout.String()
}

// A Row is an endpoint, or a call that it makes.
type Row struct {
	Endpoint string `json:"endpoint"`
	Service  string `json:"service,omitempty"`
	Call     string `json:"call,omitempty"` // the host that is asked; "" in the row of the endpoint itself
	Code     Cell   `json:"code"`           // what the code gives it
	Ingress  Cell   `json:"ingress"`
	Mesh     Cell   `json:"mesh"`
	Callee   Cell   `json:"callee"` // what the service that is asked gives itself
	State    State  `json:"state"`
	Reason   string `json:"reason"`
}

// A Table holds the budgets of code against those of manifests.
type Table struct {
	Rows []Row `json:"rows"`
}

// Hold makes the table of these endpoints and routes, sorted by endpoint; calls are
// below their endpoint, in their order.
func Hold(endpoints []Endpoint, routes []Route) *Table {
	sorted := slices.Clone(endpoints)
	slices.SortStableFunc(sorted, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name), cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
	h := &holder{sorted, routes}
	t := &Table{Rows: []Row{}}
	for _, e := range sorted {
		t.Rows = append(t.Rows, h.endpoint(e))
		for _, c := range e.Calls {
			t.Rows = append(t.Rows, h.call(e, c))
		}
	}
	return t
}

// Count returns how many rows come to s.
func (t *Table) Count(s State) int {
	n := 0
	for _, r := range t.Rows {
		if r.State == s {
			n++
		}
	}
	return n
}

type holder struct {
	endpoints []Endpoint
	routes    []Route
}

// route returns the route of a layer to a host that leaves least time, and whether there
// is one. One without a timeout leaves most.
func (h *holder) route(layer Layer, host, path string) (best Route, ok bool) {
	for _, r := range h.routes {
		if r.Layer != layer || !r.leads(host, path) {
			continue
		}
		if !ok || r.Timeout.Set() && (!best.Timeout.Set() || r.Timeout.Limit < best.Timeout.Limit) {
			best, ok = r, true
		}
	}
	return best, ok
}

func (h *holder) cell(layer Layer, host, path string) Cell {
	r, ok := h.route(layer, host, path)
	if !ok {
		return Cell{}
	}
	return Cell{r.Timeout, &r.At}
}

func codeCell(limit time.Duration, at verdict.Place) Cell {
	return Cell{Timeout{Limit: limit}, &at}
}

// A budget is a cell with its name in a sentence.
type budget struct {
	what string
	Cell
}

// endpoint holds what an endpoint gives itself against what is around it.
func (h *holder) endpoint(e Endpoint) Row {
	r := Row{
		Endpoint: e.Name,
		Service:  e.Service,
		Code:     codeCell(e.Limit, e.At),
		Ingress:  h.cell(Ingress, e.Service, e.Path),
		Mesh:     h.cell(Mesh, e.Service, e.Path),
	}
	r.State, r.Reason = nested(budget{"the ingress", r.Ingress}, budget{"the mesh's route", r.Mesh}, budget{"the handler", r.Code})
	return r
}

// call holds what a call may take against the endpoint, and what is asked against it.
func (h *holder) call(e Endpoint, c Call) Row {
	r := Row{
		Endpoint: e.Name,
		Service:  e.Service,
		Call:     cmp.Or(c.Host, "?"),
		Code:     codeCell(c.Limit, c.At),
		Mesh:     h.cell(Mesh, c.Host, c.Path),
		Callee:   h.callee(c),
	}
	all := c.Limit * time.Duration(c.attempts())
	switch {
	case e.Limit > 0 && all > e.Limit:
		r.State = Cut
		r.Reason = fmt.Sprintf("the endpoint has %v for a call that may take %v", e.Limit, all)
		if c.attempts() > 1 {
			r.Reason += fmt.Sprintf(", %d times %v", c.attempts(), c.Limit)
		}
		return r
	case c.Limit > 0 && r.Mesh.Set() && c.Limit > r.Mesh.Limit:
		r.State = Unreached
		r.Reason = fmt.Sprintf("the mesh's route ends the call after %v, and so the client's timeout of %v is never reached", r.Mesh.Limit, c.Limit)
		if state, why := nested(budget{"the mesh's route", r.Mesh}, budget{"the service that is asked", r.Callee}); state == Cut {
			r.State, r.Reason = state, why
		}
		return r
	}
	r.State, r.Reason = nested(budget{"the endpoint", codeCell(e.Limit, e.At)}, budget{"the client", r.Code}, budget{"the mesh's route", r.Mesh}, budget{"the service that is asked", r.Callee})
	if r.State == Unknown && c.Limit > 0 {
		r.State, r.Reason = Fits, fmt.Sprintf("the client ends the call after %v", c.Limit)
	}
	return r
}

// callee returns the longest budget of the endpoints that a call may ask.
func (h *holder) callee(c Call) Cell {
	var best Cell
	for _, e := range h.endpoints {
		if c.Host == "" || !hosts.Same(e.Service, c.Host) || c.Path != "" && e.Path != "" && c.Path != e.Path {
			continue
		}
		if best.At == nil || e.Limit > best.Limit {
			best = codeCell(e.Limit, e.At)
		}
	}
	return best
}

// nested holds budgets against each other, the outermost first. Those that bound only
// the time between reads cut an answer that is silent for so long, as others do.
func nested(all ...budget) (State, string) {
	set := slices.DeleteFunc(slices.Clone(all), func(b budget) bool { return !b.Set() })
	for i, inner := range set {
		for _, outer := range set[:i] {
			if outer.Limit < inner.Limit {
				return Cut, fmt.Sprintf("%s waits %v for %s, which may take %v", outer.what, outer.Limit, inner.what, inner.Limit)
			}
		}
	}
	switch len(set) {
	case 0:
		return Unbounded, "nothing bounds it: neither the code nor a route sets a timeout"
	case 1:
		return Unknown, fmt.Sprintf("only %s has a timeout, %v, and there is nothing to hold it against", set[0].what, set[0].Limit)
	}
	var parts []string
	for _, b := range set {
		parts = append(parts, fmt.Sprintf("%s %v", b.what, b.Limit))
	}
	return Fits, strings.Join(parts, " ≥ ")
}
