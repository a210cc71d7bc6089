package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const cpus = "/sys/devices/system/cpu"

// observeGovernor tells the governor of all CPUs; CPUs that share a frequency are one
// policy.
func observeGovernor(t *target.Target) posture.Observation {
	const dir = cpus + "/cpufreq"
	names, err := t.List(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return system.Absent(governor, dir, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, "policy") })
	if len(names) == 0 {
		return posture.None(governor, dir, "no frequency can be set here: those of a guest's CPUs are the host's matter")
	}
	some := few(t, names)
	policies := make(map[string][]string) // by governor
	for _, name := range some {
		file := path.Join(dir, name, "scaling_governor")
		g, err := t.Read(file)
		if err != nil {
			return system.Absent(governor, file, err)
		}
		policies[g] = append(policies[g], name)
	}
	governors := slices.Sorted(maps.Keys(policies))
	o := posture.Text(governor, strings.Join(governors, ", "), dir+"/policy*/scaling_governor", posture.Kernel)
	for _, g := range governors {
		o.Details = append(o.Details, g+": "+strings.Join(policies[g], ", "))
	}
	if len(some) < len(names) {
		o.Grade = posture.Heuristic
		o.Current = fmt.Sprintf("%s, of %d CPUs looked at among %d", o.Text, len(some), len(names))
	}
	return o
}

// few returns some of the policies, from all over the machine, for a service that looks
// at itself: to read a file for each of hundreds of CPUs takes milliseconds.
func few(t *target.Target, names []string) []string {
	const enough = 16
	if t.Kind != target.Self || len(names) <= enough {
		return names
	}
	var some []string
	for i := range enough {
		some = append(some, names[i*len(names)/enough])
	}
	return some
}

// unbounded is what /dev/cpu_dma_latency says if nobody asks for less, in microseconds:
// PM_QOS_CPU_LATENCY_DEFAULT_VALUE of the kernel's include/linux/pm_qos.h.
const unbounded = 2000 * 1000 * 1000

// observeIdle tells how long the first CPU takes to leave the deepest idle state that
// it may enter. Others are nearly always alike.
func observeIdle(t *target.Target) posture.Observation {
	const dir = cpus + "/cpu0/cpuidle"
	states, err := idleStates(t, dir)
	if err != nil {
		return system.Absent(idleLatency, dir, err)
	}
	if len(states) == 0 {
		return posture.None(idleLatency, dir, "the CPU has no idle states that the kernel could choose from")
	}
	bound, source, err := latencyBound(t)
	deepest := states[0] // the kernel spins if even the shallowest is too slow
	var details []string
	for _, s := range states {
		allowed := !s.disabled && s.latency <= bound
		details = append(details, fmt.Sprintf("%s: %d µs, allowed: %t", s.name, s.latency, allowed))
		if allowed && s.latency >= deepest.latency {
			deepest = s
		}
	}
	o := posture.Number(idleLatency, float64(deepest.latency), dir, posture.Kernel)
	o.Current = fmt.Sprintf("%d µs (%s of cpu0)", deepest.latency, deepest.name)
	o.Details = details
	if bound < unbounded {
		o.Current += fmt.Sprintf(", as somebody asks for at most %d µs", bound)
		o.Source = source
	}
	if err != nil {
		o.Grade = posture.Heuristic
		o.Current += ", unless somebody asks for less by /dev/cpu_dma_latency, which root alone may read"
	}
	if driver, err := t.Read(cpus + "/cpuidle/current_driver"); err == nil && driver == "haltpoll" {
		o.AtBest = "this is a guest: how deep the CPU sleeps once it halts is up to the host"
	}
	return o
}

type idleState struct {
	name     string
	latency  int // microseconds to leave it
	disabled bool
}

