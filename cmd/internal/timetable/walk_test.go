package timetable_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/timetable"
	"github.com/lagvet/lagvet/maturity/budgets"
)

const sec = time.Second

var (
	none    = timesheet.Amount{State: timesheet.None}
	unknown = timesheet.Amount{State: timesheet.Unknown}
	down    = timesheet.Bound{Amount: none, Inherits: true}
)

func known(d time.Duration) timesheet.Amount {
	return timesheet.Amount{State: timesheet.Known, Time: d, What: "it"}
}

// asks is a site that asks by a client of that limit.
func asks(limit timesheet.Amount, b timesheet.Bound) timesheet.Site {
	return timesheet.Site{Posn: "p.go:1:1", Context: b, Ask: &timesheet.Ask{Kind: timesheet.HTTP, By: "Do", Limit: limit}}
}

func calls(to string, b timesheet.Bound) timesheet.Site {
	return timesheet.Site{Posn: "p.go:2:2", To: []string{to}, Context: b}
}

func within(d time.Duration) timesheet.Bound {
	return timesheet.Bound{Amount: known(d), Inherits: true}
}

func again(s timesheet.Site, n int) timesheet.Site {
	s.Retry = &timesheet.Retry{Attempts: n, Posn: "p.go:3:3"}
	return s
}

func inArm(s timesheet.Site, branch, way int, posn string) timesheet.Site {
	s.Arms, s.Posn = append(s.Arms, timesheet.Arm{Branch: branch, Way: way}), posn
	return s
}

func one(sites ...timesheet.Site) []timesheet.Func {
	return []timesheet.Func{{Name: "h", Sites: sites}}
}

