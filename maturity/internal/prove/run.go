package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Status is what trying a gate came to.
type Status string

// The outcomes of trying a gate.
const (
	Proven    Status = "proven"        // it fails with the plant, and only with it
	Toothless Status = "does not bite" // it succeeds with the plant
	Unknown   Status = "unknown"
)

// An Outcome is what trying a gate came to.
type Outcome struct {
	Plan    Plan
	Status  Status
	Reason  string // one sentence, without a full stop
	Tail    string // the last lines that the gate printed with the plant, or without it if it went no further
	Network string // "off", or why it could not be
}

// Result is the outcome as what a check says. What is unknown says nothing against
// the gate as it is configured.
func (o Outcome) Result() verdict.Result {
	r := verdict.Result{Reason: o.Reason, Run: o.Plan.Command(), Proofs: []verdict.Place{o.Plan.Gate.Place}}
	switch o.Status {
	case Proven:
		r.Status, r.Grade = verdict.Pass, verdict.Proven
	case Toothless:
		r.Status = verdict.Fail
	default:
		r.Status = verdict.Unknown
	}
	return r
}

// A Runner tries gates in a clone of a commit.
type Runner struct {
	dir     string // temporary
	clone   string
	timeout time.Duration
	bare    map[string]run // of gates without a plant
	netless isolation
}

// A run is how the commands of a gate ended.
type run struct {
	failed bool
	why    string // if it could not be run, or not to its end
	out    tail
}

// New clones a commit of the repository at dir into a temporary directory. timeout
// bounds each run of a gate. Call Close when done.
func New(ctx context.Context, dir, commit string, timeout time.Duration) (*Runner, error) {
	tmp, err := os.MkdirTemp("", "lagvet-prove-")
	if err != nil {
		return nil, fmt.Errorf("making a scratch directory: %w", err)
	}
	r := &Runner{dir: tmp, clone: filepath.Join(tmp, "repo"), timeout: timeout, bare: make(map[string]run)}
	if err := r.prepare(ctx, dir, commit); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.netless = isolate(ctx)
	return r, nil
}

func (r *Runner) prepare(ctx context.Context, dir, commit string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("finding the repository: %w", err)
	}
	if err := os.Mkdir(filepath.Join(r.dir, "tmp"), 0o700); err != nil {
		return fmt.Errorf("making a scratch directory: %w", err)
	}
	// Shared: objects of the commits made here do not go to the repository.
	if err := r.git(ctx, r.dir, "clone", "--quiet", "--shared", "--no-checkout", "--template=", "--", abs, r.clone); err != nil {
		return err
	}
	if err := r.git(ctx, r.clone, "checkout", "--quiet", "--detach", commit); err != nil {
		return err
	}
	return r.git(ctx, r.clone, "tag", base)
}

// base is a tag of the clone at the commit that gates are tried at.
const base = "lagvet-prove-base"

// git runs git with nothing of the user's configuration, which may name programs.
func (r *Runner) git(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.hooksPath=/dev/null", "-c", "user.name=lagvet", "-c", "user.email=lagvet@localhost", "-c", "commit.gpgSign=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0"}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// Close removes the clone.
func (r *Runner) Close() error {
	// The module cache and some tests leave directories that cannot be written to.
	err := filepath.WalkDir(r.dir, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(name, 0o700)
		}
		return err
	})
	return errors.Join(err, os.RemoveAll(r.dir))
}

// surroundings are what a gate sees in place of what the machine has.
type surroundings struct {
	cache    *modcache // of modules; nil for the machine's
	database string    // of vulnerabilities; empty for the gate's own
}

// surround makes what the gates need that look at more than the repository.
func (r *Runner) surround(ctx context.Context, p Plan) (*surroundings, error) {
	s := new(surroundings)
	var err error
	switch p.Plant.Kind {
	case ci.ModVerify:
		s.cache, err = r.newModcache(ctx, p)
	case ci.Vulnerability:
		s.database = r.database(false)
		err = r.writeDatabases()
	}
	return s, err
}

