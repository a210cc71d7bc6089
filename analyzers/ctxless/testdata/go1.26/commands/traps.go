package commands

import (
	"context"
	"fmt"
	"os/exec"
)

// Only shown.
func shown(ctx context.Context) string {
	cmd := exec.Command("git", "push")
	return fmt.Sprint(cmd.Args, cmd.String())
}

// Meant to outlive the request: started and not waited for.
func daemon(ctx context.Context) error {
	return exec.Command("shopd").Start()
}

// Ended by the function itself when the context is done.
func managed(ctx context.Context) error {
	cmd := exec.Command("shopd")
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	return cmd.Wait()
}

// Waited for by a goroutine of its own, beside the context.
func supervised(ctx context.Context) error {
	cmd := exec.Command("shopd")
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kept by a supervisor that is not seen here.
type unit struct{ cmd *exec.Cmd }

func kept(ctx context.Context) *unit {
	return &unit{cmd: exec.Command("shopd")}
}
