package sampler

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

const head = `{"format":"lagvet-sched","version":1,"pid":12,"interval_ns":10000000,"groups":["/a/cpu.stat","/cpu.stat"]}` + "\n"

// What was looked at is what is read, be it written whole or by what changed.
func TestRoundTrip(t *testing.T) {
	held := func(own, above int64) []cgroup.Held {
		return []cgroup.Held{{Time: time.Duration(own), Periods: 10 + own, Throttled: own}, {Time: 7 + time.Duration(above), Periods: 20 + above, Throttled: above}}
	}
	looks := []look{
		{at: 5, groups: held(0, 0), threads: []account{{1, 10, 1}, {2, 20, 2}, {4, 40, 4}}},
		{at: 15, groups: held(0, 0), threads: []account{{1, 10, 1}, {2, 25, 2}, {4, 40, 4}}},
		{at: 25, groups: held(3, 1), threads: []account{{2, 25, 2}, {3, 30, 3}, {4, 40, 9}, {5, 1, 1}}},
		{at: 35, groups: held(3, 5), threads: []account{{3, 30, 3}}},
		{at: 45, groups: held(3, 5)},
	}
	want := [][3]int64{{0, 0, 0}, {0, 0, 0}, {3, 3, 3}, {7, 7, 7}, {7, 7, 7}}
	for _, every := range []int{1, 2, len(looks)} {
		var text bytes.Buffer
		text.WriteString(head)
		var e encoder
		for i := range looks {
			text.Write(e.encode(&looks[i], i%every == 0))
		}
		text.Write(encodeEnd(int64(len(looks))))
		log, err := Read(bytes.NewReader(text.Bytes()))
		if err != nil {
			t.Fatalf("%v of\n%s", err, &text)
		}
		if log.Cut != "" || log.PID != 12 || log.Interval != 10*time.Millisecond || len(log.Groups) != 2 || len(log.Samples) != len(looks) {
			t.Fatalf("%+v of\n%s", log, &text)
		}
		for i, s := range log.Samples {
			if got := [3]int64{int64(s.Throttled), s.Periods, s.ThrottledPeriods}; got != want[i] || s.At != looks[i].at {
				t.Errorf("sample %d has %v at %v, want %v at %v", i, got, s.At, want[i], looks[i].at)
			}
			compare(t, s, looks[i].threads)
		}
	}
}

func compare(t *testing.T, s trace.Sample, want []account) {
	t.Helper()
	running, waited := make(map[int64]time.Duration), make(map[int64]time.Duration)
	for _, a := range want {
		running[a.id], waited[a.id] = a.running, a.waited
	}
	if !maps.Equal(running, s.Running) || !maps.Equal(waited, s.Threads) {
		t.Errorf("at %v: %v and %v, want %v", s.At, s.Running, s.Threads, want)
	}
}

// Lines say what changed, and nothing else.
func TestEncode(t *testing.T) {
	var e encoder
	for _, tt := range []struct {
		look  look
		whole bool
		want  string
	}{
		{look{at: 1, groups: []cgroup.Held{{Time: 1, Periods: 2, Throttled: 3}}, threads: []account{{1, 2, 3}, {4, 5, 6}}}, true, `{"at":1,"whole":true,"groups":[[1,2,3]],"threads":[[1,2,3],[4,5,6]]}`},
		{look{at: 2, groups: []cgroup.Held{{Time: 1, Periods: 2, Throttled: 3}}, threads: []account{{1, 2, 3}, {4, 5, 6}}}, false, `{"at":2}`},
		{look{at: 3, groups: []cgroup.Held{{Time: 1, Periods: 3, Throttled: 3}}, threads: []account{{2, 2, 3}, {4, 5, 7}}}, false, `{"at":3,"groups":[[1,3,3]],"threads":[[2,2,3],[4,5,7]],"gone":[1]}`},
		{look{at: 4, groups: []cgroup.Held{{Time: 1, Periods: 3, Throttled: 3}}}, false, `{"at":4,"gone":[2,4]}`},
	} {
		if got := string(e.encode(&tt.look, tt.whole)); got != tt.want+"\n" {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	const first = `{"at":5,"whole":true,"groups":[[1,2,3],[4,5,6]],"threads":[[1,2,3]]}` + "\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"empty", "not stopped"}},
		{"something else", "go 1.26 trace\n", []string{"line 1", "does not begin"}},
		{"JSON of something else", "{\"format\":\"x\",\"version\":1}\n", []string{"line 1", "does not begin"}},
		{"a later version", strings.Replace(head, `"version":1`, `"version":2,"new":1`, 1), []string{"version 2", "reads 1"}},
		{"a header with more", strings.Replace(head, `"pid"`, `"x":1,"pid"`, 1), []string{"line 1", "unknown field"}},
		{"a header that is cut", strings.TrimSuffix(head, "\n"), []string{"line 1", "ends within"}},
		{"no JSON", head + first + "at 6\n", []string{"line 3", "at 6"}},
		{"two in a line", head + `{"at":1,"whole":true} {"at":2}` + "\n", []string{"line 2", "more than one"}},
		{"a field that there is not", head + `{"at":1,"whole":true,"x":1}` + "\n", []string{"line 2", "unknown field"}},
		{"no time", head + "{\"whole\":true}\n", []string{"line 2", "no time"}},
		{"a time before all", head + "{\"at\":-1,\"whole\":true}\n", []string{"line 2", "no time"}},
		{"time goes back", head + first + "{\"at\":4}\n", []string{"line 3", "goes back"}},
		{"not whole", head + "{\"at\":4}\n", []string{"line 2", "not whole"}},
		{"too few groups", head + "{\"at\":4,\"whole\":true,\"groups\":[[1,2,3]]}\n", []string{"line 2", "1 groups"}},
		{"a negative counter", head + first + "{\"at\":6,\"threads\":[[1,-2,3]]}\n", []string{"line 3", "negative"}},
		{"a negative group", head + first + "{\"at\":6,\"groups\":[[1,2,3],[1,2,-3]]}\n", []string{"line 3", "negative"}},
		{"a wrong end", head + first + "{\"end\":2}\n", []string{"line 3", "1 samples", "2"}},
		{"more after the end", head + first + "{\"end\":1}\n" + first, []string{"line 4", "after the end"}},
		{"too long", head + first + strings.Repeat(" ", longest) + "\n", []string{"after line 2", "too long"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.text))
			if err == nil {
				t.Fatal("it is read")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v, want %q", err, w)
				}
			}
		})
	}
}

