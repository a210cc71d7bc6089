package engine

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func hotFunction(name string) config.Function { return config.Function{Func: name} }

// looped is a function with a hazard on the fourth line of its file.
func looped(pkg string) string {
	return "package " + pkg + "\n\nfunc F(fs []func()) { for _, f := range fs {\n\tdefer f()\n} }\n"
}

// Packages are found wherever the go command finds them.
func TestEnvironments(t *testing.T) {
	const mod = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"
	for _, tt := range []struct {
		name     string
		files    string
		sub      string // of the directory, to run in
		patterns []string
		flags    []string
		env      []string
		tests    bool
		want     string
	}{
		{
			name: "workspace",
			files: "-- go.work --\ngo 1.26\n\nuse (\n\t./x\n\t./y\n)\n" +
				"-- x/go.mod --\nmodule example.com/x\n\ngo 1.26\n-- x/x.go --\npackage x\n\nimport \"example.com/y\"\n\nfunc X() { y.F(nil) }\n" +
				"-- y/go.mod --\nmodule example.com/y\n\ngo 1.26\n-- y/y.go --\n" + looped("y") + "-- y/y_test.go --\npackage y\n\nvar broken int = \"\"\n",
			patterns: []string{"./x/...", "./y/..."},
			want:     "y/y.go:4 hotdefer in example.com/y",
		},
		{
			name: "module of a workspace by its path",
			files: "-- go.work --\ngo 1.26\n\nuse ./y\n" +
				"-- y/go.mod --\nmodule example.com/y\n\ngo 1.26\n-- y/in/y.go --\n" + looped("y") + "-- y/in/y_test.go --\npackage y\n\nvar broken int = \"\"\n",
			patterns: []string{"example.com/y/..."},
			want:     "y/in/y.go:4 hotdefer in example.com/y/in",
		},
		{
			name: "vendored packages are not the user's",
			files: mod + "\nrequire example.org/d v1.0.0\n-- m.go --\npackage m\n\nimport \"example.org/d\"\n\nfunc M() { d.F(nil) }\n" +
				"-- vendor/modules.txt --\n# example.org/d v1.0.0\n## explicit; go 1.26\nexample.org/d\n-- vendor/example.org/d/d.go --\n" + looped("d"),
			want: "",
		},
		{
			name: "but can be asked for",
			files: mod + "\nrequire example.org/d v1.0.0\n-- m.go --\npackage m\n\nimport \"example.org/d\"\n\nfunc M() { d.F(nil) }\n" +
				"-- vendor/modules.txt --\n# example.org/d v1.0.0\n## explicit; go 1.26\nexample.org/d\n-- vendor/example.org/d/d.go --\n" + looped("d"),
			patterns: []string{"example.org/d"},
			want:     "vendor/example.org/d/d.go:4 hotdefer in example.org/d",
		},
		{
			name: "replaced by a directory",
			files: mod + "\nrequire example.org/d v1.0.0\n\nreplace example.org/d => ./d\n-- m.go --\npackage m\n\nimport \"example.org/d\"\n\nfunc M() { d.F(nil) }\n" +
				"-- d/go.mod --\nmodule example.org/d\n\ngo 1.26\n-- d/d.go --\n" + looped("d"),
			patterns: []string{".", "example.org/d"},
			want:     "d/d.go:4 hotdefer in example.org/d",
		},
		{
			name:  "build tags, off",
			files: mod + "-- a.go --\npackage m\n-- b.go --\n//go:build special\n" + looped("m"),
			want:  "",
		},
		{
			name:  "build tags",
			files: mod + "-- a.go --\npackage m\n-- b.go --\n//go:build special\n" + looped("m"),
			flags: []string{"-tags=special"},
			want:  "b.go:5 hotdefer in example.com/m",
		},
		{
			name:  "build tags by GOFLAGS",
			files: mod + "-- a.go --\npackage m\n-- b.go --\n//go:build special\n" + looped("m"),
			env:   []string{"GOFLAGS=-tags=special"},
			want:  "b.go:5 hotdefer in example.com/m",
		},
		{
			name:  "another platform",
			files: mod + "-- a.go --\npackage m\n-- b_plan9.go --\n" + looped("m"),
			env:   []string{"GOOS=plan9", "GOARCH=386"},
			want:  "b_plan9.go:4 hotdefer in example.com/m",
		},
		{
			name:  "directory below the module's root",
			files: mod + "-- a.go --\n" + looped("m") + "-- sub/b.go --\n" + looped("sub"),
			sub:   "sub",
			want:  "sub/b.go:4 hotdefer in example.com/m/sub",
		},
		{
			name:     "directory above",
			files:    mod + "-- a.go --\n" + looped("m") + "-- sub/b.go --\n" + looped("sub"),
			sub:      "sub",
			patterns: []string{".."},
			want:     "a.go:4 hotdefer in example.com/m",
		},
		{
			name:     "import path",
			files:    mod + "-- a.go --\n" + looped("m") + "-- sub/b.go --\n" + looped("sub"),
			patterns: []string{"example.com/m/sub"},
			want:     "sub/b.go:4 hotdefer in example.com/m/sub",
		},
		{
			name:     "files",
			files:    mod + "-- a.go --\n" + looped("m"),
			patterns: []string{"a.go"},
			want:     "a.go:4 hotdefer in command-line-arguments",
		},
		{
			name:     "a directory that no pattern with dots matches",
			files:    mod + "-- testdata/p/a.go --\n" + looped("p") + "-- testdata/p/a_test.go --\npackage p\n\nvar broken int = \"\"\n",
			patterns: []string{"./testdata/p"},
			want:     "testdata/p/a.go:4 hotdefer in example.com/m/testdata/p",
		},
		{
			name:  "a directory with test files only",
			files: mod + "-- a.go --\n" + looped("m") + "-- t/t_test.go --\npackage t\n\nvar broken int = \"\"\n",
			want:  "a.go:4 hotdefer in example.com/m",
		},
		{
			name:  "tests",
			files: mod + "-- a.go --\n" + looped("m") + "-- t/t_test.go --\npackage t\n",
			tests: true,
			want:  "a.go:4 hotdefer in example.com/m",
		},
		{
			name: "external tests that do not compile",
			files: mod + "-- a.go --\n" + looped("m") + "-- a_test.go --\npackage m_test\n\nvar broken int = \"\"\n" +
				"-- x/x.go --\npackage x\n-- x/x_test.go --\npackage x\n\nimport _ \"example.com/m/no/such\"\n",
			want: "a.go:4 hotdefer in example.com/m",
		},
		{
			name:  "generics",
			files: mod + "-- a.go --\npackage m\n\nfunc F[T any](fs []func(T), x T) { for _, f := range fs {\n\tdefer f(x)\n} }\n\nvar _ = F[int]\n",
			want:  "a.go:4 hotdefer in example.com/m",
		},
		{
			name:  "cgo",
			files: mod + "-- a.go --\npackage m\n\n// static int zero(void) { return 0; }\nimport \"C\"\n\nfunc F(fs []func()) int { for _, f := range fs {\n\tdefer f()\n}\nreturn int(C.zero()) }\n",
			env:   []string{"CGO_ENABLED=1"},
			want:  "a.go:7 hotdefer in example.com/m",
		},
		{
			name:  "a name made by a line directive",
			files: mod + "-- a.go --\npackage m\n\n//line grammar.y:100\nfunc F(fs []func()) { for _, f := range fs {\n\tdefer f()\n} }\n",
			want:  "grammar.y:101 hotdefer in example.com/m",
		},
		{
			name:  "trimmed paths",
			files: mod + "-- a.go --\n" + looped("m"),
			env:   []string{"GOFLAGS=-trimpath"},
			want:  "a.go:4 hotdefer in example.com/m",
		},
		{
			name:  "several mains with profiles of their own",
			files: mod + "-- c/a/main.go --\npackage main\n\nimport \"example.com/m/p\"\n\nfunc main() { p.F(nil) }\n-- c/b/main.go --\npackage main\n\nimport \"example.com/m/p\"\n\nfunc main() { p.F(nil) }\n-- p/p.go --\n" + looped("p"),
			want:  "p/p.go:4 hotdefer in example.com/m/p",
		},
		{
			name:  "no dot in the module's path",
			files: "-- go.mod --\nmodule app\n\ngo 1.26\n-- a.go --\n" + looped("app"),
			want:  "a.go:4 hotdefer in app",
		},
		{
			name:     "standard library",
			files:    mod + "-- a.go --\n" + looped("m"),
			patterns: []string{"unsafe", "errors", "unicode/..."},
			want:     "",
		},
		{
			name:  "race detector",
			files: mod + "-- a.go --\n" + looped("m"),
			flags: []string{"-race"},
			want:  "a.go:4 hotdefer in example.com/m",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "cgo" || tt.name == "race detector" {
				needC(t)
			}
			dir := t.TempDir()
			write(t, dir, tt.files)
			patterns := tt.patterns
			if patterns == nil {
				patterns = []string{"./..."}
			}
			res := checked(t, Options{Dir: filepath.Join(dir, tt.sub), Patterns: patterns, BuildFlags: tt.flags, Env: tt.env, Tests: tt.tests})
			expect(t, res, dir, tt.want)
			if len(res.Notes) > 0 {
				t.Errorf("notes: %q", res.Notes)
			}
		})
	}
}

