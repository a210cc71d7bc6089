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

// A State is what a row of the table comes to.
type State string

// The states of a row, the worst first.
const (
	Cut        State = "cut"        // who is outside has less time than who is inside
	Multiplied State = "multiplied" // code and mesh together try more than MaxAttempts times
	Tight      State = "tight"      // the calls one after another may take longer than there is
	Unreached  State = "unreached"  // the route ends a call before its client does
	Unbounded  State = "none"       // nothing bounds it
	Unknown    State = "unknown"    // there is nothing to hold it against
	Fits       State = "fits"       // who is outside waits at least as long
)

// States returns all states, the worst first.
func States() []State { return []State{Cut, Multiplied, Tight, Unbounded, Unreached, Unknown, Fits} }

// Wrong reports whether a row of that state is to be mended: what it holds contradicts
// itself.
func (s State) Wrong() bool { return s == Cut || s == Multiplied || s == Tight }

// MaxAttempts is how often a request may be tried, over all layers: each more is load
// that comes just when there is too little of what serves it.
const MaxAttempts = 3

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
	Call     string `json:"call,omitempty"` // what is asked; "" in the row of the endpoint itself
	Kind     string `json:"kind,omitempty"` // of the call: "http", "grpc", "sql"
	Code     Cell   `json:"code"`           // what the code gives it, all attempts together
	Ingress  Cell   `json:"ingress"`
	Mesh     Cell   `json:"mesh"`
	Callee   Cell   `json:"callee"` // what the service that is asked gives itself
	// Attempts is how often the code tries at most, and MeshAttempts how often the mesh
	// does for each of them; 0 if that is not known.
	Attempts     int             `json:"attempts,omitempty"`
	MeshAttempts int             `json:"mesh_attempts,omitempty"`
	Aside        bool            `json:"aside,omitempty"` // nobody waits for the call
	Each         bool            `json:"each,omitempty"`  // it is made for each of several things
	Chain        []verdict.Place `json:"chain,omitempty"` // of calls, from the handler to the call
	State        State           `json:"state"`
	Reason       string          `json:"reason"`
	// Outer is the budget that is too short, if State is [Cut] or [Tight].
	Outer *Cell `json:"outer,omitempty"`
}

// A Table holds the budgets of code against those of manifests.
type Table struct {
	Version int   `json:"version"` // of the format: [TableVersion]
	Rows    []Row `json:"rows"`
	// Unfollowed counts the calls of interfaces that were not followed.
	Unfollowed int `json:"unfollowed,omitempty"`
	// Problems say what could not be looked at.
	Problems []string `json:"problems,omitempty"`
}

// TableVersion is that of the format in JSON; its schema is docs/budgets.schema.json.
const TableVersion = 1

