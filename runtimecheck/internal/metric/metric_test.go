package metric

import (
	"context"
	"errors"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

type fake struct {
	read map[string]target.Metric
	err  error
}

func (f fake) Read(context.Context, ...string) (map[string]target.Metric, error) {
	return f.read, f.err
}
func (f fake) Source(name string) string { return "fake " + name }

func TestSet(t *testing.T) {
	read := map[string]target.Metric{"/a:x": {Number: 3}, "/h:s": {Histogram: new(metrics.Float64Histogram)}}
	s := Read(t.Context(), &target.Target{Metrics: fake{read: read}}, "/a:x", "/h:s")
	if v, ok := s.Number("/a:x"); v != 3 || !ok {
		t.Errorf("the number is %v, %v", v, ok)
	}
	if _, ok := s.Number("/h:s"); ok {
		t.Error("a histogram is taken for a number")
	}
	if _, ok := s.Histogram("/a:x"); ok {
		t.Error("a number is taken for a histogram")
	}
	if _, ok := s.Histogram("/h:s"); !ok {
		t.Error("there is no histogram")
	}
	if v, missing := s.Numbers("/a:x", "/b:x"); v != nil || missing != "/b:x" {
		t.Errorf("%v, %q", v, missing)
	}
}

func TestMissing(t *testing.T) {
	for name, tt := range map[string]struct {
		metrics              target.Metrics
		source, reason, mend string
	}{
		"from outside": {nil, "runtime/metrics /b:x", "only the program itself", "--url"},
		"broken":       {fake{err: errors.New("it hangs")}, "fake /b:x", "it hangs", ""},
		"too few":      {fake{}, "fake /b:x", "there is no /b:x", "WithGoCollectorRuntimeMetrics"},
	} {
		o := Read(t.Context(), &target.Target{System: fixture.Tree(t), Kind: target.Process, PID: 12, Metrics: tt.metrics}, "/b:x").Missing("a.b", "/b:x")
		if o.Absent != posture.Unknown || o.Source != tt.source || !strings.Contains(o.Reason, tt.reason) || !strings.Contains(o.Mend, tt.mend) || tt.mend == "" && o.Mend != "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
