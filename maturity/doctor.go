package maturity

import (
	"encoding/json"
	"fmt"

	"github.com/lagvet/lagvet/maturity/verdict"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Doctor is what lagvet doctor --format json said of a process.
type Doctor struct {
	File    string
	Profile string          `json:"profile"`
	Version int             `json:"version"`
	Checks  []posture.Check `json:"checks"`
}

// doctorVersion is that of the report that is read here; see docs/doctor.schema.json.
const doctorVersion = 1

// ReadDoctor reads a report of lagvet doctor. file is what it is called.
func ReadDoctor(file string, data []byte) (*Doctor, error) {
	d := &Doctor{File: file}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("reading %s as a report of lagvet doctor: %w", file, err)
	}
	if d.Version != doctorVersion || len(d.Checks) == 0 {
		return nil, fmt.Errorf("%s is no report of lagvet doctor --format json of version %d", file, doctorVersion)
	}
	return d, nil
}

// verdict says what the report comes to: a process that fails a check is known to be
// slow, whatever starts it.
func (d *Doctor) verdict() verdict.Result {
	var bad []verdict.Place
	passed := 0
	for _, c := range d.Checks {
		switch c.Verdict {
		case posture.Fail:
			bad = append(bad, verdict.Place{File: d.File, Text: fmt.Sprintf("%s is %s, required %s", c.ID, c.Current, c.Required)})
		case posture.Pass:
			passed++
		}
	}
	switch {
	case len(bad) > 0:
		return verdict.Failed(fmt.Sprintf("lagvet doctor found %s that fail by the profile %s", verdict.Count(len(bad), "check", "checks"), d.Profile), bad...)
	case passed == 0:
		return verdict.Unseen("lagvet doctor could look at nothing that the profile "+d.Profile+" requires", verdict.Place{File: d.File})
	}
	v := verdict.Passed(fmt.Sprintf("lagvet doctor found nothing that fails by the profile %s, and %s passed", d.Profile, verdict.Count(passed, "check", "checks")), verdict.Place{File: d.File})
	v.Grade = verdict.Proven
	v.Run = "lagvet doctor"
	return v
}

// posture checks that the process is looked at before it takes traffic, or was.
func (e *evidence) posture(Track, With) verdict.Result {
	ready := e.manifests.Readiness()
	if e.Doctor == nil {
		return ready
	}
	seen := e.Doctor.verdict()
	if seen.Status == verdict.Fail {
		return seen
	}
	return either(seen, ready)
}
