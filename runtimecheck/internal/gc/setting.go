package gc

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/build"
	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/metric"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// settings is how the collector is set.
type settings struct {
	percent float64 // GOGC; +Inf: off
	limit   float64 // GOMEMLIMIT in bytes; +Inf: none
	// Where each was read, and how far that is to be trusted.
	percentSource, limitSource string
	grade                      posture.Grade
}

// setting observes how the collector is set.
func setting(t *target.Target, m metric.Set) []posture.Observation {
	s, missing := running(m)
	if missing != "" && t.Kind != target.Process {
		return all(func(id string) posture.Observation { return m.Missing(id, missing) })
	}
	if missing == "" {
		return s.observe(t)
	}
	if _, err := build.Read(t); errors.Is(err, build.ErrNotGo) {
		return all(func(id string) posture.Observation { return posture.None(id, t.Proc("exe"), err.Error()) })
	}
	s, err := wanted(t)
	if err != nil {
		return all(func(id string) posture.Observation { return system.Absent(id, t.Proc("environ"), err) })
	}
	return s.observe(t)
}

// all observes the same of each setting.
func all(of func(id string) posture.Observation) []posture.Observation {
	return []posture.Observation{of(gogc), of(memoryLimit), of(bound)}
}

func (s *settings) observe(t *target.Target) []posture.Observation {
	return []posture.Observation{s.observePercent(), s.observeLimit(t), s.observeBound()}
}

// running returns how the runtime says that the collector is set, or the name of what
// it does not say.
func running(m metric.Set) (s *settings, missing string) {
	v, missing := m.Numbers(percentName, limitName)
	if missing != "" {
		return nil, missing
	}
	s = &settings{percent: v[0], limit: v[1], percentSource: m.Source(percentName), limitSource: m.Source(limitName), grade: posture.Runtime}
	// Off is -1, and no limit the largest int64; both are exported as unsigned.
	if s.percent < 0 || s.percent >= math.MaxInt64 {
		s.percent = math.Inf(1)
	}
	if s.limit >= math.MaxInt64 {
		s.limit = math.Inf(1)
	}
	return s, ""
}

// wanted returns how the environment that the process was started with sets it. The
// program may have changed it since.
func wanted(t *target.Target) (*settings, error) {
	file := t.Proc("environ")
	env, err := t.Read(file)
	if err != nil {
		return nil, err
	}
	s := &settings{percent: 100, limit: math.Inf(1), grade: posture.Declared}
	s.percentSource, s.limitSource = file+" (GOGC)", file+" (GOMEMLIMIT)"
	var gotPercent, gotLimit bool
	for entry := range strings.SplitSeq(env, "\x00") {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case name == "GOGC" && !gotPercent: // the runtime takes the first of a name
			s.percent, gotPercent = parsePercent(value), true
		case name == "GOMEMLIMIT" && !gotLimit:
			if s.limit, err = parseBytes(value); err != nil {
				return nil, fmt.Errorf("GOMEMLIMIT in it: %w", err)
			}
			gotLimit = true
		}
	}
	return s, nil
}

// parsePercent reads GOGC as the runtime does: what is no number counts as 100.
func parsePercent(s string) float64 {
	if s == "off" {
		return math.Inf(1)
	}
	n, err := strconv.ParseInt(s, 10, 32)
	switch {
	case err != nil:
		return 100
	case n < 0:
		return math.Inf(1)
	}
	return float64(n)
}

// parseBytes reads GOMEMLIMIT, see the documentation of package runtime: a number of
// bytes, perhaps with a unit.
func parseBytes(s string) (float64, error) {
	if s == "" || s == "off" {
		return math.Inf(1), nil
	}
	number, shift := strings.TrimSuffix(s, "B"), 0
	for i, unit := range []string{"Ki", "Mi", "Gi", "Ti"} {
		if n, ok := strings.CutSuffix(number, unit); ok && strings.HasSuffix(s, "B") {
			number, shift = n, 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%.40q is no number of bytes", s)
	}
	if n<<shift == math.MaxInt64 {
		return math.Inf(1), nil
	}
	return float64(n << shift), nil
}

func (s *settings) observePercent() posture.Observation {
	o := posture.Number(gogc, s.percent, s.percentSource, s.grade)
	if math.IsInf(s.percent, 1) {
		o.Current = "off"
	}
	return s.trust(o)
}

func (s *settings) observeBound() posture.Observation {
	o := posture.Text(bound, "GOGC", s.percentSource, s.grade)
	switch {
	case math.IsInf(s.percent, 1) && math.IsInf(s.limit, 1):
		o.Text = "nothing"
	case math.IsInf(s.percent, 1):
		o.Text, o.Source = "GOMEMLIMIT", s.limitSource
	case !math.IsInf(s.limit, 1):
		o.Text, o.Current = "both", "GOGC and GOMEMLIMIT"
	}
	return s.trust(o)
}

// trust says of what is only declared that the program may differ.
func (s *settings) trust(o posture.Observation) posture.Observation {
	if s.grade == posture.Declared {
		o.Details = append(o.Details, "the program may have set it otherwise since it was started: --url asks it")
	}
	return o
}

func (s *settings) observeLimit(t *target.Target) posture.Observation {
	if math.IsInf(s.limit, 1) {
		o := posture.Number(memoryLimit, s.limit, s.limitSource, s.grade)
		o.Current = "none"
		return s.trust(o)
	}
	there, from, atBest, err := memory(t)
	if err != nil {
		return posture.Hidden(memoryLimit, s.limitSource, fmt.Sprintf("it is %s; how much memory there is, is not known: %v", bytes(s.limit), err))
	}
	o := posture.Number(memoryLimit, 100*s.limit/there, s.limitSource+"; "+from, s.grade)
	o.Current = fmt.Sprintf("%s of %s (%.0f %%)", bytes(s.limit), bytes(there), o.Value)
	o.AtBest = atBest
	return s.trust(o)
}

// memory returns how much memory the process may use, in bytes: what the tightest of
// its groups allows, or what the machine has. AtBest says why it may be less.
func memory(t *target.Target) (there float64, from, atBest string, err error) {
	fs, err := t.System.Proc()
	if err != nil {
		return 0, "", "", err
	}
	info, err := fs.Meminfo()
	if err != nil {
		return 0, "", "", err
	}
	if info.MemTotalBytes == nil || *info.MemTotalBytes == 0 {
		return 0, "", "", errors.New("/proc/meminfo does not say")
	}
	there, from = float64(*info.MemTotalBytes), "/proc/meminfo"
	limits, err := cgroup.Find(t)
	if err == nil {
		err = limits.Memory.Err
	}
	if err != nil {
		return there, from, fmt.Sprintf("what the control groups allow is not known: %v", err), nil
	}
	if l := limits.Memory; l.Value > 0 && l.Value < there {
		there, from = l.Value, l.Path
	}
	return there, from, limits.Memory.Hidden, nil
}

// bytes writes a number of bytes, "1.50 GiB".
func bytes(n float64) string {
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if n < 1024 {
			return strconv.FormatFloat(n, 'g', 4, 64) + " " + unit
		}
		n /= 1024
	}
	return strconv.FormatFloat(n, 'g', 4, 64) + " TiB"
}
