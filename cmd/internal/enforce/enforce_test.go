package enforce

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/testtool"
)

// self is the executable that stands for lagvet.
var self string

func TestMain(m *testing.M) { testtool.Main(m, &self) }

// The module imports nothing, for all that it imports is built and analysed anew.
const module1 = `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
package main

import "example.com/shop/book"

//lagvet:noalloc
func match(n int) int { return book.Depth(n) }

func main() { println(match(len(book.Names()))) }
-- book/book.go --
// Package book is where the contract of another package is broken.
package book

var last []byte

// Depth keeps nothing. What is inlined would be its caller's.
//
//go:noinline
func Depth(n int) int { return n }

// Names are few.
func Names() []string { return []string{"a"} }
-- book/book_test.go --
package book

import "testing"

func TestDepth(t *testing.T) {
	if Depth(1) != 1 {
		t.Fail()
	}
}
`

type shop struct {
	dir, cache string
}

func newShop(t *testing.T) shop {
	t.Helper()
	s := shop{t.TempDir(), t.TempDir()}
	for _, f := range txtar.Parse([]byte(module1)).Files {
		s.write(t, f.Name, string(f.Data))
	}
	return s
}

func (s shop) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s shop) edit(t *testing.T, name, old, new string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	s.write(t, name, strings.Replace(string(data), old, new, 1))
}