func needC(t *testing.T) {
	t.Helper()
	out, err := exec.Command("go", "env", "CC").Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(strings.Fields(string(out))[0]); err != nil {
		t.Skipf("no C compiler: %v", err)
	}
}

// An overlay of the user's is obeyed, its positions are those of the files that
// it stands for, and it does not bring back tests.
func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- a.go --
package m
-- a_test.go --
package m
-- edit/a.go --
`+looped("m")+`
-- edit/broken_test.go --
package m

var broken int = ""
-- edit/go.mod --
module example.com/edit
-- other.json --
{}
-- overlay.json --
{"Replace": {"a.go": "edit/a.go", "b_test.go": "edit/broken_test.go", "a_test.go": "edit/broken_test.go"}}
`)
	want := "a.go:4 hotdefer in example.com/m"
	for _, opts := range []Options{
		{BuildFlags: []string{"-overlay", "overlay.json"}},
		{BuildFlags: []string{"-overlay=" + filepath.Join(dir, "overlay.json")}},
		{Env: []string{"GOFLAGS='-overlay=overlay.json' -tags=x"}},
		{BuildFlags: []string{"-overlay=overlay.json"}, Env: []string{"GOFLAGS=-overlay=other.json"}},
	} {
		opts.Dir, opts.Patterns = dir, []string{"."}
		expect(t, checked(t, opts), dir, want)
	}
	if _, err := Run(t.Context(), Options{Dir: dir, BuildFlags: []string{"-overlay=missing.json"}, Tool: self}); err == nil {
		t.Error("a missing overlay was not missed")
	}
}

// A text stands in for a file that the disk has otherwise, or not at all. Where
// the result of an earlier run is replayed, its places are not those of a
// directory that is gone.
func TestOverlayOfTexts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "\n-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage m\n-- a_test.go --\npackage m\n")
	file := func(name string) string { return filepath.Join(dir, name) }
	opts := Options{Dir: dir, Patterns: []string{"."}, Overlay: map[string][]byte{
		file("a.go"):      []byte(looped("m")),
		file("a_test.go"): []byte("package m\n\nvar broken int = true\n"),
	}}
	for _, cached := range []int{0, 1} {
		res := checked(t, opts)
		expect(t, res, dir, "a.go:4 hotdefer in example.com/m")
		if res.Cached != cached {
			t.Errorf("%d packages cached, want %d", res.Cached, cached)
		}
	}
	opts.Overlay = map[string][]byte{file("new.go"): []byte(looped("m"))}
	expect(t, checked(t, opts), dir, "new.go:4 hotdefer in example.com/m")

	opts.Overlay = map[string][]byte{file("a.go"): []byte("package m\n\nvar F int = true\n")}
	res := checked(t, opts)
	if len(res.Problems) != 1 || res.Problems[0].Place != (finding.Place{File: file("a.go"), Line: 3, Column: 13}) || strings.Contains(res.Problems[0].Message, standIns) {
		t.Errorf("problems of a text that does not compile are %+v", res.Problems)
	}
	opts.Overlay = nil
	expect(t, checked(t, opts), dir, "")
}

func TestOriginal(t *testing.T) {
	tests := []struct{ name, want string }{
		{"/m/a.go", "/m/a.go"},
		{"/tmp/lagvet-1/" + standIns + "/@/m/a.go", "/m/a.go"},
		{"/tmp/lagvet-1/" + standIns + "/@C%3A/m/a.go", "C:/m/a.go"},
		{"/m/" + standIns + "/a.go", "/m/" + standIns + "/a.go"},
		{"/m/" + standIns + "/@%zz/a.go", "/m/" + standIns + "/@%zz/a.go"},
	}
	for _, tt := range tests {
		if got := original(filepath.FromSlash(tt.name)); got != filepath.FromSlash(tt.want) {
			t.Errorf("%s stands for %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A dependency can be checked where it lies.
func TestModuleCache(t *testing.T) {
	for _, tests := range []bool{false, true} {
		res := checked(t, Options{Patterns: []string{"golang.org/x/mod/semver"}, Tests: tests})
		if res.Packages != 1 || len(res.Problems) > 0 {
			t.Errorf("tests %t: %d packages checked, want 1: %s", tests, res.Packages, summary(res, ""))
		}
	}
}

// The standard library can be checked from any module, with or without another
// check before.
func TestStandardLibrary(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, twoPackages)
	checked(t, Options{Dir: dir, Patterns: []string{"./..."}})
	for _, where := range []string{dir, filepath.Join(runtime.GOROOT(), "src")} {
		res := checked(t, Options{Dir: where, Patterns: []string{"container/...", "sync/atomic"}})
		if res.Packages != 4 || len(res.Problems) > 0 {
			t.Errorf("in %s: %d packages checked, want 4: %s", where, res.Packages, summary(res, dir))
		}
	}
	res := checked(t, Options{Dir: filepath.Join(runtime.GOROOT(), "src"), Patterns: []string{"./container/..."}})
	if res.Packages != 3 || res.Cached != 3 || len(res.Problems) > 0 {
		t.Errorf("%d packages checked, %d cached, want 3 and 3: %s", res.Packages, res.Cached, summary(res, dir))
	}
	for _, pattern := range []string{"cmd/addr2line", "./addr2line"} {
		res := checked(t, Options{Dir: filepath.Join(runtime.GOROOT(), "src", "cmd"), Patterns: []string{pattern}})
		if res.Packages != 1 || len(res.Problems) > 0 {
			t.Errorf("%s: %d packages checked, want 1: %s", pattern, res.Packages, summary(res, dir))
		}
	}
}
