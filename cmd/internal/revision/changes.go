package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A change is a path at which the base and the working tree differ.
type change struct {
	path string // from the root, with slashes
	mode string // in the base, as git writes it; absent if there was nothing
	blob string // the object that the base has there
}

// Modes of entries of a tree, see gitformat-index(5).
const (
	absent    = "000000"
	symlink   = "120000"
	submodule = "160000"
)

// changes returns where the working tree differs from a commit, files that git
// does not know included, but for those that it is told to ignore.
func (r repository) changes(ctx context.Context, commit string) ([]change, error) {
	// Whatever the user has set up for people who read diffs is not for this.
	out, err := r.Run(ctx, nil, "diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=dirty", "--no-relative", commit, "--")
	if err != nil {
		return nil, fmt.Errorf("comparing with %s: %w", commit, err)
	}
	changes, err := readRaw(out)
	if err != nil {
		return nil, err
	}
	at := r
	at.Path = r.root
	out, err = at.Run(ctx, nil, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, fmt.Errorf("looking for new files: %w", err)
	}
	for path := range bytes.SplitSeq(out, []byte{0}) {
		if len(path) > 0 {
			changes = append(changes, change{path: string(path), mode: absent})
		}
	}
	return changes, nil
}

// readRaw reads the raw format of git diff -z: ":mode mode blob blob status", a
// zero byte, the path, a zero byte.
func readRaw(out []byte) ([]change, error) {
	var changes []change
	for rest := string(out); rest != ""; {
		head, after, ok := strings.Cut(rest, "\x00")
		path, next, ended := strings.Cut(after, "\x00")
		fields := strings.Fields(strings.TrimPrefix(head, ":"))
		if !ok || !ended || path == "" || !strings.HasPrefix(head, ":") || len(fields) != 5 {
			return nil, fmt.Errorf("git diff --raw printed %q, which is not understood", head)
		}
		changes = append(changes, change{path: path, mode: fields[0], blob: fields[2]})
		rest = next
	}
	return changes, nil
}

// texts fills in what the base has at changes.
func (r repository) texts(ctx context.Context, changes []change, b *Base) error {
	var entries bytes.Buffer
	var present []change
	for _, c := range changes {
		file := r.at(c.path)
		b.Changed = append(b.Changed, file)
		switch {
		case c.mode == absent:
			b.Texts[file] = nil
		case c.mode == symlink || c.mode == submodule:
			b.Unlike = append(b.Unlike, c.path)
		case !b.needs(file):
			if _, err := os.Lstat(file); errors.Is(err, os.ErrNotExist) {
				b.Texts[file] = []byte{}
			}
		default:
			fmt.Fprintf(&entries, "%s %s\t%s\x00", c.mode, c.blob, c.path)
			present = append(present, c)
		}
	}
	if len(present) == 0 {
		return nil
	}
	tmp, err := os.MkdirTemp("", "lagvet-base-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	defer os.RemoveAll(tmp)
	files := filepath.Join(tmp, "files")
	if err := r.checkOut(ctx, entries.Bytes(), tmp, files); err != nil {
		return fmt.Errorf("reading the files of %s: %w", b.Commit, err)
	}
	for _, c := range present {
		text, err := os.ReadFile(filepath.Join(files, filepath.FromSlash(c.path)))
		if err != nil {
			return fmt.Errorf("reading the files of %s: %w", b.Commit, err)
		}
		if text == nil {
			text = []byte{} // a file without text is no file that is absent
		}
		b.Texts[r.at(c.path)] = text
	}
	return nil
}

// checkOut writes entries of an index to files below dir, as a checkout would: line
// ends converted, large files fetched.
func (r repository) checkOut(ctx context.Context, entries []byte, tmp, dir string) error {
	at := r
	at.Path = r.root
	at.Env = []string{"GIT_INDEX_FILE=" + filepath.Join(tmp, "index")}
	if _, err := at.Run(ctx, entries, "update-index", "-z", "--index-info"); err != nil {
		return err
	}
	_, err := at.Run(ctx, nil, "checkout-index", "--all", "--prefix="+filepath.ToSlash(dir)+"/")
	return err
}

// at returns the absolute path of a path of the repository, in the form in which
// the user knows it.
func (r repository) at(path string) string {
	file := filepath.Join(r.root, filepath.FromSlash(path))
	// The directory of the run may lie in the repository by a link of its own.
	if _, ok := local(r.root, r.Path); ok {
		return file
	}
	if physical, err := filepath.EvalSymlinks(r.Path); err == nil {
		if rel, ok := local(physical, file); ok {
			return filepath.Join(r.Path, rel)
		}
	}
	return file
}

// local returns the path of file from dir, if it lies in it.
func local(dir, file string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, file)
	return rel, err == nil && filepath.IsLocal(rel)
}
