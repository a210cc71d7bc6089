package vettool

import (
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
)

func TestIs(t *testing.T) {
	for _, tt := range []struct {
		args string
		want bool
	}{
		{"-V=full", true},
		{"-flags", true},
		{"/tmp/b001/vet.cfg", true},
		{"-json -findings=true /tmp/b001/vet.cfg", true},
		{"-profile /tmp/cpu.pprof#sha256=00 /tmp/b001/vet.cfg", true},
		{"", false},
		{"check ./...", false},
		{"check --config lagvet.cfg", false},
		{"-V=full check", false},
		{"--flags", false},
		{"version", false},
	} {
		if got := Is(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("Is(%s) = %t", tt.args, got)
		}
	}
}

func TestFlags(t *testing.T) {
	want := Flags{
		Findings: true,
		Scope:    []string{"std@/usr/local/go", "example.com/m"},
		Profiles: []Hashed{{"/srv/a b.pprof", "00ff"}, {"/srv/#.pprof", "11"}},
		Config: config.Analysis{
			Hot:     []config.Function{{Func: "(*example.com/m.T).F"}},
			Options: map[string]map[string]string{"hotdefer": {"budget": "5"}},
		},
	}
	args, err := want.Args()
	if err != nil {
		t.Fatal(err)
	}
	var got Flags
	rest, err := got.take(append([]string{"-json", "-ctxless=false"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []string{"-json", "-ctxless=false"}; !slices.Equal(rest, want) {
		t.Errorf("left %q, want %q", rest, want)
	}
}

func TestFlagForms(t *testing.T) {
	for _, tt := range []struct {
		args string
		want Flags
		err  string
	}{
		{"--findings", Flags{Findings: true}, ""},
		{"-findings=false", Flags{}, ""},
		{"-heat -scope std", Flags{Heat: true, Scope: []string{"std"}}, ""},
		{"-scope", Flags{}, "flag -scope needs a value"},
		{"-profile=cpu.pprof", Flags{}, "older content"},
		{"-config={", Flags{}, "reading -config"},
	} {
		var got Flags
		_, err := got.take(strings.Fields(tt.args))
		switch {
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("%s: error %v, want %q", tt.args, err, tt.err)
		case tt.err == "" && (err != nil || !reflect.DeepEqual(got, tt.want)):
			t.Errorf("%s: %+v, %v; want %+v", tt.args, got, err, tt.want)
		}
	}
}

// A flag that the go command does not learn of by -flags, it refuses.
func TestFlagsAreRegistered(t *testing.T) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	new(Flags).register(fs)
	all := Flags{Findings: true, Heat: true, NoCompiler: true, Scope: []string{"std"}, Profiles: []Hashed{{"/p", "00"}}, Config: config.Analysis{Roots: []config.Function{{Func: "f"}}}, Anew: "again"}
	args, err := all.Args()
	if err != nil {
		t.Fatal(err)
	}
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if fs.Lookup(name) == nil {
			t.Errorf("-%s is not registered", name)
		}
	}
	if n := reflect.TypeFor[Flags]().NumField(); len(args) != n {
		t.Errorf("%d of %d fields become arguments", len(args), n)
	}
}

func TestInScope(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cfg   unitchecker.Config
		scope []string
		want  bool
	}{
		{"main module", unitchecker.Config{ImportPath: "example.com/m/a", ModulePath: "example.com/m", Dir: "/src/m/a"}, nil, true},
		{"main module as go1.27 says it", unitchecker.Config{ImportPath: "m/a", Module: &analysis.Module{Path: "m"}, Dir: "/src/m/a"}, nil, true},
		{"replaced by a directory", unitchecker.Config{ImportPath: "example.com/r", ModulePath: "example.com/r", ModuleVersion: "v1.0.0", Dir: "/src/r"}, nil, true},
		{"module cache", unitchecker.Config{ImportPath: "example.com/d/x", ModulePath: "example.com/d", ModuleVersion: "v1.0.0", Dir: "/home/u/go/pkg/mod/example.com/d@v1.0.0/x"}, nil, false},
		{"module cache, asked for", unitchecker.Config{ImportPath: "example.com/d/x", ModulePath: "example.com/d", ModuleVersion: "v1.0.0", Dir: "/home/u/go/pkg/mod/example.com/d@v1.0.0/x"}, []string{"example.com/d"}, true},
		{"vendored", unitchecker.Config{ImportPath: "example.com/d/x", ModulePath: "example.com/d", ModuleVersion: "v1.0.0", Dir: "/src/m/vendor/example.com/d/x"}, nil, false},
		{"a directory called vendor", unitchecker.Config{ImportPath: "example.com/m/vendor/x", ModulePath: "example.com/m", Dir: "/src/m/vendor/x"}, nil, true},
		{"standard library", unitchecker.Config{ImportPath: "net/http", Dir: "/usr/local/go/src/net/http"}, nil, false},
		{"standard library, asked for", unitchecker.Config{ImportPath: "net/http", Dir: "/usr/local/go/src/net/http"}, []string{"std@/usr/local/go"}, true},
		{"list of files", unitchecker.Config{ImportPath: CommandLine, Dir: "/src/m/a"}, nil, true},
	} {
		u := &unit{Config: tt.cfg}
		if got := u.inScope(tt.scope); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}

// The description is passed on whole: fields that this version of unitchecker
// does not know as well.
func TestWith(t *testing.T) {
	file := filepath.Join(t.TempDir(), "vet.cfg")
	if err := os.WriteFile(file, []byte(`{"ID":"a","ImportPath":"a","GoFiles":["a.go"],"VetxOnly":true,"New":{"X":1}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	u, err := readUnit(file)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := u.with(map[string]any{"VetxOnly": false})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"ID": "a", "ImportPath": "a", "GoFiles": []any{"a.go"}, "VetxOnly": false, "New": map[string]any{"X": 1.0}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !u.VetxOnly {
		t.Error("the unit itself was changed")
	}
}

func TestBuildID(t *testing.T) {
	const id = "ZjAV_SGJC4YaxbNL_-Ml/9FOayDG_oYalDt536ipy/fvTK8NKclO6lamVdkANl/bR2WdkE_tosTc8RqaLXK"
	sum := func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
	long := strings.Repeat("text ", 64<<10)
	for _, tt := range []struct{ name, content, want string }{
		{"ELF", "\x7fELF…\x04\x00\x00\x00S\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id + "\x00" + long, id},
		{"Mach-O, PE", "MZ…\xff Go build ID: \"" + id + "\"\n \xff" + long, id},
		{"redacted", "\x7fELF…Go\x00\x00redacted\x00", sum("\x7fELF…Go\x00\x00redacted\x00")},
		{"small", "#!/bin/sh\n", sum("#!/bin/sh\n")},
		{"behind the window", long + id, sum(long + id)},
	} {
		file := filepath.Join(t.TempDir(), "tool")
		if err := os.WriteFile(file, []byte(tt.content), 0o700); err != nil {
			t.Fatal(err)
		}
		if got, err := BuildID(file); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := BuildID(exe); err != nil || strings.Count(got, "/") != 3 {
		t.Errorf("this test's own ID is %q, %v", got, err)
	}
}

func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	identity := func() string {
		t.Helper()
		var b strings.Builder
		if err := identify(&b); err != nil {
			t.Fatal(err)
		}
		f := strings.Fields(b.String())
		if len(f) < 3 || f[1] != "version" || f[2] != "devel" || !strings.HasPrefix(f[len(f)-1], "buildID=") {
			t.Fatalf("the go command would not take %q for an identity", b.String())
		}
		return b.String()
	}
	none := identity()
	if err := os.WriteFile(config.Name, []byte("hot: [f]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	some := identity()
	if some == none {
		t.Error("a configuration does not change the identity")
	}
	if err := os.WriteFile(config.Name, []byte("hot: [g]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if identity() == some {
		t.Error("an edit of the configuration does not change the identity")
	}
	t.Setenv(driverEnv, "1")
	if identity() != none {
		t.Error("the configuration changes the identity though it comes by flag")
	}
}

type fact struct{}

func (*fact) AFact() {}

// go vet runs its own checks, and staticcheck's are for whoever runs that: as go vet's
// tool, lagvet leaves them out.
func TestRulesLeaveOutAdopted(t *testing.T) {
	for _, a := range rules() {
		for _, r := range analyzers.Adopted() {
			if a.Name == r.Name {
				t.Errorf("go vet runs %s twice", a.Name)
			}
		}
	}
}

func TestWithFacts(t *testing.T) {
	run := func(*analysis.Pass) (any, error) { return nil, nil }
	deep := &analysis.Analyzer{Name: "deep", Doc: "d", Run: run, FactTypes: []analysis.Fact{new(fact)}}
	plain := &analysis.Analyzer{Name: "plain", Doc: "d", Run: run, Requires: []*analysis.Analyzer{deep}}
	rule := &analysis.Analyzer{Name: "rule", Doc: "d", Run: run, Requires: []*analysis.Analyzer{plain, deep}}
	if got := WithFacts([]*analysis.Analyzer{rule}); !slices.Equal(got, []*analysis.Analyzer{deep}) {
		t.Errorf("got %v", got)
	}
}

func TestMayBeHot(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      bool
	}{
		{"nothing", "package a\n", false},
		{"hot", "package a\n\n//lagvet:hot\nfunc f() {}\n", true},
		{"contract", "package a\n\ntype i interface {\n\t//lagvet:nonblocking\n\tf()\n}\n", true},
		{"root", "package a\n\n//lagvet:root\nfunc f() {}\n", false},
		{"another tool's", "package a\n\n//go:hot\nfunc f() {}\n", false},
	} {
		file := filepath.Join(t.TempDir(), "a.go")
		if err := os.WriteFile(file, []byte(tt.src), 0o600); err != nil {
			t.Fatal(err)
		}
		u := &unit{Config: unitchecker.Config{ImportPath: "a", GoFiles: []string{file}}}
		if got, err := mayBeHot(u, Flags{}); err != nil || got != tt.want {
			t.Errorf("%s: %t, %v", tt.name, got, err)
		}
	}
}

func TestMove(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := move(from, to); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(to); err != nil || string(data) != "text" {
		t.Errorf("read %q, %v", data, err)
	}
	if _, err := os.Stat(from); err == nil {
		t.Error("the original is still there")
	}
}

func TestBegin(t *testing.T) {
	u := &unit{Config: unitchecker.Config{ImportPath: "example.com/a"}}
	t.Setenv(progressEnv, "")
	if err := begin(u); err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Setenv(progressEnv, f.Name())
	for range 2 {
		if err := begin(u); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "example.com/a\nexample.com/a\n" {
		t.Errorf("the file has %q, %v", got, err)
	}
}