// However little is left of a file, what there is is read, and that it is cut is told.
func TestReadCut(t *testing.T) {
	text := head + `{"at":5,"whole":true,"threads":[[1,2,3]]}` + "\n" + `{"at":6,"threads":[[1,3,3]]}` + "\n" + `{"end":2}` + "\n"
	for n := len(head); n < len(text); n++ {
		log, err := Read(strings.NewReader(text[:n]))
		if err != nil {
			t.Fatalf("%q: %v", text[:n], err)
		}
		lines := strings.Count(text[:n], "\n")
		last := lines // that is told of
		if text[n-1] != '\n' {
			last++
		}
		if got, want := len(log.Samples), min(lines-1, 2); got != want || !strings.Contains(log.Cut, fmt.Sprint("line ", last)) {
			t.Errorf("%q: %d samples, cut %q; want %d", text[:n], got, log.Cut, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + `{"at":5,"whole":true,"groups":[[1,2,3],[4,5,6]],"threads":[[1,2,3],[2,2,2]]}` + "\n" + `{"at":6,"gone":[1]}` + "\n" + `{"end":2}` + "\n"))
	f.Add([]byte(head + `{"at":9223372036854775807,"whole":true,"groups":[[0,0,0],[0,0,0]]}` + "\n" + `{"at":9223372036854775807,"groups":[[9223372036854775807,0,0],[0,0,0]]}` + "\n"))
	f.Add([]byte(head + "{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		log, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		if log.Cut == "" && !bytes.HasSuffix(data, []byte("\n")) {
			t.Error("it is cut, and it is not said")
		}
		for i, s := range log.Samples {
			if s.Throttled < 0 || s.Periods < 0 || s.ThrottledPeriods < 0 || s.Threads == nil || len(s.Threads) != len(s.Running) {
				t.Errorf("%+v", s)
			}
			if i > 0 && (s.At < log.Samples[i-1].At || s.Throttled < log.Samples[i-1].Throttled) {
				t.Errorf("sample %d goes back", i)
			}
		}
	})
}

func TestParseSchedstat(t *testing.T) {
	for text, want := range map[string][2]time.Duration{
		"1500 300 7\n": {1500, 300},
		"0 0 0":        {},
	} {
		running, waited, err := parseSchedstat([]byte(text))
		if got := [2]time.Duration{running, waited}; got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "1 2", "a 2 3", "1 b 3", "99999999999999999999 1 1"} {
		if _, _, err := parseSchedstat([]byte(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func FuzzParseSchedstat(f *testing.F) {
	f.Add([]byte("1500 300 7\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		running, waited, err := parseSchedstat(text)
		if err != nil && (running != 0 || waited != 0) {
			t.Errorf("%q: %v, %v, %v", text, running, waited, err)
		}
	})
}

// A window drops what is older, in whole segments, and what it writes is read.
func TestKept(t *testing.T) {
	k := &kept{last: 3 * time.Second}
	if err := k.line([]byte(head), 0, false); err != nil {
		t.Fatal(err)
	}
	var e encoder
	for i := range 100 {
		at := time.Duration(i) * time.Second / 4
		l := look{at: at, groups: make([]cgroup.Held, 2), threads: []account{{1, at, at / 2}}}
		if err := k.line(e.encode(&l, i%4 == 0), at, i%4 == 0); err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		n, err := k.writeTo(&text)
		if err != nil || n != int64(text.Len()) {
			t.Fatalf("%d of %d bytes, %v", n, text.Len(), err)
		}
		log, err := Read(&text)
		if err != nil || log.Cut != "" {
			t.Fatalf("after %d: %v, cut %q", i, err, log.Cut)
		}
		first, newest := log.Samples[0], log.Samples[len(log.Samples)-1]
		if newest.At != at || newest.Running[1] != at || at-first.At < min(at, k.last) || at-first.At >= k.last+2*time.Second {
			t.Fatalf("after %v: samples from %v to %v", at, first.At, newest.At)
		}
		if !slices.IsSortedFunc(log.Samples, func(a, b trace.Sample) int { return int(a.At - b.At) }) {
			t.Fatal("samples are out of order")
		}
	}
}
