package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Options say what to check and how.
type Options struct {
	Dir        string   // where the go command runs, see [StandIn] too; empty: the current directory
	Patterns   []string // as the go command takes them; empty: "."
	Tests      bool     // check test files as well
	BuildFlags []string // flags of the go command: -tags, -mod, -race
	Env        []string // added to the environment of this process: GOOS=…
	// Profiles are CPU profiles, in pprof's format, that tell what is hot.
	// A default.pgo beside a main package is found without being named.
	Profiles []string
	// Config is what findings depend on in the configuration.
	Config config.Analysis
	// Disabled names rules that are off. They are run all the same, so that
	// switching them costs no analysis, but what they find is dropped and
	// the canary does not ask for them.
	Disabled []string
	// Heat asks what makes functions hot, and what they may do to latency,
	// instead of what is wrong with them.
	Heat bool
	// Timesheets asks, besides findings, what the packages answer and ask. It is found in
	// every run, so that one for this has the cached results of others.
	Timesheets bool
	// Overlay holds texts that are checked in the place of files, by absolute
	// path: what an editor has not saved, or what an older version had. A nil
	// text hides the file.
	Overlay map[string][]byte
	// NoCompiler leaves out the question what escapes to the heap: what is then
	// found, a host can find that does not run the compiler.
	NoCompiler bool
	// Progress, if not nil, is told some times a second how far a run has come
	// that takes longer than one, and "" when it is over.
	Progress func(status string)
	NoCanary bool
	// Timings asks what the analysis takes, by rule and foundation. Analyzers are then
	// run one after the other, so it takes longer by the clock.
	Timings bool
	// Anew has every package analysed, those too whose results are cached. What is
	// compiled stays so.
	Anew bool
	// Tool is the executable that go vet runs; empty: this one.
	Tool string

	canary []byte // the module with planted hazards, an archive; nil: canaryModule
}

// A Result is what a run found out.
type Result struct {
	// Findings are those of every tier in the packages that the patterns
	// mean, those that wait for hotness or that a directive silences
	// included, in the order of reports. They have no fingerprint.
	Findings []finding.Finding
	// Problems say what could not be checked: the run is not clean, whatever
	// Findings holds.
	Problems []finding.Problem
	// Notes are what the go command said besides, a line each.
	Notes []string

	Packages     int // that the patterns mean, and that were checked
	Cached       int // of these, those whose result was replayed
	WithFindings int // of these, those that have a finding of any kind
	NeedHot      int // findings that count only in hot code, in code that nothing says is hot
	Cold         int // packages of which nothing says that they hold hot code: the compiler was not asked what escapes

	// Budgets says of each budget of the configuration whether it names a function of
	// the packages that were checked.
	Budgets []bool

	Assumed []finding.Assumption // by directives, in the order of their places
	Allows  []finding.Allow      // in the order of their places

	// Heat says of each declared function what makes it hot. It is filled in
	// instead of Findings if the options ask for it.
	Heat []finding.Heat
	// Effects say of each function what it may do to latency. It is filled
	// in with Heat.
	Effects []finding.Effects

	// Ledger says what each hot function costs, in the order of packages and
	// functions. It is empty if the options leave the compiler out.
	Ledger []finding.Ledger

	// Timesheets say what each package answers and asks, in the order of packages, those
	// of the user's modules included that the patterns' packages import, if the options
	// ask for it.
	Timesheets []*timesheet.Sheet

	// Timings say what the analysis took, if the options ask for it.
	Timings *finding.Timings

	Modules            []string // directories of the main modules
	ModulePaths        []string // their paths
	Commands           []string // the names that the packages main go by, of those that the patterns mean
	GOROOT, GOMODCACHE string
	Toolchain          string // "go1.26.8", what the packages were checked for
	ToolchainFile      string // the go.work or go.mod that may ask for another; empty if there is none
	GOOS, GOARCH       string
	Duration           time.Duration
}

// Run checks packages. Its error is about the run itself (it was cancelled, an
// option is wrong); whatever keeps packages from being checked is among the
// result's problems.
func Run(ctx context.Context, opts Options) (*Result, error) {
	start := time.Now()
	res, err := run(ctx, opts)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	finding.Sort(res.Findings)
	res.Duration = time.Since(start)
	return res, nil
}

func run(ctx context.Context, opts Options) (*Result, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "lagvet-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary directory: %w", err)
	}
	defer os.RemoveAll(tmp)

	env, problem, err := goEnv(ctx, opts)
	if problem != nil {
		return &Result{Problems: []finding.Problem{*problem}, Toolchain: env.GOVERSION}, nil
	}
	if err != nil {
		return nil, err
	}
	c := &check{opts: opts, env: env, tmp: tmp, tracker: newTracker()}
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	return c.run(ctx)
}

// complete fills in what was left empty.
func (opts Options) complete() (Options, error) {
	var err error
	if opts.Dir == "" {
		opts.Dir = "."
	}
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return opts, fmt.Errorf("looking for the directory to run in: %w", err)
	}
	if fi, err := os.Stat(opts.Dir); err != nil || !fi.IsDir() {
		return opts, fmt.Errorf("%s is not a directory", opts.Dir)
	}
	if len(opts.Patterns) == 0 {
		opts.Patterns = []string{"."}
	}
	if opts.canary == nil {
		opts.canary = canaryModule
	}
	if opts.Tool == "" {
		if opts.Tool, err = os.Executable(); err != nil {
			return opts, fmt.Errorf("looking for the lagvet executable: %w", err)
		}
	}
	return opts, nil
}

// environ is the environment of the go command.
func (opts Options) environ() []string { return append(os.Environ(), opts.Env...) }