// Hold makes the table of these endpoints and routes, sorted by endpoint; calls are
// below their endpoint, in their order.
func Hold(endpoints []Endpoint, routes []Route) *Table {
	sorted := slices.Clone(endpoints)
	slices.SortStableFunc(sorted, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Name, b.Name), cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line))
	})
	h := &holder{sorted, routes}
	t := &Table{Version: TableVersion, Rows: []Row{}}
	for _, e := range sorted {
		at := len(t.Rows)
		t.Rows = append(t.Rows, h.endpoint(e))
		cut := false
		for _, c := range e.Calls {
			r := h.call(e, c)
			cut = cut || r.State == Cut
			t.Rows = append(t.Rows, r)
		}
		if !cut {
			h.sequence(e, &t.Rows[at])
		}
		t.Unfollowed += e.Unfollowed
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

// Wrong reports whether there is anything to be mended.
func (t *Table) Wrong() bool {
	return slices.ContainsFunc(t.Rows, func(r Row) bool { return r.State.Wrong() })
}

type holder struct {
	endpoints []Endpoint
	routes    []Route
}

// route returns the route of a layer to a host that leaves least time, and whether there
// is one. One without a timeout leaves most. If the path is known, the routes of the
// longest part of it are meant, as in proxies.
func (h *holder) route(layer Layer, host, path string) (best Route, ok bool) {
	longest := 0
	for _, r := range h.routes {
		if path != "" && r.Layer == layer && r.leads(host, path) {
			longest = max(longest, len(r.Path))
		}
	}
	for _, r := range h.routes {
		if r.Layer != layer || !r.leads(host, path) || len(r.Path) < longest {
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

func codeCell(limit time.Duration, unknown bool, at verdict.Place) Cell {
	return Cell{Timeout{Limit: limit, Unknown: unknown && limit == 0}, &at}
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
		Code:     codeCell(e.Limit, e.Unknown, e.At),
		Ingress:  h.cell(Ingress, e.Service, e.Path),
		Mesh:     h.cell(Mesh, e.Service, e.Path),
	}
	n := nested(budget{"the ingress", r.Ingress}, budget{"the mesh's route", r.Mesh}, budget{"the handler", r.Code})
	r.State, r.Reason, r.Outer = n.state, n.reason, n.outer
	if r.State == Unbounded && e.Unknown {
		r.State, r.Reason = Unknown, "what bounds the answer is no constant, or cannot be told"
	}
	return r
}

// around returns what is around the work of an endpoint and leaves it least time.
func (h *holder) around(e Endpoint) (least budget, ok bool) {
	for _, b := range []budget{
		{"the ingress gives the endpoint", h.cell(Ingress, e.Service, e.Path)},
		{"the mesh's route gives the endpoint", h.cell(Mesh, e.Service, e.Path)},
		{"the endpoint has", codeCell(e.Limit, false, e.At)},
	} {
		if b.Set() && !b.Between && (!ok || b.Limit <= least.Limit) {
			least, ok = b, true
		}
	}
	if ok && e.By != "" && least.what == "the endpoint has" {
		least.what = e.By + " gives the endpoint"
	}
	return least, ok
}

// sequence holds the calls of an endpoint, one after another, against its time.
func (h *holder) sequence(e Endpoint, r *Row) {
	outer, ok := h.around(e)
	if !ok || r.State.Wrong() || e.Sequence <= outer.Limit {
		return
	}
	r.State, r.Outer = Tight, &outer.Cell
	r.Reason = fmt.Sprintf("%s %v, and its calls, one after another, may take %v", outer.what, outer.Limit, e.Sequence)
}

// call holds what a call may take against the endpoint, and what is asked against it.
func (h *holder) call(e Endpoint, c Call) Row {
	at := c.LimitAt
	if at == (verdict.Place{}) {
		at = c.At
	}
	all := c.all()
	r := Row{
		Endpoint: e.Name,
		Service:  e.Service,
		Call:     c.to(),
		Kind:     c.Kind,
		Code:     codeCell(all, c.Unknown || c.Manifold && c.Limit > 0, at),
		Mesh:     h.cell(Mesh, c.Host, c.Path),
		Callee:   h.callee(c),
		Aside:    c.Aside,
		Each:     c.Each,
		Chain:    append(slices.Clip(c.Chain), c.At),
	}
	if !c.Manifold {
		r.Attempts = c.attempts()
	}
	r.MeshAttempts = h.tries(c)
	h.judge(&r, e, c)
	return r
}

// judge says what the row of a call comes to.
func (h *holder) judge(r *Row, e Endpoint, c Call) {
	all := c.all()
	outer, ok := h.around(e)
	switch product := c.attempts() * max(r.MeshAttempts, 1); {
	case ok && !c.Aside && all > outer.Limit:
		r.State, r.Outer = Cut, &outer.Cell
		r.Reason = fmt.Sprintf("%s %v for a call that may take %v", outer.what, outer.Limit, all)
		if c.attempts() > 1 && all > c.Limit {
			r.Reason += fmt.Sprintf(", %d times %v", c.attempts(), c.Limit)
		}
		return
	case c.attempts() > 1 && product > MaxAttempts:
		r.State = Multiplied
		r.Reason = fmt.Sprintf("%d attempts in code", c.attempts())
		if r.MeshAttempts > 1 {
			r.Reason += fmt.Sprintf(" by %d of the mesh's route are %d", r.MeshAttempts, product)
		}
		return
	case c.Limit > 0 && r.Mesh.Set() && c.Limit > r.Mesh.Limit:
		r.State = Unreached
		r.Reason = fmt.Sprintf("the mesh's route ends the call after %v, and so the client's timeout of %v is never reached", r.Mesh.Limit, c.Limit)
		if n := nested(budget{"the mesh's route", r.Mesh}, budget{"the service that is asked", r.Callee}); n.state == Cut {
			r.State, r.Reason, r.Outer = n.state, n.reason, n.outer
		}
		return
	}
	h.within(r, e, c)
}

// within says what the row of a call comes to that is not cut by its endpoint.
func (h *holder) within(r *Row, e Endpoint, c Call) {
	one := codeCell(c.Limit, false, *r.Code.At)
	parts := []budget{{"the client", one}, {"the mesh's route", r.Mesh}, {"the service that is asked", r.Callee}}
	if !c.Aside && c.Limit > 0 {
		parts = append([]budget{{"the endpoint", codeCell(e.Limit, false, e.At)}}, parts...)
	}
	n := nested(parts...)
	r.State, r.Reason, r.Outer = n.state, n.reason, n.outer
	switch {
	case r.State == Unknown && c.all() > 0:
		r.State, r.Reason = Fits, fmt.Sprintf("the client ends the call after %v", c.all())
	case r.State == Unbounded && c.all() > 0:
		r.State, r.Reason = Fits, fmt.Sprintf("its context ends the call after %v", c.all())
	case r.State == Unbounded && (c.Unknown || c.Manifold):
		r.State, r.Reason = Unknown, "what bounds the call is no constant, or cannot be told"
	}
}

// tries is how often the mesh asks for each time that the code does, at most; 0 if it
// does not say.
func (h *holder) tries(c Call) int {
	n := 0
	for _, r := range h.routes {
		if r.Layer == Mesh && r.leads(c.Host, c.Path) {
			n = max(n, r.Attempts)
		}
	}
	return n
}

// callee returns the longest budget of the endpoints that a call may ask: that of the
// remote method, if it is of these programs, or those of the host.
func (h *holder) callee(c Call) Cell {
	var best Cell
	for _, e := range h.endpoints {
		switch {
		case c.RPC != "" && e.Name == c.RPC:
		case c.Host == "" || !hosts.Same(e.Service, c.Host) || c.Path != "" && e.Path != "" && c.Path != e.Path:
			continue
		}
		if e.Limit > 0 && (best.At == nil || e.Limit > best.Limit) {
			best = codeCell(e.Limit, false, e.At)
		}
	}
	return best
}

// A nesting is what budgets within each other come to.
type nesting struct {
	state  State
	reason string
	outer  *Cell // the one that is too short
}

// nested holds budgets against each other, the outermost first. Those that bound only
// the time between reads cut an answer that is silent for so long, as others do.
func nested(all ...budget) nesting {
	set := slices.DeleteFunc(slices.Clone(all), func(b budget) bool { return !b.Set() })
	for i, inner := range set {
		for _, outer := range set[:i] {
			if outer.Limit < inner.Limit {
				return nesting{Cut, fmt.Sprintf("%s waits %v for %s, which may take %v", outer.what, outer.Limit, inner.what, inner.Limit), &outer.Cell}
			}
		}
	}
	switch len(set) {
	case 0:
		return nesting{state: Unbounded, reason: "nothing bounds it: neither the code nor a route sets a timeout"}
	case 1:
		return nesting{state: Unknown, reason: fmt.Sprintf("only %s has a timeout, %v, and there is nothing to hold it against", set[0].what, set[0].Limit)}
	}
	var parts []string
	for _, b := range set {
		parts = append(parts, fmt.Sprintf("%s %v", b.what, b.Limit))
	}
	return nesting{state: Fits, reason: strings.Join(parts, " ≥ ")}
}
