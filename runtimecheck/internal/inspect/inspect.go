// Package inspect runs all probes over a target and has a profile judge what they saw.
package inspect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/build"
	"github.com/lagvet/lagvet/runtimecheck/internal/cgroup"
	"github.com/lagvet/lagvet/runtimecheck/internal/clock"
	"github.com/lagvet/lagvet/runtimecheck/internal/gc"
	"github.com/lagvet/lagvet/runtimecheck/internal/gomaxprocs"
	"github.com/lagvet/lagvet/runtimecheck/internal/goroutines"
	"github.com/lagvet/lagvet/runtimecheck/internal/kernel"
	"github.com/lagvet/lagvet/runtimecheck/internal/limits"
	"github.com/lagvet/lagvet/runtimecheck/internal/listeners"
	"github.com/lagvet/lagvet/runtimecheck/internal/noise"
	"github.com/lagvet/lagvet/runtimecheck/internal/numa"
	"github.com/lagvet/lagvet/runtimecheck/internal/pinning"
	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// Probes returns all probes, in the order of reports.
func Probes() []probe.Probe {
	return []probe.Probe{
		pinning.Probe,
		cgroup.Probe,
		gomaxprocs.Probe,
		numa.Probe,
		gc.Probe,
		kernel.Probe,
		listeners.Probe,
		clock.Probe,
		goroutines.Probe,
		build.Probe,
		limits.Probe,
		noise.Probe,
	}
}

// Specs describes every check there is, in the order of reports.
func Specs() []posture.Spec {
	var specs []posture.Spec
	for _, p := range Probes() {
		for _, s := range p.Specs {
			specs = append(specs, accessible(s))
		}
	}
	return specs
}

// An Inspector looks at one target, once or again and again. Goroutines that use it at
// the same time wait for each other.
type Inspector struct {
	mu      sync.Mutex
	probes  []probe.Probe
	target  *target.Target
	subject posture.Subject
	profile *posture.Profile
	only    []string // groups and IDs; empty: all
	started string   // what tells the process from a later one with its number
}

// ErrEnded is the error of a look at a process that has ended.
var ErrEnded = errors.New("the process has ended")

// New returns an inspector. It is an error if the profile asks for a check that there
// is none of, or if there is no such process.
func New(t *target.Target, s posture.Subject, p *posture.Profile) (*Inspector, error) {
	if err := known(p); err != nil {
		return nil, err
	}
	s.Kind, s.PID, s.OS, s.Arch = string(t.Kind), t.PID, runtime.GOOS, runtime.GOARCH
	i := &Inspector{probes: Probes(), target: t, subject: s, profile: p}
	if t.Kind != target.Process {
		return i, nil
	}
	var err error
	i.started, err = i.start()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("looking at another process needs Linux: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("there is no process %d that can be looked at: %w", t.PID, err)
	}
	if leader := i.leader(); leader != t.PID {
		return nil, fmt.Errorf("%d is a thread of process %d: name that", t.PID, leader)
	}
	return i, nil
}

// leader returns the number of the process that the target's is a thread of: /proc has
// threads too, though it does not list them, and some of their files are not the
// process's.
func (i *Inspector) leader() int {
	status, err := i.target.Read(i.target.Proc("status"))
	if err != nil {
		return i.target.PID // what needs the file will say so
	}
	_, rest, _ := strings.Cut(status, "\nTgid:")
	line, _, _ := strings.Cut(rest, "\n")
	if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
		return n
	}
	return i.target.PID
}

// Only restricts the looks to groups ("gc") and checks ("gc.gogc").
func (i *Inspector) Only(names ...string) error {
	for _, name := range names {
		if !slices.ContainsFunc(Specs(), func(s posture.Spec) bool { return name == s.ID || name == s.Group() }) {
			return fmt.Errorf("there is no check and no group %q: lagvet doctor --list names them", name)
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.only = slices.Clone(names)
	return nil
}

// known finds fault with a profile that asks for what there is not.
func known(p *posture.Profile) error {
	ids := make(map[string]bool)
	for _, s := range Specs() {
		ids[s.ID] = true
	}
	for _, id := range slices.Sorted(maps.Keys(p.Checks)) {
		if !ids[id] {
			return fmt.Errorf("the profile %s requires something of %s, and there is no such check: lagvet doctor --list names them", p.Name, id)
		}
	}
	return nil
}

// start returns when the process was started, in the kernel's ticks.
func (i *Inspector) start() (string, error) {
	stat, err := i.target.Read(i.target.Proc("stat"))
	if err != nil {
		return "", err
	}
	// The name of the program, in brackets, may hold anything; starttime is field 22,
	// and the name the second, see proc_pid_stat(5).
	end := strings.LastIndexByte(stat, ')')
	if end < 0 {
		return "", fmt.Errorf("%s cannot be read: %.40q", i.target.Proc("stat"), stat)
	}
	fields := strings.Fields(stat[end+1:])
	if len(fields) < 20 {
		return "", fmt.Errorf("%s ends before the start time", i.target.Proc("stat"))
	}
	if fields[0] == "Z" {
		return "", ErrEnded
	}
	return fields[19], nil
}

// Inspect looks once. The error is [ErrEnded], or that of the context.
func (i *Inspector) Inspect(ctx context.Context) (*posture.Report, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	t := i.target
	t.Begin(time.Now())
	r := &posture.Report{Subject: i.subject, Profile: i.profile.Name, Time: t.Now, Over: t.Over()}
	for _, p := range i.probes {
		seen := make(map[string]posture.Observation)
		specs := i.asked(p.Specs)
		if len(specs) > 0 {
			for _, o := range p.Look(ctx, t) {
				seen[o.ID] = o
			}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		for _, s := range specs {
			o, ok := seen[s.ID]
			if !ok {
				o = posture.Hidden(s.ID, "the probe "+p.Name, "the probe says nothing of it: please report that")
			}
			r.Checks = append(r.Checks, i.profile.Judge(s, o))
		}
	}
	if t.Kind == target.Process {
		if now, err := i.start(); err != nil || now != i.started {
			return nil, ErrEnded // and what was seen may be of two processes
		}
	}
	return r, nil
}

// asked returns the specs that the target can have, for a machine alone has no Go
// program, and that are asked for.
func (i *Inspector) asked(specs []posture.Spec) []posture.Spec {
	return slices.DeleteFunc(slices.Clone(specs), func(s posture.Spec) bool {
		return i.target.Kind == target.Host && s.Go ||
			len(i.only) > 0 && !slices.Contains(i.only, s.ID) && !slices.Contains(i.only, s.Group())
	})
}
