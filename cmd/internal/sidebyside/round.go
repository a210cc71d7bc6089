package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// round runs every tool once in each phase.
func (b *bench) round(ctx context.Context, empty bool) error {
	for _, tests := range []bool{false, true} {
		for _, t := range b.tools {
			if empty {
				if err := b.phases(ctx, t, tests, false); err != nil {
					return err
				}
			}
			if err := b.phases(ctx, t, tests, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// warmRuns is how often a warm run is timed in a round: it takes a fraction of a
// second, of which a single one tells little.
const warmRuns = 7

// phases times t cold, warm and after an edit, each tool with caches of its own;
// from empty caches only the first.
func (b *bench) phases(ctx context.Context, t tool, tests, compiled bool) error {
	cache, err := os.MkdirTemp(b.tmp, "cache")
	if err != nil {
		return fmt.Errorf("making a cache: %w", err)
	}
	defer os.RemoveAll(cache)
	if compiled {
		if err := linkTree(cache, b.compiled); err != nil {
			return err
		}
	}
	dir := b.module
	if t.stripped && !tests {
		dir = b.stripped
	}
	one := func(phase string) error {
		s, err := measure(ctx, dir, cache, t.args(tests, b.pattern))
		if err != nil {
			return fmt.Errorf("%s, %s: %w", t.name, phase, err)
		}
		k := key{t.name, tests, phase}
		b.samples[k] = append(b.samples[k], s)
		return nil
	}
	if !compiled {
		return one("empty")
	}
	if err := one("cold"); err != nil {
		return err
	}
	for range warmRuns {
		if err := one("warm"); err != nil {
			return err
		}
	}
	restore, err := addLine(filepath.Join(dir, b.largest))
	if err != nil {
		return err
	}
	defer restore()
	return one("edit")
}

// addLine adds a declaration to a file and returns what takes it away again.
func addLine(file string) (restore func() error, err error) {
	return addText(file, "\nvar _ = 1\n")
}

func addText(file, text string) (restore func() error, err error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("editing: %w", err)
	}
	edited := append(src[:len(src):len(src)], text...)
	if err := os.WriteFile(file, edited, 0o644); err != nil {
		return nil, fmt.Errorf("editing: %w", err)
	}
	return func() error { return os.WriteFile(file, src, 0o644) }, nil
}

// linkTree makes dst a copy of src whose files are hard links: files of the build
// cache are named after what they hold, so nothing else is ever written to them.
func linkTree(dst, src string) error {
	err := filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dst, rel), 0o755)
		}
		return os.Link(path, filepath.Join(dst, rel))
	})
	if err != nil {
		return fmt.Errorf("copying the cache: %w", err)
	}
	return nil
}
