package inspect

import (
	"cmp"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Who may see something of another process.
const (
	anybody = ""
	// The rules of ptrace(2), "Ptrace access mode checking".
	owner = "its user, or CAP_SYS_PTRACE"
	// What the kernel does not know.
	word = "its word: --url, or package runtimecheck in it"
)

// An access says where a check looks, how far that is to be trusted at best, and who may
// look.
type access struct {
	where string
	grade posture.Grade
	needs string
}

// accesses has them by group, and by ID where a check differs from its group. They stand
// together so that whoever decides what to permit sees all.
var accesses = map[string]access{
	"pinning":           {"sched_getaffinity(2) of each thread", posture.Kernel, anybody},
	"pinning.locked":    {"stacks of all goroutines", posture.Runtime, word},
	"pinning.cache":     {"/sys/devices/system/cpu/cpu*/cache", posture.Kernel, anybody},
	"pinning.isolated":  {"/sys/devices/system/cpu/isolated", posture.Kernel, anybody},
	"pinning.balanced":  {"/sys/devices/system/cpu/isolated", posture.Kernel, anybody},
	"pinning.nohz_full": {"/sys/devices/system/cpu/nohz_full, /proc/cmdline", posture.Kernel, anybody},
	"pinning.rcu_nocbs": {"/proc/cmdline, threads named rcuo", posture.Declared, anybody},

	"cgroup": {"/proc/PID/cgroup and mountinfo, then the files of the group and its ancestors", posture.Kernel, anybody},

	"gomaxprocs": {"/sched/gomaxprocs:threads; from outside /proc/PID/environ, declared", posture.Runtime, owner},

	"numa":        {"/proc/PID/numa_maps, /sys/devices/system/node", posture.Kernel, owner},
	"numa.nodes":  {"/sys/devices/system/node", posture.Kernel, anybody},
	"numa.memory": {"/proc/PID/numa_maps", posture.Kernel, owner},

	"gc":              {"runtime/metrics", posture.Runtime, word},
	"gc.gogc":         {"/gc/gogc:percent; from outside /proc/PID/environ, declared", posture.Runtime, owner},
	"gc.memory_limit": {"/gc/gomemlimit:bytes; from outside /proc/PID/environ, declared", posture.Runtime, owner},
	"gc.bound":        {"/gc/gogc:percent and /gc/gomemlimit:bytes; from outside /proc/PID/environ, declared", posture.Runtime, owner},

	"kernel":                 {"/proc/sys, /sys", posture.Kernel, anybody},
	"kernel.somaxconn":       {"/proc/sys/net/core of its network namespace", posture.Kernel, owner},
	"kernel.tcp_tw_reuse":    {"/proc/sys/net/ipv4 of its network namespace", posture.Kernel, owner},
	"kernel.tcp_fin_timeout": {"/proc/sys/net/ipv4 of its network namespace", posture.Kernel, owner},
	"kernel.local_ports":     {"/proc/sys/net/ipv4 of its network namespace", posture.Kernel, owner},
	"kernel.time_wait":       {"/proc/PID/net/sockstat", posture.Kernel, owner},
	"kernel.swapped":         {"/proc/PID/status", posture.Kernel, anybody},
	"kernel.huge_memory":     {"/proc/PID/smaps_rollup", posture.Kernel, owner},
	"kernel.governor":        {"/sys/devices/system/cpu/cpufreq", posture.Kernel, anybody},
	"kernel.idle_latency":    {"/sys/devices/system/cpu/cpu*/cpuidle", posture.Kernel, anybody},
	"kernel.preemption":      {"/sys/kernel/debug/sched/preempt, else /proc/sys/kernel/version and /proc/cmdline", posture.Kernel, anybody},

	"listeners":           {"/proc/PID/net/netstat", posture.Kernel, anybody},
	"listeners.queue":     {"/proc/PID/net/tcp, /proc/PID/fd", posture.Kernel, owner},
	"listeners.reuseport": {"/proc/PID/net/tcp, /proc/PID/fd", posture.Kernel, owner},

	"clock":        {"adjtimex(2)", posture.Kernel, anybody},
	"clock.source": {"/sys/devices/system/clocksource", posture.Kernel, anybody},
	"clock.cost":   {"a measurement", posture.Runtime, anybody},
	"clock.ptp":    {"/sys/class/ptp", posture.Kernel, anybody},

	"goroutines":           {"runtime/metrics", posture.Runtime, word},
	"goroutines.run_queue": {"/proc/PID/task/*/schedstat", posture.Kernel, anybody},
	"goroutines.sites":     {"profile goroutine, two snapshots", posture.Runtime, word},
	"goroutines.leaked":    {"profile goroutineleak", posture.Runtime, word},

	"build":           {"build information in /proc/PID/exe", posture.Declared, owner},
	"build.toolchain": {"build information in /proc/PID/exe", posture.Heuristic, owner},

	"limits": {"prlimit(2), /proc/PID/fd", posture.Kernel, owner},

	"noise":            {"/proc/sys, /sys", posture.Kernel, anybody},
	"noise.skew_tick":  {"/proc/cmdline", posture.Kernel, anybody},
	"noise.irqs":       {"/proc/irq", posture.Kernel, anybody},
	"noise.workqueues": {"/sys/devices/virtual/workqueue", posture.Kernel, anybody},
}

// accessible returns a spec with what a probe leaves to this table.
func accessible(s posture.Spec) posture.Spec {
	a, ok := accesses[s.ID]
	if !ok {
		a = accesses[s.Group()]
	}
	s.Where, s.Grade, s.Needs = cmp.Or(s.Where, a.where), cmp.Or(s.Grade, a.grade), cmp.Or(s.Needs, a.needs)
	return s
}
