package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// misspelt are names that a file meant for lagvet may bear and that would
// otherwise be passed over in silence.
var misspelt = [...]string{".lagvet.yaml", "lagvet.yml", "lagvet.yaml"}

// Load reads the configuration file at path. The error, if any, is an [Errors].
func Load(path string, rules []*analyzers.Rule) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, Errors{{Path: path, Message: "cannot read the configuration: " + reason(err)}}
	}
	c, err := Parse(path, data, rules)
	if err != nil {
		return nil, err
	}
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return nil, Errors{{Path: path, Message: err.Error()}}
	}
	if err := c.findProfiles(); err != nil {
		return nil, err
	}
	file := filepath.Join(c.Dir, filepath.Base(path))
	for _, e := range c.Exclude {
		e.File = file
	}
	if len(c.Packages) > 0 {
		c.Root = c.Dir
	}
	return c, nil
}

// findProfiles makes the paths of profiles absolute. A profile that is not there
// is a fault of the configuration, at the line that names it.
func (c *Config) findProfiles() error {
	var errs Errors
	for i, p := range c.Profile {
		if !filepath.IsAbs(p) {
			c.Profile[i] = filepath.Join(c.Dir, filepath.FromSlash(p))
		}
		if _, err := os.Stat(c.Profile[i]); err != nil {
			at := c.profileAt[i]
			errs = append(errs, Error{Path: c.Path, Line: at.Line, Column: at.Column, Message: fmt.Sprintf("cannot read the profile %s: %s", p, reason(err))})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// reason returns err without the path, which the message names already.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// Find returns the path of the configuration that holds in dir, or "" if there
// is none: the nearest .lagvet.yml from dir upward to the root of its workspace
// or, where there is none, of its module. gowork is the value of $GOWORK.
func Find(dir, gowork string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("looking for %s: %w", Name, err)
	}
	top := Root(dir, gowork)
	for {
		if path := filepath.Join(dir, Name); exists(path) {
			return path, nil
		}
		for _, other := range misspelt {
			if path := filepath.Join(dir, other); exists(path) {
				return "", Errors{{Path: path, Message: "lagvet reads " + Name + " only: rename the file"}}
			}
		}
		if dir == top {
			return "", nil
		}
		dir = filepath.Dir(dir)
	}
}

// In returns the configuration that holds in dir, by [Find]: an empty one, whose
// Dir is dir, if there is no file.
func In(dir, gowork string, rules []*analyzers.Rule) (*Config, error) {
	path, err := Find(dir, gowork)
	if err != nil {
		return nil, err
	}
	if path == "" {
		return &Config{Dir: dir}, nil
	}
	return Load(path, rules)
}

// Root returns the root of the workspace that dir is in or, where there is
// none, of its module or, outside any module, dir itself. gowork is the value
// of $GOWORK: empty, "off" or the path of a go.work file.
func Root(dir, gowork string) string {
	if filepath.IsAbs(gowork) {
		if top := filepath.Dir(gowork); inside(dir, top) {
			return top
		}
		gowork = "off" // the workspace that is set is not around dir
	}
	module := ""
	for d := dir; ; d = filepath.Dir(d) {
		if module == "" && exists(filepath.Join(d, "go.mod")) {
			module = d
		}
		if gowork != "off" && exists(filepath.Join(d, "go.work")) {
			return d
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if module == "" {
		return dir
	}
	return module
}

// Exists reports whether e covers any file below dir: one that covers none is
// misspelt, one that covers files without findings has merely done its work.
func (e *Exclude) Exists(dir string) bool { return covers(e.Path, dir) }

// Exists reports whether p is about any file below dir.
func (p Packages) Exists(dir string) bool { return covers(p.Path, dir) }

// covers reports whether a glob matches any Go file below dir.
func covers(glob, dir string) bool {
	found := false
	if physical, err := filepath.EvalSymlinks(dir); err == nil {
		dir = physical // a walk does not follow a link, not even at its start
	}
	// What cannot be read is not analysed either, so errors do not matter.
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir():
			if base := d.Name(); name != dir && (strings.HasPrefix(base, ".") || base == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err == nil && strings.HasSuffix(name, ".go") && policy.Match(glob, filepath.ToSlash(rel)) {
			found = true
			return fs.SkipAll
		}
		return nil
	})
	return found
}

// inside reports whether path is dir or lies below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func exists(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && !fi.IsDir()
}
