package timetable_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/timetable"
	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// sheets runs the analyzer over a module.
func sheets(t *testing.T, dir string) (all []*timesheet.Sheet) {
	t.Helper()
	var mu sync.Mutex
	collect := &analysis.Analyzer{
		Name: "collect", Doc: "collect sheets", Requires: timesheet.Analyzer.Requires,
		Run: func(pass *analysis.Pass) (any, error) {
			p := *pass
			p.Report = func(d analysis.Diagnostic) {
				s, err := timesheet.Decode(d.Category)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, s)
			}
			return timesheet.Analyzer.Run(&p)
		},
	}
	analysistest.Run(t, dir, collect, "./...")
	slices.SortFunc(all, func(a, b *timesheet.Sheet) int { return strings.Compare(a.Package, b.Package) })
	return slices.CompactFunc(all, func(a, b *timesheet.Sheet) bool { return a.Package == b.Package })
}

func place(posn, text string) verdict.Place {
	return verdict.Place{File: filepath.Base(posn), Text: text}
}

// show is a line for an endpoint and for each of its calls.
func show(e budgets.Endpoint) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:", e.Name)
	if e.Limit > 0 {
		fmt.Fprintf(&b, " %v by %s", e.Limit, e.By)
	}
	if e.Unknown {
		b.WriteString(" unknown")
	}
	if e.Sequence > 0 {
		fmt.Fprintf(&b, " sequence %v", e.Sequence)
	}
	if e.Unfollowed > 0 {
		fmt.Fprintf(&b, " unfollowed %d", e.Unfollowed)
	}
	for _, c := range e.Calls {
		fmt.Fprintf(&b, "\n  %s %s%s%s%s: each %v, all %v, tries %d", c.Kind, c.Host, c.Path, c.From, c.RPC, c.Limit, c.Whole, c.Attempts)
		for _, f := range []struct {
			on   bool
			text string
		}{{c.Unknown, "unknown"}, {c.Aside, "aside"}, {c.Each, "loop"}} {
			if f.on {
				b.WriteString(", " + f.text)
			}
		}
	}
	return b.String()
}

func TestEndpoints(t *testing.T) {
	dir, err := filepath.Abs("testdata/shop")
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, e := range timetable.Endpoints(sheets(t, dir), place) {
		got[e.Name] = show(e)
	}
	for name, want := range endpoints {
		if got[name] != want {
			t.Errorf("got\n%s\nwant\n%s", got[name], want)
		}
		delete(got, name)
	}
	for name, text := range got {
		t.Errorf("nobody asked for %s:\n%s", name, text)
	}
}

// endpoints are those of testdata/shop.
var endpoints = map[string]string{
	// Three attempts of five seconds, within the eight that the handler gives them.
	"POST /orders": `POST /orders: 10s by WriteTimeout sequence 8s
  http mail.shop:80/send: each 0s, all 0s, tries 1, aside
  http stock.shop.svc:8080: each 5s, all 8s, tries 3`,
	// The one implementation of an interface; http.TimeoutHandler ends the context.
	"GET /orders/{id}": `GET /orders/{id}: 2s by http.TimeoutHandler sequence 2s
  http $STORE_URL: each 2s, all 0s, tries 1`,
	// A deadline for each attempt.
	"ANY /each": `ANY /each: 10s by WriteTimeout sequence 8s
  http stock.shop.svc:8080: each 2s, all 0s, tries 4`,
	"ANY /library": `ANY /library: 10s by WriteTimeout sequence 10s
  http stock.shop.svc:8080: each 5s, all 0s, tries 2`,
	"ANY /configured": `ANY /configured: 10s by WriteTimeout
  http stock.shop.svc:8080: each 5s, all 0s, tries 0`,
	"ANY /detached": `ANY /detached: 10s by WriteTimeout sequence 5s
  http stock.shop.svc:8080: each 5s, all 0s, tries 1`,
	"ANY /polls": `ANY /polls: 10s by WriteTimeout sequence 5s
  http stock.shop.svc:8080: each 5s, all 0s, tries 1, loop`,
	// Of two ways to one call that which takes longer; the branches do not add up, nor
	// does what runs at the same time.
	"ANY /branches": `ANY /branches: 10s by WriteTimeout sequence 10s
  http stock.shop.svc:8080: each 5s, all 0s, tries 2`,
	"ANY /together": `ANY /together: 10s by WriteTimeout sequence 10s
  http stock.shop.svc:8080: each 5s, all 0s, tries 2`,
	"ANY /plugin": `ANY /plugin: 10s by WriteTimeout unfollowed 1`,
	"ANY /waits":  `ANY /waits:`,
	"ANY /logged": `ANY /logged: 10s by WriteTimeout
  http log.example.com/: each 0s, all 0s, tries 1
  http $STORE_URL: each 0s, all 0s, tries 1`,
	"ANY /not/constant": `ANY /not/constant: 10s by WriteTimeout
  http $STORE_URL: each 0s, all 0s, tries 1, unknown`,

	// No program has these, and so their server is not known.
	"GET /v1/items/:id": `GET /v1/items/:id: sequence 15s
  http stock.shop.svc:8080: each 5s, all 0s, tries 3`,
	"GET /v2/stock": `GET /v2/stock: 3s by middleware.Timeout unknown sequence 3s
  http stock.shop.svc:8080: each 5s, all 3s, tries 3`,
	"POST /v2/short": `POST /v2/short: 1s by middleware.Timeout unknown sequence 1s
  http stock.shop.svc:8080: each 5s, all 1s, tries 3`,
	"GET …/tail": `GET …/tail: 3s by middleware.Timeout unknown sequence 3s
  http stock.shop.svc:8080: each 5s, all 3s, tries 3`,
	"ANY …/table": `ANY …/table: unknown sequence 15s
  http stock.shop.svc:8080: each 5s, all 0s, tries 3`,
	"Stock/Get": `Stock/Get: sequence 8s
  http stock.shop.svc:8080: each 2s, all 0s, tries 4`,
	"shop.v1.Risk/Check": `shop.v1.Risk/Check:
  grpc risk.shop.svc:9000shop.v1.Risk/Check: each 0s, all 0s, tries 1`,
}
