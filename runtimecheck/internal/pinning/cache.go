package pinning

import (
	"fmt"
	"strconv"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func (v *view) cache() posture.Observation {
	const source = "/sys/devices/system/cpu/cpu*/cache/index*/shared_cpu_list"
	caches, err := v.widest.Groups(func(cpu int) (cpulist.List, error) { return lastCache(v.Target, cpu) })
	if err != nil {
		return system.Absent(cache, source, err)
	}
	o := posture.Number(cache, float64(len(caches)), source, posture.Kernel)
	o.Current = fmt.Sprintf("%s, behind %s", v.widest.Named(), plural(len(caches), "last-level cache"))
	if len(caches) > 1 {
		for _, c := range caches {
			o.Details = append(o.Details, c.Named())
		}
	}
	return o
}

// lastCache returns the CPUs that share the cache of the highest level with one.
func lastCache(t *target.Target, cpu int) (cpulist.List, error) {
	dir := fmt.Sprintf("/sys/devices/system/cpu/cpu%d/cache/", cpu)
	names, err := t.List(dir)
	if err != nil {
		return nil, err
	}
	last, highest := "", 0
	for _, name := range names {
		text, err := t.Read(dir + name + "/level")
		if err != nil {
			continue // not the directory of a cache
		}
		if level, err := strconv.Atoi(text); err == nil && level > highest {
			last, highest = name, level
		}
	}
	list, err := t.Read(dir + last + "/shared_cpu_list")
	if err != nil {
		return nil, err
	}
	return cpulist.Parse(list)
}
