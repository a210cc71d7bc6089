package engine

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// What keeps packages from being checked is provoked for real.
func TestFailures(t *testing.T) {
	offline := []string{"GOPROXY=off", "GOFLAGS=-mod=mod", "GONOSUMDB=*", "GOFLAGS=-mod=mod"}
	for _, tt := range []struct {
		name     string
		files    string
		patterns []string
		flags    []string
		env      []string
		problems []string // beginnings of the messages, with DIR for the directory
		remedy   string   // part of the first one's
		place    string   // of the first one
	}{
		{
			name: "type error in a dependency",
			files: `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import "example.com/m/b"

var A = b.X
-- b/b.go --
package b

var X int = "text"
`,
			problems: []string{
				`example.com/m/b was not checked: it does not compile: cannot use "text"`,
				"not checked, because example.com/m/b, which they import, cannot be compiled: example.com/m/a",
			},
			remedy: "go build example.com/m/b",
			place:  "b/b.go:3:13",
		},
		{
			name:     "syntax error",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nfunc f( {\n",
			problems: []string{"example.com/m was not checked: it does not compile: expected ')', found '{'"},
			place:    "a.go:3:9",
		},
		{
			name:     "cgo",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nimport \"C\"\n\nfunc f() { C.nope() }\n",
			problems: []string{"example.com/m was not checked: it does not compile: could not determine what C.nope refers to"},
			place:    "a.go:5:12",
		},
		{
			name:     "no C compiler",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\n// int zero(void) { return 0; }\nimport \"C\"\n\nfunc f() { C.zero() }\n",
			env:      []string{"CC=no-such-compiler", "CGO_ENABLED=1"},
			problems: []string{`runtime/cgo and what imports it were not checked: it uses cgo, and there is no C compiler "no-such-compiler"`, "not checked, because runtime/cgo, which they import, cannot be compiled: example.com/m"},
			remedy:   "CGO_ENABLED=0",
		},
		{
			name:     "no module",
			files:    "-- a.go --\npackage a\n",
			problems: []string{"nothing was checked: there is no go.mod in this directory or above it"},
			remedy:   "go mod init",
		},
		{
			name: "not in the workspace",
			files: `
-- go.work --
go 1.26

use ./in
-- in/go.mod --
module example.com/in

go 1.26
-- in/in.go --
package in
-- out/go.mod --
module example.com/out

go 1.26
-- out/out.go --
package out
`,
			patterns: []string{"./out"},
			problems: []string{"nothing was checked: the module in this directory is not in the workspace"},
			remedy:   "go work use",
		},
		{
			name:     "no packages",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n",
			problems: []string{`no package matches "./..."`},
			remedy:   "correct the pattern",
		},
		{
			name:     "one pattern without packages",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a/a.go --\npackage a\n",
			patterns: []string{"./a", "./b/..."},
			problems: []string{"nothing was checked: there is no directory ./b/"},
		},
		{
			name:     "no directory",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a/a.go --\npackage a\n",
			patterns: []string{"./b"},
			problems: []string{"nothing was checked: there is no directory DIR/b"},
		},
		{
			name:     "only test files",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a_test.go --\npackage a\n",
			patterns: []string{"."},
			problems: []string{"nothing was checked: there are no Go files in DIR but those of tests"},
			remedy:   "--tests",
		},
		{
			name:     "other platform",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\n//go:build never\n\npackage a\n",
			patterns: []string{"."},
			problems: []string{"nothing was checked: no file of example.com/m is for this platform and these build tags"},
			remedy:   "-tags",
		},
		{
			name:     "no such package",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n",
			patterns: []string{"no/such"},
			problems: []string{"nothing was checked: there is no package no/such"},
			remedy:   "./",
		},
		{
			name:     "missing requirement",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nimport _ \"example.org/other/pkg\"\n",
			env:      []string{"GOPROXY=off", "GOFLAGS="},
			problems: []string{"nothing was checked: package example.org/other/pkg is in no module that go.mod requires"},
			remedy:   "go get example.org/other/pkg",
			place:    "a.go:3:8",
		},
		{
			name:     "missing sum",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n\nrequire example.org/other v1.0.0\n-- a.go --\npackage a\n\nimport _ \"example.org/other/pkg\"\n",
			env:      []string{"GOPROXY=off", "GOFLAGS="},
			problems: []string{"nothing was checked: go.sum has no entry for"},
			remedy:   "go mod tidy",
			place:    "a.go:3:8",
		},
		{
			name:     "forbidden to download",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nimport _ \"example.org/other/pkg\"\n",
			env:      offline,
			problems: []string{"nothing was checked: a module that is needed is not on this machine, and GOPROXY=off forbids to fetch it"},
			remedy:   "go mod download",
			place:    "a.go:3:8",
		},
		{
			name:     "no network",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nimport _ \"example.org/other/pkg\"\n",
			env:      []string{"GOPROXY=http://127.0.0.1:1", "GOFLAGS=-mod=mod", "GONOSUMDB=*"},
			problems: []string{"nothing was checked: a module that is needed is not on this machine and cannot be fetched: dial tcp 127.0.0.1:1:"},
			remedy:   "GOPROXY",
		},
		{
			name: "inconsistent vendor folder",
			files: `
-- go.mod --
module example.com/m

go 1.26

require example.org/other v1.0.0
-- a.go --
package a

import _ "example.org/other/pkg"
-- vendor/modules.txt --
`,
			problems: []string{"nothing was checked: the vendor folder of DIR is missing or does not agree with go.mod"},
			remedy:   "go mod vendor",
		},
		{
			name:     "missing vendor folder",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n\nrequire example.org/other v1.0.0\n-- a.go --\npackage a\n\nimport _ \"example.org/other/pkg\"\n",
			flags:    []string{"-mod=vendor"},
			problems: []string{"nothing was checked: the vendor folder of DIR is missing or does not agree with go.mod"},
			remedy:   "go mod vendor",
		},
		{
			name:     "newer go line",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.99\n-- a.go --\npackage a\n",
			env:      []string{"GOTOOLCHAIN=local"},
			problems: []string{"nothing was checked: go.mod asks for Go 1.99, and the go command here is 1."},
			remedy:   "install Go 1.99",
		},
		{
			name:     "toolchain that cannot be had",
			files:    "-- go.mod --\nmodule example.com/m\n\ngo 1.99.0\n-- a.go --\npackage a\n",
			env:      []string{"GOTOOLCHAIN=auto", "GOPROXY=off"},
			problems: []string{"nothing was checked: the module asks for go1.99.0, which is not installed and cannot be downloaded"},
		},
		{
			name:     "broken go.mod",
			files:    "-- go.mod --\nmodule example.com/m\n\nrequir x\n-- a.go --\npackage a\n",
			problems: []string{"nothing was checked: go.mod cannot be read: go.mod:3: unknown directive: requir"},
		},
		{
			name: "circle",
			files: `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import _ "example.com/m/b"
-- b/b.go --
package b

import _ "example.com/m/a"
`,
			problems: []string{"nothing was checked: packages import each other in a circle that leads from example.com/m/a to example.com/m/a"},
		},
		{
			// The go command starts the tool in the directory of the package.
			name: "directory that only an overlay has",
			files: "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- m.go --\npackage m\n-- elsewhere --\npackage gone\n" +
				"-- overlay.json --\n{\"Replace\": {\"gone/gone.go\": \"elsewhere\"}}\n",
			flags:    []string{"-overlay=overlay.json"},
			patterns: []string{"./gone"},
			problems: []string{"example.com/m/gone was not checked: lagvet could not be started in its directory: chdir DIR/gone"},
			remedy:   "only an overlay has it",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tt.files)
			patterns := tt.patterns
			if patterns == nil {
				patterns = []string{"./..."}
			}
			res := checked(t, Options{Dir: dir, Patterns: patterns, BuildFlags: tt.flags, Env: tt.env})
			var got []string
			for _, p := range res.Problems {
				got = append(got, strings.ReplaceAll(p.Message, dir, "DIR"))
				if p.Remedy == "" {
					t.Errorf("no remedy for %q", p.Message)
				}
			}
			if !slices.EqualFunc(got, tt.problems, strings.HasPrefix) {
				t.Fatalf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.problems, "\n\t"))
			}
			first := res.Problems[0]
			if !strings.Contains(first.Remedy, tt.remedy) {
				t.Errorf("remedy %q does not speak of %q", first.Remedy, tt.remedy)
			}
			if got := place(first, dir); got != tt.place {
				t.Errorf("at %q, want %q", got, tt.place)
			}
		})
	}
}

