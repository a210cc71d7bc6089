package load

import "time"

// A Result is what a run has shown.
type Result struct {
	Plan      Plan
	Begin     time.Time     // offsets of spans and intervals count from here
	Took      time.Duration // until the last call was over
	Phases    []*Measured   // in the order of the plan, those of one name together
	Series    []Interval    // in the order of time
	Generator Generator

	// Ended is why the run ended before its plan did, or nil.
	Ended error
}

// Phase returns what was measured in the phases of a name, or nil if there is none.
func (r *Result) Phase(name string) *Measured {
	for _, m := range r.Phases {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Measured is what the phases of one name have shown. Calls count where they were due.
type Measured struct {
	Name   string
	Warmup bool
	Spans  []Span // when they were

	Due       int64 // calls that were due
	Unsent    int64 // of them those that were not sent: too many were under way
	Abandoned int64 // of them those that were under way when the run was interrupted

	Latency Latencies // from when a call was due until its answer
	Lag     Latencies // from when a call was due until it was sent: the generator's part

	// InTime are the calls that were answered as they should while a phase of the name
	// was on, whenever they were due.
	InTime int64

	Failed  map[Kind]int64
	Example map[Kind]string // the first error of each kind
}

// For is how long the phases lasted, as far as the run came.
func (m *Measured) For() (d time.Duration) {
	for _, s := range m.Spans {
		d += s.For()
	}
	return d
}

// Errors is the number of calls that failed, those by the generator's fault included.
func (m *Measured) Errors() int64 { return m.Latency.Failed() }

// Rate is how many calls were due in each second.
func (m *Measured) Rate() float64 { return perSecond(m.Due, m.For()) }

// Throughput is how many calls were answered as they should in each second.
func (m *Measured) Throughput() float64 { return perSecond(m.InTime, m.For()) }

func perSecond(n int64, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

// A Span is a time of the run, from its beginning.
type Span struct{ Start, End time.Duration }

// For is the length of the span.
func (s Span) For() time.Duration { return s.End - s.Start }

// An Interval is a step of the series: the calls that were due in it.
type Interval struct {
	Span
	Phase    string
	Due      int64 // calls
	Unsent   int64
	Answered int64 // as they should
	Failed   int64
	// Percentiles of all calls but those unsent, be they few; [Never] as there.
	P50, P95, P99 time.Duration
	Max           time.Duration // of those answered

	histogram []byte // of those answered, in the V2 encoding
}

// A Generator is what is known of the generator itself.
type Generator struct {
	Lag     Latencies // from when calls were due until they were sent
	Wake    Latencies // by how much it woke too late: hiccups of this machine
	Workers int       // that it started: the most calls that were under way
	Unsent  int64     // calls that were due while too many were under way
	Stuck   int64     // calls that did not come back, though their time was over

	GCPauses   uint64        // times its world was stopped for a garbage collection
	GCPauseMax time.Duration // the longest at most
}
