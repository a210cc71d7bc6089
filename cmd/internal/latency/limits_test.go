package latency

import (
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

func TestParseLimit(t *testing.T) {
	tests := []struct {
		text string
		want tracereport.Limit // the zero value: an error
	}{
		{"request:p99=5ms", tracereport.Limit{Group: "request", Percentile: "P99", Most: 5 * time.Millisecond}},
		{"GET /a:b=c:P99.9=1.5s", tracereport.Limit{Group: "GET /a:b=c", Percentile: "P99.9", Most: 1500 * time.Millisecond}},
		{"region/request:MAX=1m", tracereport.Limit{Kind: trace.Region, Group: "request", Percentile: "max", Most: time.Minute}},
		{"example.com/f:p50=1us", tracereport.Limit{Group: "example.com/f", Percentile: "P50", Most: time.Microsecond}},
		{text: ""}, {text: "request"}, {text: "request=5ms"}, {text: ":p99=5ms"}, {text: "request:p99"}, {text: "request:p98=5ms"},
		{text: "request:p99=5"}, {text: "request:p99=-5ms"}, {text: "request:p99=0s"}, {text: "request:=5ms"}, {text: "=p:5ms"},
	}
	for _, tt := range tests {
		got, err := parseLimit(tt.text)
		if (err != nil) != (tt.want == tracereport.Limit{}) || err == nil && got != tt.want {
			t.Errorf("%q: %+v, %v", tt.text, got, err)
		}
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, s := range []string{"request:p99=5ms", "=", ":", "a:p50=", "task/:max=1h", "a:b:p99=1s=2s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if l, err := parseLimit(s); err == nil && (l.Most <= 0 || l.Percentile == "") {
			t.Errorf("%q: %+v", s, l)
		}
	})
}

// A limit is of the slowest of the groups that it names.
func TestMeasure(t *testing.T) {
	group := func(k trace.Kind, name string, p99 time.Duration) trace.Group {
		return trace.Group{Kind: k, Name: name, Count: 7, Slices: []trace.Slice{{Name: "P99", Latency: p99}}}
	}
	groups := []trace.Group{group(trace.Region, "a", 3), group(trace.Task, "a", 5), group(trace.Region, "b", 9), {Kind: trace.Handler, Name: "a", Count: 1}}
	for _, tt := range []struct {
		kind trace.Kind
		want time.Duration
	}{{"", 5}, {trace.Region, 3}, {trace.Handler, 0}, {trace.Function, 0}} {
		l := tracereport.Limit{Kind: tt.kind, Group: "a", Percentile: "P99", Most: 4}
		if problem := measure(&l, groups); l.Is != tt.want || (problem == nil) != (tt.want > 0) {
			t.Errorf("%q: %v, %v", tt.kind, l.Is, problem)
		}
		if l.Exceeded() != (tt.want > 4) {
			t.Errorf("%q: exceeded: %v", tt.kind, l.Exceeded())
		}
	}
}
