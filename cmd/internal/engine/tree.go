package engine

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/analyzers/host"
	"github.com/lagvet/lagvet/analyzers/hotpath"
)

// A tree is what the engine must know of the files of the main modules.
type tree struct {
	tests    []string // the _test.go files
	profiles []string // each default.pgo

	seen map[string]bool // the directories that were read
}

// walk reads dir and what is below it that patterns with dots match.
func (t *tree) walk(dir string) {
	if t.seen == nil {
		t.seen = make(map[string]bool)
	}
	host.Walk(dir, t.seen, t.add)
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
	case name == hotpath.DefaultProfile:
		t.profiles = append(t.profiles, path)
	}
}
