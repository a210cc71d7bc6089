package hostbuild

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// Options say what is to be built.
type Options struct {
	Host    *Host
	Version string // of the host, or a query for one; empty: the host's default
	Lagvet  Lagvet
	Output  string    // the file to write; empty: bin/NAME in the current directory
	Env     []string  // of the go command; nil: that of this process
	Log     io.Writer // is told what is done, a line each; nil: nobody
}

// A Result is a host that was built.
type Result struct {
	Output  string // its file
	Version string // of the host
	Lagvet  Lagvet
	Go      string // the release that built it: "go1.26.8"
	// Same is whether the file was there and is what would have been written.
	Same bool
}

// Build builds a host with lagvet's analyzers. An error is a [*Failure] if it kept
// the host from being built, and any other if the options are wrong.
func Build(ctx context.Context, o Options) (*Result, error) {
	work, err := os.MkdirTemp("", "lagvet-build-")
	if err != nil {
		return nil, &Failure{Message: fmt.Sprintf("no directory to build in can be made: %v", err), Remedy: "set TMPDIR to a directory that can be written"}
	}
	defer os.RemoveAll(work)
	if work, err = filepath.EvalSymlinks(work); err != nil {
		return nil, fmt.Errorf("looking for the directory to build in: %w", err)
	}
	module := filepath.Join(work, "module")
	if err := os.Mkdir(module, 0o777); err != nil {
		return nil, fmt.Errorf("making the directory to build in: %w", err)
	}
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	b := &build{Options: o, work: work, dir: module, cmd: goCommand{module, slices.Clip(env)}}
	res, err := b.run(ctx)
	if ctx.Err() != nil {
		return nil, &Failure{Message: "interrupted"}
	}
	return res, err
}

// A build is one under way.
type build struct {
	Options
	work string // the temporary directory
	dir  string // the module in it
	cmd  goCommand
}

func (b *build) log(format string, args ...any) {
	if b.Log != nil {
		fmt.Fprintf(b.Log, "lagvet: "+format+"\n", args...)
	}
}

func (b *build) run(ctx context.Context) (*Result, error) {
	env, err := b.cmd.environment(ctx)
	if err != nil {
		return nil, err
	}
	output, err := b.output(env)
	if err != nil {
		return nil, err
	}
	lagvet, err := b.lagvet(ctx)
	if err != nil {
		return nil, err
	}
	host, err := b.host(ctx, newer(env.GOVERSION, goLine(lagvet)))
	if err != nil {
		return nil, err
	}
	if err := b.fetch(ctx, &host, &lagvet); err != nil {
		return nil, err
	}
	if err := b.fits(host); err != nil {
		return nil, err
	}
	if err := b.write(host, lagvet); err != nil {
		return nil, err
	}
	if env, err = b.cmd.environment(ctx); err != nil { // the module may have chosen another release
		return nil, err
	}
	res := &Result{Output: output, Version: host.Version, Lagvet: b.Lagvet, Go: env.GOVERSION}
	return res, b.compile(ctx, env, res)
}

// output returns the file to write.
func (b *build) output(env goEnv) (string, error) {
	file := cmp.Or(b.Output, filepath.Join("bin", b.Host.file(env.GOEXE)))
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return "", fmt.Errorf("--output: %s is a directory: name the file, such as %s", file, filepath.Join(file, b.Host.file(env.GOEXE)))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return "", fmt.Errorf("making the directory of the output: %w", err)
	}
	return file, nil
}

// lagvet returns the module that holds lagvet.
func (b *build) lagvet(ctx context.Context) (module, error) {
	if b.Lagvet.Dir != "" {
		return module{Path: Module, GoMod: filepath.Join(b.Lagvet.Dir, "go.mod"), Dir: b.Lagvet.Dir}, nil
	}
	m, err := b.cmd.module(ctx, Module, b.Lagvet.Version)
	b.Lagvet.Version = cmp.Or(m.Version, b.Lagvet.Version)
	return m, err
}

// host returns the version of the host that is built: the one that is asked for,
// or the default for a Go release.
func (b *build) host(ctx context.Context, release string) (module, error) {
	if asked := cmp.Or(b.Version, b.Host.Default); asked != "" {
		return b.cmd.module(ctx, b.Host.Module, canonical(asked))
	}
	b.log("looking for the newest %s that %s builds", b.Host.Name, release)
	versions, err := b.cmd.versions(ctx, b.Host.Module)
	if err == nil {
		slices.Reverse(versions)
		for _, v := range slices.DeleteFunc(versions, func(v string) bool { return semver.Prerelease(v) != "" }) {
			m, err := b.cmd.module(ctx, b.Host.Module, v)
			if err != nil {
				return m, err
			}
			if newer(release, goLine(m)) == release {
				return m, nil
			}
		}
		return module{}, &Failure{Message: fmt.Sprintf("no version of %s fits %s", b.Host.Name, release), Remedy: b.Host.Instead}
	}
	f, ok := errors.AsType[*Failure](err)
	if !ok || ctx.Err() != nil {
		return module{}, err
	}
	for _, k := range b.Host.Known {
		if newer(release, k.Go) == release {
			b.log("%s: taking %s %s, which is known to work", f.Message, b.Host.Name, k.Version)
			return b.cmd.module(ctx, b.Host.Module, k.Version)
		}
	}
	return module{}, err
}

