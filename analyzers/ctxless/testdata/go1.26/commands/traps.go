package commands

import (
	"context"
	"fmt"
	"net/http"
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

// A command that is run for what it changes: killed midway, it leaves that half done.
func attach(ctx context.Context, dev, dir string) error {
	if err := mount(dev, dir); err != nil { // want `^suspected: mount ends in exec\.Command .* killed midway it may leave that half done\)`
		return err
	}
	_, err := resize(dev) // want `^suspected: resize ends in exec\.Command .* killed midway`
	return err
}

func mount(dev, dir string) error { return exec.Command("mount", dev, dir).Run() }

func resize(dev string) (string, error) {
	out, err := exec.Command("resize2fs", dev).CombinedOutput()
	return string(out), err
}

// The same further down: what runs it asks for nothing more.
func provision(ctx context.Context, dev string) string {
	return format(dev) // want `^suspected: format ends in exec\.Command .* killed midway`
}

func format(dev string) string {
	wipe(dev)
	return dev
}

func wipe(dev string) { exec.Command("wipefs", dev).Run() }

// The same where whoever asked for the change has hung up.
func deploy(w http.ResponseWriter, r *http.Request) {
	if err := pull(r.PathValue("dir")); err != nil { // want `^suspected: pull ends in exec\.Command .* killed midway`
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func pull(dir string) error { return exec.Command("git", "-C", dir, "pull").Run() }
