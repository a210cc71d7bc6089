package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/allowage"
	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/ledger"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/revision"
)

// Against says what a gate compares with: at least one of the two.
type Against struct {
	Base     string // a commit, compared with where HEAD went apart from it
	Baseline string // a file of known findings
}

// Gate checks packages for what is new against an older version, prints it, and
// returns the exit code. An error is one of usage or configuration.
func Gate(ctx context.Context, o Options, a Against, s Streams) (code int, err error) {
	r := &run{Options: o, streams: s, engine: engine.Run, toolchain: engine.Toolchain}
	if err := r.prepare(); err != nil {
		return report.Usage, err
	}
	start := time.Now()
	rep, err := r.gate(ctx, a)
	if err != nil {
		return r.failed(ctx, err)
	}
	rep.Elapsed = time.Since(start)
	return rep.ExitCode(), Print(rep, r.Options, r.streams)
}

func (r *run) gate(ctx context.Context, a Against) (*report.Report, error) {
	known, err := r.known(a.Baseline)
	if err != nil {
		return nil, err
	}
	base, err := r.base(ctx, a.Base)
	if e, ok := errors.AsType[*revision.Error](err); ok {
		return r.unchecked(finding.Problem{Message: "nothing was checked: " + e.Message, Remedy: e.Remedy}), nil
	}
	if err != nil {
		return nil, err
	}
	rep, res, err := r.analyse(ctx)
	if err != nil {
		return nil, err
	}
	rep.Gate = new(report.Gate)
	all := rep.Findings
	if base != nil {
		if err := r.since(ctx, base, rep, res); err != nil {
			return nil, err
		}
	}
	if known != nil {
		r.beside(known, all, rep, res)
	}
	r.letPass(rep)
	return rep, nil
}

// letPass sets apart what the policy does not fail a gate for.
func (r *run) letPass(rep *report.Report) {
	least := r.policy.Policy.Gate
	rep.Gate.Prune = least.Prune
	fresh := rep.Findings
	rep.Findings = nil
	for _, f := range fresh {
		if less(config.Severities(), f.Severity, least.Severity) || less(config.Tiers(), f.Tier, least.Tier) {
			rep.Gate.Minor = append(rep.Gate.Minor, f)
		} else {
			rep.Findings = append(rep.Findings, f)
		}
	}
}

// less reports whether value stands before least in order. Nothing is before "".
func less(order []string, value, least string) bool {
	return slices.Index(order, value) < slices.Index(order, least)
}

// base returns the version that ref names, or nil if it names none.
func (r *run) base(ctx context.Context, ref string) (*revision.Base, error) {
	if ref == "" {
		return nil, nil
	}
	return revision.Find(ctx, r.Dir, ref, r.profiles()...)
}

// since compares with an older version.
func (r *run) since(ctx context.Context, base *revision.Base, rep *report.Report, res *engine.Result) error {
	rep.Gate.Against, rep.Gate.Commit = base.Ref+" at "+base.Short(), base.Commit
	r.unlike(rep, base)
	switch {
	case !base.Touches(r.Tests, r.profiles()...):
		r.same(rep)
		return nil
	case len(rep.Findings) == 0 && len(res.Ledger) == 0:
		return nil // nothing can be new
	}
	older, done, err := r.older(ctx, base)
	defer done()
	if e, ok := errors.AsType[*revision.Error](err); ok {
		r.doubts(rep, []finding.Problem{{Message: e.Message, Remedy: e.Remedy}}, base)
		return nil
	}
	if err != nil {
		return err
	}
	old, oldRes, err := older.analyse(ctx)
	if err != nil {
		return err
	}
	was := sourceOf(base, rep.Root)
	subtract(rep, baseline.EntriesOf(old.Findings, was))
	r.doubts(rep, old.Problems, base)
	if len(old.Problems) > 0 {
		return nil
	}
	books := oldRes.Ledger
	if len(res.Ledger)+len(books) > 0 {
		var note string
		if books, note, err = older.asThen(ctx, base, oldRes); err != nil {
			return err
		}
		if note != "" {
			rep.Notes = append(rep.Notes, report.Note{Place: finding.Place{File: res.ToolchainFile}, Message: note})
		}
	}
	rep.Gate.Changes = ledger.Split(books, oldRes.Ledger, res.Ledger, existence(base, was, slices.Equal(oldRes.ModulePaths, res.ModulePaths)))
	return nil
}

