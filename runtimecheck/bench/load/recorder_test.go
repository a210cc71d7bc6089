package load

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// Latency and lag count from when a call was due; throughput goes by when it was answered.
func TestRecorder(t *testing.T) {
	r := newRecorder(Plan{Phases: []Phase{{"a", 10, 10, 250 * ms, false}, {"b", 10, 10, 200 * ms, false}}, Interval: 100 * ms})
	first, second := r.due(0, 0), r.due(240*ms, 0)
	third, fourth := r.due(300*ms, 1), r.due(350*ms, 1)
	r.answered(first, 5*ms, 7*ms, nil)
	r.answered(second, 240*ms, 260*ms, nil) // due in a, answered in b
	r.answered(third, 301*ms, 500*ms, nil)  // answered after the end
	r.answered(fourth, 350*ms, 360*ms, &Error{Status, errors.New("it answered 503")})
	if stuck := r.close(); stuck != 0 {
		t.Errorf("%d calls are stuck", stuck)
	}
	res := r.result(450 * ms)

	a, b := res.Phase("a"), res.Phase("b")
	if a.Latency.Max() != 20*ms || a.Lag.Max() != 5*ms || a.Due != 2 || a.InTime != 1 {
		t.Errorf("a: %+v", a)
	}
	if b.Latency.Max() != 200*ms || b.Due != 2 || b.InTime != 1 || b.Errors() != 1 || b.Failed[Status] != 1 || b.Example[Status] != "it answered 503" {
		t.Errorf("b: %+v", b)
	}
	if got := b.Latency.quantile(99); got != Never {
		t.Errorf("P99 of b is %v", got)
	}
	want := []struct {
		phase      string
		start, end time.Duration
		due, fails int64
	}{{"a", 0, 100 * ms, 1, 0}, {"a", 200 * ms, 250 * ms, 1, 0}, {"b", 250 * ms, 350 * ms, 1, 0}, {"b", 350 * ms, 450 * ms, 1, 1}}
	if len(res.Series) != len(want) {
		t.Fatalf("the series is %+v", res.Series)
	}
	for i, w := range want {
		if in := res.Series[i]; in.Phase != w.phase || in.Start != w.start || in.End != w.end || in.Due != w.due || in.Failed != w.fails {
			t.Errorf("interval %d is %+v, want %+v", i, in, w)
		}
	}
	if res.Phase("c") != nil {
		t.Error("there is no phase c")
	}
}

// A call that comes back after the end was counted as stuck, and is not counted again.
func TestRecorderLate(t *testing.T) {
	r := newRecorder(Plan{Phases: []Phase{{"a", 10, 10, time.Second, false}}})
	c, other := r.due(0, 0), r.due(ms, 0)
	if stuck := r.close(); stuck != 2 {
		t.Errorf("%d calls are stuck", stuck)
	}
	r.answered(c, 0, time.Minute, nil)
	r.abandoned(other)
	m := r.result(time.Second).Phase("a")
	if m.Latency.Count() != 2 || m.Failed[Timeout] != 2 || m.Abandoned != 0 || !strings.Contains(m.Example[Timeout], "did not come back") {
		t.Errorf("%+v", m)
	}
}

func TestDoubt(t *testing.T) {
	fill := func(n int, latency, lag time.Duration) *Measured {
		m := &Measured{Due: int64(n), Failed: map[Kind]int64{}, Example: map[Kind]string{}}
		for range n {
			m.Latency.record(latency)
			m.Lag.record(lag)
		}
		return m
	}
	unsent, exhausted := fill(1, ms, 1), fill(1, ms, 1)
	unsent.Unsent = 3
	exhausted.Failed[Exhausted], exhausted.Example[Exhausted] = 2, "too many open files"
	tests := []struct {
		name        string
		m           *Measured
		doubt, late string
	}{
		{"all is well", fill(100, 10*ms, ms/2), "", ""},
		{"late by more than a tenth", fill(100, 10*ms, 2*ms), "", "P99 of its own lag is 2ms"},
		{"too few to tell", fill(10, 10*ms, 2*ms), "", ""},
		{"half of them very late", fill(100, 10*time.Second, 101*ms), "half of the calls were sent more than 101ms late", ""},
		{"not sent", unsent, "3 of 1 calls were not sent", ""},
		{"this side's fault", exhausted, "too many open files", ""},
	}
	for _, tt := range tests {
		if got := tt.m.Doubt(); !strings.Contains(got, tt.doubt) || (got == "") != (tt.doubt == "") {
			t.Errorf("%s: doubt %q", tt.name, got)
		}
		if got := tt.m.Late(99); !strings.Contains(got, tt.late) || (got == "") != (tt.late == "") {
			t.Errorf("%s: late %q", tt.name, got)
		}
	}
}

func TestRecoveries(t *testing.T) {
	const s = time.Second
	phases := []Phase{{"steady", 1, 1, 3 * s, false}, {"burst", 3, 3, s, false}, {"steady", 1, 1, 4 * s, false}, {"burst", 3, 3, s, false}, {"steady", 1, 1, 3 * s, false}}
	r := newRecorder(Plan{Phases: phases}).result(12 * s)
	for i, p95 := range []time.Duration{4 * ms, 9 * ms, 5 * ms, 90 * ms, 80 * ms, 6 * ms, 30 * ms, 6 * ms, 90 * ms, 5 * ms, Never, 5 * ms} {
		r.Series = append(r.Series, Interval{Span: Span{time.Duration(i) * s, time.Duration(i+1) * s}, P95: p95})
	}
	if normal, ok := r.Before("burst"); !ok || normal != 5*ms {
		t.Errorf("normal is %v, %v", normal, ok)
	}
	tests := []struct {
		c    Criterion
		want [2]Recovery
	}{
		{Criterion{10 * ms, 1}, [2]Recovery{{Took: s, Recovered: true}, {Took: 0, Recovered: true}}},
		{Criterion{10 * ms, 2}, [2]Recovery{{}, {}}},
		{Criterion{40 * ms, 2}, [2]Recovery{{Took: s, Recovered: true}, {}}},
	}
	for _, tt := range tests {
		got := r.Recoveries("burst", tt.c)
		if len(got) != 2 {
			t.Fatalf("%+v", got)
		}
		for i, w := range tt.want {
			if got[i].Took != w.Took || got[i].Recovered != w.Recovered || got[i].Watched != []time.Duration{4 * s, 3 * s}[i] {
				t.Errorf("%+v: burst %d: %+v, want %+v", tt.c, i, got[i], w)
			}
		}
	}
	if r.Recoveries("none", Criterion{}) != nil {
		t.Error("there is no such phase")
	}
	// An interval in which calls were not sent says nothing good.
	r.Series[5].Unsent = 1
	if got := r.Recoveries("burst", Criterion{40 * ms, 2}); got[0].Took != 2*s {
		t.Errorf("%+v", got[0])
	}
}

func TestBeforeUnknown(t *testing.T) {
	const s = time.Second
	for _, phases := range [][]Phase{
		{{"burst", 3, 3, s, false}},
		{{"warm-up", 1, 1, 5 * s, true}, {"burst", 3, 3, s, false}},
		{{"steady", 1, 1, 2 * s, false}, {"burst", 3, 3, s, false}},
	} {
		r := newRecorder(Plan{Phases: phases}).result(10 * s)
		for i := range 10 {
			r.Series = append(r.Series, Interval{Span: Span{time.Duration(i) * s, time.Duration(i+1) * s}, P95: ms})
		}
		if normal, ok := r.Before("burst"); ok {
			t.Errorf("%+v: %v", phases, normal)
		}
	}
}
