package policy

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// reportVersion is the version of the format. Fields may be added without a new one; a
// field that goes or changes its meaning makes a new one.
const reportVersion = 1

// A Report is a run and what it comes to, as docs/load.schema.json has it. Times are in
// nanoseconds; a percentile is null if it lies among failed calls, and not there if there
// were too few calls.
type Report struct {
	Version  int             `json:"version"`
	Tool     posture.Tool    `json:"tool"`
	Time     time.Time       `json:"time"` // when the first call was due
	Target   string          `json:"target"`
	Policy   string          `json:"policy"`
	Verdict  posture.Verdict `json:"verdict"`
	Ended    string          `json:"ended,omitempty"` // why the run ended before its plan did
	Limits   []Limit         `json:"limits"`
	Phases   []PhaseReport   `json:"phases"`
	Series   []Point         `json:"series"`
	Machine  *Machine        `json:"machine,omitempty"`
	Process  *ProcessReport  `json:"process,omitempty"`
	Own      Own             `json:"generator"`
	Warnings []string        `json:"warnings,omitempty"`
}

// A PhaseReport is what was measured in the phases of one name.
type PhaseReport struct {
	Name       string               `json:"name"`
	Warmup     bool                 `json:"warmup,omitempty"`
	Seconds    float64              `json:"seconds"`
	Rate       float64              `json:"rate"`       // calls due in a second
	Throughput float64              `json:"throughput"` // calls answered in a second
	Due        int64                `json:"due"`
	Answered   int64                `json:"answered"`
	Failed     map[load.Kind]int64  `json:"failed"`
	Examples   map[load.Kind]string `json:"examples,omitempty"`
	Unsent     int64                `json:"unsent"`
	Abandoned  int64                `json:"abandoned"`
	Latency    Percentiles          `json:"latency_ns"`
	Lag        Percentiles          `json:"lag_ns"`
	CPU        *float64             `json:"cpu_share,omitempty"` // of the CPUs that the service may use
}

// Percentiles are times in nanoseconds by their names: "p50" to "p99.99", "max", "mean".
type Percentiles map[string]*int64

// A Point is an interval of the series.
type Point struct {
	Phase    string  `json:"phase"`
	Start    float64 `json:"start"` // seconds from the beginning
	Seconds  float64 `json:"seconds"`
	Due      int64   `json:"due"`
	Answered int64   `json:"answered"`
	Failed   int64   `json:"failed"`
	Unsent   int64   `json:"unsent"`
	P50      *int64  `json:"p50_ns"` // null: among failed calls, or none were sent
	P95      *int64  `json:"p95_ns"`
	P99      *int64  `json:"p99_ns"`
	Max      int64   `json:"max_ns"`
}

// A Machine is the posture of the machine that the generator runs on.
type Machine struct {
	Profile string          `json:"profile"`
	Summary string          `json:"summary"`
	Checks  []posture.Check `json:"checks"` // that are not as the profile requires
}

// A ProcessReport is what the service's process used.
type ProcessReport struct {
	PID       int     `json:"pid"`
	CPUs      float64 `json:"cpus"` // that it may use
	MaxRSS    int64   `json:"max_rss_bytes"`
	StopNS    *int64  `json:"stop_ns,omitempty"` // until it had ended after SIGTERM
	Killed    bool    `json:"killed,omitempty"`
	Throttled string  `json:"throttled,omitempty"` // how often its groups held it back meanwhile
}

// Own is what the generator tells of itself.
type Own struct {
	Lag        Percentiles `json:"lag_ns"`
	Wake       Percentiles `json:"wake_ns"` // by how much it woke late
	Workers    int         `json:"workers"`
	GCPauses   uint64      `json:"gc_pauses"`
	GCPauseMax int64       `json:"gc_pause_max_ns"`
	Stuck      int64       `json:"stuck"`
	CPUs       *float64    `json:"cpus,omitempty"` // that it used
}

