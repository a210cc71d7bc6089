package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// Limits are what the groups of a process allow it, taken together.
type Limits struct {
	CPU    Limit // time, in CPUs: 2.5 are 250 ms in each 100 ms
	Memory Limit // bytes
	PIDs   Limit // threads and processes
	CPUs   CPUs
}

// A Limit is the tightest of the limits that are set on the groups that hold a process.
type Limit struct {
	Value  float64 // +Inf if there is none
	Path   string  // the file that sets it; if none does, the one of the process's own group
	Hidden string  // why it may be tighter than seen; empty if all groups were seen
	Err    error   // why nothing is known of it
}

// None reports whether nothing is limited, as far as can be seen.
func (l Limit) None() bool { return l.Err == nil && math.IsInf(l.Value, 1) }

// CPUs are those that the groups of a process let it run on. The kernel has already
// taken into account what is set on groups above, be they hidden.
type CPUs struct {
	List string // "0-3,8", as the kernel writes it; empty if no group restricts them
	Path string
	Err  error
}

// hidden is why limits may be tighter than seen.
const hidden = "there are groups above %s that cannot be seen from here, and one may be tighter: lagvet doctor --pid on the host sees them all"

// Find reads what the groups of the target allow it. The error says that its groups are
// not known at all; what is wrong with one limit is said there.
func Find(t *target.Target) (Limits, error) {
	s, err := locate(t)
	if err != nil {
		return Limits{}, err
	}
	return Limits{
		CPU:    s.limit("cpu", quota),
		Memory: s.memory(),
		PIDs:   s.limit("pids", func(r reader) (float64, string, error) { return r.number("pids.max") }),
		CPUs:   s.cpus(),
	}, nil
}

// A reader reads files of one group.
type reader struct {
	target  *target.Target
	version int
	dir     string
}

func (r reader) read(name string) (text, file string, err error) {
	file = path.Join(r.dir, name)
	text, err = r.target.Read(file)
	return text, file, err
}

// number reads a file that holds a number, or "max".
func (r reader) number(name string) (float64, string, error) {
	text, file, err := r.read(name)
	if err != nil {
		return 0, file, err
	}
	v, err := parseLimit(text)
	if err != nil {
		err = fmt.Errorf("reading %s: %w", file, err)
	}
	return v, file, err
}

// unlimited is the least number of bytes by which v1 says that there is no limit: the
// largest int64, rounded down to a page of up to 64 KB (PAGE_COUNTER_MAX in the kernel's
// include/linux/page_counter.h).
const unlimited = math.MaxInt64 - 1<<16 + 1

func parseLimit(text string) (float64, error) {
	if text == "max" {
		return math.Inf(1), nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no limit", text)
	}
	if n >= unlimited {
		return math.Inf(1), nil
	}
	return float64(n), nil
}

// limit returns the tightest that one finds in the groups of a controller. A group
// whose file does not exist sets no limit: the root never does, and others have the
// file only if the one above them hands the controller down.
func (s *groups) limit(controller string, one func(reader) (float64, string, error)) Limit {
	g, err := s.of(controller)
	if err != nil {
		return Limit{Path: s.target.Proc("cgroup"), Err: err}
	}
	l := Limit{Value: math.Inf(1), Hidden: g.why()}
	for i, dir := range g.dirs() {
		v, file, err := one(reader{s.target, g.version, dir})
		if i == 0 {
			l.Path = file
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Limit{Path: file, Err: err}
		}
		if v < l.Value {
			l.Value, l.Path = v, file
		}
	}
	return l
}

func (g group) why() string {
	if !g.hidden {
		return ""
	}
	return fmt.Sprintf(hidden, g.top)
}

// quota reads what one group may use of the CPUs.
func quota(r reader) (float64, string, error) {
	if r.version == 2 {
		text, file, err := r.read("cpu.max")
		if err != nil {
			return 0, file, err
		}
		v, err := parseQuota(text)
		if err != nil {
			err = fmt.Errorf("reading %s: %w", file, err)
		}
		return v, file, err
	}
	text, file, err := r.read("cpu.cfs_quota_us")
	if err != nil {
		return 0, file, err
	}
	if strings.HasPrefix(text, "-") {
		return math.Inf(1), file, nil
	}
	period, periods, err := r.read("cpu.cfs_period_us")
	if err != nil {
		return 0, periods, fmt.Errorf("reading %s: %w", periods, err)
	}
	v, err := parseQuota(text + " " + period)
	if err != nil {
		err = fmt.Errorf("reading %s: %w", file, err)
	}
	return v, file, err
}

// parseQuota reads a quota and its period, both in microseconds: "250000 100000".
func parseQuota(text string) (float64, error) {
	quota, period, _ := strings.Cut(text, " ")
	if quota == "max" {
		return math.Inf(1), nil
	}
	q, err := strconv.ParseUint(quota, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no quota", text)
	}
	p, err := strconv.ParseUint(strings.TrimSpace(period), 10, 63)
	if err != nil || p == 0 {
		return 0, fmt.Errorf("%.40q has no period", text)
	}
	return float64(q) / float64(p), nil
}

// memory returns the limit on memory.
func (s *groups) memory() Limit {
	l := s.limit("memory", func(r reader) (float64, string, error) {
		if r.version == 2 {
			return r.number("memory.max")
		}
		return r.number("memory.limit_in_bytes")
	})
	g, err := s.of("memory")
	if err != nil || g.version == 2 || l.Err != nil {
		return l
	}
	// The kernel says itself what holds, of groups that are hidden as well, and of those
	// above that do not hand their limit down (memory.use_hierarchy 0).
	r := reader{s.target, g.version, g.dir()}
	text, file, err := r.read("memory.stat")
	if err != nil {
		return l
	}
	v, err := field(text, "hierarchical_memory_limit")
	if err != nil {
		return l
	}
	if v >= unlimited {
		v = math.Inf(1)
	}
	if v != l.Value {
		l.Value, l.Path = v, file
	}
	l.Hidden = ""
	return l
}

// field returns the value of a key in a file of lines "key value".
func field(text, key string) (float64, error) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != key {
			continue
		}
		v, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%.40q is no number", line)
		}
		return float64(v), nil
	}
	return 0, fmt.Errorf("there is no %s", key)
}

// cpus returns the CPUs that may be used. The file is in the nearest group that the
// controller is handed down to.
func (s *groups) cpus() CPUs {
	g, err := s.of("cpuset")
	if err != nil {
		return CPUs{Path: s.target.Proc("cgroup"), Err: err}
	}
	name := "cpuset.effective_cpus"
	if g.version == 2 {
		name = "cpuset.cpus.effective"
	}
	var c CPUs
	for i, dir := range g.dirs() {
		text, file, err := reader{s.target, g.version, dir}.read(name)
		if i == 0 {
			c.Path = file
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return CPUs{List: text, Path: file, Err: err}
	}
	return c
}
