package finding

// Evidence is what was measured, on the running program, of a finding.
type Evidence struct {
	// Status is [Confirmed] or [NotObserved].
	Status string
	// Weight ranks findings, the greatest first: the greatest share of a whole
	// (CPU time, bytes allocated, time blocked, goroutines) that was measured
	// for the finding, 0 to 1.
	Weight   float64
	Measures []Measure // the greatest first
}

// The verdicts of evidence. That something was not observed clears nobody: the
// profile may have missed the moment.
const (
	Confirmed   = "confirmed"
	NotObserved = "not observed"
)

// A Measure is one figure that a profile or a trace holds.
type Measure struct {
	Source string  // the file, as it was given
	Kind   string  // cpu, alloc, inuse, mutex, block, goroutine or trace
	Value  float64 // in Unit
	Unit   string  // "s/s" of CPU or of waiting, "bytes/s", "bytes", "goroutines"
	Share  float64 // of all that Source holds of the kind, 0 to 1
	Line   bool    // measured at the line of the finding, or else in its function
	Text   string  // for a reader: "31 % of CPU at this line (cpu.pprof)"
}
