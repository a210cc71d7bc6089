package posture

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Verdict is what a check comes to.
type Verdict string

// The verdicts.
const (
	Pass          Verdict = "PASS"
	Warn          Verdict = "WARN"
	Fail          Verdict = "FAIL"
	NotApplicable Verdict = "NOT_APPLICABLE" // what would be looked at does not exist here, or nothing is required of it
	Unknown       Verdict = "UNKNOWN"        // it could not be looked at
)

// Verdicts returns all verdicts, the worst first.
func Verdicts() []Verdict { return []Verdict{Fail, Warn, Unknown, Pass, NotApplicable} }

// A Grade says how far what was seen is to be trusted.
type Grade string

// The grades, the best first.
const (
	Kernel    Grade = "kernel"    // the kernel says so
	Runtime   Grade = "runtime"   // the Go runtime says so
	Declared  Grade = "declared"  // somebody has asked for it: an environment variable, build information
	Heuristic Grade = "heuristic" // it is inferred, and may be wrong: it never fails a check
)

// A Check is what there is to say of one thing.
type Check struct {
	ID       string   `json:"id"` // "gc.gogc": the part before the dot is the group
	Verdict  Verdict  `json:"verdict"`
	Current  string   `json:"current"`  // what it is, with its unit; empty if it is not known
	Required string   `json:"required"` // what the profile asks for; empty if it asks for nothing
	Source   string   `json:"source"`   // where the current value was read
	Grade    Grade    `json:"grade"`
	Why      string   `json:"why"`               // what it costs, or why nothing can be said
	Mend     string   `json:"mend"`              // what to do, if it is not as required
	Advice   string   `json:"advice,omitempty"`  // who requires it
	Doubt    string   `json:"doubt,omitempty"`   // what speaks against the requirement
	Details  []string `json:"details,omitempty"` // the parts of the current value: a line for each thread, each group
}

// A Subject is what was looked at.
type Subject struct {
	Kind string `json:"kind"`          // "host", "self", "process", "endpoint"
	PID  int    `json:"pid,omitempty"` // of a process, in the namespace of who looks
	URL  string `json:"url,omitempty"` // of an endpoint
	Exe  string `json:"exe,omitempty"` // path of the executable
	Go   string `json:"go,omitempty"`  // "go1.26.8": what built it
	OS   string `json:"os"`            // GOOS of who looks
	Arch string `json:"arch"`          // GOARCH of who looks
}

// String names the subject for a reader: "process 12 (/srv/app, go1.26.8)".
func (s Subject) String() string {
	var of []string
	for _, part := range []string{s.Exe, s.URL, s.Go} {
		if part != "" {
			of = append(of, part)
		}
	}
	name := "this machine"
	switch {
	case s.PID != 0:
		name = fmt.Sprintf("process %d", s.PID)
	case s.Kind != "host":
		name = s.Kind
	default:
		of = append(of, s.OS+"/"+s.Arch)
	}
	if len(of) == 0 {
		return name
	}
	return name + " (" + strings.Join(of, ", ") + ")"
}

// A Report is what one look has to say. [Report.JSON] and [Report.Text] write it.
type Report struct {
	Subject Subject
	Profile string
	Time    time.Time
	// Over is the time since the look before, whose counters those of this one are
	// compared with; 0 for the first: counters are then those since the start.
	Over   time.Duration
	Checks []Check
}

// Group returns the part of the ID before the dot.
func (c Check) Group() string { return group(c.ID) }

// Information reports whether there is a value of which nothing is required.
func (c Check) Information() bool { return c.Verdict == NotApplicable && c.Current != "" }

// Count returns how many checks have a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, c := range r.Checks {
		if c.Verdict == v {
			n++
		}
	}
	return n
}

// Reaches reports whether any check has the verdict, or a worse one: FAIL is worse than
// WARN. Of UNKNOWN it reports whether there is one.
func (r *Report) Reaches(v Verdict) bool {
	switch v {
	case Fail, Unknown:
		return r.Count(v) > 0
	case Warn:
		return r.Count(Warn)+r.Count(Fail) > 0
	}
	return slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Verdict == v })
}
