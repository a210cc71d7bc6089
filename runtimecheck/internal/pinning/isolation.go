package pinning

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	isolatedFile = "/sys/devices/system/cpu/isolated"
	nohzFile     = "/sys/devices/system/cpu/nohz_full"
	commandLine  = "/proc/cmdline"
)

// host says which CPUs of a machine are set apart.
func host(t *target.Target) []posture.Observation {
	return []posture.Observation{
		apart(isolated, isolatedFile, "isolated", func() (cpulist.List, error) { return list(t, isolatedFile) }),
		apart(nohzFull, nohzFile, "without a tick", func() (cpulist.List, error) { return list(t, nohzFile) }),
		apart(rcuNocbs, commandLine, "without RCU callbacks", func() (cpulist.List, error) { return asked(t) }),
	}
}

// apart is for information: what it is good for depends on what is pinned.
func apart(id, source, what string, read func() (cpulist.List, error)) posture.Observation {
	cpus, err := read()
	if err != nil {
		return system.Absent(id, source, err)
	}
	return posture.None(id, source, fmt.Sprintf("%s: %s; whether threads are pinned there is seen of a process (--pid)", what, cpus.Named()))
}

func list(t *target.Target, file string) (cpulist.List, error) {
	text, err := t.Read(file)
	if err != nil {
		return nil, err
	}
	return cpulist.Parse(text)
}

// balanced counts threads of which the kernel should choose the CPU and does not.
func (v *view) balanced() posture.Observation {
	cpus, err := list(v.Target, isolatedFile)
	if err != nil {
		return system.Absent(balanced, isolatedFile, err)
	}
	if len(cpus) == 0 {
		return posture.None(balanced, isolatedFile, "no CPU is isolated by isolcpus=")
	}
	o := posture.Number(balanced, 0, isolatedFile+" against "+v.source, posture.Kernel)
	for _, g := range groups(v.threads) {
		if len(g.cpus) > 1 && len(g.cpus.And(cpus)) > 0 {
			o.Value += float64(len(g.ids))
			o.Details = append(o.Details, g.String())
		}
	}
	o.Current = fmt.Sprintf("%.0f of %d threads; isolated: %s", o.Value, len(v.threads), cpus.Named())
	return o
}

func (v *view) isolated() posture.Observation {
	if len(v.pinned) == 0 {
		return v.unpinned(isolated)
	}
	cpus, err := list(v.Target, isolatedFile)
	if err != nil {
		return system.Absent(isolated, isolatedFile, err)
	}
	return v.outside(isolated, isolatedFile, "isolated", cpus)
}

func (v *view) nohz() posture.Observation {
	if len(v.pinned) == 0 {
		return v.unpinned(nohzFull)
	}
	cpus, err := list(v.Target, nohzFile)
	if err != nil {
		return system.Absent(nohzFull, nohzFile, err)
	}
	return v.outside(nohzFull, nohzFile, "without a tick", cpus)
}

// outside compares the pinned CPUs with those that are set apart.
func (v *view) outside(id, source, what string, cpus cpulist.List) posture.Observation {
	left := v.cpus.Minus(cpus)
	o := posture.Number(id, float64(len(left)), source, posture.Kernel)
	o.Current = fmt.Sprintf("%s; %s: %s", some(left, v.cpus), what, cpus.Named())
	return o
}

// rcu goes by the command line if that covers the pinned CPUs, and else by the threads
// that run callbacks for others: a kernel with CONFIG_RCU_NOCB_CPU_DEFAULT_ALL starts
// them unasked.
func (v *view) rcu() posture.Observation {
	if len(v.pinned) == 0 {
		return v.unpinned(rcuNocbs)
	}
	const what = "without RCU callbacks"
	cpus, err := asked(v.Target)
	if err == nil && within(v.cpus, cpus) || v.Kind == target.Self {
		if err != nil {
			return system.Absent(rcuNocbs, commandLine, err)
		}
		o := v.outside(rcuNocbs, commandLine, what, cpus)
		o.Grade = posture.Declared
		return o
	}
	running, ok := offloading(v.Target)
	if ok {
		return v.outside(rcuNocbs, "/proc/*/comm: rcuo threads", what, running)
	}
	if err != nil {
		return system.Absent(rcuNocbs, commandLine, err)
	}
	o := v.outside(rcuNocbs, commandLine, what, cpus)
	o.Grade = posture.Declared
	return o
}

// asked returns the CPUs that the command line takes RCU callbacks from: nohz_full does
// too, see the kernel's documentation, timers/no_hz.
func asked(t *target.Target) (cpulist.List, error) {
	text, err := t.Read(commandLine)
	if err != nil {
		return nil, err
	}
	possible, err := list(t, "/sys/devices/system/cpu/possible")
	if err != nil {
		return nil, err
	}
	if len(possible) == 0 {
		return nil, errors.New("/sys/devices/system/cpu/possible names no CPU")
	}
	var all cpulist.List
	for field := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(field, "=")
		if name != "rcu_nocbs" && name != "nohz_full" || value == "" {
			continue // without a value it lets callbacks be taken away later, and takes none
		}
		cpus, err := cpulist.Parameter(value, slices.Max(possible))
		if err != nil {
			return nil, fmt.Errorf("%s= of the command line: %w", name, err)
		}
		all = all.Or(cpus)
	}
	return all, nil
}

// offloading returns the CPUs for which a thread of the kernel runs the callbacks. Where
// threads of the kernel cannot be seen, as in a container, it returns false.
func offloading(t *target.Target) (cpulist.List, bool) {
	if name, err := t.Read("/proc/2/comm"); err != nil || name != "kthreadd" {
		return nil, false
	}
	var all cpulist.List
	for _, pid := range early(t) {
		name, err := t.Read("/proc/" + strconv.Itoa(pid) + "/comm")
		if err != nil {
			continue // it has ended
		}
		if cpu, ok := offloaded(name); ok {
			all = all.Or(cpulist.List{cpu})
		}
	}
	return all, true
}

// early returns the lowest process numbers: the kernel makes its threads for each CPU
// at boot, some seven of them, so that these suffice for more than 500 CPUs.
func early(t *target.Target) []int {
	const most = 4096
	names, err := t.List("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids[:min(len(pids), most)]
}

// offloaded reads the name of a thread that runs the callbacks of a CPU: "rcuop/3", or
// "rcuos/3" and "rcuob/3" by the flavour of RCU. "rcuog/0" wakes a group of these.
func offloaded(name string) (cpu int, ok bool) {
	flavour, number, _ := strings.Cut(name, "/")
	if flavour != "rcuop" && flavour != "rcuos" && flavour != "rcuob" {
		return 0, false
	}
	cpu, err := strconv.Atoi(number)
	return cpu, err == nil && cpu >= 0 && cpu < cpulist.Most
}
