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

// InPlace reports whether the base can be built through an overlay. If not, it takes a
// directory of its own, see [Base.Extract]: the go command reads the list of vendored
// modules, vendor/modules.txt, past an overlay, and it vets a package in the package's
// directory, which must be there.
func (b *Base) InPlace() bool {
	for file, text := range b.Texts {
		if modulesTxt(file) {
			return false
		}
		if text == nil || filepath.Ext(file) != ".go" {
			continue
		}
		if _, err := os.Stat(filepath.Dir(file)); errors.Is(err, os.ErrNotExist) {
			return false
		}
	}
	return true
}

func modulesTxt(file string) bool {
	return filepath.Base(file) == "modules.txt" && filepath.Base(filepath.Dir(file)) == "vendor"
}

// Root returns the absolute path of the working tree.
func (b *Base) Root() string { return b.repository.root }

// Extract writes the files of the base to the directory dir, which must not exist: all
// that git keeps, but for what a sparse checkout leaves out, and of what it ignores
// that which is compiled, for generated code is on both sides. Files that are neither
// compiled nor named are empty, as in Texts.
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
		mode, path, ok := strings.Cut(string(entry), "\t")
		switch {
		case !ok || left[path]:
		case b.needs(at.at(path)) || strings.HasPrefix(mode, symlink):
			entries.Write(entry)
			entries.WriteByte(0)
		case !strings.HasPrefix(mode, submodule):
			if err := write(filepath.Join(dir, filepath.FromSlash(path)), nil); err != nil {
				return fmt.Errorf("writing the files of %s: %w", b.Commit, err)
			}
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
	return at.addIgnored(ctx, dir)
}

// addIgnored copies what git ignores and the go command compiles.
func (r repository) addIgnored(ctx context.Context, dir string) error {
	out, err := r.Run(ctx, nil, "ls-files", "-z", "--others", "--ignored", "--exclude-standard")
	if err != nil {
		return unreadable(fmt.Errorf("looking for ignored files: %w", err))
	}
	for path := range strings.SplitSeq(string(out), "\x00") {
		if !compiled(path) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(path)))
		if errors.Is(err, os.ErrNotExist) {
			continue // a link to nowhere, or removed meanwhile
		}
		if err != nil {
			return fmt.Errorf("copying ignored files: %w", err)
		}
		if err := write(filepath.Join(dir, filepath.FromSlash(path)), text); err != nil {
			return fmt.Errorf("copying ignored files: %w", err)
		}
	}
	return nil
}

func write(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
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
