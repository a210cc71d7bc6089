package gomaxprocs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/metric"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/internal/threads"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Probe looks at how many threads run Go code at once.
var Probe = probe.Probe{Name: "gomaxprocs", Specs: specs, Look: look}

const (
	value    = "gomaxprocs.value"
	affinity = "gomaxprocs.affinity"
	quota    = "gomaxprocs.quota"
	cores    = "gomaxprocs.cores"
)

// lower is how to mend a number that is too high, to be formatted with the right one.
const lower = "set GOMAXPROCS=%d (in the environment, or runtime.GOMAXPROCS in main)"

var specs = []posture.Spec{{
	ID:   value,
	What: "threads that run Go code at once",
	Why:  "it bounds what the program can do at once, and the workers of the garbage collector are a quarter of it",
	Mend: "leave it to Go 1.25 or later, or set GOMAXPROCS",
	Go:   true,
}, {
	ID:   affinity,
	What: "threads that run Go code at once, against the CPUs they may run on",
	Unit: "%",
	Why:  "threads above the number of CPUs take turns: one that holds a lock or marks for the collector waits for a time slice while others wait for it",
	Mend: "leave GOMAXPROCS unset under Go 1.25 or later, which follows the mask",
	Go:   true,
}, {
	ID:   quota,
	What: "threads that run Go code at once, against the CPU quota of all cgroups",
	Unit: "%",
	Why: "threads above the quota use it up early in each period, and then all stand still until the next; Go 1.25 and later follow the quota of their own cgroup, " +
		"but round it up and never go below 2 (golang/go#76835), pass over a tighter one further up (golang/go#81180) and miss some set-ups of cgroup v1 (golang/go#76810)",
	Mend: "set GOMAXPROCS to the quota rounded down, or raise the quota",
	Go:   true,
}, {
	ID:   cores,
	What: "threads that run Go code at once, against the physical cores they may run on",
	Unit: "%",
	Why:  "two threads on the hyper-threads of one core share its units and caches: each runs slower, by an amount that depends on the other",
	Mend: "set GOMAXPROCS to the number of cores",
	Go:   true,
}}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	p, absent := procs(ctx, t)
	if absent.ID != "" {
		var all []posture.Observation
		for _, s := range specs {
			absent.ID = s.ID
			all = append(all, absent)
		}
		return all
	}
	cpus, err := mask(t)
	return []posture.Observation{p.value(), p.affinity(cpus, err), p.quota(t), p.cores(t, cpus, err)}
}

// A number is GOMAXPROCS, and how it is known.
type number struct {
	n      int
	source string
	grade  posture.Grade
	set    bool // the environment sets it
}

// procs returns GOMAXPROCS, or why it is not known.
func procs(ctx context.Context, t *target.Target) (p number, absent posture.Observation) {
	const name = "/sched/gomaxprocs:threads"
	environ, n, err := declared(t)
	m := metric.Read(ctx, t, name)
	if v, ok := m.Number(name); ok && v >= 1 && v < math.MaxInt32 {
		return number{int(v), m.Source(name), posture.Runtime, err == nil && n > 0}, absent
	}
	switch {
	case t.Kind == target.Endpoint:
		return p, m.Missing(value, name)
	case err != nil:
		return p, system.Absent(value, environ, err)
	case n > 0:
		return number{n, environ + ": GOMAXPROCS", posture.Declared, true}, absent
	}
	absent = m.Missing(value, name)
	absent.Source = environ
	absent.Reason = "GOMAXPROCS is not in the environment; what the runtime has chosen, or the program set, is not seen from outside"
	return p, absent
}

// declared returns what the environment says at the start of the process; 0 if it says
// nothing that the runtime heeds: that takes the first one, if it is a positive number.
func declared(t *target.Target) (file string, n int, err error) {
	file = t.Proc("environ")
	text, err := t.Read(file)
	if err != nil {
		return file, 0, err
	}
	for v := range strings.SplitSeq(text, "\x00") {
		if s, ok := strings.CutPrefix(v, "GOMAXPROCS="); ok {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil || n < 0 {
				n = 0
			}
			return file, int(n), nil
		}
	}
	return file, 0, nil
}

