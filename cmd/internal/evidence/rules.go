package evidence

import (
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A row says that a kind of measurement shows what a rule finds, and where to look.
type row struct {
	kind  kind
	where where
}

// A where is a place, relative to a finding, at which a kind is measured.
type where int

const (
	// atLine is the line of the finding itself.
	atLine where = iota
	// alongCalls is the line, or else where the chain of calls leads from there.
	alongCalls
	// running is the same, or else the whole function of a finding about it.
	running
	// inFunction is anywhere in the function, where it releases a lock.
	inFunction
	// throughout is the function as a whole.
	throughout
	// atSteps is at the line, and at any place that the chain names, whoever gets there.
	atSteps
	// atStart is in the goroutines that are started at the line.
	atStart
)

// rows says what shows that a rule's findings happen.
var rows = map[string][]row{
	// The call waits, in whatever it calls. What waits for the network itself
	// is in no block profile, but in goroutine profiles and traces.
	"ctxless": {{block, alongCalls}, {goroutine, alongCalls}, {blocked, alongCalls}, {kernel, alongCalls}},
	// Goroutines that run, that will never end, and how fast they are started:
	// only traces know who started them.
	"gounbounded": {{goroutine, atStart}, {leak, atStart}, {started, atLine}},
	// A mutex profile puts the time that others wait where the lock is released,
	// so anywhere in the function. A block profile puts it where they wait,
	// which the chain names, as what goes on under the lock does at the line.
	"lockblock": {{mutex, inFunction}, {block, atSteps}, {blocked, atSteps}, {kernel, alongCalls}},
	// Whoever waits for the ticker stands at a place that the chain names; the
	// ticker itself is memory that the line allocated.
	"tickerleak": {{goroutine, atSteps}, {leak, atSteps}, {inuse, atLine}},
	// The compiler allocates where the value is made: the chain says where it
	// goes, which allocates nothing.
	"heapescape": {{alloc, atLine}, {assist, atLine}},
	"hotalloc":   {{alloc, alongCalls}, {assist, alongCalls}},
	"initperreq": {{alloc, alongCalls}, {assist, alongCalls}},
	// What a defer costs beside its call is CPU time of the function.
	"hotdefer": {{cpu, atLine}},
	"hotcall":  {{cpu, alongCalls}},
	"hotblock": {{block, alongCalls}, {blocked, alongCalls}, {kernel, alongCalls}},
	// What asks another process waits for it, in whatever it calls.
	"ctxbreak":      remote,
	"httptimeout":   remote,
	"deadlineorder": remote,
	"httppool":      remote,
	"retrystorm":    remote,
	"nobreaker":     remote,
	"dbpool":        remote,
	// Goroutines that hang, or never end.
	"goroutineleak": {{goroutine, atStart}, {leak, atStart}, {goroutine, atSteps}, {leak, atSteps}},
	"lockorder":     {{mutex, inFunction}, {block, atSteps}, {goroutine, atSteps}, {leak, atSteps}},
	"sleeppoll":     {{goroutine, running}, {blocked, running}, {cpu, running}},
	"threadlock":    {{blocked, alongCalls}, {kernel, alongCalls}},
	// What piles up is in use, where it was allocated.
	"ctxaccumulate":  {{inuse, alongCalls}, {alloc, alongCalls}},
	"respbody":       {{inuse, alongCalls}, {goroutine, alongCalls}},
	"unboundedqueue": {{inuse, alongCalls}, {alloc, alongCalls}},
	// What is made anew each time is allocated.
	"timerchurn": {{alloc, alongCalls}, {assist, alongCalls}},
	"poolmisuse": {{alloc, alongCalls}, {assist, alongCalls}},
	"logsplit":   {{alloc, alongCalls}, {cpu, alongCalls}},
	// Nothing but the time that the code takes shows that it runs.
	"bufshare":   {{cpu, running}},
	"falseshare": {{cpu, running}},
	"walltime":   {{cpu, running}},
	"procs":      {{cpu, running}},
	"linkname":   {{cpu, running}},
	"hardexit":   {{cpu, running}},
	"gcknob":     {{stopped, alongCalls}, {cpu, alongCalls}},
	// The world is stopped where the trace says; what is done meanwhile, CPU.
	"stw": {{stopped, alongCalls}, {cpu, alongCalls}},
}

// remote shows that code waits for another process.
var remote = []row{{goroutine, alongCalls}, {blocked, alongCalls}, {block, alongCalls}, {kernel, alongCalls}}

// effects says what shows that code has an effect, for rules that are about any.
var effects = map[string][]row{
	"alloc":   {{alloc, alongCalls}, {assist, alongCalls}},
	"lock":    {{block, alongCalls}, {blocked, alongCalls}},
	"chan":    {{block, alongCalls}, {blocked, alongCalls}},
	"net":     {{goroutine, alongCalls}, {blocked, alongCalls}},
	"sleep":   {{goroutine, alongCalls}, {blocked, alongCalls}},
	"disk":    {{kernel, alongCalls}},
	"syscall": {{kernel, alongCalls}},
	"cgo":     {{kernel, alongCalls}}, // traces take a call of C for one of the system
	"stw":     {{stopped, alongCalls}, {cpu, alongCalls}},
	"spawn":   {{started, alongCalls}},
}

// spent is for allocations over budget: it is all of them together that are.
var spent = []row{{alloc, throughout}, {assist, throughout}}

// wanted returns what shows that a finding happens; nil if CPU time is all that can.
func wanted(f finding.Finding) []row {
	switch f.Rule {
	case "budget", "policy":
	default:
		return rows[f.Rule]
	}
	// The cause is "allocs", "defers", "effect net", "forbids net by net.Dial",
	// "forbids alloc: …" or "requires hot".
	verb, rest, _ := strings.Cut(f.Cause, " ")
	effect, _, _ := strings.Cut(rest, " ")
	effect = strings.TrimSuffix(effect, ":")
	switch {
	case verb == "allocs", verb == "effect" && effect == "alloc":
		return spent
	case verb == "effect", verb == "forbids":
		return effects[effect]
	}
	return nil
}

// fallback is what any code is measured by, if nothing is given that fits its rule.
var fallback = []row{{cpu, running}}
