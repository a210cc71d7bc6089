package escape

import (
	"bytes"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// gorootEnv, if set, makes TestErrorcheck fail where the toolchain comes without
// the compiler's own tests, as those that the go command downloads do.
const gorootEnv = "LAGVET_NEED_GOROOT_TEST"

// TestErrorcheck compiles files that say of each line what must escape and what
// must not: some of our own, and those under GOROOT/test, where the compiler's
// own tests are. No line of what the compiler says may be unknown, and every
// expectation must be found in what the parser read.
func TestErrorcheck(t *testing.T) {
	own, err := filepath.Abs("testdata/errorcheck")
	if err != nil {
		t.Fatal(err)
	}
	check(t, own, tally{files: 1, escape: 6, stay: 8, leak: 3})
	tc, err := findToolchain(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(tc.goroot, "test")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv(gorootEnv) != "" {
			t.Fatalf("the toolchain has no tests: %v", err)
		}
		t.Logf("the toolchain has no tests, only our own files were checked: %v", err)
		return
	}
	check(t, dir, tally{files: 50, escape: 300, stay: 500, leak: 300})
}

// A tally counts expectations.
type tally struct{ files, escape, stay, leak int }

// check compiles each file under dir that has expectations. At least as many must
// be there as in want.
func check(t *testing.T, dir string, want tally) {
	t.Helper()
	files := errorchecks(t, dir)
	tc, err := findToolchain(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	importcfg := exports(t, files)
	got := tally{files: len(files)}
	for _, f := range files {
		out := f.compile(t, tc, importcfg)
		for _, u := range out.Unknown {
			t.Errorf("%s: unknown line %q", f.name, u)
		}
		f.compare(t, out, &got)
	}
	t.Logf("%s: %d files; %d that must escape, %d that must not, %d that leak", dir, got.files, got.escape, got.stay, got.leak)
	if got.files < want.files || got.escape < want.escape || got.stay < want.stay || got.leak < want.leak {
		t.Errorf("%s: found %+v, want at least %+v", dir, got, want)
	}
}

// An errorcheck is a file with expectations.
type errorcheck struct {
	name    string
	flags   []string
	pkg     string
	imports []string
	expects map[int][]*regexp.Regexp // by line
}

var (
	heading  = regexp.MustCompile(`^// errorcheck -0( .*)?( -m\b).*`)
	expected = regexp.MustCompile(`// (?:GC_)?ERROR (.*)`)
	quoted   = regexp.MustCompile("\"[^\"]*\"|`[^`]*`")
)

// errorchecks returns the files under dir whose first line asks for -m.
func errorchecks(t *testing.T, dir string) (files []*errorcheck) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && filepath.Ext(name) == ".dir":
			return filepath.SkipDir // packages that import each other
		}
		if ok, err := build.Default.MatchFile(filepath.Dir(name), d.Name()); !ok {
			return err // a directory too
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(src), "\n")
		if heading.MatchString(first) {
			files = append(files, newErrorcheck(t, name, first, string(src)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func newErrorcheck(t *testing.T, name, first, src string) *errorcheck {
	t.Helper()
	f := &errorcheck{name: name, expects: make(map[int][]*regexp.Regexp)}
	for _, flag := range strings.Fields(first)[2:] {
		// Lines about liveness are none of ours, and -m=2 is asked for anyway.
		if flag != "-0" && flag != "-live" && !strings.HasPrefix(flag, "-m") {
			f.flags = append(f.flags, flag)
		}
	}
	ast, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	f.pkg = ast.Name.Name
	for _, spec := range ast.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path != "unsafe" {
			f.imports = append(f.imports, path)
		}
	}
	for i, line := range strings.Split(src, "\n") {
		m := expected.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, q := range quoted.FindAllString(m[1], -1) {
			// What is neither mutated nor called is read as what does not escape.
			re, err := regexp.Compile(strings.ReplaceAll(q[1:len(q)-1], ", mutate, or call", ""))
			if err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
			f.expects[i+1] = append(f.expects[i+1], re)
		}
	}
	return f
}

// exports writes where the compiler finds what the files import.
func exports(t *testing.T, files []*errorcheck) string {
	t.Helper()
	args := []string{"list", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "runtime"}
	for _, f := range files {
		args = append(args, f.imports...)
	}
	slices.Sort(args[6:])
	out, err := exec.Command("go", slices.Compact(args)...).Output()
	if err != nil {
		t.Fatalf("listing what the files import: %v", withStderr(err))
	}
	name := filepath.Join(t.TempDir(), "importcfg")
	if err := os.WriteFile(name, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func (f *errorcheck) compile(t *testing.T, tc toolchain, importcfg string) *Output {
	t.Helper()
	dir := t.TempDir()
	// The compiler removes its output where it finds an error: never a device.
	args := append([]string{"-p", f.pkg, "-importcfg", importcfg, "-o", filepath.Join(dir, "out.o")}, f.flags...)
	text, err := tc.compile(t.Context(), dir, append(args, f.name))
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	out, err := Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compare looks for each expectation about escapes in what was read, and for each
// escape that was read in the expectations.
func (f *errorcheck) compare(t *testing.T, out *Output, n *tally) {
	t.Helper()
	said := make(map[int][]string)
	for _, d := range out.Diagnostics {
		if d.Pos.File != f.name {
			continue
		}
		said[d.Pos.Line] = append(said[d.Pos.Line], d.words())
		matches := func(re *regexp.Regexp) bool { return re.MatchString(d.words()) }
		if (d.Kind == Moved || d.Kind == Escapes) && !slices.ContainsFunc(f.expects[d.Pos.Line], matches) {
			t.Errorf("%s:%d: nothing expects %q", f.name, d.Pos.Line, d.words())
		}
	}
	for line, res := range f.expects {
		for _, re := range res {
			switch s := re.String(); {
			case strings.Contains(s, "does not escape"):
				n.stay++
			case strings.Contains(s, "escapes to heap"), strings.Contains(s, "moved to heap"):
				n.escape++
			case strings.Contains(s, "leaking param"):
				n.leak++
			default:
				continue
			}
			if !slices.ContainsFunc(said[line], re.MatchString) {
				t.Errorf("%s:%d: nothing matches %q in %q", f.name, line, re, said[line])
			}
		}
	}
}

// words returns what -m prints for d.
func (d *Diagnostic) words() string {
	switch d.Kind {
	case Moved:
		return "moved to heap: " + d.Subject
	case Escapes:
		return d.Subject + " escapes to heap"
	case Stays:
		return d.Subject + " does not escape"
	case Leaks:
		switch {
		case d.Detail == "content":
			return "leaking param content: " + d.Subject
		case d.Detail != "":
			return "leaking param: " + d.Subject + " " + d.Detail
		}
		return "leaking param: " + d.Subject
	}
	return ""
}
