package build

import (
	"context"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	race       = "build.race"
	optimised  = "build.optimised"
	pgo        = "build.pgo"
	toolchain  = "build.toolchain"
	trimpath   = "build.trimpath"
	cgo        = "build.cgo"
	experiment = "build.experiment"
	module     = "build.module"
)

// Probe looks at how a program was built.
var Probe = probe.Probe{Name: "build", Specs: specs, Look: look}

var specs = []posture.Spec{{
	ID:   race,
	What: "the detectors it was built with",
	Why:  "the race detector makes a program 2 to 20 times slower and 5 to 10 times larger in memory; the address and memory sanitizers cost as much",
	Mend: "build without -race, -asan and -msan what is shipped, and with them what is tested",
	Go:   true,
}, {
	ID:   optimised,
	What: "whether the compiler optimised and inlined",
	Why:  "-N keeps each variable in memory, -l makes each small function a call: both are for debuggers",
	Mend: "build without -N and -l in -gcflags, and look at GOFLAGS (go env GOFLAGS) of the build",
	Go:   true,
}, {
	ID:   pgo,
	What: "the profile that the compiler was given",
	Why:  "with a profile of production it inlines and devirtualises what is hot: 2 to 14 % less CPU time",
	Mend: "collect a CPU profile under load (/debug/pprof/profile?seconds=60), and commit it as default.pgo beside package main",
	Go:   true,
}, {
	ID:   toolchain,
	What: "the toolchain: how many minor releases it is behind the one that built lagvet",
	Why:  "the scheduler and the collector get better with each release, and only the two newest are mended",
	Mend: "build with a newer toolchain: go get toolchain@latest, and the builder's image",
	Go:   true,
}, {
	ID:   trimpath,
	What: "whether paths of the building machine were kept out",
	Why:  "with them, two machines build different executables of the same source",
	Mend: "build with -trimpath",
	Go:   true,
}, {
	ID:   cgo,
	What: "whether C code was allowed in",
	Why:  "calls to C cost some 30 ns, keep a thread each while they last, and are seen by no Go profile",
	Mend: "build with CGO_ENABLED=0 if nothing needs C",
	Go:   true,
}, {
	ID:   experiment,
	What: "experiments of the toolchain that were switched on",
	Why:  "an experiment is not covered by the promise of compatibility",
	Mend: "build without GOEXPERIMENT, or know why",
	Go:   true,
}, {
	ID:   module,
	What: "the version of the main module",
	Why:  "what was built from changed files cannot be built again: a profile or a trace of it has no source",
	Mend: "build from a clean checkout, with -buildvcs=true",
	Go:   true,
}}

func look(_ context.Context, t *target.Target) []posture.Observation {
	info, err := Read(t)
	if err != nil {
		return all(func(id string) posture.Observation { return absent(id, source(t), err) })
	}
	if t.Kind == target.Self {
		return observe(info, source(t), nil)
	}
	return observe(info, source(t), func() (string, error) { return producers(t.Path(t.Proc("exe"))) })
}

// source says where build information is read.
func source(t *target.Target) string {
	if t.Kind == target.Self {
		return "debug.ReadBuildInfo"
	}
	return t.Proc("exe")
}

// Errors of [Read].
var (
	// ErrNotGo says that a process does not run a Go program, for certain.
	ErrNotGo = errors.New("it is not a Go program")

	errNoExe  = errors.New("it has no executable: it is a thread of the kernel, or has ended")
	errNoInfo = errors.New("it is a Go program without build information: garbled, or changed after it was built")
	errPacked = errors.New("it has neither build information nor sections: packed, or stripped of all that tells whether it is a Go program")
)

type key struct{}

// Read returns the build information of a process, which is read once in each look.
func Read(t *target.Target) (*debug.BuildInfo, error) {
	return target.Once(t, key{}, func() (*debug.BuildInfo, error) { return read(t) })
}

