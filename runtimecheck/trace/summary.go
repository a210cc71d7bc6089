package trace

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// report makes the report, at the end of the trace.
func (e *engine) report() *Report {
	e.openAtEnd()
	e.info.Start, e.info.End = ns(e.first), ns(e.clock.last)
	e.info.Procs = len(e.procs)
	if !e.info.Wall.IsZero() {
		e.info.Wall = e.info.Wall.Add(ns(e.first)).UTC()
	}
	r := &Report{Trace: e.info}
	if e.overlay != nil {
		r.Kernel = e.overlay.report(e.first, e.clock.last)
	}
	for _, g := range e.groups.list(e.tables) {
		r.Groups = append(r.Groups, g.report(e.tables, e.groups.slowest))
	}
	r.Problems = e.problems(r)
	return r
}

func (g *group) report(t *tables, slowest int) Group {
	r := Group{
		Kind: g.kind, Name: t.names[g.name], Count: g.count, Total: ns(g.total),
		OpenStart: g.openStart, OpenEnd: g.openEnd, Slack: ns(g.slack), Slices: g.slices(t),
	}
	for _, k := range g.slow[:min(slowest, len(g.slow))] {
		r.Slowest = append(r.Slowest, k.report(t))
	}
	return r
}

func (k *kept) report(t *tables) Span {
	return Span{
		Start: ns(k.start), End: ns(k.end), Goroutine: max(k.g, 0),
		Parts: k.parts.report(), Kernel: k.kernel.report(), Causes: k.causes.report(t),
		Timeline: k.timeline.report(t, k.end, k.stops),
	}
}

// problems lists what could not be told.
func (e *engine) problems(r *Report) []Problem {
	var list []Problem
	add := func(n int64, code, text string) {
		if n > 0 {
			list = append(list, Problem{code, text, n})
		}
	}
	if e.info.Cut != "" {
		list = append(list, Problem{Code: "truncated", Text: "the end of the trace could not be read: " + e.info.Cut + "; the report is of what comes before"})
	}
	var starts, ends int64
	for i := range r.Groups {
		starts += r.Groups[i].OpenStart
		ends += r.Groups[i].OpenEnd
	}
	add(starts, "open-at-start", "spans began before the trace, and are not measured: trace for longer than the slowest of them takes")
	add(ends, "open-at-end", "spans did not end within the trace, and are not measured: trace for longer than the slowest of them takes")
	add(e.backwards, "clock-backwards", "times in the trace run backwards: they were taken to stand still, and lengths near them are wrong")
	add(e.steps, "clock-step", fmt.Sprintf("the wall clock was stepped by more than %v while tracing: what is compared by wall clock, as with logs, may not match", clockStep))
	for _, n := range slices.Sorted(maps.Keys(e.reasons)) {
		add(e.reasons[n], "unknown-reason", fmt.Sprintf("waits for %q, of which this version knows nothing, are told as blocked", e.tables.names[n]))
	}
	add(e.lostHistory, "history", fmt.Sprintf("stretches of what lies behind a wait are undetermined: only the last %d states of a goroutine are remembered, none from before the trace", maxHistory))
	add(e.cutChains, "chain-cut", fmt.Sprintf("chains of who waited for whom were not followed to their end: they are more than %d deep, or of more than %d stretches of time; the rest is told as unknown or undetermined", maxDepth, maxPieces))
	add(e.taskless, "tasks", fmt.Sprintf("tasks were not followed, for %d were open: end each task", maxTasks))
	add(e.groups.others, "names", fmt.Sprintf("spans have names beyond the first %d of their kind, and are taken together: leave numbers out of names", maxGroups))
	add(e.groups.folded, "causes", "spans were added when there was no more room for causes: these are told by component only")
	add(e.tables.lost, "stacks", fmt.Sprintf("stacks beyond the first %d are not told", maxStacks))
	return append(list, e.kernelProblems(r)...)
}

// clockStep is how far the wall clock may drift from the monotonic one between two
// generations of a trace, about a second apart. NTP slews by 500 ppm at most
// (adjtimex(2)), which is half a millisecond.
const clockStep = 10 * time.Millisecond

// clockBack is how far the first moment of a generation may lie before the last of the
// one before it: threads write to that until each has seen the new one, and where CPUs
// are scarce a thread is late.
const clockBack = time.Second

// kernelProblems says what samples of the kernel's accounts do not tell.
func (e *engine) kernelProblems(r *Report) []Problem {
	switch whole := r.Trace.End - r.Trace.Start; {
	case r.Kernel == nil && len(e.options.Kernel) > 0:
		return []Problem{{"kernel-samples", "one sample of the kernel's accounts tells nothing: growth between two does", 1}}
	case r.Kernel != nil && r.Kernel.Covered < whole:
		return []Problem{{Code: "kernel-covered", Text: fmt.Sprintf("samples of the kernel's accounts cover %v of %v: what it did in the rest is not told", r.Kernel.Covered, whole)}}
	}
	return nil
}
