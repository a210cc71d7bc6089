package latency

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

func TestKeep(t *testing.T) {
	groups := []trace.Group{
		{Kind: trace.Region, Name: "request"}, {Kind: trace.Region, Name: "request.db"}, {Kind: trace.Task, Name: "request"}, {Kind: trace.Handler, Name: "GET /orders("}, {Kind: trace.Function, Name: "main.f"},
	}
	tests := []struct {
		name                    string
		names, kinds, functions []string
		want, failure           string
	}{
		{name: "all", want: "region request, region request.db, task request, handler GET /orders(, function main.f"},
		{name: "by name, and not what it matches", names: []string{"request"}, want: "region request, task request"},
		{name: "by pattern", names: []string{"^req.*b$"}, want: "region request.db"},
		{name: "a name that is no pattern", names: []string{"GET /orders("}, want: "handler GET /orders("},
		{name: "no pattern, and no name", names: []string{"orders("}, failure: `none matches it`},
		{name: "one of two is missing", names: []string{"login", "main.f"}, want: "function main.f", failure: `called "login"`},
		{name: "by kind", kinds: []string{"task", "handler"}, want: "task request, handler GET /orders("},
		{name: "by both", names: []string{"request"}, kinds: []string{"task"}, want: "task request"},
		{name: "of no kind", names: []string{"main.f"}, kinds: []string{"task", "region"}, failure: "is a task or a region"},
		{name: "a function", functions: []string{"main.f"}, names: []string{"main.f"}, want: "function main.f"},
		{name: "a function that was not called", functions: []string{"main.g"}, names: []string{"main.f"}, want: "function main.f", failure: "no call of main.g"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Groups: tt.names, Kinds: tt.kinds, Functions: tt.functions}
			f, err := o.newFilter()
			if err != nil {
				t.Fatal(err)
			}
			r := &tracereport.Report{Report: &trace.Report{Groups: groups}, Source: "trace.out"}
			(&command{Options: o, filter: f}).keep(r)
			var kept []string
			for _, g := range r.Groups {
				kept = append(kept, string(g.Kind)+" "+g.Name)
			}
			if got := strings.Join(kept, ", "); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
			if len(r.Failures) > 1 || (tt.failure != "") != (len(r.Failures) == 1) || tt.failure != "" && !strings.Contains(r.Failures[0].Message, tt.failure) {
				t.Errorf("%+v, want %q", r.Failures, tt.failure)
			}
		})
	}
}

// A trace without a span says so, and what to do.
func TestNoSpan(t *testing.T) {
	r := &tracereport.Report{Report: new(trace.Report), Source: "trace.out"}
	new(command).keep(r)
	if len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Message, "no span in trace.out") || r.Failures[0].Remedy == "" {
		t.Errorf("%+v", r.Failures)
	}
}

func TestSome(t *testing.T) {
	groups := make([]trace.Group, 10)
	for i := range groups {
		groups[i] = trace.Group{Kind: trace.Task, Name: string(rune('a' + i))}
	}
	if got := some(groups); !strings.HasPrefix(got, "a (task), b (task)") || !strings.HasSuffix(got, "h (task), 2 more") {
		t.Error(got)
	}
}
