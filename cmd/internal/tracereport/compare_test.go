package tracereport

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// compared is a request whose lock was taken away, beside groups of one trace only.
func compared() *Comparison {
	before, after := sample(), sample()
	before.Source, after.Source = "before.out", "after.out"
	before.Findings, before.Shown, before.Limits, before.Failures, before.Notes = nil, nil, nil, nil, nil
	g := &after.Groups[0]
	for i := range g.Slices {
		s := &g.Slices[i]
		lock := partOf(s.Parts, trace.Lock) / 60
		s.Parts = []trace.Part{{Component: trace.Running, Time: partOf(s.Parts, trace.Running)}, {Component: trace.Network, Time: partOf(s.Parts, trace.Network)}, {Component: trace.Lock, Time: lock}}
		s.Latency = s.Latency * 40 / 100
	}
	g.Slices[0].Latency = before.Groups[0].Slices[0].Latency
	after.Groups[1].Name = "POST /orders"
	return &Comparison{before, after}
}

func TestCompare(t *testing.T) {
	golden(t, "compare.txt", written(t, compared(), func(w io.Writer, c *Comparison) error { return CompareText(w, c, false) }))
	golden(t, "compare.md", written(t, compared(), CompareMarkdown))
	golden(t, "compare.json", written(t, compared(), CompareJSON))
}

func TestChanges(t *testing.T) {
	var names []string
	for _, c := range compared().Changes() {
		names = append(names, c.Name+": "+c.Sentence())
	}
	want := []string{
		"request: P99 48 ms, now 19.2 ms (−60 %); the most of it lock, 28.8 ms less in a span",
		"GET /orders/1: max 80 ms, now 80 ms (the same)",
		"GET /orders/0: only in the trace before", "POST /orders: only in the trace after",
	}
	if strings.Join(names, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	c := Change{Before: &trace.Group{}, After: &trace.Group{}}
	if got := c.Sentence(); got != "no percentile that both traces have" {
		t.Error(got)
	}
	if got := change(10*time.Millisecond, 15*time.Millisecond); got != " (+50 %)" {
		t.Error(got)
	}
}