func read(t *target.Target) (*debug.BuildInfo, error) {
	if t.Kind == target.Self {
		info, ok := debug.ReadBuildInfo()
		if !ok {
			return nil, errNoInfo
		}
		return info, nil
	}
	if _, err := t.Link(t.Proc("exe")); errors.Is(err, fs.ErrNotExist) {
		return nil, errNoExe
	} else if err != nil {
		return nil, err
	}
	exe := t.Path(t.Proc("exe"))
	info, err := buildinfo.ReadFile(exe)
	if err == nil || errors.Is(err, fs.ErrPermission) {
		return info, err
	}
	return nil, withoutInfo(exe)
}

// withoutInfo says why an executable has no build information that can be read.
func withoutInfo(exe string) error {
	f, err := elf.Open(exe)
	if err != nil {
		return fmt.Errorf("it is no executable that can be read, or is cut off: %w", err)
	}
	defer f.Close()
	switch {
	case slices.ContainsFunc(f.Sections, ofGo):
		return errNoInfo
	case len(f.Sections) == 0:
		return errPacked
	}
	return ErrNotGo
}

// ofGo reports whether only the Go linker makes such a section.
func ofGo(s *elf.Section) bool {
	return s.Name == ".gopclntab" || s.Name == ".go.buildinfo" || s.Name == ".note.go.buildid"
}

// absent observes what cannot be told for want of build information.
func absent(id, source string, err error) posture.Observation {
	switch {
	case errors.Is(err, ErrNotGo), errors.Is(err, errNoExe):
		return posture.None(id, source, err.Error())
	case errors.Is(err, fs.ErrPermission), errors.Is(err, system.ErrElsewhere):
		return system.Absent(id, source, err)
	}
	return posture.Hidden(id, source, err.Error())
}

// all observes the same of each check.
func all(of func(id string) posture.Observation) []posture.Observation {
	var seen []posture.Observation
	for _, s := range specs {
		seen = append(seen, of(s.ID))
	}
	return seen
}

// observe reads build information; compiler, if it is not nil, asks the debug
// information for what the compiler was told.
func observe(info *debug.BuildInfo, source string, compiler func() (string, error)) []posture.Observation {
	b := settings{source: source, by: make(map[string]string)}
	for _, s := range info.Settings {
		b.by[s.Key] = s.Value
	}
	return []posture.Observation{
		b.detectors(), b.optimised(compiler), b.profile(), b.paths(), b.c(), b.module(info),
		release(info.GoVersion, runtime.Version(), source),
		b.experiments(info.GoVersion),
	}
}

// settings are those of a build, by name.
type settings struct {
	source string
	by     map[string]string
}

// known reports whether the go command has written its settings down: it always names
// the compiler.
func (b settings) known() bool { return b.by["-compiler"] != "" }

func (b settings) text(id, text string) posture.Observation {
	if !b.known() {
		return posture.Hidden(id, b.source, "its build information holds no settings: it was not built by the go command alone (Bazel, garble)")
	}
	return posture.Text(id, text, b.source, posture.Declared)
}

func (b settings) detectors() posture.Observation {
	var on []string
	for _, name := range []string{"-race", "-asan", "-msan"} {
		if b.by[name] == "true" {
			on = append(on, name)
		}
	}
	if len(on) == 0 {
		return b.text(race, "none")
	}
	return b.text(race, strings.Join(on, " "))
}

func (b settings) optimised(compiler func() (string, error)) posture.Observation {
	if b.known() || compiler == nil {
		o := b.text(optimised, "yes")
		if flags := b.by["-gcflags"]; unoptimised(flags) && o.Absent == "" {
			o.Text, o.Current = "no", "no: -gcflags="+strconv.Quote(flags)
		}
		return o
	}
	const source = "DW_AT_producer of the debug information"
	slow, err := compiler()
	if err != nil {
		return posture.Hidden(optimised, source, fmt.Sprintf("its build information holds no settings, and its debug information does not help: %v", err))
	}
	o := posture.Text(optimised, "yes", source, posture.Declared)
	if slow != "" {
		o.Text, o.Current = "no", "no: "+slow
	}
	return o
}

