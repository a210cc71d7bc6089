package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A sample is what one run cost.
type sample struct {
	wall, cpu time.Duration
	process   int64 // bytes, the largest process
	tree      int64 // bytes, the largest sum over all processes; 0 if unknown
}

func measure(ctx context.Context, dir, cache string, args []string) (sample, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"GOCACHE="+cache,
		"STATICCHECK_CACHE="+filepath.Join(cache, "staticcheck"),
		"XDG_CACHE_HOME="+filepath.Join(cache, "user"),
	)
	var out tail
	cmd.Stdout, cmd.Stderr = &out, &out
	ownSession(cmd)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, fmt.Errorf("starting %s: %w", args[0], err)
	}
	stop := watch(cmd.Process.Pid)
	err := cmd.Wait()
	s := sample{wall: time.Since(start), tree: stop()}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return sample{}, fmt.Errorf("running %s: %w", args[0], err)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		return sample{}, fmt.Errorf("%v ended with %d:\n%s", args, code, out)
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.process = maxRSS(cmd.ProcessState)
	return s, nil
}

// A tail keeps the last bytes written to it.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if n := len(*t) - 4096; n > 0 {
		*t = (*t)[n:]
	}
	return len(p), nil
}
