package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/analyzers/host"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// goenv is what the go command says of its environment in the directory of the run.
type goenv struct {
	GOMOD, GOWORK, GOVERSION, GOROOT, GOMODCACHE, GOFLAGS, GOOS, GOARCH string
}

// goEnv asks the go command for its environment. A problem is told where there
// is no go command that can check anything.
func goEnv(ctx context.Context, opts Options) (goenv, *finding.Problem, error) {
	var env goenv
	var stdout, stderr bytes.Buffer
	cmd := goCommand(ctx, opts, "env", "-json", "GOMOD", "GOWORK", "GOVERSION", "GOROOT", "GOMODCACHE", "GOFLAGS", "GOOS", "GOARCH")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return env, &finding.Problem{
			Message: "nothing was checked: there is no go command on PATH",
			Remedy:  "install Go from https://go.dev/dl, or add its bin directory to PATH",
		}, nil
	case err != nil && stderr.Len() > 0:
		ps, _ := explain(stderr.String(), opts)
		if len(ps) == 0 {
			ps = []finding.Problem{unexplained("go env", stderr.String())}
		}
		return env, &ps[0], nil
	case err != nil:
		return env, nil, fmt.Errorf("running go env: %w", err)
	}
	if err := json.Unmarshal(stdout.Bytes(), &env); err != nil {
		return env, nil, fmt.Errorf("reading the answer of go env: %w", err)
	}
	return env, env.unfit(runtime.Version()), nil
}

func goCommand(ctx context.Context, opts Options, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = opts.Dir
	// The go command believes PWD if it names the directory: paths then have
	// the form in which the user knows them.
	cmd.Env = append(opts.environ(), "PWD="+opts.Dir)
	ownGroup(cmd)
	return cmd
}

// oldest is the first go command whose vet -json output is cached and printed
// as this package reads it.
const oldest = "go1.26"

// unfit says why packages cannot be checked for this toolchain by a lagvet that
// was built by the toolchain built, or returns nil.
func (env goenv) unfit(built string) *finding.Problem {
	theirs, ours := version.Lang(env.GOVERSION), version.Lang(built)
	switch {
	case theirs == "" || ours == "": // a development version: let it try
		return nil
	case vettool.Newer(env.GOVERSION, built):
		return &finding.Problem{
			Message: vettool.TooNew(env.GOVERSION, built),
			Remedy:  vettool.Rebuild(env.GOVERSION),
		}
	case version.Compare(theirs, oldest) < 0:
		return &finding.Problem{
			Message: fmt.Sprintf("nothing was checked: lagvet needs the go command of %s or later, and the one here is %s", oldest, env.GOVERSION),
			Remedy:  "install a newer Go, which builds modules with an older go line as before, or set GOTOOLCHAIN=" + built,
		}
	}
	return nil
}

// toolchainFile returns the file that may ask for another toolchain than that of the
// go command, see https://go.dev/doc/toolchain.
func (env goenv) toolchainFile() string {
	switch {
	case env.GOWORK != "" && env.GOWORK != "off":
		return env.GOWORK
	case env.GOMOD != os.DevNull:
		return env.GOMOD
	}
	return ""
}

// A module is a main module.
type module struct {
	Path string
	Dir  string
}

// mainModules returns the modules of the workspace, or the module that the run
// is in. What cannot be read is left for the go command to complain about.
func (env goenv) mainModules(overlay map[string][]byte) []module {
	if env.GOWORK != "" && env.GOWORK != "off" {
		var ms []module
		for _, dir := range host.Workspace(env.GOWORK) {
			ms = append(ms, moduleIn(dir, overlay))
		}
		return ms
	}
	if env.GOMOD == "" || env.GOMOD == os.DevNull {
		return nil
	}
	return []module{moduleIn(filepath.Dir(env.GOMOD), overlay)}
}

// moduleIn returns the module in a directory, by what is read in the place of its
// go.mod if anything is.
func moduleIn(dir string, overlay map[string][]byte) module {
	m := module{Dir: dir}
	file := filepath.Join(dir, "go.mod")
	data := overlay[file]
	if data == nil {
		var err error
		if data, err = os.ReadFile(file); err != nil {
			return m
		}
	}
	m.Path = modfile.ModulePath(data)
	return m
}

// within returns the part of path below dir, "." for dir itself.
func within(path, dir string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return rel, true
}
