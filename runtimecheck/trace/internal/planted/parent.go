//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	blamed "github.com/lagvet/lagvet/runtimecheck/trace"
	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// try runs a scenario in a process of its own, whose files go to a directory, and
// judges what the report says.
func try(ctx context.Context, s scenario, dir string) (verdict, error) {
	recorded := ""
	if err := stage(ctx, s, dir); err != nil {
		if !errors.Is(err, errNoGroup) {
			return verdict{}, err
		}
		recorded = err.Error()
		if err := unpack(s, dir); err != nil {
			return verdict{}, err
		}
	}
	r, err := report(ctx, dir)
	if err != nil {
		return verdict{}, err
	}
	v, err := judge(s, r)
	v.recorded = recorded
	return v, err
}

// report analyses what a scenario has written.
func report(ctx context.Context, dir string) (*blamed.Report, error) {
	samples, err := os.Open(filepath.Join(dir, samplesFile))
	if err != nil {
		return nil, fmt.Errorf("reading the samples: %w", err)
	}
	defer samples.Close()
	l, err := sampler.Read(samples)
	if err != nil {
		return nil, err
	}
	if l.Cut != "" {
		return nil, errors.New(l.Cut)
	}
	out, err := os.Open(filepath.Join(dir, traceFile))
	if err != nil {
		return nil, fmt.Errorf("reading the trace: %w", err)
	}
	defer out.Close()
	r, err := blamed.Analyze(ctx, out, blamed.Options{Kernel: l.Samples})
	if err != nil {
		return nil, fmt.Errorf("analysing the trace: %w", err)
	}
	return r, nil
}

// stage runs the process of a scenario, in the surroundings that it is to have.
func stage(ctx context.Context, s scenario, dir string) (err error) {
	cmd := again(ctx, s.name)
	cmd.Env = append(cmd.Env, dirVariable+"="+dir)
	if s.quota > 0 {
		group, remove, err := newGroup(s.quota)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }()
		cmd.Env = append(cmd.Env, groupVariable+"="+group)
	}
	if s.hogs > 0 {
		stop, err := crowdCPU(ctx, s.hogs)
		defer stop()
		if err != nil {
			return err
		}
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := start(cmd, s.hogs > 0); err != nil {
		return err
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, &stderr)
	}
	return nil
}

// again returns the command that runs this program as the process of a name.
func again(ctx context.Context, name string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Env = append(os.Environ(), nameVariable+"="+name)
	return cmd
}

// crowdCPU starts processes that compute on one CPU, and returns what ends them.
func crowdCPU(ctx context.Context, n int) (stop func(), err error) {
	var hogs []*exec.Cmd
	stop = func() {
		for _, h := range hogs {
			_ = h.Process.Kill()
			_ = h.Wait() // that it was killed is no news
		}
	}
	for range n {
		h := again(ctx, hog)
		if err := start(h, true); err != nil {
			return stop, err
		}
		hogs = append(hogs, h)
	}
	return stop, nil
}

// start starts a process, on one CPU only if it is to be: its threads inherit what the
// thread that starts it may use.
func start(cmd *exec.Cmd, oneCPU bool) error {
	started := make(chan error)
	go func() { started <- startHere(cmd, oneCPU) }()
	if err := <-started; err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return nil
}
