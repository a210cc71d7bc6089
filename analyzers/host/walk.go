package host

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Walk calls visit with each file in dir and below it, but for what no pattern
// with dots in it matches (vendored packages, testdata, names that begin with a
// dot or an underscore) and for other modules.
//
// It passes over the directories in seen, to which it adds those that it reads,
// unless seen is nil.
func Walk(dir string, seen map[string]bool, visit func(file string)) {
	walk(dir, true, seen, visit)
}

func walk(dir string, top bool, seen map[string]bool, visit func(file string)) {
	if seen[dir] {
		return
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // the go command cannot read it either, and says so
	}
	if !top && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "go.mod" }) {
		return
	}
	if seen != nil {
		seen[dir] = true
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if !e.IsDir() {
			visit(path)
		} else if !passedOver(e.Name()) {
			walk(path, false, seen, visit)
		}
	}
}

// modules returns the directories of the modules of which root is the root: those of
// a workspace, or one. Outside of any module there are none, and what lies below,
// which may be all that a user has, is not looked through.
func modules(root string) []string {
	if work := filepath.Join(root, "go.work"); exists(work) {
		return Workspace(work)
	}
	if !exists(filepath.Join(root, "go.mod")) {
		return nil
	}
	return []string{root}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Workspace returns the directories of the modules that a go.work file uses. What
// cannot be read is left for the go command to complain about.
func Workspace(file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	work, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(file), dir)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// passedOver reports whether patterns with dots do not lead into a directory of
// this name.
func passedOver(name string) bool {
	return name == "vendor" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}
