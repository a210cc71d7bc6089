package trace

import "slices"

// A comp is a Component by number.
type comp uint8

const (
	runningComp comp = iota
	assistComp
	sweepComp
	gcWaitComp
	stwComp
	schedulerComp
	syscallComp
	networkComp
	channelComp
	selectComp
	lockComp
	syncComp
	sleepComp
	blockedComp
	undeterminedComp
	comps = iota
)

// component is the name of a number.
func (c comp) component() Component {
	return [comps]Component{
		Running, Assist, Sweep, GCWait, StopTheWorld, Scheduler, Syscall, Network,
		Channel, Select, Lock, Sync, Sleep, Blocked, Undetermined,
	}[c]
}

// waits reports whether somebody else has to end it.
func (c comp) waits() bool {
	switch c {
	case gcWaitComp, networkComp, channelComp, selectComp, lockComp, syncComp, sleepComp, blockedComp:
		return true
	}
	return false
}

// onThread reports whether a goroutine has a thread meanwhile, which the kernel may
// not let run.
func (c comp) onThread() bool {
	return c == runningComp || c == assistComp || c == sweepComp || c == syscallComp
}

// An ext is what ended a wait where no goroutine did.
type ext uint8

const (
	noExt ext = iota
	timerExt
	networkExt
	kernelExt
	runtimeExt
	unknownExt
	foldedExt // several causes in one, for there were too many
	exts      = iota
)

func (x ext) String() string {
	return [exts]string{"", "timer", "network", "kernel", "runtime", "unknown", ""}[x]
}

// parts are times by component, in ns.
type parts [comps]int64

func (p *parts) add(q *parts) {
	for c := range p {
		p[c] += q[c]
	}
}

// report lists the parts, longest first.
func (p *parts) report() []Part {
	var list []Part
	for c, d := range p {
		if d != 0 {
			list = append(list, Part{comp(c).component(), ns(d)})
		}
	}
	slices.SortStableFunc(list, func(a, b Part) int { return compareTimes(a.Time, b.Time) })
	return list
}
