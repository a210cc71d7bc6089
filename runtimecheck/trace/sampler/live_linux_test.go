package sampler

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	rtrace "runtime/trace"
	"strings"
	"testing"
	"time"

	etrace "golang.org/x/exp/trace"
	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// An event of a trace that happens between two looks at the clock has a time between
// theirs: it is the same clock.
func TestClock(t *testing.T) {
	c, err := readClock()
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := rtrace.Start(&data); err != nil {
		t.Fatal(err)
	}
	var between [][2]time.Duration
	for range 50 {
		before := c.now()
		rtrace.Log(t.Context(), "between", "")
		between = append(between, [2]time.Duration{before, c.now()})
	}
	rtrace.Stop()
	// The trace counts in steps of 64 ns, and the clock was read to that of package time
	// with what a system call takes.
	const slack = 100 * time.Microsecond
	n := 0
	for _, e := range events(t, &data) {
		if e.Kind() != etrace.EventLog {
			continue
		}
		if at := time.Duration(e.Time()); at < between[n][0]-slack || at > between[n][1]+slack {
			t.Errorf("event %d at %v lies outside of %v to %v", n, at, between[n][0], between[n][1])
		}
		n++
	}
	if n != len(between) {
		t.Errorf("%d events of %d", n, len(between))
	}
}

func events(t *testing.T, data io.Reader) []etrace.Event {
	t.Helper()
	r, err := etrace.NewReader(data)
	if err != nil {
		t.Fatal(err)
	}
	var all []etrace.Event
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
}

// A busy thread comes, works and goes, and its account tells.
func TestSelf(t *testing.T) {
	var text bytes.Buffer
	s, err := Start(&text, Options{Interval: Shortest})
	if err != nil {
		t.Fatal(err)
	}
	const work = 30 * time.Millisecond // of CPU time, by the kernel's account
	tid := endsWith(func() {
		busy(work)
		_ = s.take() // which may not have come to it on a machine that is busy itself
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", tid)); err != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the thread does not end")
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("stopped again: %v", err)
	}
	log, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if log.Cut != "" || log.PID != os.Getpid() || log.Interval != Shortest {
		t.Errorf("%+v", log)
	}
	var first, most time.Duration
	for i, sample := range log.Samples {
		if _, ok := sample.Running[int64(os.Getpid())]; !ok {
			t.Errorf("sample %d does not have the first thread: %v", i, sample.Running)
		}
		ran, ok := sample.Running[tid]
		if ok && first == 0 {
			first = ran
		}
		most = max(most, ran)
	}
	if most < work/2 {
		t.Errorf("thread %d ran %v to %v, and used up %v", tid, first, most, work)
	}
	if last := log.Samples[len(log.Samples)-1]; last.Running[tid] != 0 {
		t.Errorf("thread %d has ended, and still has an account: %v", tid, last.Running)
	}
}

// endsWith calls f on a thread that ends with it, and returns its number. The first
// thread of a process does not end.
func endsWith(f func()) int64 {
	tids := make(chan int)
	for {
		go func() {
			runtime.LockOSThread() // and never unlocked
			tid := unix.Gettid()
			if tid != os.Getpid() {
				f()
			}
			tids <- tid
		}()
		if tid := <-tids; tid != os.Getpid() {
			return int64(tid)
		}
	}
}

// busy uses CPU time of its thread.
func busy(d time.Duration) {
	for {
		var ts unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil || time.Duration(ts.Nano()) > d {
			return
		}
	}
}

// Looks at threads allocate nothing, and of each look one system call is in the trace.
func TestUnseen(t *testing.T) {
	th, err := openThreads(&target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()})
	if err != nil {
		t.Fatal(err)
	}
	defer th.closeAll()
	accounts := make([]account, 0, 1000)
	// Threads that the runtime starts meanwhile are listed anew, which can be seen.
	const looks, tries = 20, 10
	for try := range tries {
		calls := tracedLooks(t, th, accounts, looks)
		allocated := testing.AllocsPerRun(10, func() { _, _ = th.read(accounts) })
		if calls == looks && allocated == 0 {
			return
		}
		t.Logf("try %d: %d system calls, %v allocations", try, calls, allocated)
	}
	t.Error("looks are seen")
}