// Try runs a gate without the plant and with it.
func (r *Runner) Try(ctx context.Context, p Plan) Outcome {
	o := Outcome{Plan: p, Status: Unknown, Network: r.netless.network}
	s, err := r.surround(ctx, p)
	if err != nil {
		o.Reason = fmt.Sprintf("`%s` could not be tried: %v", p.Command(), err)
		return o
	}
	key := p.Gate.Dir + "\x00" + p.Command()
	bare, ok := r.bare[key]
	if !ok {
		bare = r.run(ctx, p, s)
		r.bare[key] = bare
		if err := r.reset(ctx); err != nil {
			o.Reason = err.Error()
			return o
		}
	}
	o.Tail = bare.out.last()
	switch {
	case bare.why != "":
		o.Reason = fmt.Sprintf("`%s` could not be tried: %s", p.Command(), bare.why)
		return o
	case bare.failed:
		o.Reason = fmt.Sprintf("`%s` fails without the plant too", p.Command())
		if r.netless.off() {
			o.Reason += " (here, without a network)"
		}
		return o
	}
	if err := r.plant(ctx, p, s); err != nil {
		o.Reason = err.Error()
		return o
	}
	with := r.run(ctx, p, s)
	o.Tail = with.out.last()
	o.judge(with)
	if err := r.reset(ctx); err != nil {
		o.Status, o.Reason = Unknown, err.Error()
	}
	return o
}

func (o *Outcome) judge(with run) {
	cmd := o.Plan.Command()
	switch {
	case with.why != "":
		o.Reason = fmt.Sprintf("`%s` could not be tried: %s", cmd, with.why)
	case !with.failed:
		o.Status, o.Reason = Toothless, fmt.Sprintf("`%s` succeeds with %s", cmd, o.Plan.Plant.Name)
	case !slices.ContainsFunc(o.Plan.Plant.Names, with.out.saw):
		o.Reason = fmt.Sprintf("`%s` fails with %s, but does not name it", cmd, o.Plan.Plant.Name)
	default:
		o.Status, o.Reason = Proven, fmt.Sprintf("`%s` fails with %s, and succeeds without", cmd, o.Plan.Plant.Name)
	}
}

// plant changes the clone, and commits it: some gates look at what differs from the
// commit. What a gate compares with the clone is changed in its surroundings.
func (r *Runner) plant(ctx context.Context, p Plan, s *surroundings) error {
	switch p.Plant.Kind {
	case ci.ModVerify:
		return s.cache.change()
	case ci.Vulnerability:
		s.database = r.database(true)
	}
	if err := r.write(p); err != nil {
		return err
	}
	if err := r.git(ctx, r.clone, "add", "--force", "--all", "--", filepath.FromSlash(p.Dir)); err != nil {
		return err
	}
	return r.git(ctx, r.clone, "commit", "--quiet", "--no-verify", "--message=planted")
}

