package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	pprof "github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

const changing = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import (
	"context"

	"example.com/m/b"
)

func A(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.Run()
}
-- b/b.go --
package b

import "net"

func Run() error { _, err := net.LookupHost("a.example"); return err }
-- c/c.go --
package c

func C(f func()) {
	defer f()
	defer f()
	defer f()
	defer f()
}
-- d/d.go --
package d

import "time"

func D() <-chan time.Time {
	t := time.NewTicker(time.Second)
	<-t.C
	return nil
}
`

// state tells apart what findings can be made of the module above.
func state(res *Result, dir string) string {
	var lines []string
	for _, f := range res.Findings {
		if f.Tier == finding.Suspected && f.Hot == nil {
			continue // not what the module was written for
		}
		rel, _ := within(f.Start.File, dir)
		line := filepath.ToSlash(rel) + " " + f.Rule
		switch {
		case f.NeedsHot:
			line += " cold"
		case f.Hot != nil:
			line += " hot by " + f.Hot.Source
		}
		lines = append(lines, line)
	}
	for _, p := range res.Problems {
		lines = append(lines, "! "+p.Message)
	}
	return strings.Join(lines, "\n")
}

// A rerun checks a module again and again.
type rerun struct {
	t        *testing.T
	opts     Options
	packages int
	last     string // what the last run said
}

// run expects of a check that so many packages are cached, unless that is negative, and
// what state says.
func (r *rerun) run(what string, cached int, want ...string) {
	r.t.Helper()
	res := checked(r.t, r.opts)
	got := state(res, r.opts.Dir)
	if got != strings.Join(want, "\n") {
		r.t.Errorf("%s: got\n%s\nwant\n%s", what, got, strings.Join(want, "\n"))
	}
	if cached >= 0 && res.Cached != cached {
		r.t.Errorf("%s: %d of %d packages cached, want %d", what, res.Cached, res.Packages, cached)
	}
	r.last = got
}

func (r *rerun) again(what string) {
	r.t.Helper()
	r.run(what+", again", r.packages, strings.Split(r.last, "\n")...)
}

// Whatever findings depend on in the source, a change of it changes them, and nothing
// else has anything analysed again.
func TestChanges(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, changing)
	r := rerun{t: t, opts: Options{Dir: dir, Patterns: []string{"./..."}}, packages: 4}
	r.run("at first", 0, "a/a.go ctxless", "c/c.go hotdefer cold")
	r.again("at first")

	write(t, dir, "-- c/c.go --\npackage c\n\nfunc C(f func()) {\n\tdefer f()\n}\n")
	r.run("source", 3, "a/a.go ctxless")
	write(t, dir, changing)
	r.run("source as before", 4, "a/a.go ctxless", "c/c.go hotdefer cold")

	write(t, dir, "-- b/b.go --\npackage b\n\nimport _ \"os/exec\"\n\nfunc Run() error { return nil }\n")
	r.run("source of a dependency", 2, "c/c.go hotdefer cold")
	r.again("source of a dependency")
	write(t, dir, changing)

	r.opts.Disabled = []string{"ctxless"}
	r.run("a rule that is off", 4, "c/c.go hotdefer cold")
	r.opts.Disabled = nil

	write(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.22\n")
	r.run("go line", -1, "a/a.go ctxless", "c/c.go hotdefer cold", "d/d.go tickerleak")
	r.again("go line")
}

// settled imports nothing, for all that it imports would be analysed for each
// configuration.
const settled = `
-- go.mod --
module example.com/m

go 1.26
-- b/b.go --
package b

import _ "example.com/m/c"

func Run(fs []func()) {
	for _, f := range fs {
		defer f()
	}
}
-- c/c.go --
package c

