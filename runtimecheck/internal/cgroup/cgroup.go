package cgroup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	cpuQuota       = "cgroup.cpu_quota"
	throttled      = "cgroup.throttled"
	cpuset         = "cgroup.cpuset"
	partition      = "cgroup.partition"
	weight         = "cgroup.weight"
	memory         = "cgroup.memory"
	memoryHigh     = "cgroup.memory_high"
	pids           = "cgroup.pids"
	pressureCPU    = "cgroup.pressure_cpu"
	pressureMemory = "cgroup.pressure_memory"
	pressureIO     = "cgroup.pressure_io"
)

// Probe looks at the groups of a process, and at what all groups of a host wait for.
var Probe = probe.Probe{Name: "cgroup", Specs: specs, Look: look}

var specs = []posture.Spec{{
	ID:   cpuQuota,
	What: "whether the groups limit the CPU time, and to how many CPUs: none or limited",
	Why:  "a process that has used up its quota stands still until the period ends, up to 100 ms, with all its threads and locks",
	Mend: "take away the limit (resources.limits.cpu, CPUQuota=) and give a share instead (resources.requests.cpu, CPUWeight=), or whole CPUs of its own",
	Go:   true,
}, {
	ID:   throttled,
	What: "periods in which a group was held back, of those in which it ran, in the worst group",
	Unit: "%",
	Why:  "each such period stops all threads until it ends, requests under way and the garbage collector among them",
	Mend: "raise the quota, or lower GOMAXPROCS to what it allows: fewer threads use it up more slowly",
	Go:   true,
}, {
	ID:   cpuset,
	What: "CPUs that the groups let the process run on",
	Why:  "a set that is smaller than the quota, or shared with others, is the true limit",
	Mend: "set cpuset.cpus of the group (AllowedCPUs=), in Kubernetes the CPU manager's static policy",
	Go:   true,
}, {
	ID:   partition,
	What: "the kind of CPU partition that the process is in: member, root, isolated",
	Why:  "a partition that the kernel could not make has no CPUs of its own, though it is declared",
	Mend: "read the reason in cpuset.cpus.partition: its CPUs must be in cpuset.cpus of the group above, and in no sibling's",
	Go:   true,
}, {
	ID:   weight,
	What: "share of the CPU when others want it too, 100 is the default; or idle",
	Why:  "a group that is idle runs only when nobody else wants to",
	Mend: "echo 0 >cpu.idle in the group, or take CPUWeight=idle away",
	Go:   true,
}, {
	ID:   memory,
	What: "memory that is in use and cannot be dropped, share of the limit, in the fullest group",
	Unit: "%",
	Why:  "near the limit the kernel reclaims in the middle of allocations, and at it kills the process",
	Mend: "set GOMEMLIMIT to 85 to 90 % of the limit, or raise the limit",
	Go:   true,
}, {
	ID:   memoryHigh,
	What: "times that memory.high was exceeded",
	Why:  "above memory.high the kernel makes each thread that allocates reclaim first, and sleep: for up to 2 s at a time",
	Mend: "raise memory.high (MemoryHigh=), or set GOMEMLIMIT below it",
	Go:   true,
}, {
	ID:   pids,
	What: "threads and processes, share of the limit, in the fullest group",
	Unit: "%",
	Why:  "a Go program that cannot start a thread ends at once: system calls that block start more of them",
	Mend: "raise pids.max (TasksMax=, podPidsLimit of the kubelet), or look for calls that hold threads",
	Go:   true,
}, {
	ID:   pressureCPU,
	What: "time in which something waited for a CPU",
	Unit: "%",
	Why:  "it is the time that threads were ready to run and did not",
	Mend: "more CPUs, fewer threads (GOMAXPROCS), or fewer neighbours",
}, {
	ID:   pressureMemory,
	What: "time in which everything waited for memory",
	Unit: "%",
	Why:  "nothing ran, because memory had to be reclaimed or read back first",
	Mend: "raise the limit on memory, or lower GOMEMLIMIT so that the collector gives back before the kernel takes",
}, {
	ID:   pressureIO,
	What: "time in which everything waited for a disk",
	Unit: "%",
	Why:  "nothing ran, because files had to be read or written first",
	Mend: "move files that are read often to memory, and those that are written much to another disk",
}}

