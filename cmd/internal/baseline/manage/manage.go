package manage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Options are what the command line says.
type Options struct {
	Check check.Options
	// File is the baseline's, relative to the directory of the run; empty:
	// baseline.Name at the root of the module or the workspace.
	File   string
	Force  bool   // write: whatever the file holds
	Reason string // write: why findings that are not in the file are put up with
	Format string // show: text or json
}

// A command is one execution.
type command struct {
	Options
	out, err io.Writer
	root     string // of the module or the workspace
	path     string // of the file
	name     string // of the file, for a reader
	// survey is check.Survey, but in tests.
	survey func(context.Context, check.Options, io.Writer) (*check.Surveyed, error)
}

func newCommand(o Options, s check.Streams) (*command, error) {
	dir, err := filepath.Abs(o.Check.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("looking for the current directory: %w", err)
	}
	c := &command{Options: o, out: s.Out, err: s.Err, root: config.Root(dir, os.Getenv("GOWORK")), survey: check.Survey}
	switch c.path = o.File; {
	case c.path == "":
		c.path = filepath.Join(c.root, baseline.Name)
	case !filepath.IsAbs(c.path):
		c.path = filepath.Join(dir, c.path)
	}
	c.name = report.Short(here, c.path)
	return c, nil
}

// load reads the file.
func (c *command) load() (*baseline.File, error) {
	f, err := baseline.Load(c.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no baseline %s: lagvet baseline write makes one: %w", c.name, err)
	}
	return f, err
}

// Write records what is found, and returns the exit code. Reasons stay with the
// findings that they were given for. An error is one of usage or configuration,
// or of the file; then the file is as it was.
func Write(ctx context.Context, o Options, s check.Streams) (code int, err error) {
	c, err := newCommand(o, s)
	if err != nil {
		return report.Usage, err
	}
	return c.write(ctx)
}

func (c *command) write(ctx context.Context) (code int, err error) {
	old, err := c.load()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		old = new(baseline.File)
	case errors.Is(err, baseline.ErrUnreadable) && c.Force:
		fmt.Fprintf(c.err, "lagvet: %v; it is written anew, without the reasons it held\n", err)
		old = new(baseline.File)
	case err != nil:
		return report.Usage, err
	}
	found, code, err := c.look(ctx)
	if found == nil {
		return code, err
	}
	m := match(old, found)
	for i, j := range m.Pairs {
		if j >= 0 {
			m.Now[i].Reason = old.Entries[j].Reason
		} else {
			m.Now[i].Reason = c.Reason
		}
	}
	f := &baseline.File{
		Lagvet: found.Tool.Version, Go: found.Result.Toolchain, GOOS: found.Result.GOOS, GOARCH: found.Result.GOARCH,
		Entries: slices.Concat(m.Now, m.waiting), Costs: baseline.CostsOf(found.Result.Ledger),
	}
	if err := f.Save(c.path); err != nil {
		return report.Usage, err
	}
	fmt.Fprintf(c.out, "%s: %s, %d of them new", c.name, count(len(m.Now), "finding"), len(m.Fresh))
	if n := len(m.Gone); n > 0 {
		fmt.Fprintf(c.out, "; %d that it held no longer occur", n)
	}
	c.waiting(m)
	fmt.Fprintln(c.out)
	return report.Clean, nil
}

// A matched says what has become of a baseline.
type matched struct {
	baseline.Result // without waiting ones in Gone
	// waiting are entries whose findings are there, and are not reported: as in a
	// run without the profile that makes their code hot.
	waiting []baseline.Entry
}

func match(old *baseline.File, found *check.Surveyed) matched {
	src := baseline.Disk(found.Root)
	m := matched{Result: baseline.Match(old.Entries, found.Findings, src)}
	unshown := baseline.Match(m.Gone, found.Unshown, src)
	for _, j := range unshown.Pairs {
		if j >= 0 {
			m.waiting = append(m.waiting, m.Gone[j])
		}
	}
	m.Gone = unshown.Gone
	return m
}

// waiting says how many entries are kept that are not reported.
func (c *command) waiting(m matched) {
	if n := len(m.waiting); n > 0 {
		fmt.Fprintf(c.out, "; %d kept that are not reported now: their code is not hot by what this run was told, or their tier is not shown", n)
	}
}

// Prune drops what is no longer found, says what that is, and returns the exit
// code. What is found under another name, or elsewhere, is brought up to date.
// Errors are as those of Write.
func Prune(ctx context.Context, o Options, s check.Streams) (code int, err error) {
	c, err := newCommand(o, s)
	if err != nil {
		return report.Usage, err
	}
	return c.prune(ctx)
}

func (c *command) prune(ctx context.Context) (code int, err error) {
	old, err := c.load()
	if err != nil {
		return report.Usage, err
	}
	found, code, err := c.look(ctx)
	if found == nil {
		return code, err
	}
	m := match(old, found)
	kept := *old
	kept.Entries = m.waiting
	moved := 0
	for i, j := range m.Pairs {
		if j < 0 {
			continue
		}
		e := m.Now[i]
		e.Reason = old.Entries[j].Reason
		if e.Func != old.Entries[j].Func || e.File != old.Entries[j].File {
			moved++
		}
		kept.Entries = append(kept.Entries, e)
	}
	for _, e := range m.Gone {
		fmt.Fprintln(c.out, line(&e))
	}
	if err := kept.Save(c.path); err != nil {
		return report.Usage, err
	}
	fmt.Fprintf(c.out, "%s: %d no longer occur and were removed, %s left", c.name, len(m.Gone), count(len(kept.Entries), "finding"))
	if moved > 0 {
		fmt.Fprintf(c.out, " (%d of them in another place)", moved)
	}
	c.waiting(m)
	fmt.Fprintln(c.out)
	return report.Clean, nil
}

// look checks the module. If it returns nothing, the code says why.
func (c *command) look(ctx context.Context) (found *check.Surveyed, code int, err error) {
	o := c.Check
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, report.Usage, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	if !check.SameDir(o.Dir, c.root) {
		return nil, report.Usage, fmt.Errorf("a baseline is of all that the module, or the workspace, holds: run this in %s", c.root)
	}
	found, err = c.survey(ctx, o, c.err)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintf(c.err, "lagvet: interrupted: %s is as it was\n", c.name)
		return nil, report.Unchecked, nil
	case err != nil:
		return nil, report.Usage, err
	case len(found.Problems) == 0:
		return found, report.Clean, nil
	}
	if err := report.Problems(c.err, found.Report, false); err != nil {
		return nil, report.Unchecked, err
	}
	fmt.Fprintf(c.err, "lagvet: %s is as it was: what was not checked would be missing in it\n", c.name)
	return nil, report.Unchecked, nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