func (p number) value() posture.Observation {
	o := posture.Number(value, float64(p.n), p.source, p.grade)
	o.Current = strconv.Itoa(p.n)
	if p.set {
		o.Current += ", the environment sets it: it does not follow changes of the CPUs and of the quota"
	}
	return o
}

// mask returns the CPUs that threads may run on which nobody has pinned.
func mask(t *target.Target) (cpulist.List, error) {
	all, err := threads.Of(t)
	if err != nil {
		return nil, err
	}
	return threads.Widest(all), nil
}

// against is the share of a number of CPUs that GOMAXPROCS is.
func (p number) against(id string, cpus float64, source string) posture.Observation {
	return posture.Number(id, 100*float64(p.n)/cpus, p.source+" against "+source, p.grade)
}

func (p number) affinity(cpus cpulist.List, err error) posture.Observation {
	if err != nil {
		return system.Absent(affinity, "sched_getaffinity(2)", err)
	}
	o := p.against(affinity, float64(len(cpus)), "sched_getaffinity(2)")
	o.Current = fmt.Sprintf("%d on %d CPUs (%s)", p.n, len(cpus), cpus)
	o.Mend = fmt.Sprintf("leave GOMAXPROCS unset under Go 1.25 or later, or "+lower, len(cpus))
	return o
}

func (p number) quota(t *target.Target) posture.Observation {
	limits, err := cgroup.Find(t)
	if err != nil {
		return system.Absent(quota, t.Proc("cgroup"), err)
	}
	l := limits.CPU
	switch {
	case l.Err != nil:
		return system.Absent(quota, l.Path, l.Err)
	case l.None() && l.Hidden != "":
		o := posture.Hidden(quota, l.Path, "no quota is set as far as can be seen; "+l.Hidden)
		o.Mend = "run lagvet doctor --pid on the host, where all groups can be seen"
		return o
	case l.None():
		return posture.None(quota, l.Path, "no cgroup limits the CPU time")
	case l.Value <= 0:
		return system.Absent(quota, l.Path, errors.New("the quota is 0"))
	}
	o := p.against(quota, l.Value, l.Path)
	o.Current = fmt.Sprintf("%d of a quota of %s CPUs", p.n, strconv.FormatFloat(l.Value, 'f', -1, 64))
	o.AtBest = l.Hidden
	o.Mend = fmt.Sprintf(lower+", or raise the quota in %s to %d CPUs", max(1, int(l.Value)), l.Path, p.n)
	if p.n == 1 {
		o.Mend = fmt.Sprintf("raise the quota in %s to a whole CPU", l.Path)
	}
	if l.Hidden != "" {
		o.Details = []string{l.Hidden}
	}
	return o
}

func (p number) cores(t *target.Target, cpus cpulist.List, err error) posture.Observation {
	const source = "/sys/devices/system/cpu/cpu*/topology/thread_siblings_list"
	const active = "/sys/devices/system/cpu/smt/active"
	if err != nil {
		return system.Absent(cores, "sched_getaffinity(2)", err)
	}
	// Asked first: it spares a file for each core.
	switch smt, err := t.Read(active); {
	case err == nil && smt == "0":
		return posture.None(cores, active, "no core has more than one thread here")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return system.Absent(cores, active, err)
	}
	found, err := cpus.Groups(func(cpu int) (cpulist.List, error) {
		text, err := t.Read(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu))
		if err != nil {
			return nil, err
		}
		return cpulist.Parse(text)
	})
	if err != nil {
		return system.Absent(cores, source, err)
	}
	o := p.against(cores, float64(len(found)), source)
	o.Current = fmt.Sprintf("%d on %d cores with %d CPUs", p.n, len(found), len(cpus))
	o.Mend = fmt.Sprintf(lower, len(found))
	return o
}
