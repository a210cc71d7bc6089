package escape

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The test binary is a vet tool too: it compiles what it is given and leaves
// the compiler's text in the directory that this variable names.
const toolEnv = "LAGVET_ESCAPE_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(toolEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := vetTool(dir, os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func vetTool(dir, arg string) error {
	switch arg {
	case "-V=full":
		// The directory is new in each run: nothing comes from the cache.
		fmt.Printf("%s version devel buildID=%x\n", filepath.Base(os.Args[0]), dir)
		return nil
	case "-flags":
		fmt.Println("[]")
		return nil
	}
	js, err := os.ReadFile(arg)
	if err != nil {
		return err
	}
	var cfg struct {
		Unit
		VetxOnly   bool
		VetxOutput string
	}
	if err := json.Unmarshal(js, &cfg); err != nil {
		return err
	}
	if err := os.WriteFile(cfg.VetxOutput, nil, 0o600); err != nil || cfg.VetxOnly {
		return err
	}
	file, err := Compile(context.Background(), cfg.Unit)
	if err != nil {
		return err
	}
	return os.Rename(file, filepath.Join(dir, strings.NewReplacer("/", "+", " ", "_").Replace(cfg.ImportPath)))
}

// vetted runs the go command with the test binary as its vet tool, and
// returns what the compiler said by package.
func vetted(t *testing.T, dir string, args ...string) map[string]*Output {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + self}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), toolEnv+"="+tmp, "TMPDIR="+tmp)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go vet: %v\n%s", err, out)
	}
	files, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]*Output)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "lagvet-") || strings.HasPrefix(f.Name(), "go-build") {
			continue
		}
		text, err := os.Open(filepath.Join(tmp, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out, err := Parse(text)
		text.Close()
		if err != nil {
			t.Fatal(err)
		}
		found[strings.ReplaceAll(f.Name(), "+", "/")] = out
	}
	return found
}

func has(out *Output, base string, line int, kind Kind, subject, detail string) bool {
	for _, d := range out.Diagnostics {
		if filepath.Base(d.Pos.File) == base && d.Pos.Line == line && d.Kind == kind && d.Subject == subject && d.Detail == detail {
			return true
		}
	}
	return false
}

func TestCompileUnderVet(t *testing.T) {
	dir, err := filepath.Abs("testdata/unit")
	if err != nil {
		t.Fatal(err)
	}
	found := vetted(t, dir, "./...")
	version, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path, out := range found {
		if len(out.Unknown) > 0 {
			t.Errorf("%s: unknown lines %q", path, out.Unknown)
		}
		if out.Toolchain != strings.TrimSpace(string(version)) || out.GOARCH == "" {
			t.Errorf("%s: toolchain %q for %q, want %q", path, out.Toolchain, out.GOARCH, version)
		}
	}
	tests := []struct {
		path    string
		base    string
		line    int
		kind    Kind
		subject string
		detail  string
	}{
		{"example.com/unit/embedded", "embedded.go", 20, Moved, "o", ""},
		{"example.com/unit/embedded", "embedded_test.go", 5, Leaks, "t", ""}, // compiled for its tests
		{"example.com/unit/asm", "asm.go", 11, CanInline, "Use", ""},
		{"example.com/unit/cgo", "cgo.go", 9, Moved, "x", ""},
		{"example.com/unit/generic", "generic.go", 8, Escapes, "v", ""},
		{"example.com/unit/generic", "generic.go", 13, Escapes, "v", ""},
		{"example.com/unit/lines", "order.y", 11, Moved, "x", ""},
		{"example.com/unit/cmd/tool", "main.go", 15, Defer, "", "stack-allocated"},
		{"example.com/unit/cmd/tool", "main.go", 17, Defer, "", "heap-allocated"},
	}
	for _, test := range tests {
		out := found[test.path]
		if out == nil {
			t.Errorf("%s was not compiled", test.path)
			continue
		}
		if !has(out, test.base, test.line, test.kind, test.subject, test.detail) {
			t.Errorf("%s:%d: no %v of %q %s", test.base, test.line, test.kind, test.subject, test.detail)
		}
	}
}

func TestCompileStandardLibrary(t *testing.T) {
	found := vetted(t, ".", "sync", "internal/poll", "net/textproto", "time/tzdata", "vendor/golang.org/x/net/dns/dnsmessage")
	for _, path := range []string{"sync", "internal/poll", "net/textproto", "time/tzdata", "vendor/golang.org/x/net/dns/dnsmessage"} {
		out := found[path]
		if out == nil {
			t.Errorf("%s was not compiled", path)
			continue
		}
		if len(out.Unknown) > 0 {
			t.Errorf("%s: unknown lines %q", path, out.Unknown)
		}
	}
}

func TestCompileFailure(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	if err := os.WriteFile(file, []byte("package a\n\nfunc f() { undefined() }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Compile(t.Context(), Unit{ImportPath: "a", Dir: dir, GoFiles: []string{file}})
	if err == nil || !strings.Contains(err.Error(), "compiling a: the compiler failed") || !strings.Contains(err.Error(), "undefined: undefined") {
		t.Errorf("got error %v", err)
	}
	if _, err := Compile(t.Context(), Unit{ImportPath: "a", Dir: dir}); err == nil {
		t.Error("no error without files")
	}
}

func TestLanguage(t *testing.T) {
	for version, want := range map[string]string{"go1.26.3": "go1.26", "go1.21": "go1.21", "go1.27rc1": "go1.27", "go1.9": "go1.9", "": "", "devel": ""} {
		if got := language(version); got != want {
			t.Errorf("language(%q) = %q, want %q", version, got, want)
		}
	}
}
