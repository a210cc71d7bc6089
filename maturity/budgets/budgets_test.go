package budgets_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/verdict"
)

const sec = time.Second

func at(file string, line int) verdict.Place { return verdict.Place{File: file, Line: line} }

func endpoint(limit time.Duration, calls ...budgets.Call) budgets.Endpoint {
	return budgets.Endpoint{Name: "POST /orders", Service: "orders", Path: "/orders", Limit: limit, At: at("orders.go", 10), Calls: calls}
}

func route(layer budgets.Layer, service string, limit time.Duration) budgets.Route {
	return budgets.Route{Layer: layer, Kind: "Ingress", Name: "x", Service: service, Timeout: budgets.Timeout{Limit: limit}, At: at("deploy/x.yaml", 5)}
}

func TestHold(t *testing.T) {
	risk := budgets.Call{Host: "http://risk.prod.svc:8080", Limit: 5 * sec, At: at("orders.go", 20)}
	for name, c := range map[string]struct {
		endpoints []budgets.Endpoint
		routes    []budgets.Route
		want      []string // state and a part of the reason, by row
	}{
		"fits": {
			[]budgets.Endpoint{endpoint(10 * sec)},
			[]budgets.Route{route(budgets.Ingress, "orders", 30*sec), route(budgets.Mesh, "orders.prod", 15*sec)},
			[]string{"fits the ingress 30s ≥ the mesh's route 15s ≥ the handler 10s"},
		},
		"equal is enough": {
			[]budgets.Endpoint{endpoint(10 * sec)},
			[]budgets.Route{route(budgets.Ingress, "orders", 10*sec)},
			[]string{"fits the ingress 10s ≥ the handler 10s"},
		},
		"the ingress is shorter than the handler": {
			[]budgets.Endpoint{endpoint(60 * sec)},
			[]budgets.Route{route(budgets.Ingress, "orders", 30*sec), route(budgets.Mesh, "orders", 90*sec)},
			[]string{"cut the ingress waits 30s for the mesh's route, which may take 1m30s"},
		},
		"the mesh is shorter than the handler": {
			[]budgets.Endpoint{endpoint(20 * sec)},
			[]budgets.Route{route(budgets.Mesh, "orders", 15*sec)},
			[]string{"cut the mesh's route waits 15s for the handler, which may take 20s"},
		},
		"the shortest route counts": {
			[]budgets.Endpoint{endpoint(20 * sec)},
			[]budgets.Route{route(budgets.Mesh, "orders", 30*sec), route(budgets.Mesh, "orders", 0), route(budgets.Mesh, "orders", 15*sec)},
			[]string{"cut 15s for the handler"},
		},
		"another path": {
			[]budgets.Endpoint{endpoint(20 * sec)},
			[]budgets.Route{{Layer: budgets.Mesh, Service: "orders", Path: "/ord", Timeout: budgets.Timeout{Limit: sec}}},
			[]string{"unknown only the handler has a timeout"},
		},
		"nothing": {
			[]budgets.Endpoint{endpoint(0)}, nil,
			[]string{"none nothing bounds it"},
		},
		"turned off": {
			[]budgets.Endpoint{endpoint(0)},
			[]budgets.Route{{Layer: budgets.Mesh, Service: "orders", Timeout: budgets.Timeout{Off: true, Limit: sec}}},
			[]string{"none nothing bounds it"},
		},
		"only the code": {
			[]budgets.Endpoint{endpoint(10 * sec)},
			[]budgets.Route{route(budgets.Mesh, "other", sec)},
			[]string{"unknown only the handler has a timeout, 10s"},
		},
		"a call fits": {
			[]budgets.Endpoint{endpoint(10*sec, risk)}, nil,
			[]string{"unknown", "fits the endpoint 10s ≥ the client 5s"},
		},
		"a call alone": {
			[]budgets.Endpoint{endpoint(0, risk)}, nil,
			[]string{"none", "fits ends the call after 5s"},
		},
		"attempts": {
			[]budgets.Endpoint{endpoint(10*sec, budgets.Call{Host: "risk", Limit: 5 * sec, Attempts: 3})}, nil,
			[]string{"unknown", "cut has 10s for a call that may take 15s, 3 times 5s"},
		},
		"a call without a timeout": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk"})}, nil,
			[]string{"none", "none nothing bounds it"},
		},
		"the route ends it first": {
			[]budgets.Endpoint{endpoint(10*sec, risk)},
			[]budgets.Route{route(budgets.Mesh, "risk.prod.svc.cluster.local", 2*sec)},
			[]string{"unknown", "unreached after 2s, and so the client's timeout of 5s"},
		},
		"the route is shorter than what is asked": {
			[]budgets.Endpoint{endpoint(10*sec, risk), {Name: "GET /risk", Service: "risk", Limit: 4 * sec}},
			[]budgets.Route{route(budgets.Mesh, "risk", 2*sec)},
			[]string{"unknown", "cut the mesh's route waits 2s for the service that is asked, which may take 4s", "cut the mesh's route waits 2s for the handler"},
		},
		"what is asked takes longer than the client waits": {
			[]budgets.Endpoint{endpoint(60*sec, budgets.Call{Host: "risk", Limit: 30 * sec}), {Name: "GET /risk", Service: "risk", Limit: 32 * sec}}, nil,
			[]string{"unknown", "cut the client waits 30s for the service that is asked, which may take 32s", "unknown"},
		},
		"a call longer than the ingress waits": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk", Limit: 5 * sec, Attempts: 3})},
			[]budgets.Route{route(budgets.Ingress, "orders", 10*sec)},
			[]string{"unknown only the ingress", "cut the ingress gives the endpoint 10s for a call that may take 15s, 3 times 5s"},
		},
		"a time between reads cuts no call": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk", Limit: 15 * sec})},
			[]budgets.Route{{Layer: budgets.Ingress, Service: "orders", Timeout: budgets.Timeout{Limit: 10 * sec, Between: true}}},
			[]string{"unknown", "fits ends the call after 15s"},
		},
		"attempts within a deadline": {
			[]budgets.Endpoint{endpoint(10*sec, budgets.Call{Host: "risk", Limit: 5 * sec, Attempts: 3, Whole: 8 * sec})}, nil,
			[]string{"unknown", "fits the endpoint 10s ≥ the client 5s"},
		},
		"nobody waits for the call": {
			[]budgets.Endpoint{endpoint(10*sec, budgets.Call{Host: "risk", Limit: 50 * sec, Aside: true})}, nil,
			[]string{"unknown", "fits ends the call after 50s"},
		},
		"tried again by code and mesh": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk", Limit: sec, Attempts: 2})},
			[]budgets.Route{{Layer: budgets.Mesh, Service: "risk", Attempts: 3}},
			[]string{"none", "multiplied 2 attempts in code by 3 of the mesh's route are 6"},
		},
		"tried again by the mesh alone": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk", Limit: sec})},
			[]budgets.Route{{Layer: budgets.Mesh, Service: "risk", Attempts: 5}},
			[]string{"none", "fits ends the call after 1s"},
		},
		"tried again and again in code": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{Host: "risk", Limit: sec, Attempts: 4})}, nil,
			[]string{"none", "multiplied 4 attempts in code"},
		},
		"tried who knows how often": {
			[]budgets.Endpoint{endpoint(10*sec, budgets.Call{Host: "risk", Limit: 20 * sec, Manifold: true, Whole: 5 * sec})}, nil,
			[]string{"unknown", "cut the endpoint waits 10s for the client, which may take 20s"},
		},
		"a timeout that is no constant": {
			[]budgets.Endpoint{{Name: "GET /", Unknown: true, Calls: []budgets.Call{{Host: "risk", Unknown: true}}}}, nil,
			[]string{"unknown what bounds the answer is no constant", "unknown what bounds the call is no constant"},
		},
		"calls one after another": {
			[]budgets.Endpoint{{Name: "GET /", By: "WriteTimeout", Limit: 10 * sec, Sequence: 12 * sec, Calls: []budgets.Call{{Host: "a", Limit: 6 * sec}, {Host: "b", Limit: 6 * sec}}}}, nil,
			[]string{"tight WriteTimeout gives the endpoint 10s, and its calls, one after another, may take 12s", "fits", "fits"},
		},
		"one of them alone": {
			[]budgets.Endpoint{{Name: "GET /", Limit: 10 * sec, Sequence: 12 * sec, Calls: []budgets.Call{{Host: "a", Limit: 12 * sec}}}}, nil,
			[]string{"unknown", "cut the endpoint has 10s for a call that may take 12s"},
		},
		"the longest path counts": {
			[]budgets.Endpoint{endpoint(20 * sec)},
			[]budgets.Route{route(budgets.Mesh, "orders", 15*sec), {Layer: budgets.Mesh, Service: "orders", Path: "/orders", Timeout: budgets.Timeout{Limit: 30 * sec}}},
			[]string{"fits the mesh's route 30s ≥ the handler 20s"},
		},
		"a remote method by its name": {
			[]budgets.Endpoint{endpoint(0, budgets.Call{RPC: "shop.Risk/Check", Limit: 2 * sec}), {Name: "shop.Risk/Check", Path: "/shop.Risk/Check", Service: "risk", Limit: 5 * sec}}, nil,
			[]string{"none", "cut the client waits 2s for the service that is asked, which may take 5s", "unknown"},
		},
		"an unknown host": {
			[]budgets.Endpoint{endpoint(60*sec, budgets.Call{Limit: 30 * sec})},
			[]budgets.Route{route(budgets.Mesh, "", sec)},
			[]string{"unknown", "fits the endpoint 1m0s ≥ the client 30s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			table := budgets.Hold(c.endpoints, c.routes)
			if len(table.Rows) != len(c.want) {
				t.Fatalf("%d rows, want %d: %+v", len(table.Rows), len(c.want), table.Rows)
			}
			for i, want := range c.want {
				state, part, _ := strings.Cut(want, " ")
				if r := table.Rows[i]; string(r.State) != state || !strings.Contains(r.Reason, part) {
					t.Errorf("row %d is %s: %s\nwant %s", i, r.State, r.Reason, want)
				}
			}
		})
	}
}

