package trace

import (
	"maps"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

// TestSums holds what is said of real traces against what must be true of any, with
// and without samples of the kernel's accounts.
func TestSums(t *testing.T) {
	for name, run := range workloads(t) {
		t.Run(name, func(t *testing.T) {
			data := record(t, run)
			r := analyze(t, data, Options{Functions: []string{"github.com/lagvet/lagvet/runtimecheck/trace.critical"}})
			if len(r.Groups) == 0 {
				t.Fatal("no spans")
			}
			verify(t, r)
			if r = analyze(t, data, Options{Kernel: invented(r.Trace)}); r.Kernel == nil {
				t.Fatal("no samples")
			}
			verify(t, r)
		})
	}
}

// invented are samples whose accounts grow by more than there was time, now and then.
func invented(of Info) []Sample {
	random := rand.New(rand.NewPCG(5, 5))
	grow := func(d *time.Duration) { *d += time.Duration(random.Int64N(int64(200 * time.Microsecond))) }
	var list []Sample
	var throttled time.Duration
	queued := make(map[int64]time.Duration)
	for at := of.Start - time.Millisecond; at < of.End+time.Millisecond; at += (of.End-of.Start)/200 + 1 {
		grow(&throttled)
		for thread := range int64(30) { // those of the process are numbered from its own number
			d := queued[int64(os.Getpid())+thread]
			grow(&d)
			queued[int64(os.Getpid())+thread] = d
		}
		list = append(list, Sample{At: at, Throttled: throttled, Threads: maps.Clone(queued)})
	}
	return list
}

// verify fails t for each sum that is not right.
func verify(t testing.TB, r *Report) {
	t.Helper()
	for _, g := range r.Groups {
		var total time.Duration
		for _, s := range g.Slices {
			where := string(g.Kind) + " " + g.Name + " " + s.Name
			verifyParts(t, where, s.Parts, s.Kernel, s.Time)
			verifyCauses(t, where, s.Causes, s.Time)
			if s.Count < 1 || s.Count > g.Count || s.Time > g.Total {
				t.Errorf("%s: %d spans of %v, of %d of %v", where, s.Count, s.Time, g.Count, g.Total)
			}
			total = s.Time
		}
		for _, s := range g.Slowest {
			where := string(g.Kind) + " " + g.Name
			verifyParts(t, where, s.Parts, s.Kernel, s.End-s.Start)
			verifyCauses(t, where, s.Causes, s.End-s.Start)
			verifyTimeline(t, where, s)
		}
		if total > g.Total {
			t.Errorf("%s: the slowest takes %v of %v", g.Name, total, g.Total)
		}
	}
}

func verifyParts(t testing.TB, where string, parts, kernel []Part, whole time.Duration) {
	t.Helper()
	var sum, charged time.Duration
	for i, p := range parts {
		sum += p.Time
		if p.Time <= 0 || i > 0 && p.Time > parts[i-1].Time {
			t.Errorf("%s: parts %v", where, parts)
		}
	}
	if sum != whole {
		t.Errorf("%s: parts %v sum to %v of %v", where, parts, sum, whole)
	}
	for _, p := range kernel {
		charged += p.Time
		if p.Time < 0 {
			t.Errorf("%s: kernel's parts %v", where, kernel)
		}
	}
	var threads, ready time.Duration
	for _, p := range parts {
		switch p.Component {
		case Running, Assist, Sweep, Syscall:
			threads += p.Time
		case Scheduler:
			ready += p.Time
		}
	}
	if queued := part(kernel, RunQueue); queued > threads || charged > threads+ready {
		t.Errorf("%s: kernel's parts %v of %v on threads and %v without a P", where, kernel, threads, ready)
	}
}

func verifyCauses(t testing.TB, where string, causes []Cause, whole time.Duration) {
	t.Helper()
	var sum time.Duration
	for _, c := range causes {
		sum += c.Time
		if c.Time <= 0 || c.Count <= 0 {
			t.Errorf("%s: cause %v", where, c)
		}
		if c.External != "" && len(c.Behind) > 0 {
			t.Errorf("%s: something is behind %q", where, c.External)
		}
		if len(c.Behind) > 0 {
			verifyCauses(t, where+" "+string(c.Component), c.Behind, c.Time)
		}
	}
	if sum != whole {
		t.Errorf("%s: causes sum to %v of %v: %v", where, sum, whole, causes)
	}
}

func verifyTimeline(t testing.TB, where string, s Span) {
	t.Helper()
	at := s.Start
	for _, i := range s.Timeline {
		if i.Start != at || i.End <= i.Start {
			t.Errorf("%s: after %v comes %v to %v", where, at, i.Start, i.End)
		}
		at = i.End
	}
	if at != s.End {
		t.Errorf("%s: the timeline ends %v before the span", where, s.End-at)
	}
}

func part(parts []Part, c Component) time.Duration {
	for _, p := range parts {
		if p.Component == c {
			return p.Time
		}
	}
	return 0
}