func place(p finding.Problem, dir string) string {
	if p.File == "" {
		return ""
	}
	rel, _ := within(p.File, dir)
	return strings.Join([]string{filepath.ToSlash(rel), strconv.Itoa(p.Line), strconv.Itoa(p.Column)}, ":")
}

// Without a go command there is nothing to be understood.
func TestNoGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	res := checked(t, Options{Dir: t.TempDir()})
	if len(res.Problems) != 1 || !strings.Contains(res.Problems[0].Message, "there is no go command on PATH") {
		t.Errorf("got %+v", res.Problems)
	}
}

func TestUnfit(t *testing.T) {
	for _, tt := range []struct{ theirs, ours, want string }{
		{"go1.26.8", "go1.26.1", ""},
		{"go1.26.1", "go1.27.0", ""},
		{"go1.27rc1", "go1.26.8", "lagvet was built with go1.26, this module is checked by go1.27"},
		{"go1.25.4", "go1.26.8", "lagvet needs the go command of go1.26 or later"},
		{"devel go1.28-abcdef", "go1.26.8", ""},
		{"go1.27.0", "devel go1.28-abcdef", ""},
	} {
		p := goenv{GOVERSION: tt.theirs}.unfit(tt.ours)
		if got := p != nil; got != (tt.want != "") {
			t.Errorf("%s checked by a lagvet of %s: %+v", tt.theirs, tt.ours, p)
		} else if got && (!strings.Contains(p.Message, tt.want) || p.Remedy == "") {
			t.Errorf("%s checked by a lagvet of %s: %+v, want %q", tt.theirs, tt.ours, p, tt.want)
		}
	}
}

