package bench

import (
	"strings"
	"testing"
	"time"
)

func TestMoves(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want float64
		ok   bool
	}{
		"one":       {"app (1, #threads: 2)\n---\nse.vruntime  :  1.5\nse.nr_migrations       :     17\nnr_switches : 3\n", 17, true},
		"none":      {"app (1, #threads: 2)\nnr_switches : 3\n", 0, false},
		"empty":     {"", 0, false},
		"no number": {"se.nr_migrations : many\n", 0, false},
		"cut off":   {"se.nr_migrations", 0, false},
	} {
		if got, ok := moves(tt.text); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v, %t", name, got, ok)
		}
	}
}

func FuzzMoves(f *testing.F) {
	f.Add("se.nr_migrations : 1\n")
	f.Add("se.nr_migrations:\x00")
	f.Fuzz(func(t *testing.T, text string) {
		if n, ok := moves(text); n < 0 || ok && !strings.Contains(text, "se.nr_migrations") {
			t.Errorf("%q: %v, %t", text, n, ok)
		}
	})
}

func TestKernelCounters(t *testing.T) {
	before := kernelCounters()
	for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
	}
	time.Sleep(time.Millisecond)
	after := kernelCounters()
	for _, name := range []kernelCounter{voluntary, involuntary, own, busy, stolen, all, waited} {
		a, seen := before[name]
		b, still := after[name]
		if !seen || !still || b < a {
			t.Errorf("%s: %v (%t), then %v (%t)", name, a, seen, b, still)
		}
	}
	if after[own] <= before[own] || after[voluntary] <= before[voluntary] {
		t.Errorf("this process used no CPU time, or gave up no CPU: %v, then %v", before, after)
	}
}