func (r *Runner) write(p Plan) error {
	t, err := tree.Walk(r.clone)
	if err != nil {
		return err
	}
	defer t.Close()
	dir := filepath.Join(r.clone, filepath.FromSlash(p.Dir))
	if p.Plant.File != "" {
		pkg, ok := packageName(t, p.Dir)
		if !ok {
			return fmt.Errorf("%s holds no package to plant in", p.Dir)
		}
		return put(dir, p.Plant.File, p.Plant.source(pkg))
	}
	mod, err := t.Read(path.Join(p.Dir, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := t.Read(path.Join(p.Dir, "go.sum"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if mod, sum, err = untidy(mod, sum); err != nil {
		return err
	}
	return errors.Join(put(dir, "go.mod", mod), put(dir, "go.sum", sum))
}

// put writes a file, and follows no link of the repository to do it.
func put(dir, name string, data []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("planting: %w", err)
	}
	defer root.Close()
	if err := root.WriteFile(name, data, 0o644); err != nil {
		return fmt.Errorf("planting: %w", err)
	}
	return nil
}

// reset takes the clone back to the commit.
func (r *Runner) reset(ctx context.Context) error {
	if err := r.git(ctx, r.clone, "clean", "--quiet", "-ffdx"); err != nil {
		return err
	}
	return r.git(ctx, r.clone, "reset", "--quiet", "--hard", base)
}

// run runs the commands of a gate: all of them if one fails, as their output counts.
func (r *Runner) run(ctx context.Context, p Plan, s *surroundings) run {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	res := run{out: tail{names: p.Plant.Names}}
	for i, argv := range p.Commands() {
		before := res.out.total
		err := r.command(ctx, p, s, argv, &res.out)
		exit, ended := errors.AsType[*exec.ExitError](err)
		switch {
		case ctx.Err() != nil:
			res.why = fmt.Sprintf("it takes longer than %s", r.timeout)
			return res
		case err != nil && !ended:
			res.why = err.Error()
			return res
		case ended && exit.ExitCode() < 0:
			res.why = "it was killed"
			return res
		}
		last := i == len(p.Commands())-1
		if ended || last && p.Gate.Checks && res.out.total > before {
			res.failed = true
			return res
		}
	}
	return res
}

// command runs one command in the clone.
func (r *Runner) command(ctx context.Context, p Plan, s *surroundings, argv []string, out *tail) error {
	if s.database != "" {
		argv = byDatabase(p, argv, s.database)
	}
	dir := filepath.Join(r.clone, filepath.FromSlash(p.Gate.Dir))
	name, err := program(dir, argv[0])
	if err != nil {
		return err
	}
	args := r.netless.wrap(append([]string{name}, argv[1:]...))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = r.env(p)
	if s.cache != nil {
		cmd.Env = append(cmd.Env, s.cache.env()...)
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 10 * time.Second
	contain(cmd, r.netless)
	err = cmd.Run()
	killGroup(cmd)
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil // it ended well, and what it left running held its output
	}
	return err
}

// program finds what is run, as a shell in dir would.
func program(dir, name string) (string, error) {
	if strings.Contains(name, "/") && !filepath.IsAbs(name) {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("%s is not in the repository", name)
		}
		return name, nil
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is not installed here", name)
	}
	return found, nil
}

// env is what commands see: no tokens that happen to be in the environment.
func (r *Runner) env(p Plan) []string {
	env := []string{"TMPDIR=" + filepath.Join(r.dir, "tmp")}
	for _, name := range []string{"HOME", "PATH", "GOFLAGS", "GOCACHE"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	if r.netless.off() {
		// So that it does not wait for an answer.
		env = append(env, "GOPROXY=off")
	}
	for name, v := range p.Gate.Env {
		switch name {
		case "HOME", "PATH", "TMPDIR", "GOPROXY":
			continue
		}
		if !strings.Contains(v, "$") {
			env = append(env, name+"="+v)
		}
	}
	slices.Sort(env)
	return env
}

// A tail keeps the end of an output, and which names occurred in all of it.
type tail struct {
	names []string
	found []string
	buf   []byte
	total int
}

// maxTail is how many bytes of an output are kept, maxLines how many lines are told.
const (
	maxTail  = 64 << 10
	maxLines = 20
)

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.total += len(p)
	longest := 0
	for _, n := range t.names {
		longest = max(longest, len(n))
	}
	// A name may have been cut in two.
	seen := append(slices.Clone(t.buf[max(0, len(t.buf)-longest):]), p...)
	for _, n := range t.names {
		if bytes.Contains(seen, []byte(n)) && !slices.Contains(t.found, n) {
			t.found = append(t.found, n)
		}
	}
	t.buf = append(t.buf, p...)
	if n := len(t.buf) - maxTail; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	return len(p), nil
}

func (t *tail) saw(name string) bool { return slices.Contains(t.found, name) }

// last returns the last lines.
func (t *tail) last() string {
	lines := strings.Split(strings.TrimRight(string(t.buf), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-maxLines):], "\n")
}
