package pinning

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func (v *view) cache() posture.Observation {
	const source = "/sys/devices/system/cpu/cpu*/cache/index*/shared_cpu_list"
	found, err := v.widest.Groups((&caches{Target: v.Target}).of)
	if err != nil {
		return system.Absent(cache, source, err)
	}
	o := posture.Number(cache, float64(len(found)), source, posture.Kernel)
	o.Current = fmt.Sprintf("%s, behind %s", v.widest.Named(), plural(len(found), "last-level cache"))
	if len(found) > 1 {
		for _, c := range found {
			o.Details = append(o.Details, c.Named())
		}
	}
	return o
}

// caches finds the last cache of CPUs. Most have the same ones, so that the levels are
// read once: a large machine has hundreds of files of them.
type caches struct {
	*target.Target
	names []string // of the directories of the caches that a CPU has
	last  string   // the one of the highest level
}

// of returns the CPUs that share the cache of the highest level with one.
func (c *caches) of(cpu int) (cpulist.List, error) {
	dir := fmt.Sprintf("/sys/devices/system/cpu/cpu%d/cache/", cpu)
	names, err := c.List(dir)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(names, c.names) { // some CPUs of a machine can have fewer
		c.names, c.last = names, c.highest(dir, names)
	}
	list, err := c.Read(dir + c.last + "/shared_cpu_list")
	if err != nil {
		return nil, err
	}
	return cpulist.Parse(list)
}

func (c *caches) highest(dir string, names []string) string {
	last, most := "", 0
	for _, name := range names {
		text, err := c.Read(dir + name + "/level")
		if err != nil {
			continue // not the directory of a cache
		}
		if level, err := strconv.Atoi(text); err == nil && level > most {
			last, most = name, level
		}
	}
	return last
}