// quantiles are the percentiles of reports.
var quantiles = [...]struct {
	Name string
	P    float64
}{{"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99}}

// PercentileNames returns the names of the percentiles of reports, in order.
func PercentileNames() []string {
	var all []string
	for _, q := range quantiles {
		all = append(all, q.Name)
	}
	return all
}

func percentiles(l *load.Latencies) Percentiles {
	all := make(Percentiles)
	for _, q := range quantiles {
		if d, err := l.Percentile(q.P); err == nil {
			all[q.Name] = nanoseconds(d)
		}
	}
	if l.Answered() > 0 {
		all["max"], all["mean"] = nanoseconds(l.Max()), nanoseconds(l.Mean())
	}
	return all
}

func nanoseconds(d time.Duration) *int64 {
	if d == load.Never {
		return nil
	}
	n := int64(d)
	return &n
}

// Report returns the report of what was measured.
func (p *Policy) Report(e Evidence) *Report {
	r := &Report{
		Version: reportVersion, Time: e.Result.Begin.UTC().Truncate(time.Millisecond), Policy: p.File,
		Limits: p.Judge(e), Phases: []PhaseReport{}, Series: []Point{},
	}
	r.Verdict = Verdict(r.Limits)
	if e.Result.Ended != nil {
		r.Ended = e.Result.Ended.Error()
	}
	for _, m := range e.Result.Phases {
		r.Phases = append(r.Phases, phaseReport(m, e))
	}
	for _, in := range e.Result.Series {
		r.Series = append(r.Series, point(in))
	}
	g := &e.Result.Generator
	r.Own = Own{
		Lag: percentiles(&g.Lag), Wake: percentiles(&g.Wake), Workers: g.Workers,
		GCPauses: g.GCPauses, GCPauseMax: int64(g.GCPauseMax), Stuck: g.Stuck,
	}
	r.Process = processReport(e)
	r.Warnings = warnings(e)
	return r
}

func phaseReport(m *load.Measured, e Evidence) PhaseReport {
	r := PhaseReport{
		Name: m.Name, Warmup: m.Warmup, Seconds: m.For().Seconds(), Rate: m.Rate(), Throughput: m.Throughput(),
		Due: m.Due, Answered: m.Latency.Answered(), Failed: m.Failed, Examples: m.Example, Unsent: m.Unsent, Abandoned: m.Abandoned,
		Latency: percentiles(&m.Latency), Lag: percentiles(&m.Lag),
	}
	if e.Usage != nil {
		if share, err := cpuShare(e, m); err == nil {
			r.CPU = &share
		}
	}
	return r
}

func point(in load.Interval) Point {
	p := Point{
		Phase: in.Phase, Start: in.Start.Seconds(), Seconds: in.For().Seconds(),
		Due: in.Due, Answered: in.Answered, Failed: in.Failed, Unsent: in.Unsent, Max: int64(in.Max),
	}
	if in.Answered+in.Failed > 0 {
		p.P50, p.P95, p.P99 = nanoseconds(in.P50), nanoseconds(in.P95), nanoseconds(in.P99)
	}
	return p
}

func processReport(e Evidence) *ProcessReport {
	if e.Usage == nil && e.Stop == nil {
		return nil
	}
	r := new(ProcessReport)
	if e.Usage != nil {
		r.PID, r.CPUs = e.Usage.PID, e.Usage.CPUs
		r.MaxRSS, _ = e.Usage.MaxRSS() // 0: the limit tells why it is not known
	}
	if e.Stop != nil {
		n := int64(e.Stop.Took)
		r.StopNS, r.Killed = &n, e.Stop.Killed
	}
	return r
}

// warnings say what makes the figures worth less, whatever the limits.
func warnings(e Evidence) []string {
	var all []string
	for _, m := range e.Result.Phases {
		if why := m.Doubt(); why != "" {
			all = append(all, "phase "+m.Name+": "+why)
		}
		if why := m.Late(99); why != "" && !m.Warmup {
			all = append(all, "phase "+m.Name+": "+why)
		}
		if m.Abandoned > 0 {
			all = append(all, fmt.Sprintf("phase %s: %d calls were under way when the run ended, and are in no figure", m.Name, m.Abandoned))
		}
		if m.Warmup {
			all = append(all, fmt.Sprintf("the %d calls of the first %v are a warm-up, and in no other figure", m.Due, m.For()))
		}
	}
	if n := e.Result.Generator.Stuck; n > 0 {
		all = append(all, fmt.Sprintf("%d calls did not come back though their time was over, and count as failed", n))
	}
	return all
}

// JSON writes the report as one JSON object.
func (r *Report) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	return append(data, '\n'), nil
}

// Text is a latency as reports have it, to three digits.
func Text(d time.Duration) string {
	if d == load.Never {
		return "no answer"
	}
	if d <= 0 {
		return d.String()
	}
	digits := math.Pow(10, max(0, math.Floor(math.Log10(float64(d)))-2))
	return d.Round(time.Duration(digits)).String()
}

// An Earlier is the part of an earlier report that a run is compared with.
type Earlier struct {
	Version int            `json:"version"`
	Phases  []*PhaseReport `json:"phases"`
}

// Earlier reads the baseline that the policy names; nil if it names none.
func (p *Policy) Earlier() (*Earlier, error) {
	if p.Baseline == nil {
		return nil, nil
	}
	file := p.Path(p.Baseline.File)
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline, which lagvet bench load --format json -o makes: %w", err)
	}
	e := new(Earlier)
	if err := json.Unmarshal(data, e); err != nil {
		return nil, fmt.Errorf("the baseline %s is no report of lagvet bench load in JSON: %w", file, err)
	}
	if e.Version != reportVersion || len(e.Phases) == 0 {
		return nil, fmt.Errorf("the baseline %s is no report of lagvet bench load of version %d", file, reportVersion)
	}
	return e, nil
}

// sameRate is how far rates may be apart for latencies to be compared: 2 %, a choice.
const sameRate = 0.02

// percentile returns a percentile of the phase of the same name at the same rate.
func (e *Earlier) percentile(m *load.Measured, name string) (time.Duration, error) {
	for _, ph := range e.Phases {
		if ph == nil || ph.Name != m.Name {
			continue
		}
		if !(math.Abs(ph.Rate-m.Rate()) <= sameRate*m.Rate()) {
			return 0, fmt.Errorf("the baseline is of another rate, %.1f/s, and this is %.1f/s", ph.Rate, m.Rate())
		}
		if n := ph.Latency[name]; n != nil && *n > 0 {
			return time.Duration(*n), nil
		}
		return 0, errNotThere
	}
	return 0, fmt.Errorf("the baseline has no phase %q", m.Name)
}