func look(_ context.Context, t *target.Target) []posture.Observation {
	all := []posture.Observation{pressure(t, pressureCPU, "cpu"), pressure(t, pressureMemory, "memory"), pressure(t, pressureIO, "io")}
	if t.Kind == target.Host {
		return all
	}
	s, err := locate(t)
	if err != nil {
		for _, spec := range specs {
			if spec.Go {
				all = append(all, system.Absent(spec.ID, t.Proc("cgroup"), err))
			}
		}
		return all
	}
	return append(all, s.observeQuota(), s.observeThrottled(), s.observeCPUs(), s.observePartition(), s.observeWeight(),
		s.observeMemory(), s.observeHigh(), s.observePIDs())
}

// absent is the observation of a controller whose group is not known.
func (s *groups) absent(id string, err error) posture.Observation {
	o := system.Absent(id, s.target.Proc("cgroup"), err)
	if o.Absent == posture.Unknown && o.Mend == "" {
		o.Mend = "run lagvet where the group can be seen: on the host, or in the same container"
	}
	return o
}

// none is the observation of what no group has that can be seen: a hidden one may.
func (g group) none(id, source, reason string) posture.Observation {
	if !g.hidden {
		return posture.None(id, source, reason)
	}
	return posture.Hidden(id, source, reason+"; but "+g.why())
}

func (s *groups) observeQuota() posture.Observation {
	l := s.limit("cpu", quota)
	if l.Err != nil {
		return system.Absent(cpuQuota, l.Path, l.Err)
	}
	o := posture.Observation{ID: cpuQuota, Value: l.Value, Text: "limited", Source: l.Path, Grade: posture.Kernel, AtBest: l.Hidden}
	o.Current = fmt.Sprintf("%.2f CPUs", l.Value)
	if l.None() {
		o.Text, o.Current = "none", "none"
	}
	switch {
	case l.Hidden == "":
	case l.None():
		o.Current = "none that can be seen"
	default:
		o.Current = "at most " + o.Current
	}
	return o
}

func (s *groups) observeCPUs() posture.Observation {
	g, err := s.of("cpuset")
	if err != nil {
		return s.absent(cpuset, err)
	}
	c := s.cpus()
	if c.Err != nil {
		return system.Absent(cpuset, c.Path, c.Err)
	}
	if c.List == "" {
		return g.none(cpuset, c.Path, "no group restricts the CPUs")
	}
	cpus, err := cpulist.Parse(c.List)
	if err != nil {
		return system.Absent(cpuset, c.Path, err)
	}
	o := posture.Text(cpuset, c.List, c.Path, posture.Kernel)
	o.Current = fmt.Sprintf("%s (%d CPUs)", c.List, len(cpus))
	return o
}

// observePartition tells the kind of the nearest group that has CPUs of its own: those
// below it are its members.
func (s *groups) observePartition() posture.Observation {
	g, err := s.of("cpuset")
	if err != nil {
		return s.absent(partition, err)
	}
	if g.version == 1 {
		return posture.None(partition, g.dir(), "cgroup v1 has no partitions; see cpuset.cpu_exclusive")
	}
	o := g.none(partition, path.Join(g.dir(), "cpuset.cpus.partition"), "no group has CPUs of its own")
	for _, dir := range g.dirs() {
		text, file, err := reader{s.target, g.version, dir}.read("cpuset.cpus.partition")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return system.Absent(partition, file, err)
		}
		// What is not valid is written with its reason: "root invalid (Cpu list empty)".
		kind, _, _ := strings.Cut(text, " (")
		o = posture.Text(partition, kind, file, posture.Kernel)
		o.Current = text
		if kind != "member" {
			return o
		}
		o.AtBest = g.why()
	}
	return o
}

// observeWeight tells the share of the process's own group, in the measure of v2. Those
// of groups above are details: a share is one of what the group above gets.
func (s *groups) observeWeight() posture.Observation {
	g, err := s.of("cpu")
	if err != nil {
		return s.absent(weight, err)
	}
	name, usual := "cpu.weight", 100.
	if g.version == 1 {
		name, usual = "cpu.shares", 1024
	}
	o := g.none(weight, path.Join(g.dir(), name), "no group has a weight, so all share alike")
	for _, dir := range g.dirs() {
		r := reader{s.target, g.version, dir}
		v, file, err := r.number(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return system.Absent(weight, file, err)
		}
		if len(o.Details) == 0 {
			o = posture.Number(weight, 100*v/usual, file, posture.Kernel)
			o.Text, o.Current = "share", fmt.Sprintf("%.0f, where %.0f is usual", v, usual)
		}
		o.Details = append(o.Details, fmt.Sprintf("%s: %.0f of %.0f", file, v, usual))
		if idle, file, err := r.number("cpu.idle"); err == nil && idle == 1 && o.Text != "idle" {
			o.Text, o.Current, o.Source = "idle", "idle: it runs when nobody else wants to", file
		}
	}
	return o
}