func TestWalk(t *testing.T) {
	each := timesheet.Bound{Amount: known(2 * sec), Inherits: true, Each: true}
	aside, loop, together := asks(known(sec), down), asks(known(sec), down), asks(known(3*sec), down)
	aside.Aside, loop.Loop, together.Together = true, true, true
	apart := together
	apart.Posn = "p.go:9:9"
	for name, c := range map[string]struct {
		funcs []timesheet.Func
		want  string
	}{
		"nothing bounds it":         {one(asks(none, down)), "none, tries 1"},
		"the client does":           {one(asks(known(sec), down)), "1s, tries 1, sequence 1s"},
		"the context does":          {one(asks(none, within(sec))), "1s, tries 1, sequence 1s"},
		"the shorter one does":      {one(asks(known(3*sec), within(2*sec))), "2s, tries 1, sequence 2s"},
		"the context's is hidden":   {one(asks(none, timesheet.Bound{Amount: unknown})), "unknown, tries 1"},
		"the client's is hidden":    {one(asks(unknown, within(sec))), "1s, tries 1, sequence 1s"},
		"tried again":               {one(again(asks(known(sec), down), 3)), "1s, tries 3, sequence 3s"},
		"tried again, bounded":      {one(again(asks(known(sec), within(2*sec)), 3)), "1s within 2s, tries 3, sequence 2s"},
		"each attempt is bounded":   {one(again(asks(none, each), 3)), "2s, tries 3, sequence 6s"},
		"tried who knows how often": {one(again(asks(known(sec), down), 0)), "1s, tries 0"},
		"and bounded":               {one(again(asks(known(sec), within(5*sec)), 0)), "1s within 5s, tries 0, sequence 5s"},
		"multiplied":                {[]timesheet.Func{{Name: "h", Sites: []timesheet.Site{again(calls("f", down), 2)}}, {Name: "f", Sites: []timesheet.Site{again(asks(known(sec), down), 3)}}}, "1s, tries 6, sequence 6s"},
		"handed down":               {[]timesheet.Func{{Name: "h", Sites: []timesheet.Site{calls("f", within(sec))}}, {Name: "f", Sites: []timesheet.Site{asks(none, down)}}}, "1s, tries 1, sequence 1s"},
		"not handed down":           {[]timesheet.Func{{Name: "h", Sites: []timesheet.Site{calls("f", within(sec))}}, {Name: "f", Sites: []timesheet.Site{asks(none, timesheet.Bound{Amount: none})}}}, "none, tries 1"},
		"by the function around":    {[]timesheet.Func{{Name: "h", Sites: []timesheet.Site{again(calls("h$1", down), 3)}}, {Name: "h$1", Sites: []timesheet.Site{asks(known(2*sec), timesheet.Bound{Amount: known(3 * sec), Func: "h"})}}}, "2s within 3s, tries 3"},
		"nobody waits":              {one(aside), "1s, tries 1, aside"},
		"for each":                  {one(loop), "1s, tries 1, loop, sequence 1s"},
		"recursion":                 {[]timesheet.Func{{Name: "h", Sites: []timesheet.Site{calls("h", down), asks(known(sec), down)}}}, "1s, tries 1, sequence 1s"},
		"one after another":         {one(asks(known(sec), down), inArm(asks(known(2*sec), down), 1, 1, "p.go:5:5")), "1s, tries 1; 2s, tries 1, sequence 3s"},
		"one or the other":          {one(inArm(asks(known(sec), down), 1, 1, "p.go:1:1"), inArm(asks(known(2*sec), down), 1, 2, "p.go:5:5")), "1s, tries 1; 2s, tries 1, sequence 2s"},
		"at the same time":          {one(together, apart), "3s, tries 1; 3s, tries 1, sequence 3s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &timesheet.Sheet{Package: "p", Funcs: c.funcs, Routes: []timesheet.Route{{Posn: "p.go:7:7", RPC: "p/M", Handlers: []string{"h"}}}}
			got := timetable.Endpoints([]*timesheet.Sheet{s}, place)
			if len(got) != 1 {
				t.Fatalf("%d endpoints", len(got))
			}
			if text := brief(got[0]); text != c.want {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}

// brief is what an endpoint's calls may take.
func brief(e budgets.Endpoint) string {
	var parts []string
	for _, c := range e.Calls {
		s := c.Limit.String()
		switch {
		case c.Unknown:
			s = "unknown"
		case c.Limit == 0 && c.Whole == 0:
			s = "none"
		case c.Whole > 0:
			s += " within " + c.Whole.String()
		}
		s += fmt.Sprintf(", tries %d", c.Attempts)
		if c.Aside {
			s += ", aside"
		}
		if c.Each {
			s += ", loop"
		}
		parts = append(parts, s)
	}
	text := strings.Join(parts, "; ")
	if e.Sequence > 0 {
		text += fmt.Sprintf(", sequence %v", e.Sequence)
	}
	return text
}

// What a parameter says is known if all calls agree on it.
func TestParameters(t *testing.T) {
	ask := asks(timesheet.Amount{State: timesheet.Unknown, Given: &timesheet.Given{Func: "New", Index: 1}}, down)
	ask.Ask.To.Given = &timesheet.Given{Func: "New", Index: 0}
	construct := func(host string, d time.Duration) timesheet.Site {
		s := calls("New", timesheet.Bound{Amount: none})
		s.Args = []timesheet.Arg{{Index: 1, Time: d}}
		if host != "" {
			s.Args = append(s.Args, timesheet.Arg{Index: 0, Text: timesheet.Text{Const: host, Whole: true}})
		}
		return s
	}
	for name, c := range map[string]struct {
		sites []timesheet.Site
		host  string
		limit time.Duration
	}{
		"no caller is seen": {nil, "", 0},
		"one":               {[]timesheet.Site{construct("http://a:80", sec)}, "a:80", sec},
		"two that agree":    {[]timesheet.Site{construct("http://a:80", sec), construct("http://a:80", 2*sec)}, "a:80", 2 * sec},
		"two that do not":   {[]timesheet.Site{construct("http://a:80", sec), construct("http://b:80", sec)}, "", sec},
		"one is not known":  {[]timesheet.Site{construct("http://a:80", sec), construct("", 0)}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &timesheet.Sheet{
				Package: "p", Routes: []timesheet.Route{{Posn: "p.go:7:7", RPC: "p/M", Handlers: []string{"h"}}},
				Funcs: []timesheet.Func{{Name: "h", Sites: []timesheet.Site{ask}}, {Name: "main", Sites: c.sites}},
			}
			got := timetable.Endpoints([]*timesheet.Sheet{s}, place)[0].Calls[0]
			if got.Host != c.host || got.Limit != c.limit {
				t.Errorf("host %q with %v, want %q with %v", got.Host, got.Limit, c.host, c.limit)
			}
		})
	}
}

// Whose server it is: that of the router, or the only one of the program.
func TestServers(t *testing.T) {
	write := func(d time.Duration, keys ...string) timesheet.Server {
		if d == 0 {
			return timesheet.Server{Write: none, Keys: keys}
		}
		return timesheet.Server{Write: known(d), Keys: keys}
	}
	for name, c := range map[string]struct {
		servers []timesheet.Server
		limit   time.Duration
		unknown bool
	}{
		"none is seen":           {nil, 0, true},
		"the only one":           {[]timesheet.Server{write(sec)}, sec, false},
		"without a timeout":      {[]timesheet.Server{write(0)}, 0, false},
		"that of the router":     {[]timesheet.Server{write(sec, "other"), write(2*sec, "mux")}, 2 * sec, false},
		"two, the longer counts": {[]timesheet.Server{write(sec, "mux"), write(2*sec, "mux")}, 2 * sec, false},
		"two, one endless":       {[]timesheet.Server{write(0, "mux"), write(2*sec, "mux")}, 0, true},
		"any of two":             {[]timesheet.Server{write(sec), write(2 * sec)}, 0, true},
		"any of two alike":       {[]timesheet.Server{write(sec), write(sec)}, sec, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &timesheet.Sheet{
				Package: "example.com/shop/cmd/orders/v2", Main: true, Servers: c.servers,
				Routes: []timesheet.Route{{Posn: "p.go:7:7", Method: "GET", Pattern: "/a/{id}", Keys: []string{"mux"}}},
			}
			got := timetable.Endpoints([]*timesheet.Sheet{s}, place)[0]
			if got.Limit != c.limit || got.Unknown != c.unknown || got.Path != "/a" || got.Programs[0] != "orders" {
				t.Errorf("got %+v, want %v, unknown %t", got, c.limit, c.unknown)
			}
		})
	}
}

// Methods of interfaces lead to what implements them, if that is not too much.
func TestInterfaces(t *testing.T) {
	for n, want := range map[int]string{0: " unfollowed 1", 1: "", 4: "", 5: " unfollowed 1"} {
		s := &timesheet.Sheet{
			Package: "p", Routes: []timesheet.Route{{RPC: "p/M", Handlers: []string{"h"}}},
			Interfaces: map[string][]string{"p.I": {"Do/1", "Undo/1"}},
			Types:      map[string]map[string]string{"p.Half": {"Do/1": "Half.Do"}},
			Funcs:      []timesheet.Func{{Name: "h", Sites: []timesheet.Site{{Posn: "p.go:1:1", Interface: "p.I", Method: "Do/1"}}}},
		}
		for i := range n {
			name := fmt.Sprintf("p.T%d", i)
			s.Types[name] = map[string]string{"Do/1": name + ".Do", "Undo/1": name + ".Undo"}
			s.Funcs = append(s.Funcs, timesheet.Func{Name: name + ".Do", Sites: []timesheet.Site{inArm(asks(none, down), 1, 1, fmt.Sprintf("p.go:%d:1", 10+i))}})
		}
		got := timetable.Endpoints([]*timesheet.Sheet{s}, place)[0]
		followed := n
		if want != "" {
			followed = 0
		}
		if len(got.Calls) != followed || (got.Unfollowed == 1) != (want != "") {
			t.Errorf("of %d implementations: %s", n, show(got))
		}
	}
}
