package claims

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Of says what a finding is of: "p99-ns/op of sharded against sync.Map".
func (q Condition) Of() string {
	switch {
	case q.Beyond != "":
		return fmt.Sprintf("%s of %s beyond %s", q.Unit, q.Arm, q.Beyond)
	case q.Against == "":
		return q.Unit + " of " + q.Arm
	}
	return fmt.Sprintf("%s of %s against %s", q.Unit, q.Arm, q.Against)
}

// Bound says what would be enough: "at most 0.65", "at least 17 ns/op".
func (q Condition) Bound() string {
	var bounds []string
	if q.Min > 0 {
		bounds = append(bounds, "at least "+q.value(q.Min))
	}
	if q.Max > 0 {
		bounds = append(bounds, "at most "+q.value(q.Max))
	}
	return strings.Join(bounds, " and ")
}

// Figure says what is claimed, or "" where there is no figure.
func (q Condition) Figure() string {
	if q.Claimed == 0 {
		return ""
	}
	return q.value(q.Claimed)
}

// Measured says what was measured, with the interval: "0.71 [0.69, 0.74]".
func (f Finding) Measured() string {
	return fmt.Sprintf("%s [%s, %s]", f.value(f.Median), f.value(f.Low), f.value(f.High))
}

// value writes a ratio or a value with its unit.
func (q Condition) value(v float64) string {
	if q.Against != "" {
		return "×" + digits(v)
	}
	return Value(v, q.Unit)
}

// Value writes a reading in its unit, with a prefix: "1.21 µs", "340 k op/s", "2 KiB". The name
// of the statistic ("p99-") and "per operation" are left to the heading.
func Value(v float64, unit string) string {
	base := strings.TrimSuffix(unit, "/op")
	stem := base[strings.LastIndex(base, "-")+1:]
	switch stem {
	case "ns":
		return brief(v)
	case "B":
		return scaled(v, "B", scale{"MiB", 1 << 20}, scale{"KiB", 1 << 10})
	case "op/s":
		return scaled(v, "op/s", scale{"M op/s", 1e6}, scale{"k op/s", 1e3})
	case "%":
		return digits(v) + " %"
	}
	return digits(v)
}

// brief writes nanoseconds for a reader.
func brief(ns float64) string {
	return scaled(ns, "ns", scale{"s", 1e9}, scale{"ms", 1e6}, scale{"µs", 1e3})
}

// A scale is a larger unit.
type scale struct {
	name string
	size float64
}

// scaled writes a value in the first unit that it fills.
func scaled(v float64, unit string, larger ...scale) string {
	for _, l := range larger {
		if math.Abs(v) >= l.size {
			return digits(v/l.size) + " " + l.name
		}
	}
	return digits(v) + " " + unit
}

// digits writes a number with three significant digits, never as a power of ten.
func digits(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return fmt.Sprint(v) // what was just formatted can be read
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
