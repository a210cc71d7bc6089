package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// MaxFile is the size in bytes above which a file is refused: configuration that
// people write is smaller, and a reader of YAML takes some hundred times as much.
const MaxFile = 1 << 20

// MaxFiles is how many files are looked at without git's list of them.
const MaxFiles = 500_000

// A Tree is a repository's files.
type Tree struct {
	root  *os.Root
	files []string // sorted
}

// Open returns the tree below dir that has these files: slash-separated paths
// relative to dir, as git lists them. Paths that lead out of dir are an error.
func Open(dir string, files []string) (*Tree, error) {
	for _, f := range files {
		if !fs.ValidPath(f) {
			return nil, fmt.Errorf("reading %s: %q is no path below it", dir, f)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading a repository: %w", err)
	}
	sorted := slices.Clone(files)
	slices.Sort(sorted)
	return &Tree{root, slices.Compact(sorted)}, nil
}

// Walk opens dir with all files in it, for what is in no repository. Links are
// listed and not followed.
func Walk(dir string) (*Tree, error) {
	var files []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if files = append(files, filepath.ToSlash(rel)); len(files) > MaxFiles {
			return fmt.Errorf("more than %d files", MaxFiles)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", dir, err)
	}
	return Open(dir, files)
}

// Close releases the directory.
func (t *Tree) Close() error { return t.root.Close() }

// Files returns all paths, sorted. The caller must not change them.
func (t *Tree) Files() []string { return t.files }

// Has reports whether the tree has a file of this path.
func (t *Tree) Has(name string) bool {
	_, ok := slices.BinarySearch(t.files, name)
	return ok
}

// Match returns the paths that one of the patterns matches, sorted: "**" stands for
// any directories, "{a,b}" for either. A malformed pattern matches nothing.
func (t *Tree) Match(patterns ...string) []string {
	var found []string
	for _, f := range t.files {
		if slices.ContainsFunc(patterns, func(p string) bool { return doublestar.MatchUnvalidated(p, f) }) {
			found = append(found, f)
		}
	}
	return found
}

// Under returns the paths below a directory, "." for all.
func (t *Tree) Under(dir string) []string {
	if dir == "." {
		return t.files
	}
	prefix := dir + "/"
	from, _ := slices.BinarySearch(t.files, prefix)
	to := from
	for to < len(t.files) && strings.HasPrefix(t.files[to], prefix) {
		to++
	}
	return t.files[from:to]
}

// Read returns what a file of the tree holds. It fails for files that the tree has
// not, for those above [MaxFile], for links out of the repository and for what is no
// regular file.
func (t *Tree) Read(name string) ([]byte, error) {
	if !t.Has(name) {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	// A pipe would hold its reader.
	f, err := t.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading %s: not a regular file", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("reading %s: larger than %d KiB", name, MaxFile>>10)
	}
	return data, nil
}

// cause drops the path that an error names, which the message has already.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Foreign reports whether a file is a copy of somebody else's, or a fixture: it is below
// a directory named so, or as one of others.
func Foreign(name string, others ...string) bool {
	for d := range strings.SplitSeq(path.Dir(name), "/") {
		switch d {
		case "vendor", "testdata", "node_modules", "third_party":
			return true
		}
		if slices.Contains(others, d) {
			return true
		}
	}
	return false
}

// Join is the path that ref names from within file: from the root of the repository
// with a leading slash, else from file's directory. It is "" if it leads out.
func Join(file, ref string) string {
	var p string
	if strings.HasPrefix(ref, "/") {
		p = path.Clean(ref[1:])
	} else {
		p = path.Join(path.Dir(file), ref)
	}
	if !fs.ValidPath(p) {
		return ""
	}
	return p
}

// A Problem is what could not be read, so that nothing can be said of it.
type Problem struct {
	verdict.Place     // Text is why
	Column        int // from 1; 0 for the line as a whole
}
