package process

import (
	"errors"
	"math"
	"testing"
	"time"
)

func TestCPUShare(t *testing.T) {
	begin := time.Unix(1_700_000_000, 0)
	at := func(s float64) time.Time { return begin.Add(time.Duration(s * 1e9)) }
	u := &Usage{CPUs: 2, Samples: []Sample{
		{At: at(0), CPU: time.Second, RSS: 5}, {At: at(1), CPU: 2 * time.Second, RSS: 9}, {At: at(3), CPU: 5 * time.Second, RSS: 7},
	}}
	tests := []struct {
		from, to float64
		want     float64
		ok       bool
	}{
		{0, 1, 0.5, true},
		{0, 3, 4.0 / 3 / 2, true},
		{0.5, 1.5, (0.5 + 0.75) / 2, true},
		{1, 2, 0.75, true},
		{-1, 1, 0, false},
		{2, 4, 0, false},
		{1, 1, 0, false},
	}
	for _, tt := range tests {
		got, err := u.CPUShare(at(tt.from), at(tt.to))
		if (err == nil) != tt.ok || math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("from %v to %v: %v, %v, want %v", tt.from, tt.to, got, err, tt.want)
		}
	}
	if rss, err := u.MaxRSS(); rss != 9 || err != nil {
		t.Errorf("%d, %v", rss, err)
	}
	u.Ended = errors.New("it crashed")
	if _, err := u.CPUShare(at(2), at(4)); !errors.Is(err, u.Ended) {
		t.Errorf("%v", err)
	}
	if _, err := new(Usage).MaxRSS(); err == nil {
		t.Error("nothing was seen, and is told")
	}
}
