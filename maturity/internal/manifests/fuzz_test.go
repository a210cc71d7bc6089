package manifests

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Whatever a manifest holds, each check comes to one of the four words, with a reason, and
// a pass has a proof with a line.
func FuzzChecks(f *testing.F) {
	seeds, err := filepath.Glob("testdata/seeds/*.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("there are no seeds: %v", err)
	}
	for _, s := range seeds {
		data, err := os.ReadFile(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	dir := f.TempDir()
	code := verdict.Place{File: "a.go", Line: 1}
	f.Fuzz(func(t *testing.T, data []byte) {
		sub, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(sub)
		for _, name := range []string{"m.yaml", "kustomization.yaml", "compose.yaml"} {
			if err := os.WriteFile(filepath.Join(sub, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tr, err := tree.Walk(sub)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		r := Collect(tr)
		for i, v := range []verdict.Result{
			r.LimitsAgainstGOMAXPROCS(Runtime{Go: "1.26"}), r.Quota(), r.Concurrency(), r.LeakProfileCollected(), r.Readiness(), r.Probes(),
			r.StopsInTime(time.Second, verdict.Place{}), r.ImagesPinned(), r.Timeouts(), r.OutlierDetection([]string{"a"}),
			r.CallerNotShorter([]budgets.Endpoint{{Service: "a", Limit: time.Second, At: code}}), r.RetriesBounded([]Attempts{{Host: "a", N: 2, At: code}, {N: 2, At: code}}),
			r.EjectionsScraped(), r.OTelInjected(), r.MetricsScraped(), r.Canary(), r.AdmissionPolicy(AboutTimeouts), r.AdmissionPolicy(AboutResources),
		} {
			switch v.Status {
			case verdict.Pass:
				if len(v.Proofs) == 0 || v.Proofs[0].Line == 0 {
					t.Errorf("check %d passes without a proof that has a line: %s %v", i, v.Reason, v.Proofs)
				}
			case verdict.Fail, verdict.Unknown, verdict.NotApplicable:
			default:
				t.Errorf("check %d comes to %q", i, v.Status)
			}
			if v.Reason == "" {
				t.Errorf("check %d has no reason", i)
			}
		}
	})
}
