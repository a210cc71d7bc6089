package goroutines

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/selfmetrics"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"crowd": crowd})
}

// crowd has two threads that compute, both on one CPU: each waits for the other.
func crowd() {
	var one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &one); err != nil {
		panic(err)
	}
	for cpu := range 1024 {
		if one.IsSet(cpu) {
			one.Zero()
			one.Set(cpu)
			break
		}
	}
	const spinners = 2
	runtime.GOMAXPROCS(spinners + 1)
	for range spinners {
		go func() {
			runtime.LockOSThread()
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				panic(err)
			}
			for {
			}
		}()
	}
	time.Sleep(200 * time.Millisecond)
	live.Ready()
	os.Exit(0)
}

func TestLiveQueue(t *testing.T) {
	pid := live.Start(t, "crowd")
	tt := &target.Target{System: system.Here(), Kind: target.Process, PID: pid}
	tt.Begin(time.Now())
	before := waited(t, pid)
	o := fixture.Observation(t, Probe.Look(t.Context(), tt), runQueue)
	if before == 0 {
		// A kernel without schedstat, such as a sandbox's.
		if o.Absent == "" && o.Value != 0 {
			t.Errorf("observed %+v, the kernel counts nothing", o)
		}
		return
	}
	// At every moment one of the two waits, and they wait for each other alone at best.
	if o.Absent != "" || o.Value < 30 || o.Value >= 100 || len(o.Details) < 2 {
		t.Errorf("observed %+v", o)
	}
	for id, want := range map[string]posture.Verdict{count: posture.Unknown, schedLatency: posture.Unknown} {
		if o := fixture.Observation(t, Probe.Look(t.Context(), tt), id); o.Absent != want {
			t.Errorf("observed %+v", o)
		}
	}
}

// waited adds up the second field of schedstat over all threads.
func waited(t *testing.T, pid int) (sum int64) {
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	tasks, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		data, err := os.ReadFile(dir + "/" + task.Name() + "/schedstat")
		if fields := strings.Fields(string(data)); err == nil && len(fields) == 3 {
			n, err := strconv.ParseInt(fields[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sum += n
		}
	}
	return sum
}

// This process starts goroutines between two looks, some of which end.
func TestLiveSelf(t *testing.T) {
	self := &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid(), Metrics: selfmetrics.Metrics{}}
	self.Begin(time.Now())
	Probe.Look(t.Context(), self)

	stop := make(chan bool)
	defer close(stop)
	for range 200 {
		go func() { <-stop }()
	}
	self.Begin(time.Now())
	seen := Probe.Look(t.Context(), self)
	there := float64(runtime.NumGoroutine())
	// The metric counts the runtime's own as well, of which there are some for each P.
	own := 32 + 4*float64(runtime.GOMAXPROCS(0))
	if o := fixture.Observation(t, seen, count); o.Value < there-2 || o.Value > there+own {
		t.Errorf("observed %+v, there are %v", o, there)
	}
	var more float64
	if o := fixture.Observation(t, seen, growth); o.Absent != "" {
		t.Errorf("observed %+v", o)
	} else if _, err := fmt.Sscanf(o.Current, "%g in ", &more); err != nil || more < 198 || more > 200+own {
		t.Errorf("observed %+v, %v; 200 were started", o, err)
	}
	if o := fixture.Observation(t, seen, schedLatency); o.Absent != "" || !strings.Contains(o.Current, " waits in ") {
		t.Errorf("observed %+v", o)
	}
}

// Of a program in another language the kernel counts the same, and there are no
// goroutines to be asked for.
func TestLiveNoGo(t *testing.T) {
	pid, _ := live.Run(t, exec.Command("/bin/sh", "-c", "echo; read line"))
	tt := &target.Target{System: system.Here(), Kind: target.Process, PID: pid}
	tt.Begin(time.Now())
	for _, o := range Probe.Look(t.Context(), tt) {
		if o.ID != runQueue && (o.Absent != posture.NotApplicable || o.Reason != "it is not a Go program") {
			t.Errorf("observed %+v", o)
		}
	}
}
