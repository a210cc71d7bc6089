package posture

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// jsonVersion is the version of the format. Fields may be added without a new one; a
// field that goes or changes its meaning makes a new one.
const jsonVersion = 1

// A Tool says which lagvet made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"` // "v1.2.3", "devel"
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"` // the toolchain that built it, "go1.26.8"
}

// document is a report in JSON, as docs/doctor.schema.json has it.
type document struct {
	Version int             `json:"version"`
	Tool    Tool            `json:"tool"`
	Subject Subject         `json:"subject"`
	Profile string          `json:"profile"`
	Time    time.Time       `json:"time"`
	Over    float64         `json:"over_seconds,omitempty"`
	Counts  map[Verdict]int `json:"counts"`
	Checks  []Check         `json:"checks"`
}

// JSON writes the report as one JSON object, on one line if indent is empty.
func (r *Report) JSON(w io.Writer, t Tool, indent string) error {
	d := document{
		Version: jsonVersion, Tool: t, Subject: r.Subject, Profile: r.Profile, Time: r.Time.UTC().Truncate(time.Millisecond),
		Over: r.Over.Seconds(), Counts: make(map[Verdict]int), Checks: r.Checks,
	}
	if d.Checks == nil {
		d.Checks = []Check{}
	}
	for _, v := range Verdicts() {
		d.Counts[v] = r.Count(v)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", indent)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
