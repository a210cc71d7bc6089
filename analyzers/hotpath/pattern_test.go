package hotpath

import (
	"slices"
	"testing"
)

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"example.com/a.F", "example.com/a.F", true},
		{"example.com/a.F", "example.com/a.G", false},
		{"example.com/a.F*", "example.com/a.Fast", true},
		{"example.com/a.*", "example.com/a.F", true},
		{"example.com/a.*", "example.com/a/b.F", false},
		{"(*example.com/a.T).M", "(*example.com/a.T).M", true},
		{"(*example.com/a.T).M", "(example.com/a.T).M", false},
		{"(example.com/a.T).M", "(*example.com/a.T).M", false},
		{"(*example.com/a.*).Serve*", "(*example.com/a.T).ServeHTTP", true},
		{"(*example.com/a.Map[K, V]).Get", "(*example.com/a.Map).Get", true},
	} {
		ps := parsePatterns(tt.pattern)
		if len(ps) != 1 {
			t.Errorf("%q is read as %v", tt.pattern, ps)
			continue
		}
		if got := ps[0].matchName(tt.name); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
	ps := parsePatterns(" example.com/a.F , ,example.com/b/...")
	if want := []pattern{{name: "example.com/a.F"}, {pkg: "example.com/b"}}; !slices.Equal(ps, want) {
		t.Errorf("read as %v, want %v", ps, want)
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{1: "100 %", 0.999: "100 %", 0.314: "31 %", 0.1: "10 %", 0.099: "9.9 %", 0.042: "4.2 %", 0.0035: "0.35 %"} {
		if got := Percent(share); got != want {
			t.Errorf("Percent(%v) = %q, want %q", share, got, want)
		}
	}
}
