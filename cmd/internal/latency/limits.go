package latency

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// percentiles are those that a limit can be of.
var percentiles = [...]string{"P50", "P99", "P99.9", "max"}

// parseLimits reads limits: "request:p99=5ms", "region/request:max=1s".
func parseLimits(texts []string) ([]tracereport.Limit, error) {
	var limits []tracereport.Limit
	for _, text := range texts {
		l, err := parseLimit(text)
		if err != nil {
			return nil, fmt.Errorf("--max %s: %w: write it as GROUP:PERCENTILE=TIME, such as request:p99=5ms", text, err)
		}
		limits = append(limits, l)
	}
	return limits, nil
}

func parseLimit(text string) (l tracereport.Limit, err error) {
	equals := strings.LastIndexByte(text, '=')
	colon := strings.LastIndexByte(text[:max(equals, 0)], ':')
	if equals < 0 || colon <= 0 {
		return l, fmt.Errorf("it names no group and percentile")
	}
	l.Group = text[:colon]
	if kind, name, ok := strings.Cut(l.Group, "/"); ok && slices.Contains(Kinds(), kind) {
		l.Kind, l.Group = trace.Kind(kind), name
	}
	i := slices.IndexFunc(percentiles[:], func(p string) bool { return strings.EqualFold(p, text[colon+1:equals]) })
	if i < 0 {
		return l, fmt.Errorf("the percentile is %q, and must be p50, p99, p99.9 or max", text[colon+1:equals])
	}
	l.Percentile = percentiles[i]
	if l.Most, err = time.ParseDuration(text[equals+1:]); err != nil || l.Most <= 0 {
		return l, fmt.Errorf("%q is no time", text[equals+1:])
	}
	return l, nil
}

// judge holds the report against the limits. What it cannot tell is no success.
func (c *command) judge(r *tracereport.Report) {
	for _, l := range c.limits {
		if problem := measure(&l, r.Groups); problem != nil {
			r.Failures = append(r.Failures, *problem)
			continue
		}
		r.Limits = append(r.Limits, l)
	}
}

// measure finds what a limit is of, among all groups of its name.
func measure(l *tracereport.Limit, groups []trace.Group) *finding.Problem {
	there, measured := int64(-1), false
	for i := range groups {
		g := &groups[i]
		if g.Name != l.Group || l.Kind != "" && g.Kind != l.Kind {
			continue
		}
		there = max(there, g.Count)
		if s := tracereport.SliceOf(g, l.Percentile); s != nil {
			l.Is, measured = max(l.Is, s.Latency), true
		}
	}
	switch {
	case measured:
		return nil
	case there < 0:
		return &finding.Problem{Message: fmt.Sprintf("no group is called %q, so its %s is within no limit", l.Group, l.Percentile), Remedy: "name one that there is: " + some(groups)}
	}
	return &finding.Problem{
		Message: fmt.Sprintf("the %s of %s cannot be told from %d whole spans", l.Percentile, l.Group, there), Remedy: "trace for longer, or set a limit to a lower percentile, or to max",
	}
}
