package bench

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Machine is what the figures are of. What is not known is empty.
type Machine struct {
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	Go         string `json:"go"` // "go1.26.8"
	CPUs       int    `json:"cpus"`
	CPU        string `json:"cpu,omitempty"` // the model, as the kernel names it
	Gomaxprocs int    `json:"gomaxprocs"`
	Kernel     string `json:"kernel,omitempty"`
	Quota      string `json:"quota,omitempty"`       // of CPUs, by the cgroup
	Clock      string `json:"clocksource,omitempty"` // of the kernel

	Profile string          `json:"profile"` // that judged it
	Summary string          `json:"summary"` // how many checks have which verdict, or why none were made
	Checks  []posture.Check `json:"checks"`  // that fail or warn
}

// profile is what benches require of a machine.
const profile = "latency"

// patience is how long a look at the machine may take: it reads some hundred small files.
const patience = 10 * time.Second

// look looks at this machine, and at what it lets this process have. What cannot be seen is said in the
// summary: a figure without it is better than none.
func look(ctx context.Context) Machine {
	m := Machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), CPUs: runtime.NumCPU(), Gomaxprocs: runtime.GOMAXPROCS(0),
		CPU: model(), Profile: profile, Checks: []posture.Check{},
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := check(ctx)
	if err != nil {
		m.Summary = fmt.Sprintf("this machine could not be looked at: %v", err)
		return m
	}
	m.take(r)
	return m
}

func check(ctx context.Context) (*posture.Report, error) {
	p, err := posture.Named(profile)
	if err != nil {
		return nil, err
	}
	i, err := runtimecheck.Self(p)
	if err != nil {
		return nil, err
	}
	// How this program itself is built and set says nothing of the benches.
	if err := i.Only("pinning", "cgroup", "gomaxprocs", "numa", "kernel", "clock", "noise"); err != nil {
		return nil, err
	}
	return i.Inspect(ctx)
}

// take takes over what a report says, in short.
func (m *Machine) take(r *posture.Report) {
	for _, c := range r.Checks {
		switch c.ID {
		case "kernel.release":
			m.Kernel = c.Current
		case "cgroup.cpu_quota":
			m.Quota = c.Current
		case "clock.source":
			m.Clock = c.Current
		}
		if c.Verdict == posture.Fail || c.Verdict == posture.Warn {
			m.Checks = append(m.Checks, c)
		}
	}
	var counts []string
	for _, v := range posture.Verdicts() {
		counts = append(counts, fmt.Sprintf("%d %s", r.Count(v), strings.ReplaceAll(string(v), "_", " ")))
	}
	m.Summary = strings.Join(counts, ", ")
}

// String describes it in a line.
func (m Machine) String() string {
	cpus := "1 CPU"
	if m.CPUs != 1 {
		cpus = fmt.Sprintf("%d CPUs", m.CPUs)
	}
	parts := []string{fmt.Sprintf("%s/%s, %s", m.OS, m.Arch, cpus)}
	if m.CPU != "" {
		parts[0] += " (" + strings.Join(strings.Fields(m.CPU), " ") + ")"
	}
	for _, p := range []struct{ what, value string }{{"kernel", m.Kernel}, {"clock source", m.Clock}, {"quota", m.Quota}} {
		if p.value != "" {
			parts = append(parts, p.what+" "+p.value)
		}
	}
	return strings.Join(append(parts, fmt.Sprintf("GOMAXPROCS %d", m.Gomaxprocs), m.Go), ", ")
}

// asking names the checks that ask for something, the worse first.
func (m Machine) asking() string {
	var all []string
	for _, v := range []posture.Verdict{posture.Fail, posture.Warn} {
		var ids []string
		for _, c := range m.Checks {
			if c.Verdict == v {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) > 0 {
			all = append(all, string(v)+" "+strings.Join(ids, ", "))
		}
	}
	return strings.Join(all, "; ")
}
