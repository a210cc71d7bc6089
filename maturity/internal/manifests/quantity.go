package manifests

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// quantity parses a number as Kubernetes writes amounts: "500m", "2", "1.5", "1e3",
// "128Mi". CPU is counted in cores.
func quantity(s string) (float64, error) {
	digits := len(s) - len(strings.TrimLeft(s, "+-0123456789."))
	number, suffix := s[:digits], s[digits:]
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is no quantity", s)
	}
	factor, ok := scale(suffix)
	if !ok {
		return 0, fmt.Errorf("%q is no quantity", s)
	}
	return v * factor, nil
}

// scale is what the suffix of a quantity multiplies by, as in apimachinery's
// resource.Quantity: a decimal or binary unit, or an exponent.
func scale(suffix string) (float64, bool) {
	if i := strings.Index("numkMGTPE", suffix); len(suffix) == 1 && i >= 0 {
		return []float64{1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18}[i], true
	}
	if i := strings.Index("KMGTPE", strings.TrimSuffix(suffix, "i")); len(suffix) == 2 && suffix[1] == 'i' && i >= 0 {
		return math.Pow(1024, float64(i+1)), true
	}
	if suffix == "" {
		return 1, true
	}
	if suffix[0] != 'e' && suffix[0] != 'E' {
		return 0, false
	}
	// Nothing that is counted has so many digits.
	exp, err := strconv.Atoi(suffix[1:])
	if err != nil || exp < -18 || exp > 18 {
		return 0, false
	}
	return math.Pow(10, float64(exp)), true
}

// cores writes an amount of CPU as people do.
func cores(v float64) string {
	if v < 1 {
		return fmt.Sprintf("%.0fm", v*1000)
	}
	return strconv.FormatFloat(math.Round(v*1000)/1000, 'f', -1, 64)
}