// asThen returns what the base's hot functions cost under the toolchain that the
// base asks for, or else a note that says why that is not known. Most often it is
// the toolchain of today, with which now was found out.
func (r *run) asThen(ctx context.Context, base *revision.Base, now *engine.Result) (books []finding.Ledger, note string, err error) {
	text := base.Texts[now.ToolchainFile]
	if text == nil {
		return now.Ledger, "", nil
	}
	const unknown = "what the compiler changed is not told from what the code changed, for %s asks for a toolchain that cannot be asked: %s"
	name, err := r.toolchain(ctx, r.engineOptions(), now.ToolchainFile, text)
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case err != nil:
		return now.Ledger, fmt.Sprintf(unknown, base.Ref, err), nil
	case name == now.Toolchain:
		return now.Ledger, "", nil
	}
	then := *r
	then.env = append(then.env[:len(then.env):len(then.env)], "GOTOOLCHAIN="+name)
	res, err := then.engine(ctx, then.engineOptions())
	switch {
	case err != nil:
		return nil, "", err
	case len(res.Problems) > 0:
		return now.Ledger, fmt.Sprintf(unknown, base.Ref, res.Problems[0].Message), nil
	}
	return res.Ledger, "", nil
}

// sourceOf returns the source of the base.
func sourceOf(base *revision.Base, root string) baseline.Source {
	return baseline.Source{Root: root, Read: func(file string) ([]byte, error) {
		text, changed := base.Texts[file]
		switch {
		case !changed:
			return os.ReadFile(file)
		case text == nil:
			return nil, os.ErrNotExist
		}
		return text, nil
	}}
}

// existence tells which functions each side has, hot or not: of those whose file
// did not change, both have all. Where modules have other names, so do all functions,
// and none is on both sides.
func existence(base *revision.Base, was baseline.Source, sameModules bool) ledger.Options {
	if !sameModules {
		none := func(*finding.Ledger) bool { return false }
		return ledger.Options{InBase: none, InHead: none}
	}
	declares := func(src baseline.Source) func(l *finding.Ledger) bool {
		return func(l *finding.Ledger) bool {
			if _, changed := base.Texts[l.Start.File]; !changed || src.Declares(l.Start.File, l.Func) {
				return true
			}
			for file := range base.Texts {
				if filepath.Dir(file) == filepath.Dir(l.Start.File) && strings.HasSuffix(file, ".go") && src.Declares(file, l.Func) {
					return true
				}
			}
			return false
		}
	}
	return ledger.Options{InBase: declares(was), InHead: declares(baseline.Disk(was.Root))}
}

// same is for a change of which findings cannot depend. What has grown too old since
// is new all the same, see [run.limits].
func (r *run) same(rep *report.Report) {
	found := rep.Findings
	rep.Findings = nil
	for _, f := range found {
		if f.Cause == allowage.Cause {
			rep.Findings = append(rep.Findings, f)
		} else {
			rep.Gate.Known = append(rep.Gate.Known, f)
		}
	}
}

// profiles returns the absolute paths of the profiles that were named.
func (r *run) profiles() []string {
	var paths []string
	for _, p := range slices.Concat(r.policy.Profile, r.Profiles) {
		paths = append(paths, r.inDir(p))
	}
	return paths
}

// older returns the run that checks the base, by the rules of today: what a new
// rule finds in old code is not new. What it needs is removed by done.
func (r *run) older(ctx context.Context, base *revision.Base) (o *run, done func(), err error) {
	o = r.before(base)
	if base.InPlace() {
		o.Overlay = base.Texts
		return o, func() {}, nil
	}
	if !below(r.Dir, base.Root()) {
		return nil, func() {}, &revision.Error{
			Message: fmt.Sprintf("%s leads into %s by a link, and so does not tell where the directories of the base belong", r.Dir, base.Root()),
			Remedy:  "run lagvet in the repository itself",
		}
	}
	tmp, done, err := engine.Workplace(base.Root())
	if err != nil {
		return nil, func() {}, err
	}
	if err := base.Extract(ctx, engine.StandIn(tmp, base.Root())); err != nil {
		return nil, done, err
	}
	o.moveTo(tmp, base.Root())
	return o, done, nil
}

