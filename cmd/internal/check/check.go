package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/allowage"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/evidence"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/fix"
	"github.com/lagvet/lagvet/cmd/internal/policy"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// Options are what the command line says.
type Options struct {
	Patterns   []string // empty: ./...
	Dir        string   // where to run; the paths below are relative to it. Empty: here
	Tests      bool     // check test files too
	BuildFlags []string // for the go command
	Profiles   []string
	Config     string   // empty: the nearest .lagvet.yml
	Format     string   // one of Formats
	Output     string   // empty: standard output
	Reports    []string // more of them, each FORMAT=FILE: see ReportFormats
	Fix, Diff  bool
	Tier       string   // the lowest shown; empty: as configured
	Rules      []string // only these; empty: as configured
	Disable    []string
	NoCanary   bool
	Timings    bool // tell what the analysis took, by rule
	Anew       bool // analyse what is cached too
	// Timesheets asks what the packages answer and ask, too: see [report.Report].
	Timesheets bool
	// Overlay holds texts that are checked in the place of files, by absolute path.
	Overlay map[string][]byte
	// OnlyCompiler leaves out what a host finds that does not run the compiler.
	OnlyCompiler bool
	Strict       bool // what cannot be told breaks a contract; false: as configured
	// Evidence holds profiles and traces of the running program, which findings
	// are joined with and ranked by, and Binary the executable that they were
	// taken from, if it is at hand.
	Evidence []string
	Binary   string
	Tool     string // the executable that go vet runs; empty: this one

	Color    bool                // in what goes to standard output
	Progress func(status string) // told how far a long run has come, and "" when it is over; or nil
}

// Streams are what a command writes to.
type Streams struct {
	Out, Err io.Writer
}

// A run is one execution of the command.
type run struct {
	Options
	streams Streams
	here    string // the directory lagvet was started in
	policy  policy.Policy
	rules   []report.Rule // that are on
	onlyIn  bool          // why: look at nothing but the patterns
	env     []string      // gate: added to the environment of the go command
	past    bool          // gate: this is the run over the base
	// evidence is nil if none was given.
	evidence *evidence.Set
	// engine is engine.Run, declared engine.Declarations, and toolchain
	// engine.Toolchain, but in tests.
	engine    func(context.Context, engine.Options) (*engine.Result, error)
	declared  func(ctx context.Context, o engine.Options, names []string, all bool) ([]engine.Declared, error)
	toolchain func(ctx context.Context, o engine.Options, file string, text []byte) (string, error)
}

// Run checks packages and returns the exit code. An error is one of usage or
// configuration.
func Run(ctx context.Context, o Options, s Streams) (code int, err error) {
	r := &run{Options: o, streams: s, engine: engine.Run}
	if err := r.prepare(); err != nil {
		return report.Usage, err
	}
	return r.check(ctx)
}

// Report checks packages and returns what there is to say of them, for a caller
// that shows it in a way of its own; what the go command says besides goes to
// notes. An error is one of usage or configuration, or that of the context.
func Report(ctx context.Context, o Options, notes io.Writer) (*report.Report, error) {
	o.Format = "text"
	r := &run{Options: o, streams: Streams{Err: notes}, engine: engine.Run}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	rep, _, err := r.analyse(ctx)
	return rep, err
}

// prepare finds fault with the options, and reads the configuration.
func (r *run) prepare() error {
	var err error
	if r.here, err = os.Getwd(); err != nil {
		return fmt.Errorf("looking for the current directory: %w", err)
	}
	if r.Dir, err = filepath.Abs(r.Dir); err != nil {
		return fmt.Errorf("looking for the directory to run in: %w", err)
	}
	if fi, err := os.Stat(r.Dir); err != nil || !fi.IsDir() {
		return fmt.Errorf("%s is no directory", r.Dir)
	}
	if len(r.Patterns) == 0 {
		r.Patterns = []string{"./..."}
	}
	if err := config.OneOf("--format", r.Format, Formats()); err != nil {
		return err
	}
	if err := config.OneOf("--tier", r.Tier, config.Tiers()); r.Tier != "" && err != nil {
		return err
	}
	if r.Diff && r.Format != "text" {
		return fmt.Errorf("--diff prints a diff, so it cannot print %s too", r.Format)
	}
	if r.Diff && len(r.Reports) > 0 {
		return fmt.Errorf("--diff prints a diff, so it cannot write --report %s too", r.Reports[0])
	}
	if _, err := r.targets(); err != nil {
		return err
	}
	if r.Binary != "" && len(r.Evidence) == 0 {
		return errors.New("--binary says what --evidence was taken from, and there is none")
	}
	if err := r.configure(); err != nil {
		return err
	}
	return r.openEvidence()
}

