package engine

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A tree is what the engine must know of the files of the main modules.
type tree struct {
	tests    []string // the _test.go files
	profiles []string // each default.pgo

	seen map[string]bool // the directories that were read
}

// walk reads dir and what is below it, but for what no pattern with dots in it
// matches (vendored packages, testdata, names that begin with a dot or an
// underscore) and for other modules.
func (t *tree) walk(dir string) { t.visit(dir, true) }

func (t *tree) visit(dir string, top bool) {
	if t.seen[dir] {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the go command cannot read it either, and says so
	}
	if !top && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "go.mod" }) {
		return
	}
	if t.seen == nil {
		t.seen = make(map[string]bool)
	}
	t.seen[dir] = true
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.IsDir() {
			t.add(path)
		} else if !passedOver(e.Name()) {
			t.visit(path, false)
		}
	}
}

// passedOver reports whether patterns with dots do not lead into a directory of
// this name.
func passedOver(name string) bool {
	return name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// read adds the files of one directory.
func (t *tree) read(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
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
