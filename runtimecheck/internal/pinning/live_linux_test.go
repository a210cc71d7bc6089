package pinning

import (
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"pinned": pinned, "free": live.Ready, "confined": confined})
}

// A real process that pins two of its locked threads to one CPU: what is said is
// compared with what /proc says of each thread.
func TestLivePinned(t *testing.T) {
	pid := live.Start(t, "pinned")
	seen, masks := between(t, pid)
	if runtime.NumCPU() == 1 { // a mask cannot be narrower than this one
		if o := fixture.Observation(t, seen, stacked); len(masks) != 1 || o.Absent != posture.NotApplicable {
			t.Errorf("observed %+v of the masks %v", o, masks)
		}
		return
	}
	if len(masks) != 2 {
		t.Fatalf("the process has the masks %v, want two", masks)
	}
	var one, wide string
	for mask, n := range masks {
		if n == 2 && !strings.ContainsAny(mask, ",-") {
			one = mask
		} else {
			wide = mask
		}
	}
	for id, want := range map[string]string{
		affinity: fmt.Sprintf("2: %s on CPUs %s, 2 pinned to CPU %s", plural(masks[wide], "thread"), wide, one),
		stacked:  "2: 2 pinned threads on CPU " + one,
		shared:   "1: 1 of 1 pinned CPUs: " + one,
		locked:   "UNKNOWN: 2 threads pinned, and a mask without a lock pins nothing",
	} {
		if o := fixture.Observation(t, seen, id); !strings.HasPrefix(said(o), want) {
			t.Errorf("observed %s: %s, want %s", id, said(o), want)
		}
	}
	o := fixture.Observation(t, seen, isolated)
	file, err := os.ReadFile("/sys/devices/system/cpu/isolated")
	if want := 1.0; err != nil && o.Absent == "" || len(strings.TrimSpace(string(file))) == 0 && err == nil && o.Value != want {
		t.Errorf("observed %+v; the kernel says %q, %v", o, file, err)
	}
}

// A process whose threads nobody has pinned, and one that is confined as a whole: in
// neither does a thread stand out.
func TestLiveUnpinned(t *testing.T) {
	for _, name := range []string{"free", "confined"} {
		pid := live.Start(t, name)
		seen, masks := between(t, pid)
		for mask, n := range masks {
			list := "CPUs "
			if !strings.ContainsAny(mask, ",-") {
				list = "CPU "
			}
			want := fmt.Sprintf("1: %s on %s", plural(n, "thread"), list+mask)
			if o := fixture.Observation(t, seen, affinity); said(o) != want {
				t.Errorf("observed %s, want %s", said(o), want)
			}
		}
		if o := fixture.Observation(t, seen, stacked); o.Absent != posture.NotApplicable {
			t.Errorf("observed %+v", o)
		}
	}
}

// What the runtime writes of goroutines is read as it is meant, with the one that it has
// for signals among them.
func TestLiveStacks(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGUSR2)
	defer signal.Stop(signals)
	before := countLocked(dump(t))
	var ready, done sync.WaitGroup
	end := make(chan bool)
	for range 3 {
		ready.Add(1)
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			ready.Done()
			<-end
		})
	}
	ready.Wait()
	if after := countLocked(dump(t)); after != before+3 {
		t.Errorf("%d locked goroutines, and %d after three were", before, after)
	}
	close(end)
	done.Wait()
	if after := countLocked(dump(t)); after != before {
		t.Errorf("%d locked goroutines, and %d after three were and have ended", before, after)
	}
}

// dump is what net/http/pprof answers goroutine?debug=2 with.
func dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&b, 2); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between looks at a process while its threads stay the same: the runtime makes some
// when it likes.
func between(t *testing.T, pid int) ([]posture.Observation, map[string]int) {
	t.Helper()
	before := allowed(t, pid)
	for range 1000 {
		seen := Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid})
		after := allowed(t, pid)
		if maps.Equal(before, after) {
			return seen, after
		}
		before = after
	}
	t.Fatal("the process makes threads all the time")
	return nil, nil
}

// allowed counts the threads of a process by the CPUs that /proc lists.
func allowed(t *testing.T, pid int) map[string]int {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if err != nil || len(files) == 0 {
		t.Fatalf("threads %v, %v", files, err)
	}
	count := make(map[string]int)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(data), "Cpus_allowed_list:\t")
		mask, _, _ := strings.Cut(rest, "\n")
		count[mask]++
	}
	return count
}

// pinned locks two goroutines to threads on one CPU, and two more to threads on any.
func pinned() {
	one := first()
	var ready sync.WaitGroup
	for i := range 4 {
		ready.Add(1)
		go func() {
			runtime.LockOSThread()
			if i < 2 {
				if err := unix.SchedSetaffinity(0, &one); err != nil {
					panic(err)
				}
			}
			ready.Done()
			select {}
		}()
	}
	ready.Wait()
	live.Ready()
}

// confined moves all its threads to one CPU, as taskset -a -p does.
func confined() {
	one := first()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		panic(err)
	}
	// A thread that is made meanwhile is made by one that has been moved, or comes up
	// in the second round.
	for range 2 {
		for _, task := range tasks {
			var id int
			if _, err := fmt.Sscan(task.Name(), &id); err != nil {
				panic(err)
			}
			if err := unix.SchedSetaffinity(id, &one); err != nil {
				panic(err)
			}
		}
		if tasks, err = os.ReadDir("/proc/self/task"); err != nil {
			panic(err)
		}
	}
	live.Ready()
}

// first is a set of the first CPU that this process may run on.
func first() unix.CPUSet {
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		panic(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	return one
}
