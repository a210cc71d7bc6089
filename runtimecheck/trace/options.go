package trace

// Options say what to look for in a trace. The zero value looks for regions, tasks
// and HTTP handlers.
type Options struct {
	// Functions are the names of functions, as in profiles, whose calls are spans.
	Functions []string
	// Slowest is how many spans of each group are kept whole: 5 if it is 0, none if
	// it is negative.
	Slowest int
	// Kernel is samples of the kernel's accounts, taken while the trace was, in order
	// of time.
	Kernel []Sample
}
