package bench

import (
	"fmt"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

// What makes a machine unfit to measure on.
const (
	// mostTaken is the share of the machine's CPU time that others may use, in percent.
	// It is a choice: what they use beyond it is as large as the changes that benchmarks
	// are run to find.
	mostTaken = 10
	// mostWaited is the time that threads may have waited for a CPU, in percent of that of
	// the run on each P. It is a choice too, for the same reason.
	mostWaited = 10
	// longestHiccup is how late an idle goroutine may wake. The runtime takes a P from a
	// goroutine after 10 ms (forcePreemptNS in package runtime), and the kernel gives
	// back what a quota took after 100 ms (the default cpu.cfs_period_us, in
	// Documentation/scheduler/sched-bwc.rst).
	longestHiccup = 100 * time.Millisecond
)

// fitness says why the figures of a run are not to be believed: nothing if they are.
func fitness(s span, latest time.Duration) (reasons []string) {
	if d := s.kernel[held]; d > 0 {
		reasons = append(reasons, fmt.Sprintf("the CPU quota of the cgroup held it back for %v", round(d)))
	}
	if foreign, steal, ok := s.machine(); ok {
		if steal > mostTaken {
			reasons = append(reasons, fmt.Sprintf("the hypervisor gave %.0f %% of the CPU time to others", steal))
		}
		if foreign > mostTaken {
			reasons = append(reasons, fmt.Sprintf("other programs used %.0f %% of the machine's CPU time", foreign))
		}
	}
	if share := s.queued(); share > mostWaited {
		reasons = append(reasons, fmt.Sprintf("its threads waited for a CPU for %.0f %% of the time", share))
	}
	if latest > longestHiccup {
		reasons = append(reasons, fmt.Sprintf("a goroutine that only slept woke %v late", latest.Round(time.Millisecond)))
	}
	return reasons
}

func round(seconds float64) time.Duration {
	return time.Duration(seconds * 1e9).Round(100 * time.Microsecond)
}

func (r *report) fitness(s span, latest time.Duration) {
	r.b.Helper()
	reasons := fitness(s, latest)
	if _, _, known := s.machine(); len(reasons) == 0 && known {
		r.metric(unit.Unfit, 0)
	}
	if len(reasons) > 0 {
		r.metric(unit.Unfit, 1)
		r.say("unfit: %s", strings.Join(reasons, "; "))
	}
}
