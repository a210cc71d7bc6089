package revision

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Vendored reports whether what differs are modules that are vendored. The go command
// reads the list of them, vendor/modules.txt, past an overlay: such a version can only
// be built in a directory of its own, see [Base.Extract].
func (b *Base) Vendored() bool {
	for file := range b.Texts {
		if modulesTxt(file) {
			return true
		}
	}
	return false
}

func modulesTxt(file string) bool {
	return filepath.Base(file) == "modules.txt" && filepath.Base(filepath.Dir(file)) == "vendor"
}

// Root returns the absolute path of the working tree.
func (b *Base) Root() string { return b.repository.root }

// Extract writes the files of the base to the directory dir, which must not exist:
// all that git keeps, but for what a sparse checkout leaves out.
func (b *Base) Extract(ctx context.Context, dir string) error {
	at := b.repository
	at.Path = at.root
	left, err := at.leftOut(ctx)
	if err != nil {
		return unreadable(fmt.Errorf("looking for what is checked out: %w", err))
	}
	out, err := at.Run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", b.Commit)
	if err != nil {
		return unreadable(fmt.Errorf("listing the files of %s: %w", b.Commit, err))
	}
	var entries bytes.Buffer
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		if _, path, ok := bytes.Cut(entry, []byte{'\t'}); ok && !left[string(path)] {
			entries.Write(entry)
			entries.WriteByte(0)
		}
	}
	tmp, err := os.MkdirTemp("", "lagvet-base-")
	if err != nil {
		return fmt.Errorf("making a temporary directory: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := at.checkOut(ctx, entries.Bytes(), tmp, dir); err != nil {
		return unreadable(fmt.Errorf("reading the files of %s: %w", b.Commit, err))
	}
	return nil
}

// leftOut returns the paths that a sparse checkout leaves out.
func (r repository) leftOut(ctx context.Context) (map[string]bool, error) {
	out, err := r.Run(ctx, nil, "ls-files", "-t", "-z")
	if err != nil {
		return nil, err
	}
	left := make(map[string]bool)
	for line := range bytes.SplitSeq(out, []byte{0}) {
		if path, ok := bytes.CutPrefix(line, []byte("S ")); ok { // skip-worktree
			left[string(path)] = true
		}
	}
	return left, nil
}