func (r *run) configure() error {
	rules := analyzers.Catalogue()
	c := &config.Config{Dir: r.Dir}
	path, err := r.configPath()
	if err != nil {
		return err
	}
	if path != "" {
		if c, err = config.Load(path, rules); err != nil {
			return err
		}
	}
	c.Strict = c.Strict || r.Strict
	r.policy = policy.Policy{Config: c, Tier: r.Tier, Only: r.Rules, Disable: r.Disable}
	if err := r.policy.CheckRules(rules); err != nil {
		return err
	}
	for _, rule := range report.Rules(rules) {
		if r.policy.On(rule.Name) {
			r.rules = append(r.rules, rule)
		}
	}
	if r.policy.On(finding.DirectiveRule) {
		r.rules = append(r.rules, report.DirectiveRule())
	}
	return nil
}

// configPath returns the path of the configuration as a reader would write it.
func (r *run) configPath() (string, error) {
	path := r.Config
	if path == "" {
		var err error
		if path, err = config.Find(r.Dir, os.Getenv("GOWORK")); path == "" {
			return "", err
		}
	}
	return report.Short(r.here, r.inDir(path)), nil
}

// inDir returns the path that a flag gives, relative to the directory of the run.
func (o *Options) inDir(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(o.Dir, path)
}

func (r *run) check(ctx context.Context) (code int, err error) {
	start := time.Now()
	rep, res, err := r.analyse(ctx)
	if err != nil {
		return r.failed(ctx, err)
	}
	if r.Fix || r.Diff {
		plan := fix.New(rep.Findings, fix.Options{Since: start, Modules: res.Modules})
		if r.Diff {
			code, err = r.diff(rep, plan)
			return code, errors.Join(err, report.Timings(r.streams.Err, rep.Timings))
		}
		if rep, err = r.mend(ctx, rep, plan); err != nil {
			return r.failed(ctx, err)
		}
	}
	rep.Elapsed = time.Since(start)
	err = Print(rep, r.Options, r.streams)
	if r.Format != "json" { // which holds them
		err = errors.Join(err, report.Timings(r.streams.Err, rep.Timings))
	}
	return rep.ExitCode(), err
}

// failed tells an interrupted run from a wrong command line.
func (r *run) failed(ctx context.Context, err error) (int, error) {
	if ctx.Err() != nil {
		fmt.Fprintln(r.streams.Err, "lagvet: interrupted: nothing is said of the packages")
		return report.Unchecked, nil
	}
	return report.Usage, err
}

// analyse has the engine look and the policy judge.
func (r *run) analyse(ctx context.Context) (*report.Report, *engine.Result, error) {
	res, err := r.engine(ctx, r.engineOptions())
	if err != nil {
		return nil, nil, err
	}
	for _, note := range res.Notes {
		fmt.Fprintln(r.streams.Err, note)
	}
	r.limits(ctx, res)
	describe(res.Findings)
	finding.Identify(res.Findings)
	if r.OnlyCompiler {
		if err := r.onlyCompiler(ctx, res); err != nil {
			return nil, nil, err
		}
	}
	v := r.policy.Apply(res.Findings)
	root := repository(r.Dir)
	rep := &report.Report{
		Tool:     report.ThisTool(),
		Dir:      r.here,
		Root:     root,
		Links:    linksOf(root, os.Getenv),
		Folders:  folders(res),
		Rules:    r.rules,
		Findings: v.Findings,
		Silenced: v.Silenced,
		Problems: res.Problems,
		Notes:    r.notes(v.Unused, len(res.Problems) == 0),
		Packages: res.Packages,
		Cached:   res.Cached,
		Waiting:  v.Waiting,
		Hidden:   v.Hidden,
		Assumed:  slices.Concat(assumptions(r.policy.Config), res.Assumed),
		HotKnown: res.Cold < res.Packages || res.Packages == 0,
		Timings:  res.Timings,

		Timesheets: res.Timesheets,
	}
	r.measure(ctx, rep, res)
	return rep, res, nil
}

// limits adds what the configuration limits and the engine does not look at: the age
// of allows. It tells, too, of limits that hold nobody today.
func (r *run) limits(ctx context.Context, res *engine.Result) {
	if r.past {
		return // what has grown too old since is not excused by what it was then
	}
	res.Problems = append(res.Problems, r.dead(res)...)
	limit := r.policy.Policy.Allow.MaxAge
	// An editor's text has lines that git does not know.
	if limit == 0 || !r.policy.On("policy") || r.OnlyCompiler || len(r.Overlay) > 0 {
		return
	}
	old, unknown := allowage.Find(ctx, res.Allows, allowage.Options{Max: limit, Now: time.Now()})
	res.Findings = append(res.Findings, old...)
	finding.Sort(res.Findings)
	res.Problems = append(res.Problems, unknown...)
}

