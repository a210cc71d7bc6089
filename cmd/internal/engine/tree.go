package engine

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A tree is what the engine must know of the files of the main modules.
type tree struct {
	tests    []string // the _test.go files
	profiles []string // each default.pgo
}

// walkModules reads the directories of modules.
func walkModules(ms []module) tree {
	var t tree
	var dirs []string
	for _, m := range ms {
		dirs = append(dirs, m.Dir)
	}
	for _, dir := range dirs {
		t.walk(dir, dirs)
	}
	return t
}

// walk reads dir and what is below it, but for what no pattern with dots in it
// matches (vendored packages, testdata, names that begin with a dot or an
// underscore) and what belongs to another module. Modules may lie within each
// other: each is walked on its own. What cannot be read, the go command cannot
// either, and says so.
func (t *tree) walk(dir string, modules []string) {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case !d.IsDir():
			t.add(path)
			return nil
		case path == dir:
			return nil
		}
		name := d.Name()
		if name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			return fs.SkipDir
		}
		if slices.Contains(modules, path) {
			return fs.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil {
			return fs.SkipDir
		}
		return nil
	})
}

// read adds the files of one directory.
func (t *tree) read(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the go command says what is wrong with it
	}
	for _, e := range entries {
		if !e.IsDir() {
			t.add(filepath.Join(dir, e.Name()))
		}
	}
}

func (t *tree) add(path string) {
	name := filepath.Base(path)
	switch {
	case strings.HasSuffix(name, "_test.go"):
		t.tests = append(t.tests, path)
	case name == "default.pgo":
		t.profiles = append(t.profiles, path)
	}
}
