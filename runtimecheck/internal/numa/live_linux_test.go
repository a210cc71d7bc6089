package numa

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"heap": heap})
}

// heap keeps some memory that it has written to.
func heap() {
	memory := make([]byte, 64<<20)
	for i := 0; i < len(memory); i += os.Getpagesize() {
		memory[i] = 1
	}
	live.Ready()
	runtime.KeepAlive(memory)
}

// The sample of a real process has pages on the nodes that numa_maps names, and none on
// others.
func TestLiveSample(t *testing.T) {
	pid := live.Start(t, "heap")
	p, _, err := sample(&target.Target{System: system.Here(), Kind: target.Process, PID: pid})
	if errors.Is(err, syscall.EPERM) || errors.Is(err, errors.ErrUnsupported) {
		return // it is forbidden here, or not compiled in: see TestRefused for what is said then
	}
	// How many are in memory depends on what else is mapped: the race detector reserves
	// much, and uses little of it.
	if err != nil || p.seen < fewest || p.seen > sampled {
		t.Fatalf("%+v, %v: want enough of the sample in memory", p, err)
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/numa_maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	for n, pages := range p.on {
		if !regexp.MustCompile(fmt.Sprintf(`\bN%d=\d`, n)).Match(data) {
			t.Errorf("%d pages on node %d, of which numa_maps knows nothing", pages, n)
		}
	}
}

// What is said of a real process fits the nodes of this machine.
func TestLiveNodes(t *testing.T) {
	pid := live.Start(t, "heap")
	seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid})
	online, err := os.ReadFile("/sys/devices/system/node/online")
	several := err == nil && strings.ContainsAny(string(online), ",-")
	for _, s := range specs {
		o := fixture.Observation(t, seen, s.ID)
		if !several && o.Absent != posture.NotApplicable {
			t.Errorf("observed %+v, and the nodes are %q, %v", o, online, err)
		}
		if several && o.Absent == posture.NotApplicable {
			t.Errorf("observed %+v, and the nodes are %q", o, online)
		}
	}
}
