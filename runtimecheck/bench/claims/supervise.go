package claims

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// A Supervisor measures each claim in a process of its own, so that nothing which a
// bench sets outlives it, and that one which crashes takes nothing with it.
type Supervisor struct {
	Command []string // a program and its arguments; it calls [Child] on its standard streams
	Size    Size
	// Grace is what a bench may take beyond its time and set-up; 0: a time that a loaded
	// machine keeps.
	Grace time.Duration
}

// The time that a bench may take: warming up and the noise before it are some half of
// its time more, and a machine with other work takes a few times as long.
const (
	stretch      = 4
	defaultGrace = time.Minute
	killed       = 2 * time.Second // for the streams to close, once it was killed
)

// settings are the variables of the Go runtime that would decide instead of a bench.
func settings() []string { return []string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG"} }

// Run measures a claim and judges it. What goes wrong with the bench is in the result.
func (s Supervisor) Run(ctx context.Context, c Claim) Result {
	start := time.Now()
	m, err := s.measure(ctx, c)
	if err != nil {
		return broken(c, time.Since(start), err.Error())
	}
	return Judge(c, m, time.Since(start))
}

// limit returns the time that a bench may take.
func (s Supervisor) limit(c Claim) time.Duration {
	grace := s.Grace
	if grace == 0 {
		grace = defaultGrace
	}
	return stretch*s.Size.Time + c.setup + grace
}

func (s Supervisor) measure(ctx context.Context, c Claim) (*Measurement, error) {
	limit := s.limit(c)
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	q, err := json.Marshal(request{Claim: c.ID, Size: s.Size, Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", c.ID, err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(timed, s.Command[0], s.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(q), &out, &errs
	cmd.Env = slices.DeleteFunc(os.Environ(), decides)
	cmd.WaitDelay = killed
	ownGroup(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("it was interrupted")
	case timed.Err() != nil:
		return nil, fmt.Errorf("the bench did not end within %v, and was killed", limit)
	case err != nil:
		return nil, died(err, errs.String())
	}
	return read(out.Bytes())
}

func decides(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains(settings(), name)
}

// died says how a process ended that should have answered.
func died(err error, stderr string) error {
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return fmt.Errorf("the bench crashed: %s", line)
		}
	}
	stderr = strings.TrimSpace(stderr)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		last := stderr[strings.LastIndex(stderr, "\n")+1:]
		if last != "" {
			last = ": " + last
		}
		return fmt.Errorf("the process of the bench ended with %v%s", exit.ProcessState, last)
	}
	return fmt.Errorf("the bench could not be started: %w", err)
}

// read takes an answer apart.
func read(out []byte) (*Measurement, error) {
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		return nil, fmt.Errorf("the process of the bench ended without a whole answer: %w", err)
	}
	switch {
	case a.Error != "":
		return nil, errors.New(a.Error)
	case a.Measurement == nil:
		return nil, errors.New("the process of the bench answered nothing")
	case a.Measurement.Unfit && a.Measurement.Noise == nil:
		return nil, errors.New("the process of the bench called the machine too loud, and not how loud")
	}
	return a.Measurement, nil
}
