package manifests

import (
	"math"
	"testing"
)

func TestQuantity(t *testing.T) {
	for s, want := range map[string]float64{
		"500m": 0.5, "2": 2, "1.5": 1.5, ".5": 0.5, "0": 0, "1e3": 1000, "1E-3": 0.001, "12e0": 12, "100u": 1e-4, "5n": 5e-9,
		"1k": 1000, "2M": 2e6, "1G": 1e9, "1Ki": 1024, "128Mi": 128 << 20, "2Gi": 2 << 30, "-1": -1, "+1": 1,
	} {
		got, err := quantity(s)
		if err != nil || math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
			t.Errorf("%q is %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "m", "1e3m", "1 ", " 1", "1mm", "1K", "1i", "0x10", "1_000", "NaN", "Inf", "1e", "1e99", "1.2.3", "{{ .cpu }}", "²"} {
		if got, err := quantity(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// A quantity is a finite number, whatever it is read from.
func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"500m", "2", "1.5", "1e3", "128Mi", "1E-9", "--1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := quantity(s)
		if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Errorf("%q is %v", s, v)
		}
		if err != nil && v != 0 {
			t.Errorf("%q is %v and %v", s, v, err)
		}
	})
}

func TestUnitDuration(t *testing.T) {
	for s, want := range map[string]string{
		"30": "30s", "1min 30s": "1m30s", "90sec": "1m30s", "500ms": "500ms", "2hr": "2h0m0s", "1.5": "1.5s", "0": "0s", "infinity": "0s",
	} {
		if d, ok := unitDuration(s); !ok || d.String() != want {
			t.Errorf("%q is %v, %t, want %s", s, d, ok, want)
		}
	}
	for _, s := range []string{"", "soon", "-1", "1x"} {
		if d, ok := unitDuration(s); ok {
			t.Errorf("%q is %v", s, d)
		}
	}
}

// Settings stand in their lines, whatever the unit holds.
func FuzzUnit(f *testing.F) {
	f.Add("[Service]\nExecStart=/usr/bin/a \\\n  -x\n# c\nEnvironment=\"A=1\" B=2\n[Install]\nA=b\n")
	f.Add("[Service]\\\n=\n\\\n;x\nA=\\")
	f.Fuzz(func(t *testing.T, text string) {
		before := 0
		for _, s := range unitSettings(text) {
			if s.line <= before {
				t.Errorf("%s stands in line %d, after one in line %d", s.key, s.line, before)
			}
			before = s.line
		}
		if d, ok := unitDuration(text); ok && d < 0 {
			t.Errorf("%q is %v", text, d)
		}
	})
}
