package hostbuild

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// grace is how long the go command has to end what it runs when it is interrupted.
const grace = 10 * time.Second

// A goCommand runs the go command in a directory.
type goCommand struct {
	dir string
	env []string
}

// environ returns the environment in which every build of the same versions gives
// the same binary: no workspace, no flags of the user's, and no C compiler, which
// neither host needs.
func environ(env []string) []string {
	return append(env, "GOWORK=off", "GO111MODULE=on", "GOFLAGS=-mod=mod", "CGO_ENABLED=0")
}

// run returns what the go command prints on standard output.
func (g goCommand) run(ctx context.Context, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = g.dir
	cmd.Env = append(environ(g.env), "PWD="+g.dir)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err == nil {
			return nil
		}
		return cmd.Process.Kill() // Windows knows no interrupt for one process
	}
	cmd.WaitDelay = grace
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, &Failure{Message: "interrupted"}
	case errors.Is(err, exec.ErrNotFound):
		return nil, &Failure{
			Message: "there is no go command on PATH",
			Remedy:  "install Go from https://go.dev/dl, or add its bin directory to PATH",
		}
	case err != nil:
		return stdout.Bytes(), explain("go "+strings.Join(args, " "), stderr.String(), err)
	}
	return stdout.Bytes(), nil
}

// ask has the go command print JSON, and reads it.
func (g goCommand) ask(ctx context.Context, answer any, args ...string) error {
	out, err := g.run(ctx, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, answer); err != nil {
		return fmt.Errorf("reading the answer of go %s: %w", args[0], err)
	}
	return nil
}

// goEnv is what the go command says of its environment.
type goEnv struct {
	GOVERSION, GOEXE, GOOS, GOARCH, GOHOSTOS, GOHOSTARCH string
}

// runs reports whether a program that is built here runs here.
func (e goEnv) runs() bool { return e.GOOS == e.GOHOSTOS && e.GOARCH == e.GOHOSTARCH }

func (g goCommand) environment(ctx context.Context) (goEnv, error) {
	var e goEnv
	err := g.ask(ctx, &e, "env", "-json", "GOVERSION", "GOEXE", "GOOS", "GOARCH", "GOHOSTOS", "GOHOSTARCH")
	return e, err
}

// A module is a version of one, as the go command describes it.
type module struct {
	Path, Version string
	GoMod         string // its go.mod file
	Dir           string // its source, if it was fetched
	Error         string // of go mod download
}

// module resolves a version, or a query for one, without fetching its source.
func (g goCommand) module(ctx context.Context, path, query string) (module, error) {
	var m module
	err := g.ask(ctx, &m, "list", "-m", "-json", path+"@"+query)
	return m, err
}

// versions returns the versions of a module, the oldest first.
func (g goCommand) versions(ctx context.Context, path string) ([]string, error) {
	var m struct{ Versions []string }
	err := g.ask(ctx, &m, "list", "-m", "-versions", "-json", path)
	return m.Versions, err
}

// download fetches the source of a module and returns its directory.
func (g goCommand) download(ctx context.Context, path, version string) (string, error) {
	var m module
	args := []string{"mod", "download", "-json", path + "@" + version}
	out, err := g.run(ctx, args...)
	if e := json.Unmarshal(out, &m); e == nil && m.Error != "" {
		// With -json, what is wrong is said on standard output.
		return "", explain("go "+strings.Join(args, " "), m.Error, err)
	}
	if err != nil {
		return "", err
	}
	return m.Dir, nil
}
