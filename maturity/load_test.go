package maturity

import (
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/verdict"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestLoad(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Input)
		status verdict.Status
		words  string
	}{
		"kept":      {func(*Input) {}, verdict.Pass, "1 limit was kept"},
		"not given": {func(in *Input) { in.Load = nil }, verdict.Unknown, "--bench"},
		"broken":    {func(in *Input) { in.Load.Report.Limits[0].Verdict = posture.Fail }, verdict.Fail, "1 limit was not kept"},
		"unmeasured": {func(in *Input) {
			in.Load.Report.Verdict, in.Load.Report.Limits[0].Verdict = posture.Unknown, posture.Unknown
		}, verdict.Unknown, "could not measure"},
		"interrupted": {func(in *Input) { in.Load.Report.Ended = "interrupted" }, verdict.Unknown, "could not measure"},
		"no limits":   {func(in *Input) { in.Load.Report.Limits = nil }, verdict.Unknown, "could not measure"},
		"old":         {func(in *Input) { in.Load.Report.Time = time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC) }, verdict.Fail, "2025-05-01"},
	} {
		t.Run(name, func(t *testing.T) {
			p := atLevel5(t)
			c.change(&p.in)
			e := &evidence{Input: p.in}
			if got := e.loaded(Track{}, With{}); got.Status != c.status || !strings.Contains(got.Reason, c.words) {
				t.Errorf("%s: %s", got.Status, got.Reason)
			}
		})
	}
	const report = `{"version": 1, "verdict": "PASS", "phases": [{"name": "steady"}], "limits": []}`
	if l, err := ReadLoad("load.json", []byte(report)); err != nil || l.Report.Verdict != posture.Pass {
		t.Errorf("%+v, %v", l, err)
	}
	for _, text := range []string{"", "{}", `{"version": 1}`, `{"version": 9, "phases": [{}]}`, "[]"} {
		if _, err := ReadLoad("x.json", []byte(text)); err == nil || !strings.Contains(err.Error(), "x.json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