// goes runs the go command with lagvet around its tools.
func (s shop) goes(t *testing.T, args ...string) (out string, ok bool) {
	t.Helper()
	args = slices.Insert(args, 1, "-toolexec="+self+" "+Name)
	cmd := exec.Command("go", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GOCACHE="+s.cache, "XDG_CACHE_HOME="+filepath.Join(s.cache, "user"), "GOWORK=off", "GOFLAGS=")
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

// A build fails where, and only where, the policy is violated, whatever the go
// command has kept; and the binary says by which policy it was built.
func TestBuild(t *testing.T) {
	s := newShop(t)
	setting := func(t *testing.T) string {
		t.Helper()
		if out, ok := s.goes(t, "build", "-o", "shop", "."); !ok {
			t.Fatalf("the build fails:\n%s", out)
		}
		info, err := buildinfo.ReadFile(filepath.Join(s.dir, "shop"))
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range info.Settings {
			if set.Key == Setting {
				return set.Value
			}
		}
		t.Fatalf("the binary does not say that it was built so: %v", info)
		return ""
	}
	refused := func(t *testing.T, want ...string) {
		t.Helper()
		out, ok := s.goes(t, "build", "-o", "shop", ".")
		if ok {
			t.Fatal("the build succeeds")
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("the build does not say %q:\n%s", w, out)
			}
		}
	}

	contracts := setting(t)
	if out, ok := s.goes(t, "build", "-v", "-o", "shop", "."); !ok || out != "" {
		t.Errorf("the second build is not taken from the cache: %t\n%s", ok, out)
	}
	if out, err := exec.Command(filepath.Join(s.dir, "shop")).CombinedOutput(); err != nil || string(out) != "1\n" {
		t.Errorf("the program says %q, %v", out, err)
	}

	s.edit(t, "book/book.go", "return n }", "last = make([]byte, n); return n }")
	refused(t, "# example.com/shop\n", "main.go:6:6: match is noalloc and calls book.Depth", "book.go:9:")
	refused(t, "match is noalloc") // what was found is found again
	s.edit(t, "book/book.go", "last = make([]byte, n); return n }", "return n }")
	if again := setting(t); again != contracts {
		t.Errorf("one policy has the digests %s and %s", contracts, again)
	}

	s.write(t, ".lagvet.yml", "enforce:\n  forbid:\n    - {api: example.com/shop/book.Names, reason: there are too many}\n")
	refused(t, "main.go:8:", "example.com/shop/book.Names must not be used in example.com/shop: there are too many")
	s.write(t, ".lagvet.yml", "enforce:\n  forbid:\n    - {api: example.com/shop/book.Names, except: [example.com/shop]}\n")
	if other := setting(t); other == contracts {
		t.Errorf("two policies have the digest %s", other)
	}
	s.write(t, ".lagvet.yml", "enforce: {rule: []}\n")
	refused(t, `unknown key "rule" in enforce`)
	s.write(t, ".lagvet.yml", "\n")

	s.edit(t, "main.go", "println(", "print(undefined, ")
	refused(t, "undefined: undefined")
	s.edit(t, "main.go", "print(undefined, ", "println(")

	if out, ok := s.goes(t, "test", "./book"); !ok {
		t.Errorf("go test fails:\n%s", out)
	}
}

// What a tool answers is kept, and told as long as nothing that it depends on changes.
func TestIdentityIsKept(t *testing.T) {
	out, err := exec.Command("go", "env", "GOTOOLDIR").Output()
	if err != nil {
		t.Fatal(err)
	}
	tools, cache, dir := strings.TrimSpace(string(out)), t.TempDir(), t.TempDir()
	ask := func(tool string) string {
		t.Helper()
		cmd := exec.Command(self, Name, filepath.Join(tools, tool), "-V=full")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "XDG_CACHE_HOME="+cache)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		return string(out)
	}
	for tool, around := range map[string]bool{"compile": true, "link": true, "asm": false} {
		first := ask(tool)
		if !strings.HasPrefix(first, tool+" version ") || strings.Contains(first, "lagvet=") != around {
			t.Errorf("%s is %q", tool, first)
		}
		kept, err := filepath.Glob(filepath.Join(cache, "lagvet", "enforce", "*"))
		if err != nil || len(kept) != 1 {
			t.Fatalf("%q are kept, %v", kept, err)
		}
		data, err := os.ReadFile(kept[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(kept[0], bytes.Replace(data, []byte(" version "), []byte(" was kept "), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := ask(tool); !strings.Contains(got, " was kept ") {
			t.Errorf("what is kept of %s is not told: %q", tool, got)
		}
		config := filepath.Join(dir, ".lagvet.yml")
		if err := os.WriteFile(config, []byte("enforce: {forbid: [log]}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := ask(tool); strings.Contains(got, " was kept ") || (got != first) != around {
			t.Errorf("under another policy %s is %q, and was %q", tool, got, first)
		}
		for _, f := range append(kept, config) {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(filepath.Join(cache, "lagvet")); err != nil {
			t.Fatal(err)
		}
	}
}

// A tool that is passed through is as if lagvet were not there.
func TestPassThrough(t *testing.T) {
	cmd := exec.Command(self, Name, "/bin/sh", "-c", "cat; echo said >&2; exit 7", "sh")
	cmd.Stdin = strings.NewReader("given")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 7 || out.String() != "given" || said.String() != "said\n" {
		t.Errorf("%v, %q, %q", err, &out, &said)
	}
}

// The C compiler is asked by its name, as $CC has it.
func TestCompilerOfC(t *testing.T) {
	out, err := exec.Command(self, Name, "echo", "-###", "-x", "c", "-c", "-").CombinedOutput()
	if err != nil || string(out) != "-### -x c -c -\n" {
		t.Errorf("%v, %q", err, out)
	}
}

func TestIdentity(t *testing.T) {
	for answer, sep := range map[string]string{
		"compile version go1.26.8 X:nogreenteagc":           " lagvet=",
		"compile version devel go1.27-abc buildID=a/b":      "/",
		"compile version go1.27-devel_abc123 buildID=a/b/c": "/",
	} {
		got, err := identity(answer, &config.Config{})
		if err != nil || !strings.HasPrefix(got, answer+sep) || len(got) != len(answer)+len(sep)+33 {
			t.Errorf("%q becomes %q, %v", answer, got, err)
		}
	}
}

func TestIs(t *testing.T) {
	for line, want := range map[string]bool{
		"enforce gcc -### -x c -c -": true,
		"enforce go build ./...":     false,
		"enforce ./...":              false,
		"enforce /usr/local/go/pkg/tool/linux_amd64/compile -V=full": true,
		"enforce -unit a.cfg": true,
		"enforce":             false,
		"enforce --help":      false,
		"check /a":            false,
	} {
		if got := Is(strings.Fields(line)); got != want {
			t.Errorf("%s: %t, want %t", line, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	got := parse(strings.Fields("-o $WORK/b001/_pkg_.a -trimpath $WORK/b001=> -p main -lang=go1.26 -std -complete -buildid x/x -importcfg $WORK/b001/importcfg -pack ./a.go ./b.go"))
	if got.out != "$WORK/b001/_pkg_.a" || got.path != "main" || got.lang != "go1.26" || got.importcfg != "$WORK/b001/importcfg" || !got.std {
		t.Errorf("read as %+v", got)
	}
	if want := []string{"./a.go", "./b.go"}; !slices.Equal(got.files, want) {
		t.Errorf("files are %q, want %q", got.files, want)
	}
}

func TestReadImports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "importcfg")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# import config\nimportmap golang.org/x/a=vendor/golang.org/x/a\npackagefile vendor/golang.org/x/a=/c/a.a\npackagefile fmt=/c/f=x.a\n")
	im, err := readImports(file)
	if err != nil {
		t.Fatal(err)
	}
	if im.resolved["golang.org/x/a"] != "vendor/golang.org/x/a" || im.resolved["fmt"] != "fmt" || im.archives["fmt"] != "/c/f=x.a" {
		t.Errorf("read as %+v", im)
	}
	write("packagedir a=b\n")
	if _, err := readImports(file); err == nil || !strings.Contains(err.Error(), `unknown line "packagedir a=b"`) {
		t.Errorf("error is %v", err)
	}
}

func TestWithSetting(t *testing.T) {
	start, end := strings.Repeat("s", marks), strings.Repeat("e", marks)
	got, err := withSetting(start+"path\ta\nbuild\tGOOS=linux\n"+end, "d1")
	if want := start + "path\ta\nbuild\tGOOS=linux\nbuild\tlagvet.enforce=d1\n" + end; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if _, err := withSetting("short", "d1"); err == nil {
		t.Error("no error for what is no build information")
	}
}

func TestArchive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.a")
	for _, facts := range []string{"even", "odd", ""} {
		if err := os.WriteFile(file, []byte(magic+"__.PKGDEF       0           0     0     644     3         `\nabc\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := readFacts(file); got != nil || err != nil {
			t.Errorf("facts of a package without are %q, %v", got, err)
		}
		if err := appendFacts(file, []byte(facts)); err != nil {
			t.Fatal(err)
		}
		got, err := readFacts(file)
		if err != nil || got == nil || string(got) != facts {
			t.Errorf("facts are %q, %v, want %q", got, err, facts)
		}
		if info, err := os.Stat(file); err != nil || info.Size()%2 != 0 {
			t.Errorf("the archive's size is %d, %v: entries begin at even places", info.Size(), err)
		}
	}
	if err := os.WriteFile(file, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := appendFacts(file, nil); err == nil {
		t.Error("facts are added to what is no archive")
	}
}

func FuzzFacts(f *testing.F) {
	f.Add([]byte(magic + "lagvet.facts    0           0     0     644     3         `\nabc\n"))
	f.Add([]byte(magic + "a               0           0     0     644     999999999 `\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := factsOf(bytes.NewReader(data))
		if err != nil && facts != nil && len(facts) > len(data) {
			t.Errorf("%d bytes of facts out of %d", len(facts), len(data))
		}
		if err == nil && facts != nil && !bytes.Contains(data, facts) {
			t.Errorf("facts %q are not in the archive", facts)
		}
	})
}
