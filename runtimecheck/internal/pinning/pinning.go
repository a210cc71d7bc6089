package pinning

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/internal/threads"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Probe looks at the masks of all threads.
var Probe = probe.Probe{Name: "pinning", Specs: specs, Look: look}

const (
	affinity = "pinning.affinity"
	stacked  = "pinning.stacked"
	shared   = "pinning.shared"
	locked   = "pinning.locked"
	cache    = "pinning.cache"
	balanced = "pinning.balanced"
	isolated = "pinning.isolated"
	nohzFull = "pinning.nohz_full"
	rcuNocbs = "pinning.rcu_nocbs"
)

var specs = []posture.Spec{{
	ID:   affinity,
	What: "different CPU masks of the threads",
	Why:  "a thread whose mask is not known of is looked for on the wrong CPUs",
	Mend: "taskset -a -p -c LIST PID sets the mask of every thread",
	Go:   true,
}, {
	ID:   stacked,
	What: "pinned threads for each CPU they may run on, where there are most",
	Why:  "pinned threads that share a CPU take turns: each waits for a time slice of the other, while other CPUs are idle",
	Mend: "give each pinned thread a CPU of its own, and lock its goroutine before setting the mask: a thread hands its mask down to those that it makes",
	Go:   true,
}, {
	ID:   shared,
	What: "CPUs of pinned threads that wider threads may run on as well",
	Why:  "the garbage collector's workers and any other goroutine may then take the CPU of the pinned loop away",
	Mend: "start the process on the other CPUs (taskset -c, CPUAffinity= of the unit), and let the loop move its own thread to a CPU outside them",
	Go:   true,
}, {
	ID:   locked,
	What: "pinned threads that have no locked goroutine",
	Why:  "a mask without a lock pins nothing: the goroutine moves on to another thread, and others run on this one",
	Mend: "call runtime.LockOSThread before sched_setaffinity, in the same goroutine",
	Go:   true,
}, {
	ID:   cache,
	What: "last-level caches that the CPUs of the process belong to",
	Why:  "a goroutine that moves to a CPU behind another cache finds its data cold, and what two such CPUs write goes through memory",
	Mend: "bind the process to CPUs of one cache (taskset -c, CPUAffinity= of the unit, the static CPU manager of Kubernetes), if these are enough",
	Go:   true,
}, {
	ID:   balanced,
	What: "threads that may run on an isolated CPU and on others",
	Why:  "the kernel balances nothing to or from isolated CPUs: such threads stay where they were started and can stack up on one CPU while the others are idle",
	Mend: "leave isolated CPUs out of the mask of the process, and pin single threads to single ones of them",
	Go:   true,
}, {
	ID:   isolated,
	What: "pinned CPUs that are not isolated",
	Why:  "the kernel moves other processes there, and the pinned loop waits for their time slices",
	Mend: "boot with isolcpus=managed_irq,domain,LIST of the pinned CPUs, or make them an isolated partition (cpuset.cpus.partition of cgroup v2)",
}, {
	ID:   nohzFull,
	What: "pinned CPUs that have a periodic tick",
	Why:  "the tick interrupts a pinned loop 100 to 1000 times a second (CONFIG_HZ)",
	Mend: "boot with nohz_full=LIST of the pinned CPUs, leaving at least one CPU of each node out",
}, {
	ID:   rcuNocbs,
	What: "pinned CPUs that run RCU callbacks themselves",
	Why:  "the kernel frees memory of its own in callbacks on the CPU of the pinned loop, in bursts of many microseconds",
	Mend: "boot with rcu_nocbs=LIST of the pinned CPUs; nohz_full= implies it",
}}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	if t.Kind == target.Host {
		return host(t)
	}
	v, err := see(t)
	if err != nil {
		return blind(t, err)
	}
	return []posture.Observation{
		v.affinity(), v.stacked(), v.shared(), v.locks(ctx), v.cache(),
		v.balanced(), v.isolated(), v.nohz(), v.rcu(),
	}
}

// blind is all there is to say if the threads cannot be seen.
func blind(t *target.Target, err error) []posture.Observation {
	var all []posture.Observation
	for _, s := range specs {
		all = append(all, system.Absent(s.ID, t.Proc("task"), err))
	}
	return all
}