func C(f func()) {
	defer f()
	defer f()
	defer f()
	defer f()
}
`

// So do the configuration, profiles and the executable, where the source stays.
func TestChangesBesideSource(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, settled)
	r := rerun{t: t, opts: Options{Dir: dir, Patterns: []string{"./..."}}, packages: 2}
	r.run("at first", 0, "c/c.go hotdefer cold")

	r.opts.Config.Hot = []config.Function{hotFunction("example.com/m/c.C")}
	r.run("hot function", 0, "c/c.go hotdefer hot by directive")
	r.again("hot function")
	r.opts.Config = config.Analysis{Options: map[string]map[string]string{"hotdefer": {"budget": "4"}}}
	r.run("option of a rule", 0)
	r.again("option of a rule")
	r.opts.Config = config.Analysis{}

	cpu := filepath.Join(dir, "cpu.pprof")
	r.opts.Profiles = []string{"cpu.pprof"}
	writeProfile(t, cpu, "example.com/m/c.C", filepath.Join(dir, "c/c.go"))
	r.run("profile", 0, "c/c.go hotdefer hot by profile")
	r.again("profile")
	writeProfile(t, cpu, "example.com/m/b.Run", filepath.Join(dir, "b/b.go"))
	r.run("content of the profile", 0, "b/b.go hotdefer hot by profile", "c/c.go hotdefer cold")
	r.again("content of the profile")
	r.opts.Profiles = nil

	r.opts.Tool = otherBuild(t)
	r.run("executable", 0, "c/c.go hotdefer cold")
	r.again("executable")
}

// writeProfile writes a CPU profile in which one function does all the work.
func writeProfile(t *testing.T, path, function, file string) {
	t.Helper()
	fn := &pprof.Function{ID: 1, Name: function, SystemName: function, Filename: file, StartLine: 3}
	loc := &pprof.Location{ID: 1, Line: []pprof.Line{{Function: fn, Line: 4}}}
	p := &pprof.Profile{
		SampleType: []*pprof.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
		PeriodType: &pprof.ValueType{Type: "cpu", Unit: "nanoseconds"},
		Period:     10e6,
		Sample:     []*pprof.Sample{{Location: []*pprof.Location{loc}, Value: []int64{1000, 1000 * 10e6}}},
		Location:   []*pprof.Location{loc},
		Function:   []*pprof.Function{fn},
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// otherBuild returns a copy of this executable that is another one by its build ID.
func otherBuild(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	at := regexp.MustCompile(`[\w-]{20}/[\w-]{20}/[\w-]{20}/[\w-]{20}`).FindIndex(data[:64<<10])
	if at == nil {
		t.Skip("this executable has no build ID")
	}
	copy(data[at[1]-20:at[1]], fmt.Sprintf("%020d", os.Getpid()))
	other := filepath.Join(t.TempDir(), filepath.Base(self))
	if err := os.WriteFile(other, data, 0o777); err != nil {
		t.Fatal(err)
	}
	return other
}

const program = `
-- go.mod --
module example.com/m

go 1.26
-- cmd/server/main.go --
package main

import "example.com/m/c"

func main() { c.C(nil) }
-- c/c.go --
package c

func C(f func()) {
	defer f()
	defer f()
	defer f()
	defer f()
}
`

// A default.pgo beside a package main is found, and is told of if it is of
// another program or no profile at all.
func TestDefaultProfile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, program)
	pgo := filepath.Join(dir, "cmd/server/default.pgo")
	all := Options{Dir: dir, Patterns: []string{"./..."}}

	writeProfile(t, filepath.Join(dir, "c/default.pgo"), "example.com/m/c.C", "c.go")
	if got, want := state(checked(t, all), dir), "c/c.go hotdefer cold"; got != want {
		t.Errorf("beside no package main: got\n%s\nwant\n%s", got, want)
	}

	writeProfile(t, pgo, "example.com/m/c.C", "c.go")
	for _, where := range []string{"", "c"} {
		res := checked(t, Options{Dir: filepath.Join(dir, where), Patterns: []string{"./..."}})
		if got, want := strings.TrimPrefix(state(res, dir), "c/"), "c.go hotdefer hot by profile"; got != want {
			t.Errorf("in %q: got\n%s\nwant\n%s", where, got, want)
		}
		if detail := res.Findings[0].Hot.Detail; !strings.Contains(detail, "cmd/server/default.pgo") {
			t.Errorf("in %q: %q does not say which profile", where, detail)
		}
	}

	writeProfile(t, pgo, "example.com/other/c.C", "c.go")
	want := "c/c.go hotdefer cold\n! the profile cmd/server/default.pgo has no time in any function of this module: it is of another program, or of before its packages were renamed"
	if got := state(checked(t, all), dir); got != want {
		t.Errorf("of another program: got\n%s\nwant\n%s", got, want)
	}

	if err := os.WriteFile(pgo, []byte("no profile"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got := state(checked(t, all), dir); !strings.Contains(got, "! what is hot by cmd/server/default.pgo is not known") || !strings.Contains(got, "! nothing that is built with this profile was checked") {
		t.Errorf("no profile: got\n%s", got)
	}
	if _, err := Run(t.Context(), Options{Dir: dir, Profiles: []string{"cmd/server/default.pgo"}, NoCanary: true, Tool: self}); err == nil {
		t.Error("a broken profile on the command line is no error")
	}
}

// Of an older version the profile is the one that it has, wherever it lay; if it has
// none, what is hot now was so before.
func TestOlderProfile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, program)
	pgo := filepath.Join(dir, "cmd/server/default.pgo")
	text := func(function string) []byte {
		file := filepath.Join(t.TempDir(), "profile")
		writeProfile(t, file, function, "c.go")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	const hot, cold = "c/c.go hotdefer hot by profile", "c/c.go hotdefer cold"
	for _, tt := range []struct {
		name string
		now  string // the function that today's profile is of; empty: there is none
		old  []byte
		want string
	}{
		{"changed", "example.com/m/c.C", text("example.com/m/c.D"), cold},
		{"removed since", "", text("example.com/m/c.C"), hot},
		{"added since", "example.com/m/c.C", nil, hot},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.now != "" {
				writeProfile(t, pgo, tt.now, "c.go")
			} else if err := os.Remove(pgo); err != nil {
				t.Fatal(err)
			}
			got := state(checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Overlay: map[string][]byte{pgo: tt.old}}), dir)
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
