package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// A check is one run of the engine.
type check struct {
	opts Options
	env  goenv
	tmp  string // for files of this run

	modules    []module
	tree       tree
	aim        aim
	buildFlags []string // those of the options, but for -overlay
	overlay    overlay
	overlaid   bool // the overlay goes to the go command
	flags      vettool.Flags
	tracker    tracker
}

// prepare finds out what go vet needs to be told.
func (c *check) prepare(ctx context.Context) error {
	c.modules = c.env.mainModules()
	c.aim = aimOf(c.opts.Patterns, c.opts.Dir, c.env, c.modules)
	c.tree = walkModules(c.modules)
	for _, dir := range c.aim.dirs {
		c.tree.walk(dir, nil)
	}
	if err := c.prepareOverlay(); err != nil {
		return err
	}
	profiles, err := c.profiles()
	if err != nil {
		return err
	}
	c.flags = vettool.Flags{Findings: !c.opts.Heat, Heat: c.opts.Heat, Profiles: profiles, Config: c.opts.Config}
	for _, m := range c.modules {
		if !vettool.Local(m.Dir) {
			c.flags.Scope = append(c.flags.Scope, m.Path)
		}
	}
	return nil
}

func (c *check) prepareOverlay() error {
	_, given, err := takeFlag(splitFlags(c.env.GOFLAGS), "overlay")
	if err != nil {
		return err
	}
	flags, explicit, err := takeFlag(c.opts.BuildFlags, "overlay")
	if err != nil {
		return err
	}
	if explicit != "" {
		given = explicit
	}
	c.buildFlags = flags
	if c.overlay, err = readOverlay(given, c.opts.Dir); err != nil {
		return err
	}
	if !c.opts.Tests {
		c.overlay.hide(c.tree.tests)
	}
	c.overlaid = given != "" || !c.opts.Tests
	if !c.overlaid {
		return nil
	}
	return c.overlay.write(c.overlayFile())
}

// profiles returns the profiles that were given and the default.pgo of each main
// package, with the hashes of their contents.
func (c *check) profiles() ([]vettool.Hashed, error) {
	var hs []vettool.Hashed
	add := func(path string) error {
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.opts.Dir, path)
		}
		if slices.ContainsFunc(hs, func(h vettool.Hashed) bool { return h.Path == path }) {
			return nil
		}
		sum, err := hashFile(path)
		if err != nil {
			return fmt.Errorf("reading the profile: %w", err)
		}
		hs = append(hs, vettool.Hashed{Path: path, SHA256: sum})
		return nil
	}
	for _, p := range c.opts.Profiles {
		if err := add(p); err != nil {
			return nil, err
		}
	}
	for _, p := range c.tree.profiles {
		if !besideMain(p) {
			continue
		}
		if err := add(p); err != nil {
			return nil, err
		}
	}
	return hs, nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// besideMain reports whether a default.pgo is one that the go command would use.
func besideMain(profile string) bool {
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(profile), "*.go"))
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
		if err == nil && f.Name.Name == "main" {
			return true
		}
	}
	return false
}

// run checks the packages.
func (c *check) run(ctx context.Context) (*Result, error) {
	var (
		wg            sync.WaitGroup
		asked         packageSet
		vetted        vetted
		dead          []finding.Problem
		listed, ended error
	)
	list := func() {
		asked, listed = c.packages(ctx)
		c.tracker.ask(asked)
	}
	if !c.opts.NoCanary {
		wg.Go(func() { dead = c.canary(ctx) })
	}
	if c.aim.sure {
		wg.Go(list)
	} else {
		list()
		if err := c.widen(asked); err != nil {
			return nil, err
		}
	}
	stop := c.tracker.show(c.opts.Progress, c.progressFile())
	vetted, ended = c.vet(ctx)
	wg.Wait()
	stop()

	if ended != nil {
		return nil, ended
	}
	// What keeps packages from being listed keeps them from being checked.
	if listed != nil && len(vetted.problems) == 0 {
		return nil, listed
	}
	res := c.result(asked, vetted)
	res.Problems = append(res.Problems, dead...)
	return res, nil
}

// widen extends the scope to packages that lie in no directory of the user's.
func (c *check) widen(asked packageSet) error {
	for _, p := range asked {
		scope := p.module
		switch {
		case p.local:
			continue
		case scope == "":
			// Units of the standard library are the same to the go
			// command's cache whichever GOROOT they lie in.
			scope = "std@" + c.env.GOROOT
		}
		if !slices.Contains(c.flags.Scope, scope) {
			c.flags.Scope = append(c.flags.Scope, scope)
		}
		if !c.opts.Tests {
			var t tree
			t.read(p.dir)
			c.overlay.hide(t.tests)
		}
	}
	slices.Sort(c.flags.Scope)
	if !c.overlaid {
		return nil
	}
	return c.overlay.write(c.overlayFile())
}