// tracedLooks counts in how many system calls this goroutine was, in some
// looks.
func tracedLooks(t *testing.T, th *threads, accounts []account, looks int) (calls int) {
	var data bytes.Buffer
	if err := rtrace.Start(&data); err != nil {
		t.Fatal(err)
	}
	if _, err := th.read(accounts); err != nil { // lists the threads that tracing started
		t.Error(err)
	}
	rtrace.Log(t.Context(), "looks", "begin")
	for range looks {
		if _, err := th.read(accounts); err != nil {
			t.Error(err)
		}
	}
	rtrace.Log(t.Context(), "looks", "end")
	rtrace.Stop()
	counting, me := false, etrace.NoGoroutine
	for _, e := range events(t, &data) {
		switch e.Kind() {
		case etrace.EventLog:
			counting, me = e.Log().Message == "begin", e.Goroutine()
		case etrace.EventStateTransition:
			if st := e.StateTransition(); counting && st.Resource.Kind == etrace.ResourceGoroutine && st.Resource.Goroutine() == me {
				if _, to := st.Goroutine(); to == etrace.GoSyscall {
					calls++
				}
			}
		}
	}
	return calls
}

// Another process is sampled until it ends, which is told; what was sampled is there.
func TestProcess(t *testing.T) {
	cmd := exec.Command("sleep", "3600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	s, err := Start(&text, Options{PID: cmd.Process.Pid})
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	<-s.done
	if err := s.Stop(); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stopped: %v", err)
	}
	log, err := Read(&text)
	if err != nil || log.Cut != "" || len(log.Samples) == 0 || len(log.Samples[0].Running) != 1 {
		t.Errorf("%+v, %v", log, err)
	}
	if _, err := Start(io.Discard, Options{PID: cmd.Process.Pid}); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("a process that has ended: %v", err)
	}
}

