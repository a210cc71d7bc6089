// Package git asks git about a repository, without writing to it.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// A Dir is a directory in which git is run.
type Dir struct {
	Path string
	Env  []string // added to the environment of this process
}

// ErrNotFound is the error where there is no git command.
var ErrNotFound = errors.New("there is no git command on PATH")

// A Failure is a git command that ended with an error.
type Failure struct {
	Command string // the first argument
	Code    int    // its exit code
	Stderr  string // what it said
}

func (f *Failure) Error() string {
	said, _, _ := strings.Cut(strings.TrimPrefix(f.Stderr, "fatal: "), "\n")
	if said == "" {
		return fmt.Sprintf("git %s ended with code %d", f.Command, f.Code)
	}
	return fmt.Sprintf("git %s: %s", f.Command, said)
}

// Run runs a command and returns what it prints. Its error is a [*Failure],
// [ErrNotFound], or that of the context.
func (d Dir) Run(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = d.Path
	// Messages are for programs to tell apart, and for readers of English.
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "PWD="+d.Path)
	cmd.Env = append(cmd.Env, d.Env...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ErrNotFound
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, &Failure{args[0], exit.ExitCode(), strings.TrimSpace(string(exit.Stderr))}
	}
	return nil, fmt.Errorf("running git %s: %w", args[0], err)
}

// Line runs a command and returns what it prints, without the end of the line.
func (d Dir) Line(ctx context.Context, args ...string) (string, error) {
	out, err := d.Run(ctx, nil, args...)
	return strings.TrimSuffix(string(out), "\n"), err
}
