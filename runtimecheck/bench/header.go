package bench

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// printHeader writes the header to standard output, where package testing writes its
// lines, once in a process: it holds for all results that follow. The first run of a
// benchmark is before its name is printed, so the header never breaks a line.
var printHeader = sync.OnceFunc(func() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	report, err := look(ctx)
	w := bufio.NewWriter(os.Stdout)
	writeHeader(w, report, err)
	if err := w.Flush(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: writing the state of the machine: %v\n", err)
	}
})

// settings are the checks that the header tells: those of which the value is the same in
// each run on one machine. A measurement among them would make tools take two runs for
// ones of different machines.
func settings() []string {
	return []string{
		"pinning.stacked", "pinning.balanced",
		"cgroup.cpu_quota", "cgroup.cpuset", "cgroup.partition", "cgroup.weight",
		"gomaxprocs.quota", "gomaxprocs.cores",
		"kernel.release", "kernel.governor", "kernel.preemption", "kernel.swappiness", "kernel.thp",
		"clock.source", "build.race", "build.optimised", "noise",
	}
}

func look(ctx context.Context) (*posture.Report, error) {
	profile, err := posture.Named("latency")
	if err != nil {
		return nil, err
	}
	i, err := runtimecheck.Self(profile)
	if err != nil {
		return nil, err
	}
	if err := i.Only(settings()...); err != nil {
		return nil, err
	}
	return i.Inspect(ctx)
}

// writeHeader writes lines of configuration, and which way each unit is better.
func writeHeader(w io.Writer, r *posture.Report, err error) {
	fmt.Fprintf(w, "go: %s\n", runtime.Version())
	if f := flag.Lookup("test.cpu"); f == nil || f.Value.String() == "" {
		fmt.Fprintf(w, "gomaxprocs: %d\n", runtime.GOMAXPROCS(0))
	} // else each benchmark's name tells
	if err != nil {
		fmt.Fprintf(w, "posture: not known: %s\n", oneLine(err.Error()))
	} else {
		writePosture(w, r)
	}
	for _, u := range unit.All() {
		better := "lower"
		if u.Better > 0 {
			better = "higher"
		}
		fmt.Fprintf(w, "Unit %s better=%s\n", u.Name, better)
	}
}

func writePosture(w io.Writer, r *posture.Report) {
	for _, line := range []struct{ key, id string }{
		{"kernel", "kernel.release"},
		{"governor", "kernel.governor"},
		{"quota", "cgroup.cpu_quota"},
		{"clocksource", "clock.source"},
	} {
		for _, c := range r.Checks {
			if c.ID == line.id {
				fmt.Fprintf(w, "%s: %s\n", line.key, current(c))
			}
		}
	}
	fmt.Fprintf(w, "noise: %s\n", amiss(r, func(c posture.Check) bool { return c.Group() == "noise" }))
	fmt.Fprintf(w, "posture: %s\n", amiss(r, func(c posture.Check) bool { return c.Group() != "noise" }))
}

func current(c posture.Check) string {
	switch {
	case c.Current != "":
		return oneLine(c.Current)
	case c.Verdict == posture.NotApplicable:
		return "there is none"
	}
	return "not known"
}

// amiss names the checks that are not as the profile latency requires, or could not be
// made.
func amiss(r *posture.Report, of func(posture.Check) bool) string {
	var parts []string
	for _, v := range []posture.Verdict{posture.Fail, posture.Warn, posture.Unknown} {
		var ids []string
		for _, c := range r.Checks {
			if c.Verdict == v && of(c) {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) > 0 {
			parts = append(parts, string(v)+" "+strings.Join(ids, " "))
		}
	}
	if len(parts) == 0 {
		return "as the profile latency requires"
	}
	return strings.Join(parts, ", ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
