// Package commands runs other programs.
package commands

import (
	"bytes"
	"context"
	"io"
	"os/exec"
)

func version(ctx context.Context) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command("git", "--version") // want `^proven: exec\.Command ignores .* ← \(\*exec\.Cmd\)\.Run waits for the process$`
	cmd.Stdout = &out
	err := cmd.Run()
	return out.String(), err
}

func piped(ctx context.Context, w io.Writer) error {
	cmd := exec.Command("git", "log") // want `^proven: exec\.Command ignores .* ← \(\*exec\.Cmd\)\.Start waits for the process$`
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if _, err := io.Copy(w, out); err != nil {
		return err
	}
	return cmd.Wait()
}

func run(cmd *exec.Cmd) error {
	cmd.Dir = "/tmp"
	return cmd.Run()
}

func viaHelper(ctx context.Context) error {
	return run(exec.Command("make")) // want `^proven: exec\.Command ignores .* ← run waits for the process$`
}

func git(args ...string) *exec.Cmd {
	return exec.Command("git", args...)
}

func viaConstructor(ctx context.Context) error {
	return git("fetch").Run() // want `^likely: git ends in exec\.Command and ignores .* ← exec\.Command makes it without a context ← \(\*exec\.Cmd\)\.Run waits for the process$`
}

// What the command says is what the caller wants.
func head(dir string) (string, error) {
	out, err := exec.Command("git", "-C", dir, "rev-parse", "HEAD").Output()
	return string(out), err
}

func describe(ctx context.Context, dir string) (string, error) {
	rev, err := head(dir) // want `^likely: head ends in exec\.Command and ignores`
	return rev, err
}

func dirty(ctx context.Context, dir string) bool {
	return clean(dir) == false // want `^likely: clean ends in exec\.Command and ignores`
}

func clean(dir string) bool { return exec.Command("git", "-C", dir, "diff", "--quiet").Run() == nil }
