package maturity

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/verdict"
)

func TestDoctor(t *testing.T) {
	const head = `{"version": 1, "profile": "latency", "checks": [`
	for name, c := range map[string]struct {
		text   string
		status verdict.Status
		words  string
	}{
		"passes":  {head + `{"id": "gc.gogc", "verdict": "PASS"}, {"id": "numa.nodes", "verdict": "UNKNOWN"}]}`, verdict.Pass, "1 check passed"},
		"fails":   {head + `{"id": "gc.gogc", "verdict": "PASS"}, {"id": "cgroup.cpu", "verdict": "FAIL", "current": "8", "required": "2"}]}`, verdict.Fail, "1 check that fail"},
		"nothing": {head + `{"id": "gc.gogc", "verdict": "UNKNOWN"}]}`, verdict.Unknown, "could look at nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := ReadDoctor("doctor.json", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := d.verdict(); got.Status != c.status || !strings.Contains(got.Reason, c.words) || got.Proofs[0].File != "doctor.json" {
				t.Errorf("%s: %s %v", got.Status, got.Reason, got.Proofs)
			}
			// It is heard where nothing in the manifests looks, and where something does.
			for _, command := range []string{"[lagvet, doctor, --fail-on, fail]", "[sleep, 1]"} {
				p := atLevel5(t)
				p.replace(t, deployed, "[lagvet, doctor, --fail-on, fail]", command)
				p.in.Doctor = d
				for _, s := range p.audit(t).Tracks[0].Controls {
					want := c.status
					if want == verdict.Unknown && command != "[sleep, 1]" {
						want = verdict.Pass // by what is declared
					}
					if s.ID == "concurrency-readiness" && s.Status != want {
						t.Errorf("with %s: %s: %s, want %s", command, s.Status, s.Reason, want)
					}
				}
			}
		})
	}
	for _, text := range []string{"", "{}", `{"version": 1}`, `{"version": 9, "checks": [{}]}`, "[]"} {
		if _, err := ReadDoctor("x.json", []byte(text)); err == nil || !strings.Contains(err.Error(), "x.json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
