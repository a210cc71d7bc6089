package trace

import (
	"slices"
	"testing"
	"time"
)

// sampled makes samples 10 ms apart of one thread, by what its accounts stand at in ms;
// a thread that stands at -1 is not there.
func sampled(throttled, waited, ran []int) []Sample {
	var all []Sample
	for i := range throttled {
		s := Sample{At: ms(10 * i), Throttled: ms(throttled[i])}
		if waited != nil {
			s.Threads, s.Running = make(map[int64]time.Duration), make(map[int64]time.Duration)
			if waited[i] >= 0 {
				s.Threads[7], s.Running[7] = ms(waited[i]), ms(ran[i])
			}
		}
		all = append(all, s)
	}
	return all
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func TestBook(t *testing.T) {
	tests := []struct {
		name                   string
		throttled, waited, ran []int
		wantThrottled, want    []int // by interval
	}{
		{"as it happened", []int{0, 4, 9}, []int{0, 4, 10}, []int{0, 6, 10}, []int{4, 5}, []int{4, 6}},
		{"booked when it ended", []int{0, 0, 0, 25}, []int{0, 0, 0, 25}, []int{0, 4, 4, 4}, []int{5, 10, 10}, []int{5, 10, 10}},
		{"before the samples", []int{0, 50}, []int{0, 50}, []int{0, 0}, []int{10}, []int{10}},
		{"no room where it ran", []int{0, 0, 0, 0}, []int{0, 0, 0, 18}, []int{0, 0, 10, 11}, []int{0, 0, 0}, []int{9, 0, 9}},
		{"another thread of that number", []int{0, 0, 0, 0}, []int{5, -1, 2, 3}, []int{1, -1, 1, 2}, []int{0, 0, 0}, []int{0, 2, 1}},
		{"counters that go back", []int{9, 3}, []int{9, 3}, []int{9, 3}, []int{0}, []int{0}},
		{"no threads", []int{0, 4}, nil, nil, []int{4}, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book(sampled(tt.throttled, tt.waited, tt.ran))
			var throttled, waited []int
			for i, ns := range b.throttled {
				throttled = append(throttled, int(time.Duration(ns)/ms(1)))
				waited = append(waited, int(time.Duration(b.waited(i, 7))/ms(1)))
			}
			if !slices.Equal(throttled, tt.wantThrottled) || !slices.Equal(waited, tt.want) {
				t.Errorf("throttled %v and waited %v, want %v and %v", throttled, waited, tt.wantThrottled, tt.want)
			}
			if b.waited(0, 8) != 0 || b.waited(100, 7) != 0 {
				t.Error("who is not there waited")
			}
			if (b.threads == nil) != (tt.waited == nil) {
				t.Error("it is not told that threads have no accounts")
			}
		})
	}
}

// A thread that is throttled waits too, which counts once; one that does not wait was
// not throttled, whatever its group was.
func TestSettle(t *testing.T) {
	tests := []struct {
		name                   string
		throttled, waited, ran []int
		on, ready              time.Duration // of the span, in the one interval
		want                   kernelParts
	}{
		{"throttled", []int{0, 8}, []int{0, 8}, []int{0, 2}, ms(10), 0, kernelParts{throttled: 8}},
		{"throttled, then queued", []int{0, 5}, []int{0, 8}, []int{0, 2}, ms(10), 0, kernelParts{throttled: 5, runQueue: 3}},
		{"others were throttled", []int{0, 10}, []int{0, 1}, []int{0, 9}, ms(10), 0, kernelParts{throttled: 1}},
		{"a short span", []int{0, 8}, []int{0, 8}, []int{0, 2}, ms(3), 0, kernelParts{throttled: 3}},
		{"no threads", []int{0, 8}, nil, nil, ms(10), 0, kernelParts{throttled: 8}},
		{"without a processor", []int{0, 8}, []int{0, 0}, []int{0, 0}, 0, ms(10), kernelParts{throttled: 8}},
		{"with one, and then without", []int{0, 8}, []int{0, 3}, []int{0, 2}, ms(5), ms(4), kernelParts{throttled: 7}},
		{"queued, and without", []int{0, 1}, []int{0, 3}, []int{0, 2}, ms(5), ms(4), kernelParts{throttled: 1, runQueue: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOverlay(sampled(tt.throttled, tt.waited, tt.ran))
			var c charges
			c.note(o, 0, none, int64(tt.ready))
			c.note(o, 0, 7, int64(tt.on))
			c.settle(o)
			want := kernelParts{tt.want.throttled * int64(ms(1)), tt.want.runQueue * int64(ms(1))}
			if c.sums != want {
				t.Errorf("%+v, want %+v", c.sums, want)
			}
		})
	}
}
