package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A stall is the time in which something, or everything, waited for a resource, see the
// kernel's documentation, accounting/psi.
type stall struct {
	avg10 float64 // % of the last 10 s
	total float64 // microseconds since the start
}

// pressure observes how long the group of a process, or a host, waited for a resource:
// "cpu", "memory", "io". Of a CPU something always runs, so "full" is next to nothing
// there, and it is "some" that counts; for the others "some" is in the text.
func pressure(t *target.Target, id, resource string) posture.Observation {
	file, text, err := pressureFile(t, resource)
	if err != nil {
		return system.Absent(id, file, err)
	}
	some, full, err := parsePressure(text)
	if err != nil {
		return system.Absent(id, file, err)
	}
	counted := some
	if resource != "cpu" {
		counted = full
	}
	o := posture.Number(id, counted.avg10, file, posture.Kernel)
	o.Current = fmt.Sprintf("%.1f %% of the last 10 s", counted.avg10)
	if grown, ok := t.Since(file+" "+resource, counted.total); ok && t.Over() > 0 {
		o.Value = 100 * grown / float64(t.Over().Microseconds())
		o.Current = fmt.Sprintf("%.1f %% %s", o.Value, t.Period())
	}
	o.Details = []string{fmt.Sprintf("of the last 10 s: something waited %.1f %%, everything %.1f %%", some.avg10, full.avg10)}
	if t.Kind != target.Host && strings.HasPrefix(file, "/proc/") {
		o.Current += ", of the whole host: the group has no counters"
	}
	return o
}

// pressureFile reads the file of the process's own group, or where there is none that
// of the host.
func pressureFile(t *target.Target, resource string) (file, text string, err error) {
	if t.Kind != target.Host {
		if g, err := unified(t); err == nil {
			text, file, err := reader{t, 2, g.dir()}.read(resource + ".pressure")
			if !errors.Is(err, fs.ErrNotExist) {
				return file, text, err
			}
		}
	}
	file = path.Join("/proc/pressure", resource)
	text, err = t.Read(file)
	return file, text, err
}

func unified(t *target.Target) (group, error) {
	s, err := locate(t)
	if err != nil {
		return group{}, err
	}
	return s.of("")
}

func parsePressure(text string) (some, full stall, err error) {
	seen := false
	for line := range strings.Lines(text) {
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch kind {
		case "some":
			some, err = parseStall(rest)
			seen = true
		case "full": // kernels before 5.13 have none for the CPU
			full, err = parseStall(rest)
		}
		if err != nil {
			return stall{}, stall{}, err
		}
	}
	if !seen {
		return stall{}, stall{}, fmt.Errorf("%.40q is no pressure", text)
	}
	return some, full, nil
}

// parseStall reads "avg10=0.12 avg60=0.00 avg300=0.00 total=4711".
func parseStall(text string) (stall, error) {
	var s stall
	var found int
	for pair := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(pair, "=")
		into := map[string]*float64{"avg10": &s.avg10, "total": &s.total}[key]
		if into == nil {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		if err != nil || !(v >= 0 && v <= math.MaxFloat64) {
			return stall{}, fmt.Errorf("%.40q is no pressure", text)
		}
		*into = v
		found++
	}
	if found != 2 {
		return stall{}, fmt.Errorf("%.40q is no pressure", text)
	}
	return s, nil
}