// dead returns the budgets that name no function, and the policies that cover no
// file. A budget may be of a function that was not looked at unless the run looks at
// all there is.
func (r *run) dead(res *engine.Result) []finding.Problem {
	var ps []finding.Problem
	for i, p := range r.policy.Packages {
		if r.policy.On("policy") && !p.Exists(r.policy.Dir) {
			ps = append(ps, finding.Problem{
				Place:   finding.Place(r.policy.PackagesAt(i)),
				Message: fmt.Sprintf("the policy for %s covers no Go file, so it holds nobody", p.Path),
				Remedy:  "correct its path, which is relative to the folder of the configuration, or remove it",
			})
		}
	}
	if !r.whole() || !r.policy.On("budget") || len(res.Problems) > 0 {
		return ps
	}
	for i, named := range res.Budgets {
		if !named {
			ps = append(ps, finding.Problem{
				Place:   finding.Place(r.policy.BudgetAt(i)),
				Message: fmt.Sprintf("the budget of %s names no function of the packages that were checked, so it holds nobody", r.policy.Budgets[i].Func),
				Remedy:  "correct the name, which lagvet why prints in full, or remove the budget",
			})
		}
	}
	return ps
}

func (r *run) engineOptions() engine.Options {
	return engine.Options{
		Dir:        r.Dir,
		Patterns:   r.Patterns,
		Tests:      r.Tests,
		BuildFlags: r.BuildFlags,
		Profiles:   slices.Concat(r.policy.Profile, r.Profiles),
		Config:     r.policy.Analysis,
		Disabled:   r.disabled(),
		Progress:   r.Progress,
		NoCanary:   r.NoCanary,
		Timings:    r.Timings,
		Anew:       r.Anew,
		Overlay:    r.Overlay,
		Timesheets: r.Timesheets,
		Env:        r.env,
		Tool:       r.Tool,
	}
}

func (r *run) disabled() []string {
	var off []string
	for _, rule := range analyzers.Catalogue() {
		if !r.policy.On(rule.Name) {
			off = append(off, rule.Name)
		}
	}
	return off
}

// assumptions returns what the configuration says that functions do.
func assumptions(c *config.Config) []finding.Assumption {
	var as []finding.Assumption
	for i, a := range c.Assume {
		as = append(as, finding.Assumption{Place: finding.Place(c.AssumedAt(i)), Func: a.Func, Effects: a.Effects, Reason: a.Reason})
	}
	return as
}

// describe fills in what the engine, which knows no rule but the registry's, does
// not know of findings about directives.
func describe(fs []finding.Finding) {
	rule := report.DirectiveRule()
	for i := range fs {
		if f := &fs[i]; f.Rule == rule.Name {
			f.Severity, f.Class, f.URL = rule.Severity, rule.Class, rule.URL
		}
	}
}

// notes says what in the configuration has no effect. An exclude that covers
// files in which nothing is found is dead only if all files have been looked at, and checked.
func (r *run) notes(unused []*config.Exclude, checked bool) []report.Note {
	var notes []report.Note
	for _, e := range unused {
		switch {
		case !e.Exists(r.policy.Dir):
			notes = append(notes, report.Note{Place: finding.Place(e.Place), Message: fmt.Sprintf("the exclude of %s covers no Go file: correct its path or remove it", e.Path)})
		case checked && r.whole():
			notes = append(notes, report.Note{Place: finding.Place(e.Place), Message: fmt.Sprintf("the exclude of %s silences nothing: remove it", e.Path)})
		}
	}
	return notes
}

// whole reports whether the run looks at everything that the configuration is
// about, with every rule.
func (r *run) whole() bool {
	return r.Dir == r.policy.Dir && r.allOfIt()
}

// allOfIt reports whether the run looks at all that is below its directory, with
// every rule.
func (r *run) allOfIt() bool {
	return slices.Contains(r.Patterns, "./...") && len(r.Rules)+len(r.Disable) == 0
}

// repository returns the directory of the version control system that dir is
// in, which is what code hosts take paths to be relative to, or else the root
// of the module.
func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		for _, name := range []string{".git", ".hg", ".jj", ".svn"} {
			if _, err := os.Stat(filepath.Join(d, name)); err == nil {
				return d
			}
		}
		if d == filepath.Dir(d) {
			return config.Root(dir, os.Getenv("GOWORK"))
		}
	}
}

func folders(res *engine.Result) []report.Folder {
	var fs []report.Folder
	if res.GOROOT != "" {
		fs = append(fs, report.Folder{Name: "$GOROOT", Dir: res.GOROOT})
	}
	if res.GOMODCACHE != "" {
		fs = append(fs, report.Folder{Name: "$GOMODCACHE", Dir: res.GOMODCACHE})
	}
	return fs
}
