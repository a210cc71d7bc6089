package kernel

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// The namespaces of a process are those of its first thread.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"large": large, "apart": apart})
}

// large has memory that it asks to have in huge pages.
func large() {
	memory, err := unix.Mmap(-1, 0, 64<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	_ = unix.Madvise(memory, unix.MADV_HUGEPAGE) // there may be none
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
	live.Ready()
	runtime.KeepAlive(memory)
}

// apart goes to a network of its own, if it may.
func apart() {
	_ = unix.Unshare(unix.CLONE_NEWNET)
	live.Ready()
}

func observe(t *testing.T, pid int) []posture.Observation {
	p := &target.Target{System: system.Here(), Kind: target.Process, PID: pid}
	p.Begin(time.Now())
	return Probe.Look(t.Context(), p)
}

// steady calls look until what was read before and after it is the same: others change
// the machine meanwhile.
func steady(t *testing.T, read func() string, look func() posture.Observation) (string, posture.Observation) {
	t.Helper()
	for range 50 {
		before, o := read(), look()
		if before == read() {
			return before, o
		}
	}
	t.Fatal("what is read changes all the time")
	return "", posture.Observation{}
}

func text(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// sum adds up the numbers of all lines that begin with a key.
func sum(t *testing.T, file, key string) int {
	t.Helper()
	n := 0
	for line := range strings.Lines(text(t, file)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == key {
			v, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			n += v
		}
	}
	return n
}

// The memory of a real process: the sum over its mappings, which the kernel adds up in
// another file.
func TestLiveMemory(t *testing.T) {
	pid := live.Start(t, "large")
	file := fmt.Sprintf("/proc/%d/smaps", pid)
	want, o := steady(t, func() string { return strconv.Itoa(sum(t, file, "AnonHugePages:")) }, func() posture.Observation {
		return fixture.Observation(t, observe(t, pid), hugeMemory)
	})
	enabled, err := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	if err != nil || strings.Contains(string(enabled), "[never]") {
		if o.Absent != posture.NotApplicable {
			t.Errorf("%+v, without huge pages", o)
		}
	} else if got := strconv.FormatFloat(o.Value*1024, 'f', 0, 64); o.Absent != "" || got != want {
		t.Errorf("%+v, want %s KiB", o, want)
	}
	if s := fixture.Observation(t, observe(t, pid), swapped); s.Value*1024 != float64(sum(t, fmt.Sprintf("/proc/%d/status", pid), "VmSwap:")) {
		t.Errorf("%+v, which is not what /proc says", s)
	}
}

// Settings of TCP are not told of a process with a network of its own, and are those of
// the files else.
func TestLiveNetwork(t *testing.T) {
	pid := live.Start(t, "apart")
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	its, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		t.Fatal(err)
	}
	all := observe(t, pid)
	for _, id := range []string{somaxconn, twReuse, finTimeout, localPorts, timeWait} {
		o := fixture.Observation(t, all, id)
		if apart := own != its; apart != (o.Absent == posture.Unknown) || apart != strings.Contains(o.Mend, "nsenter") {
			t.Errorf("%+v; namespaces %s, %s", o, own, its)
		}
	}
	all = observe(t, os.Getpid())
	if o := fixture.Observation(t, all, somaxconn); strconv.FormatFloat(o.Value, 'f', 0, 64) != text(t, "/proc/sys/net/core/somaxconn") {
		t.Errorf("%+v", o)
	}
	if o := fixture.Observation(t, all, twReuse); o.Text != text(t, "/proc/sys/net/ipv4/tcp_tw_reuse") {
		t.Errorf("%+v", o)
	}
	waiting := func() string {
		_, rest, _ := strings.Cut(text(t, "/proc/self/net/sockstat"), " tw ")
		n, _, _ := strings.Cut(rest, " ")
		return n
	}
	if want, o := steady(t, waiting, func() posture.Observation {
		return fixture.Observation(t, observe(t, os.Getpid()), timeWait)
	}); !strings.HasPrefix(o.Current, want+" sockets") {
		t.Errorf("%+v, want %s sockets", o, want)
	}
}

// Who asks for CPUs that wake up at once gets them, and is seen.
func TestLiveIdle(t *testing.T) {
	before := fixture.Observation(t, observe(t, os.Getpid()), idleLatency)
	device, err := os.OpenFile("/dev/cpu_dma_latency", os.O_WRONLY, 0)
	if err != nil {
		// Not a matter of this user, or of this machine: then it is not known, or not there.
		if before.Absent == "" && before.Grade != posture.Heuristic && !os.IsNotExist(err) {
			t.Errorf("%+v, while %v", before, err)
		}
		return
	}
	defer device.Close()
	if _, err := device.Write(binary.NativeEndian.AppendUint32(nil, 0)); err != nil {
		t.Fatal(err)
	}
	o := fixture.Observation(t, observe(t, os.Getpid()), idleLatency)
	if before.Absent != o.Absent || o.Absent == "" && (o.Value != 0 || o.Source != "/dev/cpu_dma_latency") {
		t.Errorf("%+v, and before %+v", o, before)
	}
}