// fetch has the source of both modules in the module cache. The go commands from
// here on are those of the release that the module asks for.
func (b *build) fetch(ctx context.Context, host, lagvet *module) error {
	mod, err := b.goMod(*host, *lagvet)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, "go.mod"), mod, 0o666); err != nil {
		return fmt.Errorf("writing the module: %w", err)
	}
	for _, m := range []*module{host, lagvet} {
		if m.Dir = ifDir(*m, b.Lagvet); m.Dir != "" {
			continue
		}
		b.log("fetching %s %s", m.Path, m.Version)
		if m.Dir, err = b.cmd.download(ctx, m.Path, m.Version); err != nil {
			return err
		}
	}
	return nil
}

// ifDir returns the directory of a module that is a checkout.
func ifDir(m module, l Lagvet) string {
	if m.Path == Module {
		return l.Dir
	}
	return ""
}

// fits holds what the host is against what the file that registers lagvet needs.
func (b *build) fits(host module) error {
	if b.Host.Fits == nil {
		return nil
	}
	if err := b.Host.Fits(host.Dir); err != nil {
		return b.unfit(host.Version, err.Error(), "")
	}
	return nil
}

// unfit says that a version of the host cannot be used, and what to do.
func (b *build) unfit(version, why, said string) *Failure {
	var known []string
	for _, k := range b.Host.Known {
		known = append(known, fmt.Sprintf("%s (%s)", k.Version, k.Go))
	}
	return &Failure{
		Message: fmt.Sprintf("%s %s does not fit: %s", b.Host.Name, version, why),
		Remedy:  fmt.Sprintf("ask for a version that is known to fit, --version %s; or %s", strings.Join(known, " or "), b.Host.Instead),
		Said:    said,
	}
}

// compile has the go command build the module into the result's file.
func (b *build) compile(ctx context.Context, env goEnv, res *Result) error {
	program := filepath.Join(b.work, b.Host.file(env.GOEXE))
	// The go command leaves a program that is what it would link as it is.
	before, err := seed(program, res.Output)
	if err != nil {
		return err
	}
	b.log("compiling %s %s with %s by %s; the first time this takes a minute or more", b.Host.Name, res.Version, res.Lagvet, env.GOVERSION)
	_, err = b.cmd.run(ctx, "build", "-mod=mod", "-trimpath", "-buildvcs=false", "-o", program, ".")
	if f, ok := errors.AsType[*Failure](err); ok && compileError.MatchString(f.Said) && f.Remedy == "" {
		return b.unfit(res.Version, fmt.Sprintf("it does not compile together with %s", res.Lagvet), f.Said)
	}
	if err != nil {
		return err
	}
	if env.runs() {
		if err := b.probe(ctx, program, res); err != nil {
			return err
		}
	}
	after, err := digest(program)
	if err != nil {
		return err
	}
	if res.Same = after == before; res.Same {
		return nil
	}
	return install(program, res.Output)
}

// probe starts the program: lagvet is registered when it starts, and a program
// that cannot do it must not take the place of one that can.
func (b *build) probe(ctx context.Context, program string, res *Result) error {
	cmd := exec.CommandContext(ctx, program, "version")
	cmd.Dir = b.work // where no configuration is
	cmd.WaitDelay = grace
	if out, err := cmd.CombinedOutput(); err != nil {
		return b.unfit(res.Version, fmt.Sprintf("it was built with %s and does not start (%v)", res.Lagvet, err), strings.TrimSpace(string(out)))
	}
	return nil
}

// goLine returns the oldest release that builds a module: "go1.26.0". Empty: any.
func goLine(m module) string {
	data, err := os.ReadFile(m.GoMod)
	if err != nil {
		return ""
	}
	f, err := modfile.ParseLax(m.GoMod, data, nil)
	if err != nil || f.Go == nil {
		return ""
	}
	return "go" + f.Go.Version
}

// newer returns the newer of two releases, of which "" is none. One that is
// unknown, such as a development version, is newer than all.
func newer(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "" || !version.IsValid(a) || version.Compare(a, b) >= 0:
		return a
	default:
		return b
	}
}
