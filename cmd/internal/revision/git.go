package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// An Error says why the sources cannot be compared, and what to do.
type Error struct {
	Message string
	Remedy  string
}

func (e *Error) Error() string { return e.Message }

// A repository is one that a directory lies in.
type repository struct {
	dir  string // absolute: where git is run
	root string // absolute: that of the working tree, in the form in which the user knows it
	env  []string
}

// git runs a command and returns what it prints.
func (r repository) git(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = r.dir
	// To look at a repository must not write to it, and its text must be that
	// which this package reads.
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "PWD="+r.dir)
	cmd.Env = append(cmd.Env, r.env...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err == nil {
		return out, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, &Error{"the base cannot be found: there is no git command on PATH", "install git"}
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, failure{args[0], exit.ExitCode(), strings.TrimSpace(string(exit.Stderr))}
	}
	return nil, fmt.Errorf("running git %s: %w", args[0], err)
}

// failure is a git command that ended with an error.
type failure struct {
	command string
	code    int
	stderr  string
}

func (f failure) Error() string {
	if f.stderr == "" {
		return fmt.Sprintf("git %s ended with code %d", f.command, f.code)
	}
	return fmt.Sprintf("git %s: %s", f.command, f.stderr)
}

// line returns what a git command prints in one line.
func (r repository) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.git(ctx, nil, args...)
	return strings.TrimSuffix(string(out), "\n"), err
}
