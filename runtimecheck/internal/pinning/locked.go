package pinning

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// locks compares the pinned threads with the goroutines that are locked to one. Which
// goroutine is on which thread is not written in the stacks: only the numbers can be
// compared, so that as many of each may still be of different threads.
func (v *view) locks(ctx context.Context) posture.Observation {
	const source = "goroutine?debug=2"
	if len(v.pinned) == 0 {
		return v.unpinned(locked)
	}
	if v.Pprof == nil || v.Goroutines == nil { // nobody has asked for what stops the program
		o := posture.Hidden(locked, source, fmt.Sprintf("%s pinned, and a mask without a lock pins nothing; which goroutines are locked stands in their stacks, and taking those stops the program", plural(len(v.pinned), "thread")))
		o.Mend = "let the program's endpoint be asked for the stacks as well: --pid with --url http://host:port/debug/pprof and --snapshots 10s"
		return o
	}
	text, err := v.Pprof(ctx, source)
	if err != nil {
		return posture.Hidden(locked, source, fmt.Sprintf("the endpoint does not tell: %v", err))
	}
	n := countLocked(string(text))
	o := posture.Number(locked, float64(max(0, len(v.pinned)-n)), source, posture.Heuristic)
	o.Current = fmt.Sprintf("%s, %s", plural(len(v.pinned), "pinned thread"), plural(n, "locked goroutine"))
	return o
}

// countLocked counts the goroutines in a text of stacks that are locked to a thread. The
// runtime's own that waits for signals is locked, and pinned by nobody.
func countLocked(stacks string) int {
	n := 0
	for stack := range strings.SplitSeq(stacks, "\n\n") {
		head, frames, _ := strings.Cut(strings.TrimLeft(stack, "\n"), "\n")
		if isLocked(head) && !strings.Contains(frames, "runtime.ensureSigM") {
			n++
		}
	}
	return n
}

// isLocked reads the line above a stack, as goroutineheader in the runtime's traceback.go
// writes it: "goroutine 18 [select, 5 minutes, locked to thread]:", perhaps with labels,
// which may hold any text: before the bracket in Go 1.26, behind it since.
func isLocked(head string) bool {
	if !strings.HasPrefix(head, "goroutine ") {
		return false
	}
	_, state, _ := strings.Cut(head, " [")
	state, _, _ = strings.Cut(state, "]")
	state, _, _ = strings.Cut(state, " labels:{")
	return slices.Contains(strings.Split(state, ", "), "locked to thread")
}