// Who has many threads is looked at less often.
func TestPace(t *testing.T) {
	p := pace{interval: 10 * time.Millisecond}
	for _, tt := range []struct {
		threads    int
		took, want time.Duration
	}{
		{9, 100 * time.Microsecond, 10 * time.Millisecond},
		{99, time.Millisecond, 50 * time.Millisecond},
		{99, time.Second, 50 * time.Millisecond}, // something came in between
		{9, 20 * time.Microsecond, 10 * time.Millisecond},
		{99, 200 * time.Millisecond, 10 * time.Millisecond},
	} {
		if got := p.next(tt.took, tt.threads); got != tt.want {
			t.Errorf("after %v for %d threads: %v, want %v", tt.took, tt.threads, got, tt.want)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := Start(io.Discard, Options{Interval: time.Microsecond}); err == nil || !strings.Contains(err.Error(), "less than 1ms") {
		t.Error(err)
	}
	if _, err := Keep(0, Options{}); err == nil {
		t.Error("a window of nothing is kept")
	}
}

// A writer that fails ends the samples, and Stop says so.
func TestWriterFails(t *testing.T) {
	s, err := Start(failing{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); !errors.Is(err, errFull) {
		t.Errorf("stopped: %v", err)
	}
}

type failing struct{}

var errFull = errors.New("full")

func (failing) Write([]byte) (int, error) { return 0, errFull }

// What a window writes contains a sample of the moment, and goes on after Stop.
func TestKeep(t *testing.T) {
	w, err := Keep(time.Second, Options{Interval: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for want := 2; want < 5; want++ {
		if want == 4 {
			if err := w.Stop(); err != nil {
				t.Fatal(err)
			}
		}
		var text bytes.Buffer
		if _, err := w.WriteTo(&text); want < 4 && err != nil {
			t.Fatal(err)
		}
		log, err := Read(&text)
		if err != nil || len(log.Samples) != want {
			t.Errorf("%d samples, %v; want %d", len(log.Samples), err, want)
		}
	}
	if _, err := w.WriteTo(failing{}); !errors.Is(err, errFull) {
		t.Errorf("written: %v", err)
	}
}

const machine = `
-- proc/self -> 12 --
-- proc/12/ns/mnt -> mnt:[1] --
-- proc/12/cgroup --
0::/a
-- proc/12/mountinfo --
31 24 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup rw
-- proc/12/task/12/schedstat --
5000 300 7
-- proc/12/task/12/status --
Name:	app
NSpid:	12	1
-- proc/12/task/14/schedstat --
6000 400 7
-- proc/12/task/14/status --
Name:	app
NSpid:	14	9	3
-- proc/12/task/13/schedstat --
7000 500 7
-- proc/12/task/13/status --
Name:	app
-- sys/fs/cgroup/cgroup.procs --
-- sys/fs/cgroup/a/cpu.stat --
nr_periods 5
nr_throttled 2
throttled_usec 30
`

// On a machine that a test makes: the numbers are those inside of the container, and
// what is missing is told.
func TestObserver(t *testing.T) {
	s := fixture.Tree(t, machine)
	p := &target.Target{System: s, Kind: target.Process, PID: 12}
	o, err := newObserver(p, Interval)
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	l, err := o.look()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(l.threads), "[{1 5000 300} {3 6000 400} {13 7000 500}]"; got != want {
		t.Errorf("threads %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(o.head.Groups, l.groups, o.head.Unseen), "[/sys/fs/cgroup/a/cpu.stat] [{30µs 5 2}] []"; got != want {
		t.Errorf("groups %s, want %s", got, want)
	}
}

func TestObserverMisses(t *testing.T) {
	tests := []struct {
		name, without string
		unseen        []string // empty: there is nothing to sample
	}{
		{"no groups", "sys/fs/cgroup/a/cpu.stat", []string{"counts how often"}},
		{"no schedstat", "proc/12/task/12/schedstat", []string{"keeps no accounts of threads"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fixture.Tree(t, machine)
			if err := os.Remove(s.Path(tt.without)); err != nil {
				t.Fatal(err)
			}
			o, err := newObserver(&target.Target{System: s, Kind: target.Process, PID: 12}, Interval)
			if err != nil {
				t.Fatal(err)
			}
			defer o.close()
			if got := strings.Join(o.head.Unseen, "\n"); !strings.Contains(got, tt.unseen[0]) {
				t.Errorf("unseen %q, want %q", got, tt.unseen)
			}
			if _, err := o.look(); err != nil {
				t.Error(err)
			}
		})
	}
	s := fixture.Tree(t, "-- proc/self -> 12 --\n-- proc/12/task/12/status --\n")
	if _, err := newObserver(&target.Target{System: s, Kind: target.Process, PID: 12}, Interval); err == nil || !strings.Contains(err.Error(), "nothing to sample") {
		t.Errorf("there is nothing, and %v", err)
	}
}

// More threads than files are kept open are read as well, and when some of them have
// gone others have theirs open.
func TestManyThreads(t *testing.T) {
	var tree strings.Builder
	tree.WriteString(machine)
	for i := range mostOpen + 50 {
		fmt.Fprintf(&tree, "-- proc/12/task/%d/schedstat --\n%d 1 1\n", 100+i, i)
	}
	s := fixture.Tree(t, tree.String())
	th, err := openThreads(&target.Target{System: s, Kind: target.Process, PID: 12})
	if err != nil {
		t.Fatal(err)
	}
	defer th.closeAll()
	check := func(want int) {
		t.Helper()
		accounts, err := th.read(nil)
		if err != nil || len(accounts) != want {
			t.Errorf("%d threads, %v; want %d", len(accounts), err, want)
		}
		open := 0
		for _, one := range th.all {
			if one.fd >= 0 {
				open++
			}
		}
		if open != th.open || open > mostOpen {
			t.Errorf("%d files stay open, and %d are counted", open, th.open)
		}
	}
	check(mostOpen + 50 + 3)
	check(mostOpen + 50 + 3)
	for i := range 100 {
		if err := os.RemoveAll(s.Path(fmt.Sprintf("proc/12/task/%d", 100+i))); err != nil {
			t.Fatal(err)
		}
		fixture.Add(t, s, fmt.Sprintf("-- proc/12/task/%d/schedstat --\n1 1 1\n", 1000+i))
	}
	th.stale = true
	check(mostOpen + 50 + 3)
}

// A look costs what it costs for each thread.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{1, 50, 200} {
		b.Run(fmt.Sprintf("threads=%d", n), func(b *testing.B) {
			release, started := make(chan struct{}), make(chan struct{})
			defer close(release)
			for range n {
				go func() {
					runtime.LockOSThread()
					started <- struct{}{}
					<-release
				}()
				<-started
			}
			src, err := observe(os.Getpid(), Interval)
			if err != nil {
				b.Fatal(err)
			}
			defer src.close()
			var e encoder
			var l *look
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				if l, err = src.look(); err != nil {
					b.Fatal(err)
				}
				e.encode(l, false)
			}
			cpu := float64(cpuTime(b)-before) / float64(b.N)
			b.ReportMetric(float64(len(l.threads)), "threads")
			b.ReportMetric(cpu, "cpu-ns/op")
			b.ReportMetric(cpu/float64(len(l.threads)), "cpu-ns/thread")
		})
	}
}

// cpuTime is that of the process: on a machine that others use too it tells more than
// the clock.
func cpuTime(b *testing.B) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}
