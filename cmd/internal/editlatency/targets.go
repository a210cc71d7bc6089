package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
)

// A target is a file to be edited.
type target struct {
	name      string // leaf, mid or core
	file      string // from the root of the module
	pkg       string // import path
	importers int    // packages of the module that import it, directly or not
}

// A listing is what the go command says of a package.
type listing struct {
	ImportPath, Dir string
	GoFiles         []string
	Deps            []string
}

// targets chooses files of a module.
func targets(ctx context.Context, module string) ([]target, error) {
	root, err := filepath.Abs(module)
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", module, err)
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-json=ImportPath,Dir,GoFiles,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages of %s: %w", module, err)
	}
	var pkgs []listing
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listing
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("listing the packages of %s: %w", module, err)
		}
		if len(p.GoFiles) > 0 {
			pkgs = append(pkgs, p)
		}
	}
	return choose(root, pkgs)
}

// choose returns the packages that fewest import, that most do, and one between
// them; of those alike the one that itself imports most, for it is the slowest.
func choose(root string, pkgs []listing) ([]target, error) {
	if len(pkgs) == 0 {
		return nil, fmt.Errorf("%s holds no Go package", root)
	}
	importers := make(map[string]int)
	for _, p := range pkgs {
		for _, dep := range p.Deps {
			importers[dep]++
		}
	}
	slices.SortFunc(pkgs, func(a, b listing) int {
		return cmp.Or(
			cmp.Compare(importers[a.ImportPath], importers[b.ImportPath]),
			cmp.Compare(len(b.Deps), len(a.Deps)),
			cmp.Compare(a.ImportPath, b.ImportPath),
		)
	})
	// The middle one is not among the leaves, of which there may be more than half.
	inner := slices.IndexFunc(pkgs, func(p listing) bool { return importers[p.ImportPath] > 0 })
	chosen := map[string]int{"leaf": 0, "mid": (max(inner, 0) + len(pkgs) - 1) / 2, "core": len(pkgs) - 1}
	var ts []target
	used := make(map[int]bool)
	for _, name := range []string{"leaf", "mid", "core"} {
		i := chosen[name]
		if used[i] {
			continue // a small module
		}
		used[i] = true
		p := pkgs[i]
		file, err := filepath.Rel(root, filepath.Join(p.Dir, p.GoFiles[0]))
		if err != nil {
			return nil, fmt.Errorf("looking for a file of %s: %w", p.ImportPath, err)
		}
		ts = append(ts, target{name, file, p.ImportPath, importers[p.ImportPath]})
	}
	return ts, nil
}