// unoptimised reports whether flags of the compiler, perhaps behind a pattern of
// packages ("all=-N -l"), switch off optimisation or inlining. A level, -l=4, does not.
func unoptimised(flags string) bool {
	if pattern, rest, ok := strings.Cut(flags, "="); ok && !strings.HasPrefix(pattern, "-") {
		flags = rest
	}
	for _, f := range strings.Fields(flags) {
		switch strings.TrimPrefix(strings.Trim(f, `"'`), "-") {
		case "-N", "-l", "N", "l", "N=true", "l=1", "-N=true", "-l=1":
			return true
		}
	}
	return false
}

func (b settings) profile() posture.Observation {
	file := b.by["-pgo"]
	if file == "" {
		return b.text(pgo, "none")
	}
	o := b.text(pgo, "a profile")
	o.Current = file + " (that it holds anything is not recorded)"
	return o
}

func (b settings) paths() posture.Observation {
	if b.by["-trimpath"] == "true" {
		return b.text(trimpath, "yes")
	}
	return b.text(trimpath, "no")
}

func (b settings) c() posture.Observation {
	if b.by["CGO_ENABLED"] == "1" {
		o := b.text(cgo, "allowed")
		o.Current = "allowed (that there is any is not recorded)"
		return o
	}
	return b.text(cgo, "no")
}

// experiments are named by the settings, and by the toolchain's version if they are
// not those it was built with.
func (b settings) experiments(goVersion string) posture.Observation {
	names := b.by["GOEXPERIMENT"]
	if _, of, ok := cutExperiment(goVersion); ok && names == "" {
		names = of
	}
	if names == "" {
		return b.text(experiment, "none")
	}
	return posture.Text(experiment, names, b.source, posture.Declared)
}

// cutExperiment takes the experiments off a version: "go1.26.8 X:arenas", or with a
// hyphen from go1.26 on.
func cutExperiment(v string) (release, experiments string, ok bool) {
	release, experiments, ok = strings.Cut(v, "X:")
	return strings.TrimRight(release, " -"), strings.TrimSpace(experiments), ok
}

func (b settings) module(info *debug.BuildInfo) posture.Observation {
	m := info.Main
	if m.Path == "" {
		return posture.Hidden(module, b.source, "its build information names no main module")
	}
	text := "released"
	switch {
	case b.by["vcs.modified"] == "true" || strings.HasSuffix(m.Version, "+dirty"):
		text = "modified"
	case m.Version == "" || m.Version == "(devel)":
		text = "unversioned"
	}
	o := posture.Text(module, text, b.source, posture.Declared)
	o.Current = strings.TrimSpace(m.Path + " " + m.Version)
	if rev := b.by["vcs.revision"]; rev != "" {
		o.Current += ", revision " + rev
	}
	if text == "modified" {
		o.Current += ", with changes that are in no revision"
	}
	return o
}

// release compares a toolchain with the one that built lagvet, which is the newest it
// knows of.
func release(of, known, source string) posture.Observation {
	v, _, _ := cutExperiment(of)
	k, _, _ := cutExperiment(known)
	behind, err := minorsBehind(v, k)
	if err != nil {
		o := posture.Hidden(toolchain, source, err.Error())
		o.Reason += "; its age cannot be told"
		return o
	}
	o := posture.Number(toolchain, float64(max(behind, 0)), source, posture.Heuristic)
	o.Current = v + ", as new as the toolchain of this lagvet, " + k
	switch c := version.Compare(v, k); {
	case c > 0:
		o.Current = v + ", newer than the toolchain of this lagvet, " + k
	case behind == 0 && c < 0:
		o.Current = v + "; there is at least " + k + " of the same minor release"
	case behind > 0:
		o.Current = fmt.Sprintf("%s; there is at least %s, %d minor releases on", v, k, behind)
	}
	return o
}

func minorsBehind(v, known string) (int, error) {
	minor := func(v string) (int, error) {
		_, m, ok := strings.Cut(version.Lang(v), "go1.")
		if !ok {
			return 0, fmt.Errorf("it was built by %q, which is no release of Go", v)
		}
		return strconv.Atoi(m)
	}
	m, err := minor(v)
	if err != nil {
		return 0, err
	}
	k, err := minor(known)
	return k - m, err
}