func TestWrite(t *testing.T) {
	table := budgets.Hold(
		[]budgets.Endpoint{endpoint(20*sec, budgets.Call{Host: "risk", Limit: 5 * sec, At: at("orders.go", 20)}), {Name: "GET /\x1b[31mx", Service: "web"}},
		[]budgets.Route{{Layer: budgets.Ingress, Service: "orders", Timeout: budgets.Timeout{Limit: 60 * sec, Default: true, Between: true}, At: at("deploy/i.yaml", 3)}, route(budgets.Mesh, "orders", 15*sec)})
	var b bytes.Buffer
	if err := table.Text(&b, false); err != nil {
		t.Fatal(err)
	}
	const want = `ENDPOINT      CODE TRIES  INGRESS                      MESH  CALLEE  VERDICT
POST /orders  20s   –     1m0s between reads by default  15s   –       cut
  → risk      5s    1     –                            –     –       fits
GET /[31mx    none  –     –                            –     –       none

POST /orders: cut: the mesh's route waits 15s for the handler, which may take 20s
    deploy/x.yaml:5: 15s
    orders.go:10: 20s
    deploy/i.yaml:3: 1m0s between reads by default

1 cut, 1 none, 1 fits
`
	if got := b.String(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	b.Reset()
	if err := table.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"| POST /orders | 20s | – | 1m0s between reads by default | 15s | – | cut |", "| → risk | 5s | 1 | – |", "- orders.go:10: 20s", "**POST /orders**: cut: the mesh's route waits 15s"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the page does not hold %s:\n%s", part, b.String())
		}
	}
	if strings.ContainsRune(b.String(), 0x1b) {
		t.Error("the page holds what changes a terminal")
	}
	b.Reset()
	if err := table.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var back budgets.Table
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Rows) != 3 || back.Rows[0].Mesh.Limit != 15*sec || back.Rows[0].Ingress.At.Line != 3 || back.Rows[1].Ingress.At != nil {
		t.Errorf("what is written is read as %+v", back.Rows)
	}
	b.Reset()
	if err := budgets.Hold(nil, nil).Text(&b, false); err != nil || !strings.Contains(b.String(), "no endpoints were found") {
		t.Errorf("without endpoints it says %q, %v", b.String(), err)
	}
}
