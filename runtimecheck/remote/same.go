package remote

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// sameProcess finds fault if the endpoint is of another process than the target's PID.
// Two replicas of a service have the same command line and were mostly not started in
// the same second. What one side does not say is held against neither.
func sameProcess(t *target.Target, c *client, m *pageOfMetrics) error {
	ctx := context.Background() // each answer is bounded by the client
	if there, err := c.pprof(ctx, "cmdline"); err == nil {
		here, err := t.Read(t.Proc("cmdline"))
		if there := trim(string(there)); err == nil && trim(here) != there {
			return fmt.Errorf("%s is of another process than %d: it was started as %s, and that as %s",
				c.base.Redacted(), t.PID, program(there), program(trim(here)))
		}
	}
	m.fetch(ctx)
	exported, ok := metricOf(m.families[startTime])
	if !ok || exported.Histogram != nil {
		return nil
	}
	proc, err := t.System.Proc()
	if err != nil {
		return nil
	}
	p, err := proc.Proc(t.PID)
	if err != nil {
		return nil
	}
	stat, err := p.Stat()
	if err != nil {
		return nil
	}
	started, err := stat.StartTime()
	// Both are in hundredths of a second, from a time of boot in whole ones.
	if err != nil || math.Abs(started-exported.Number) <= 2 {
		return nil
	}
	return fmt.Errorf("%s is of another process than %d: it was started at %s, and that at %s",
		c.base.Redacted(), t.PID, clock(exported.Number), clock(started))
}

// trim takes off what ends a command line: each word ends with the byte 0 in /proc, and
// net/http/pprof writes one between two.
func trim(cmdline string) string { return strings.TrimRight(strings.TrimSpace(cmdline), "\x00") }

// program says which program a command line starts, and with how many arguments: their
// text may hold what is secret.
func program(cmdline string) string {
	words := strings.Split(cmdline, "\x00")
	return fmt.Sprintf("%.100q with %d arguments", words[0], len(words)-1)
}

func clock(seconds float64) string {
	return time.Unix(int64(seconds), 0).UTC().Format(time.DateTime)
}