// idleStates returns the idle states of a CPU, the shallowest first.
func idleStates(t *target.Target, dir string) ([]idleState, error) {
	names, err := t.List(dir)
	if err != nil {
		return nil, err
	}
	var states []idleState
	for _, name := range names {
		if !strings.HasPrefix(name, "state") {
			continue
		}
		s, err := readState(t, path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		states = append(states, s)
	}
	slices.SortStableFunc(states, func(a, b idleState) int { return a.latency - b.latency })
	return states, nil
}

func readState(t *target.Target, dir string) (idleState, error) {
	var text [3]string
	for i, name := range []string{"name", "latency", "disable"} {
		var err error
		if text[i], err = t.Read(path.Join(dir, name)); err != nil {
			return idleState{}, err
		}
	}
	latency, err := strconv.ParseUint(text[1], 10, 31)
	if err != nil {
		return idleState{}, fmt.Errorf("%s: %.40q is no latency", dir, text[1])
	}
	return idleState{text[0], int(latency), text[2] != "0"}, nil
}

// latencyBound returns the least time to wake up that somebody asks for, in
// microseconds, for all CPUs or the first, and where it was read. The error says that
// it is not known for all of them.
func latencyBound(t *target.Target) (int, string, error) {
	const all, first = "/dev/cpu_dma_latency", cpus + "/cpu0/power/pm_qos_resume_latency_us"
	bound, source := unbounded, all
	switch text, err := t.Read(first); {
	case err != nil || text == "0": // nothing is asked for
	case text == "n/a": // no waiting at all
		bound, source = 0, first
	default:
		if n, err := strconv.ParseUint(text, 10, 31); err == nil {
			bound, source = int(n), first
		}
	}
	// To open it is to ask for something, but for nothing in particular until it is
	// written to.
	data, err := t.Bytes(all)
	if errors.Is(err, fs.ErrNotExist) {
		return bound, source, nil
	}
	if err == nil && len(data) < 4 {
		err = fmt.Errorf("%s holds no number", all)
	}
	if err != nil {
		return bound, source, err
	}
	if n := int(int32(binary.NativeEndian.Uint32(data))); n < bound {
		bound, source = n, all
	}
	return bound, source, nil
}

func observeRelease(t *target.Target) posture.Observation {
	const file = "/proc/sys/kernel/osrelease"
	text, err := t.Read(file)
	if err != nil {
		return system.Absent(release, file, err)
	}
	return posture.Text(release, text, file, posture.Kernel)
}

// observePreemption tells the preemption model, which newer kernels choose at the
// start, or while they run.
func observePreemption(t *target.Target) posture.Observation {
	const file = "/proc/sys/kernel/version"
	text, err := t.Read(file)
	if err != nil {
		return system.Absent(preemption, file, err)
	}
	built := strings.Fields(text)
	switch {
	case slices.Contains(built, "PREEMPT_RT"):
		return posture.Text(preemption, "realtime", file, posture.Kernel)
	case slices.Contains(built, "PREEMPT_DYNAMIC"):
		return dynamic(t)
	case slices.Contains(built, "PREEMPT"):
		return posture.Text(preemption, "full", file, posture.Kernel)
	case slices.Contains(built, "PREEMPT_LAZY"):
		return posture.Text(preemption, "lazy", file, posture.Kernel)
	}
	return posture.Text(preemption, "none or voluntary", file, posture.Kernel)
}

func dynamic(t *target.Target) posture.Observation {
	const file, cmdline = "/sys/kernel/debug/sched/preempt", "/proc/cmdline"
	if text, err := t.Read(file); err == nil {
		if mode, err := chosen(text); err == nil {
			return posture.Text(preemption, mode, file, posture.Kernel)
		}
	}
	text, err := t.Read(cmdline)
	if err != nil {
		return system.Absent(preemption, cmdline, err)
	}
	for word := range strings.FieldsSeq(text) {
		if mode, ok := strings.CutPrefix(word, "preempt="); ok {
			return posture.Text(preemption, mode, cmdline, posture.Declared)
		}
	}
	o := posture.Text(preemption, "dynamic", cmdline, posture.Kernel)
	o.Current = "dynamic, and which model is in use is not told: see " + file + " as root"
	return o
}