// moveTo has the run look at what stands in the directory tmp for what is below root.
func (r *run) moveTo(tmp, root string) {
	moved := func(path string) string {
		if !below(path, root) {
			return path
		}
		return engine.StandIn(tmp, path)
	}
	// A profile that was not there then counts as it is.
	at := func(path string) string {
		path = r.inDir(path)
		if _, err := os.Stat(moved(path)); err != nil {
			return path
		}
		return moved(path)
	}
	c := *r.policy.Config
	c.Root = moved(c.Root)
	c.Profile = mapped(c.Profile, at)
	r.policy.Config = &c
	r.Profiles = mapped(r.Profiles, at)
	r.Patterns = mapped(r.Patterns, func(p string) string {
		if filepath.IsAbs(p) {
			return moved(p)
		}
		return p
	})
	if work := os.Getenv("GOWORK"); filepath.IsAbs(work) {
		r.env = append(r.env[:len(r.env):len(r.env)], "GOWORK="+moved(work))
	}
	r.Dir = moved(r.Dir)
}

// below reports whether a path is dir or lies in it.
func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func mapped(paths []string, f func(string) string) []string {
	var to []string
	for _, p := range paths {
		to = append(to, f(p))
	}
	return to
}

// before returns a run over what base has.
func (r *run) before(base *revision.Base) *run {
	o := *r
	o.past = true
	o.evidence = nil  // of the program as it is now
	o.NoCanary = true // it has sung for the same tool and configuration
	o.streams = Streams{Out: io.Discard, Err: io.Discard}
	if r.Progress != nil {
		o.Progress = func(status string) {
			if status != "" {
				status = base.Ref + ": " + status
			}
			r.Progress(status)
		}
	}
	return &o
}

// subtract leaves those findings that are not among the old ones.
func subtract(rep *report.Report, old []baseline.Entry) {
	res := baseline.Match(old, rep.Findings, baseline.Disk(rep.Root))
	rep.Findings, rep.Gate.Known = res.Fresh, res.Known
	for _, e := range res.Gone {
		rep.Gate.Fixed = append(rep.Gate.Fixed, e.Gone(rep.Root))
	}
}

// doubts tells what could not be checked in the base. It matters only if there
// are findings, of which some may then be old.
func (r *run) doubts(rep *report.Report, of []finding.Problem, base *revision.Base) {
	if len(rep.Findings) == 0 {
		return
	}
	for _, p := range of {
		p.Message = fmt.Sprintf("what is new may be old, for %s could not be checked: %s", base.Ref, p.Message)
		rep.Problems = append(rep.Problems, p)
	}
}

// unlike tells what of the difference a comparison of texts cannot see, and that
// both sides are judged by a configuration that has changed.
func (r *run) unlike(rep *report.Report, base *revision.Base) {
	if len(base.Unlike) > 0 {
		rep.Notes = append(rep.Notes, report.Note{Message: fmt.Sprintf(
			"links and submodules that differ from %s were taken as they are now: %s", base.Ref, strings.Join(base.Unlike, ", "))})
	}
	if c := r.policy.Config; c.Path != "" {
		file := filepath.Join(c.Dir, filepath.Base(c.Path))
		if slices.Contains(base.Changed, file) {
			rep.Notes = append(rep.Notes, report.Note{Place: finding.Place{File: file},
				Message: fmt.Sprintf("differs from %s: both sides were judged by the configuration as it is now", base.Ref)})
		}
	}
}

// unchecked is the report of a run that could not begin.
func (r *run) unchecked(p finding.Problem) *report.Report {
	return &report.Report{Tool: report.ThisTool(), Dir: r.here, Root: repository(r.Dir), Rules: r.rules, Problems: []finding.Problem{p}, HotKnown: true}
}
