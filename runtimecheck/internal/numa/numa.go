package numa

import (
	"context"
	"errors"
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

// Probe looks at nodes, memory and threads.
var Probe = probe.Probe{Name: "numa", Specs: specs, Look: look}

const (
	spanned = "numa.nodes"
	memory  = "numa.memory"
	running = "numa.threads"
)

var specs = []posture.Spec{{
	ID:   spanned,
	What: "nodes that the CPUs of the process belong to",
	Why:  "memory of another node is farther away, and goroutines and their data end up on any of those that the process may use",
	Mend: "bind the process and its memory to one node (numactl --cpunodebind=0 --membind=0), and start one process for each node",
	Go:   true,
}, {
	ID:   memory,
	What: "share of the memory that is on nodes of the CPUs of the process",
	Unit: "%",
	Why:  "each access to the rest goes to another node: pages stay where they were first written, also when the process is bound to other CPUs later",
	Mend: "bind the process before it starts (numactl, CPUAffinity= and NUMAPolicy= of the unit); migratepages moves what is there",
	Go:   true,
}, {
	ID:   running,
	What: "share of the threads that last ran on the node with most of the memory",
	Unit: "%",
	Why:  "the others reach most of what they touch through the link between the nodes",
	Mend: "bind the process to the node (numactl --cpunodebind)",
	Go:   true,
}}

const nodeDir = "/sys/devices/system/node"

// A node is a part of the machine with memory of its own.
type node struct {
	number int
	cpus   cpulist.List
}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	nodes, err := nodes(t)
	if err != nil {
		return all(func(id string) posture.Observation { return system.Absent(id, nodeDir, err) })
	}
	if len(nodes) == 1 {
		return all(func(id string) posture.Observation {
			return posture.None(id, nodeDir, "all memory of this machine is one node")
		})
	}
	masks, err := threads.Of(t)
	if err != nil {
		return all(func(id string) posture.Observation { return system.Absent(id, t.Proc("task"), err) })
	}
	cpus := threads.Widest(masks)
	observations := []posture.Observation{span(t, nodes, cpus)}
	pages, source, err := sample(t)
	if err != nil {
		return append(observations, system.Absent(memory, source, err), system.Absent(running, source, err))
	}
	return append(observations, local(nodes, cpus, pages), near(ctx, t, nodes, pages, masks))
}

func all(o func(id string) posture.Observation) []posture.Observation {
	return []posture.Observation{o(spanned), o(memory), o(running)}
}

// nodes returns the nodes of the machine, in order.
func nodes(t *target.Target) ([]node, error) {
	text, err := t.Read(nodeDir + "/online")
	if err != nil {
		return nil, err
	}
	numbers, err := cpulist.Parse(text) // nodes are written as CPUs are
	if err != nil {
		return nil, err
	}
	if len(numbers) == 0 {
		return nil, errors.New("no node is online")
	}
	var nodes []node
	for _, n := range numbers {
		text, err := t.Read(fmt.Sprintf("%s/node%d/cpulist", nodeDir, n))
		if err != nil {
			return nil, err
		}
		cpus, err := cpulist.Parse(text)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node{n, cpus})
	}
	return nodes, nil
}

// of returns the nodes that some CPUs belong to.
func of(nodes []node, cpus cpulist.List) cpulist.List {
	var numbers cpulist.List
	for _, n := range nodes {
		if len(n.cpus.And(cpus)) > 0 {
			numbers = append(numbers, n.number)
		}
	}
	return numbers
}

func span(t *target.Target, nodes []node, cpus cpulist.List) posture.Observation {
	numbers := of(nodes, cpus)
	o := posture.Number(spanned, float64(len(numbers)), nodeDir+"/node*/cpulist", posture.Kernel)
	o.Current = fmt.Sprintf("%s on %d of %d nodes (%s)", cpus.Named(), len(numbers), len(nodes), numbers)
	if far := distance(t, nodes, numbers); far > 0 {
		o.Current += fmt.Sprintf(", up to %d apart (10 is near)", far)
	}
	return o
}

// distance returns the longest way between two of some nodes, in the unit of ACPI: 10 is
// the way to memory of the same node. It returns 0 if that is not known.
func distance(t *target.Target, nodes []node, among cpulist.List) int {
	far := 0
	for _, from := range among {
		text, err := t.Read(fmt.Sprintf("%s/node%d/distance", nodeDir, from))
		if err != nil {
			return 0
		}
		// One for each node of the machine, in their order.
		for i, field := range strings.Fields(text) {
			d, err := strconv.Atoi(field)
			if err == nil && i < len(nodes) && among.Has(nodes[i].number) {
				far = max(far, d)
			}
		}
	}
	return far
}

// local says how much of the memory is on nodes of the CPUs.
func local(nodes []node, cpus cpulist.List, pages pages) posture.Observation {
	numbers := of(nodes, cpus)
	near := 0
	for _, n := range numbers {
		near += pages.on[n]
	}
	o := posture.Number(memory, 100*float64(near)/float64(pages.seen), pageSource, posture.Kernel)
	o.Current = fmt.Sprintf("%.0f %% on nodes %s, of a sample of %d pages", o.Value, numbers, pages.seen)
	for _, n := range nodes {
		o.Details = append(o.Details, fmt.Sprintf("node %d (%s): %.0f %%", n.number, n.cpus.Named(), 100*float64(pages.on[n.number])/float64(pages.seen)))
	}
	return o
}

// near says how many threads last ran on the node with most of the memory.
func near(ctx context.Context, t *target.Target, nodes []node, pages pages, masks []threads.Thread) posture.Observation {
	home := nodes[0]
	for _, n := range nodes {
		if pages.on[n.number] > pages.on[home.number] {
			home = n
		}
	}
	most := 256 // a file for each thread; from inside a service fewer
	if t.Kind == target.Self {
		most = 64
	}
	source := t.Proc("task", "*", "stat")
	seen, there := 0, 0
	for _, th := range masks[:min(len(masks), most)] {
		text, err := t.Read(t.Proc("task", strconv.Itoa(th.ID), "stat"))
		if err != nil || ctx.Err() != nil {
			continue // it has ended
		}
		cpu, err := lastCPU(text)
		if err != nil {
			return system.Absent(running, source, err)
		}
		if seen++; home.cpus.Has(cpu) {
			there++
		}
	}
	if seen == 0 {
		return posture.Hidden(running, source, "no thread says where it ran")
	}
	o := posture.Number(running, 100*float64(there)/float64(seen), source, posture.Kernel)
	o.Current = fmt.Sprintf("%d of %d threads on node %d, which has %.0f %% of the memory", there, seen, home.number, 100*float64(pages.on[home.number])/float64(pages.seen))
	return o
}

// lastCPU reads the CPU that a thread last ran on: field 39 of its stat, see
// proc_pid_stat(5). The name of the thread, in brackets, may hold anything. The parser
// of github.com/prometheus/procfs panics if a line ends with the name.
func lastCPU(stat string) (int, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:])
	if end < 0 || len(fields) < 37 {
		return 0, fmt.Errorf("%.40q does not say on which CPU", stat)
	}
	cpu, err := strconv.Atoi(fields[36])
	if err != nil || cpu < 0 {
		return 0, fmt.Errorf("%.40q is no CPU", fields[36])
	}
	return cpu, nil
}
