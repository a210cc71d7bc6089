package engine

import (
	"path/filepath"
	"strings"
)

// An aim says where patterns lead.
type aim struct {
	// sure is whether all of them lead into main modules, so that the packages
	// they mean need not be known before the go command is started.
	sure bool
	// dirs are directories that patterns name and that a walk of the main
	// modules passes over, as ./testdata/x.
	dirs []string
}

// aimOf tells where patterns lead that are given in dir.
func aimOf(patterns []string, dir string, env goenv, modules []module) aim {
	a := aim{sure: true}
	for _, p := range patterns {
		path, isPath := patternPath(p, dir)
		switch {
		case isPath && belongs(path, env, modules):
			a.dirs = append(a.dirs, path)
		case !isPath && named(p, env, modules):
		default:
			a.sure = false
		}
	}
	return a
}

// patternPath returns the directory that a pattern begins with, if it is one of
// the file system: "./a/b..." begins with ./a.
func patternPath(p, dir string) (string, bool) {
	slashed := filepath.ToSlash(p)
	isPath := filepath.IsAbs(p) || slashed == "." || slashed == ".." ||
		strings.HasPrefix(slashed, "./") || strings.HasPrefix(slashed, "../") || strings.HasSuffix(p, ".go")
	if !isPath {
		return "", false
	}
	path := p
	if i := strings.Index(path, "..."); i >= 0 && path != "..." {
		path = path[:i] + "x" // only what stands before the last separator counts
		path = filepath.Dir(path)
	} else if strings.HasSuffix(path, ".go") {
		path = filepath.Dir(path)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Clean(path), true
}

// belongs reports whether the directory path is in a main module, or holds
// some, and nothing else that patterns can match.
func belongs(path string, env goenv, modules []module) bool {
	if _, ok := within(path, env.GOROOT); ok {
		return false
	}
	for _, m := range modules {
		rel, below := within(path, m.Dir)
		_, above := within(m.Dir, path)
		if below && !strings.Contains("/"+filepath.ToSlash(rel)+"/", "/vendor/") || above {
			return true
		}
	}
	return false
}

// named reports whether an import path, or a pattern of some, is one of the
// packages of a main module. The packages below GOROOT belong to the standard
// library wherever they are looked at from, though a go.mod lies beside them.
func named(p string, env goenv, modules []module) bool {
	for _, m := range modules {
		if _, ok := within(m.Dir, env.GOROOT); ok {
			continue
		}
		if m.Path != "" && (p == m.Path || strings.HasPrefix(p, m.Path+"/")) {
			return true
		}
	}
	return p == "work"
}