// A view is what was seen of a process.
type view struct {
	*target.Target
	threads []threads.Thread
	widest  cpulist.List     // the mask of threads that are not pinned
	pinned  []threads.Thread // all others
	cpus    cpulist.List     // that these may run on
	source  string
}

func see(t *target.Target) (*view, error) {
	all, err := threads.Of(t)
	if err != nil {
		return nil, err
	}
	v := &view{Target: t, threads: all, widest: threads.Widest(all), source: "sched_getaffinity(2) of " + t.Proc("task", "*")}
	widest := v.widest.String()
	for _, th := range all {
		if th.CPUs.String() != widest {
			v.pinned = append(v.pinned, th)
			v.cpus = v.cpus.Or(th.CPUs)
		}
	}
	return v, nil
}

// unpinned is the observation of what concerns pinned threads alone, if there are none.
func (v *view) unpinned(id string) posture.Observation {
	return posture.None(id, v.source, fmt.Sprintf("no thread is pinned: %s may run on %s", plural(len(v.threads), "thread"), v.widest.Named()))
}

// A group of threads has one mask.
type group struct {
	cpus cpulist.List
	ids  []int
}

// groups returns the threads by their masks, in the order of the first of each.
func groups(all []threads.Thread) []*group {
	var groups []*group
	by := make(map[string]*group)
	for _, th := range all {
		mask := th.CPUs.String()
		g := by[mask]
		if g == nil {
			g = &group{cpus: th.CPUs}
			by[mask] = g
			groups = append(groups, g)
		}
		g.ids = append(g.ids, th.ID)
	}
	return groups
}

// String lists the threads of a group, the first few by number.
func (g *group) String() string {
	const few = 8
	var ids []string
	for _, id := range g.ids[:min(len(g.ids), few)] {
		ids = append(ids, strconv.Itoa(id))
	}
	list := strings.Join(ids, " ")
	if len(g.ids) > few {
		list += " …"
	}
	return fmt.Sprintf("%s: %s (%s)", g.cpus.Named(), plural(len(g.ids), "thread"), list)
}

func (v *view) affinity() posture.Observation {
	masks := groups(v.threads)
	o := posture.Number(affinity, float64(len(masks)), v.source, posture.Kernel)
	o.Current = fmt.Sprintf("%s on %s", plural(len(v.threads)-len(v.pinned), "thread"), v.widest.Named())
	if len(v.pinned) > 0 {
		o.Current += fmt.Sprintf(", %d pinned to %s", len(v.pinned), v.cpus.Named())
		for _, g := range masks {
			o.Details = append(o.Details, g.String())
		}
	}
	return o
}

// stacked finds the set of CPUs that most pinned threads cannot leave, for its size.
func (v *view) stacked() posture.Observation {
	if len(v.pinned) == 0 {
		return v.unpinned(stacked)
	}
	o := posture.Number(stacked, 0, v.source, posture.Kernel)
	masks := groups(v.pinned)
	for _, g := range masks {
		n := 0
		for _, other := range masks {
			if within(other.cpus, g.cpus) {
				n += len(other.ids)
			}
		}
		if many := float64(n) / float64(len(g.cpus)); many > o.Value {
			o.Value = many
			o.Current = fmt.Sprintf("%s on %s", plural(n, "pinned thread"), g.cpus.Named())
		}
		o.Details = append(o.Details, g.String())
	}
	return o
}

// within reports whether one set lies in another.
func within(l, in cpulist.List) bool {
	for _, cpu := range l {
		if !in.Has(cpu) {
			return false
		}
	}
	return true
}

func (v *view) shared() posture.Observation {
	if len(v.pinned) == 0 {
		return v.unpinned(shared)
	}
	both := v.cpus.And(v.widest)
	o := posture.Number(shared, float64(len(both)), v.source, posture.Kernel)
	o.Current = some(both, v.cpus)
	return o
}

// some says which of the pinned CPUs are meant.
func some(cpus, of cpulist.List) string {
	text := fmt.Sprintf("%d of %d pinned CPUs", len(cpus), len(of))
	if len(cpus) > 0 {
		text += ": " + cpus.String()
	}
	return text
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
