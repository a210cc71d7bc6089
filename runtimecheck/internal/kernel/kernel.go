package kernel

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	somaxconn   = "kernel.somaxconn"
	twReuse     = "kernel.tcp_tw_reuse"
	finTimeout  = "kernel.tcp_fin_timeout"
	localPorts  = "kernel.local_ports"
	timeWait    = "kernel.time_wait"
	swappiness  = "kernel.swappiness"
	swapped     = "kernel.swapped"
	thp         = "kernel.thp"
	thpDefrag   = "kernel.thp_defrag"
	maxPTEsNone = "kernel.max_ptes_none"
	hugeMemory  = "kernel.huge_memory"
	governor    = "kernel.governor"
	idleLatency = "kernel.idle_latency"
	release     = "kernel.release"
	preemption  = "kernel.preemption"
)

// Probe looks at the settings of a kernel.
var Probe = probe.Probe{
	Name: "kernel",
	Specs: []posture.Spec{{
		ID:   somaxconn,
		What: "most connections that can wait to be accepted on a socket",
		Why:  "when a burst fills the queue the kernel drops the handshake, and the client tries again after a second",
		Mend: "sysctl -w net.core.somaxconn=4096, and restart the program: Go reads it once",
	}, {
		ID:   twReuse,
		What: "whether new connections take ports in TIME_WAIT: 0 never, 1 always, 2 on loopback",
		Why:  "1 helps only who dials much, and rests on timestamps, which a NAT between can break",
		Mend: "sysctl -w net.ipv4.tcp_tw_reuse=2, and keep connections instead (http.Transport.MaxIdleConnsPerHost)",
	}, {
		ID:   finTimeout,
		What: "how long an orphaned connection stays in FIN_WAIT_2; TIME_WAIT is always 60 s",
		Unit: "s",
		Why:  "connections whose other side never closes hold memory for so long",
		Mend: "sysctl -w net.ipv4.tcp_fin_timeout=60",
	}, {
		ID:   localPorts,
		What: "local ports that connections to one address and port can have",
		Why:  "who dials one server more often than ports / 60 s runs out of them, and dial fails with EADDRNOTAVAIL",
		Mend: `sysctl -w net.ipv4.ip_local_port_range="32768 60999", or wider; keep what is listened on in ip_local_reserved_ports`,
	}, {
		ID:   timeWait,
		What: "sockets in TIME_WAIT, share of the local ports",
		Unit: "%",
		Why:  "each holds a local port for 60 s towards the server that it was connected to",
		Mend: "keep connections: read bodies to the end, raise http.Transport.MaxIdleConnsPerHost; have the other side close first",
	}, {
		ID:   swappiness,
		What: "how readily the kernel swaps instead of dropping files",
		Why:  "a page that comes back from disk costs a request milliseconds",
		Mend: "sysctl -w vm.swappiness=10",
	}, {
		ID:   swapped,
		What: "memory of the process that has been swapped out",
		Unit: "MiB",
		Why:  "the garbage collector goes through the whole heap, and waits for the disk with each page that is not there",
		Mend: "give the host more memory or the process a lower GOMEMLIMIT, and restart it; or swapoff -a",
		Go:   true,
	}, {
		ID:   thp,
		What: "transparent huge pages: always, madvise, never",
		Why:  "a fault that is served by a huge page clears 2 MB, and may wait until memory has been moved together",
		Mend: "for latency echo madvise >/sys/kernel/mm/transparent_hugepage/enabled, for throughput echo always; with madvise Go's heap has none",
	}, {
		ID:   thpDefrag,
		What: "who moves memory together for huge pages: always is the one that needs a page",
		Why:  "with always a thread that touches new memory stands still while the kernel compacts",
		Mend: "echo defer+madvise >/sys/kernel/mm/transparent_hugepage/defrag",
	}, {
		ID:   maxPTEsNone,
		What: "empty small pages that khugepaged fills up to make a huge one of",
		Why:  "memory that Go has given back is taken again, and the process grows",
		Mend: "echo 0 >/sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none",
	}, {
		ID:   hugeMemory,
		What: "memory of the process that lies in huge pages",
		Unit: "MiB",
		Why:  "it is what transparent huge pages come to",
		Go:   true,
	}, {
		ID:   governor,
		What: "who chooses the frequency of the CPUs",
		Why:  "a CPU that was slowed down takes milliseconds until it runs at full speed again",
		Mend: "cpupower frequency-set -g performance",
	}, {
		ID:   idleLatency,
		What: "time that an idle CPU takes to wake up, at most",
		Unit: "µs",
		Why:  "each request that meets an idle CPU waits for so long first",
		Mend: "hold /dev/cpu_dma_latency open with a small number (tuned-adm profile latency-performance), or cpupower idle-set -D 10",
	}, {
		ID:   release,
		What: "release of the kernel",
		Why:  "what the kernel does by itself differs between releases",
	}, {
		ID:   preemption,
		What: "where the kernel lets a more urgent thread go first: none, voluntary, full, lazy, realtime",
		Why:  "a thread that wakes up waits for the longest stretch of kernel code that cannot be interrupted",
	}},
	Look: look,
}

func look(_ context.Context, t *target.Target) []posture.Observation {
	all := []posture.Observation{
		network(t, somaxconn, "core/somaxconn", plain),
		network(t, twReuse, "ipv4/tcp_tw_reuse", kind),
		network(t, finTimeout, "ipv4/tcp_fin_timeout", plain),
		observeSwappiness(t),
		observeTHP(t),
		observeDefrag(t),
		observePTEs(t),
		observeGovernor(t),
		observeIdle(t),
		observeRelease(t),
		observePreemption(t),
	}
	all = append(all, observePorts(t)...)
	if t.Kind != target.Host {
		all = append(all, observeSwapped(t), observeHuge(t))
	}
	return all
}

// A form is how a setting is to be compared.
type form func(id, text, source string) (posture.Observation, error)

// plain is a number that counts.
func plain(id, text, source string) (posture.Observation, error) {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return posture.Observation{}, fmt.Errorf("%.40q is no number", text)
	}
	return posture.Number(id, float64(v), source, posture.Kernel), nil
}

// kind is a number that is a name.
func kind(id, text, source string) (posture.Observation, error) {
	if _, err := strconv.Atoi(text); err != nil {
		return posture.Observation{}, fmt.Errorf("%.40q is no number", text)
	}
	return posture.Text(id, text, source, posture.Kernel), nil
}

// setting observes what a file holds.
func setting(t *target.Target, id, file string, as form) posture.Observation {
	text, err := t.Read(file)
	if err != nil {
		return system.Absent(id, file, err)
	}
	o, err := as(id, text, file)
	if err != nil {
		return system.Absent(id, file, err)
	}
	return o
}

// chosen returns the one of several words that is in brackets: "always [madvise] never".
func chosen(text string) (string, error) {
	for word := range strings.FieldsSeq(text) {
		for _, pair := range []string{"[]", "()"} {
			if len(word) > 2 && word[0] == pair[0] && word[len(word)-1] == pair[1] {
				return word[1 : len(word)-1], nil
			}
		}
	}
	return "", fmt.Errorf("nothing is chosen in %.60q", text)
}

func choice(id, text, source string) (posture.Observation, error) {
	word, err := chosen(text)
	return posture.Text(id, word, source, posture.Kernel), err
}
