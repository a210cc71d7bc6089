package engine

import (
	"context"
	"crypto/rand"
	"slices"
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
	profiles   []profile
	flags      vettool.Flags
	problems   []finding.Problem // that were found before anything was run
	tracker    *tracker
}

// prepare finds out what go vet needs to be told.
func (c *check) prepare(ctx context.Context) error {
	c.modules = c.env.mainModules(c.opts.Overlay)
	c.aim = aimOf(c.opts.Patterns, c.opts.Dir, c.env, c.modules)
	for _, m := range c.modules {
		c.tree.walk(m.Dir)
	}
	for _, dir := range c.aim.dirs {
		c.tree.walk(dir)
	}
	if err := c.prepareOverlay(); err != nil {
		return err
	}
	if err := c.readProfiles(); err != nil {
		return err
	}
	c.flags = vettool.Flags{Findings: !c.opts.Heat, Heat: c.opts.Heat, NoCompiler: c.opts.NoCompiler, Config: c.opts.Config, Anew: anewWord()}
	if c.opts.Anew {
		c.flags.Anew = rand.Text()
	}
	if !c.opts.Heat {
		c.flags.Config = planted(c.opts.Config)
	}
	for _, p := range c.profiles {
		c.flags.Profiles = append(c.flags.Profiles, p.Hashed)
	}
	for _, m := range c.modules {
		if !c.opts.Heat && !vettool.Local(m.Dir) {
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
	if err := c.overlay.standIn(c.opts.Overlay, c.tmp); err != nil {
		return err
	}
	if !c.opts.Tests {
		c.overlay.hide(c.tree.tests)
	}
	c.overlaid = !c.opts.Tests || len(c.overlay.Replace) > 0
	if !c.overlaid {
		return nil
	}
	return c.overlay.write(c.overlayFile())
}

// run checks the packages.
func (c *check) run(ctx context.Context) (*Result, error) {
	var (
		wg            sync.WaitGroup
		asked         packageSet
		said          vetted
		silent        []string // rules that the canary does not wake
		deaf          error
		listed, ended error
	)
	list := func() {
		asked, listed = c.packages(ctx)
		c.tracker.ask(asked)
	}
	if c.aim.sure {
		wg.Go(list)
	} else {
		list()
		if err := c.widen(asked); err != nil {
			return nil, err
		}
	}
	begun, over := c.tracker.started(), make(chan struct{})
	if c.opts.Timings {
		begun = over // what it analysed first of what both import would not be timed
	}
	if !c.opts.NoCanary && !c.opts.Heat {
		wg.Go(func() { silent, deaf = c.canary(ctx, begun) })
	}
	stop := c.tracker.show(c.opts.Progress, c.progressFile())
	said, ended = c.vet(ctx)
	c.tracker.start()
	close(over)
	wg.Wait()
	if ended == nil && listed == nil && said.lacks(asked) {
		said, ended = c.again(ctx, asked)
	}
	stop()

	if ended != nil {
		return nil, ended
	}
	// What keeps packages from being listed keeps them from being checked.
	if listed != nil && len(said.problems) == 0 {
		return nil, listed
	}
	res := c.result(asked, said)
	res.Problems = append(res.Problems, c.problems...)
	res.Problems = append(res.Problems, c.strangers(asked)...)
	res.Problems = append(res.Problems, c.dead(silent, deaf, len(res.Problems) > 0)...)
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
		if !c.opts.Heat && !slices.Contains(c.flags.Scope, scope) {
			c.flags.Scope = append(c.flags.Scope, scope)
		}
		// The go command wants no overlay in the module cache: there test
		// files are looked at whether they are asked for or not.
		if _, cached := within(p.dir, c.env.GOMODCACHE); !c.opts.Tests && !cached {
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
