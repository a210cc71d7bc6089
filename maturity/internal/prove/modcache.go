package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
)

// A modcache is a module cache of the trials' own, which holds one module of the build
// list, so that a file of it can be changed: those of the machine are not touched. What
// else the go command asks for comes from the machine's downloads.
type modcache struct {
	dir       string // GOMODCACHE
	downloads string // of the machine's cache
	module    module.Version
}

// env are the variables by which a command of Go goes by the cache. There is no sum
// database without a network, and go.sum tells more.
func (m *modcache) env() []string {
	return []string{"GOMODCACHE=" + m.dir, "GOPROXY=" + fileURL(m.downloads), "GOSUMDB=off"}
}

// newModcache makes the cache for a module of the repository, with the smallest of its
// dependencies that the machine has.
func (r *Runner) newModcache(ctx context.Context, p Plan) (*modcache, error) {
	dir, err := os.MkdirTemp(r.dir, "modcache-")
	if err != nil {
		return nil, fmt.Errorf("making a module cache: %w", err)
	}
	out, err := r.goCommand(ctx, p, nil, "env", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	m := &modcache{dir: dir, downloads: filepath.Join(out, "cache", "download")}
	out, err = r.goCommand(ctx, p, nil, "list", "-mod=readonly", "-m", "-f", "{{if not (or .Main .Replace)}}{{.Path}} {{.Version}}{{end}}", "all")
	if err != nil {
		return nil, err
	}
	if m.module, err = smallest(m.downloads, out); err != nil {
		return nil, err
	}
	_, err = r.goCommand(ctx, p, append(m.env(), "GOFLAGS=-modcacherw"), "mod", "download", m.module.String())
	return m, err
}

// smallest is the module of a list whose archive is the smallest of those downloaded.
func smallest(downloads, list string) (module.Version, error) {
	var found module.Version
	least := int64(-1)
	for line := range strings.Lines(list) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		escaped, err := module.EscapePath(path)
		if err != nil {
			continue // an empty line, of what is not asked for
		}
		v, err := module.EscapeVersion(version)
		if err != nil {
			return found, fmt.Errorf("looking for a module to change: %w", err)
		}
		info, err := os.Stat(filepath.Join(downloads, filepath.FromSlash(escaped), "@v", v+".zip"))
		if err == nil && (least < 0 || info.Size() < least) {
			least, found = info.Size(), module.Version{Path: path, Version: version}
		}
	}
	if least < 0 {
		return found, errors.New("no module that go.mod requires is in the module cache here: go mod download fetches them")
	}
	return found, nil
}

// change adds a byte to a file of the module.
func (m *modcache) change() error {
	escaped, err := module.EscapePath(m.module.Path)
	if err != nil {
		return fmt.Errorf("planting in the module cache: %w", err)
	}
	version, err := module.EscapeVersion(m.module.Version)
	if err != nil {
		return fmt.Errorf("planting in the module cache: %w", err)
	}
	changed := false
	err = filepath.WalkDir(filepath.Join(m.dir, filepath.FromSlash(escaped)+"@"+version), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := os.Chmod(name, 0o600); err != nil {
			return err
		}
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("\n")
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		changed = true
		return fs.SkipAll
	})
	switch {
	case err != nil:
		return fmt.Errorf("planting in the module cache: %w", err)
	case !changed:
		return fmt.Errorf("planting in the module cache: %s has no files", m.module)
	}
	return nil
}

// goCommand runs the go command where a gate works, and returns what it printed.
func (r *Runner) goCommand(ctx context.Context, p Plan, env []string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join(r.clone, filepath.FromSlash(p.Gate.Dir))
	cmd.Env = append(r.env(p), append([]string{"GOPROXY=off"}, env...)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(complaints.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}