// What the go command says on other occasions, as recorded from it.
func TestUnderstand(t *testing.T) {
	for _, tt := range []struct {
		name, said string
		failed     bool
		problems   []string
		notes      []string
	}{
		{
			name:   "success with warnings of a C compiler",
			said:   "# example.com/m/sqlite\nsqlite.c: In function 'f':\nsqlite.c:10:3: warning: unused variable\n",
			notes:  []string{"example.com/m/sqlite: sqlite.c: In function 'f':\n\tsqlite.c:10:3: warning: unused variable"},
			failed: false,
		},
		{
			name: "downloads",
			said: "go: downloading golang.org/x/mod v0.42.0\n",
		},
		{
			name:     "crash",
			said:     "# example.com/m/a\npanic: runtime error: index out of range [3] with length 3\n\ngoroutine 7 [running]:\nmain.f()\n\t/src/f.go:3 +0x1d\n",
			failed:   true,
			problems: []string{"example.com/m/a was not checked: lagvet crashed on it: panic: runtime error: index out of range [3] with length 3"},
		},
		{
			name:     "the tool's own words",
			said:     "# example.com/m/a\nlagvet: reading the profile: unexpected EOF\n",
			failed:   true,
			problems: []string{"example.com/m/a was not checked: reading the profile: unexpected EOF"},
		},
		{
			name:     "compiler and tool on the same package, and its variant",
			said:     "# example.com/m/a [example.com/m/a.test]\n./a.go:3:1: first\n# example.com/m/a\n# [example.com/m/a]\nvet: ./a.go:3:1: first\n",
			failed:   true,
			problems: []string{"example.com/m/a was not checked: it does not compile: first"},
		},
		{
			name:     "a module that another module requires",
			said:     "go: example.org/a@v1.0.0 requires\n\texample.org/b@v1.1.0 requires\n\texample.org/c@v0.2.0: reading example.org/c/go.mod at revision v0.2.0: unknown revision v0.2.0\n",
			failed:   true,
			problems: []string{"nothing was checked: example.org/c@v0.2.0, which example.org/a@v1.0.0 requires, cannot be had: reading example.org/c/go.mod at revision v0.2.0: unknown revision v0.2.0"},
		},
		{
			name:     "something new",
			said:     "go: the sky has fallen\nrun\n",
			failed:   true,
			problems: []string{"nothing was checked: go vet failed: go: the sky has fallen …"},
		},
		{
			name:     "nothing at all",
			failed:   true,
			problems: []string{"nothing was checked: go vet failed: it does not say why"},
		},
		{
			name:     "checksum",
			said:     "verifying golang.org/x/mod@v0.42.0: checksum mismatch\n\tdownloaded: h1:a\n\tgo.sum:     h1:b\n\nSECURITY ERROR\nThis download does NOT match an earlier download recorded in go.sum.\n",
			failed:   true,
			problems: []string{"nothing was checked: golang.org/x/mod@v0.42.0 is not what go.sum says it is"},
		},
		{
			name:     "go.mod out of date",
			said:     "go: updates to go.mod needed; to update it:\n\tgo mod tidy\n",
			failed:   true,
			problems: []string{"nothing was checked: go.mod is out of date"},
		},
		{
			name:     "package missing from the vendor folder",
			said:     "a.go:3:8: cannot find module providing package golang.org/x/mod/semver: import lookup disabled by -mod=vendor\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)\n",
			failed:   true,
			problems: []string{"nothing was checked: package golang.org/x/mod/semver is not in the vendor folder"},
		},
		{
			name:     "unknown revision",
			said:     "go: golang.org/x/exp@v0.0.0-20220101000000-abcdefabcdef: invalid version: unknown revision abcdefabcdef\n",
			failed:   true,
			problems: []string{"nothing was checked: module golang.org/x/exp@v0.0.0-20220101000000-abcdefabcdef cannot be had: unknown revision abcdefabcdef"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := understand(tt.said, Options{Dir: "/src"}, tt.failed)
			var got []string
			for _, p := range u.problems {
				got = append(got, p.Message)
			}
			if !slices.Equal(got, tt.problems) {
				t.Errorf("problems\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(tt.problems, "\n\t"))
			}
			if !slices.Equal(u.notes, tt.notes) {
				t.Errorf("notes %q, want %q", u.notes, tt.notes)
			}
		})
	}
}
