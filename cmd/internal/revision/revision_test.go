package revision

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/git/gittest"
)

// A tree is a repository of a test.
type tree struct {
	*testing.T
	dir string
}

func newTree(t *testing.T) tree {
	t.Helper()
	// Without links, so that paths can be compared.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tr := tree{t, dir}
	tr.git("init", "-q", "-b", "main")
	return tr
}

func (t tree) git(args ...string) string {
	t.Helper()
	return gittest.Dir{Path: t.dir}.Run(t.T, args...)
}

func (t tree) write(name, text string) {
	t.Helper()
	path := filepath.Join(t.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (t tree) remove(name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(t.dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func (t tree) commit() string {
	t.Helper()
	return gittest.Dir{Path: t.dir}.Commit(t.T)
}

// find returns what Find says of the texts, "-" for no file, by path from the root.
func (t tree) find(dir, ref string) (*Base, map[string]string) {
	t.Helper()
	b, err := Find(t.Context(), dir, ref)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for file, text := range b.Texts {
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			t.Fatal(err)
		}
		if text == nil {
			texts[filepath.ToSlash(rel)] = "-"
		} else {
			texts[filepath.ToSlash(rel)] = string(text)
		}
	}
	return b, texts
}

func TestFind(t *testing.T) {
	tr := newTree(t)
	tr.write("kept.go", "kept")
	tr.write("edited.go", "old")
	tr.write("staged.go", "old")
	tr.write("removed.go", "removed")
	tr.write("empty.go", "")
	tr.write("a b/größe -.go", "old")
	tr.write(".gitignore", "ignored.go\n")
	tr.write("ignored.go", "ignored")
	base := tr.commit()
	tr.git("switch", "-q", "-c", "change")
	tr.write("edited.go", "new")
	tr.write("added.go", "new")
	tr.write("a b/größe -.go", "new")
	tr.remove("empty.go")
	tr.commit()
	tr.write("staged.go", "new")
	tr.git("add", "staged.go")
	tr.write("untracked.go", "new")
	tr.write("ignored.go", "changed")
	tr.remove("removed.go")
	// What happens to main after the change left it is not the change's.
	tr.git("switch", "-q", "--detach", "main")
	tr.write("later.go", "later")
	tr.git("add", "later.go")
	tr.git("commit", "-q", "-m", "later", "later.go")
	tr.git("branch", "-f", "main")
	tr.git("switch", "-q", "change")

	b, texts := tr.find(tr.dir, "main")
	if b.Commit != base || b.Ref != "main" || b.Short() != base[:12] {
		t.Errorf("base %s of %s, want %s of main", b.Commit, b.Ref, base)
	}
	want := map[string]string{
		"edited.go": "old", "staged.go": "old", "removed.go": "removed", "empty.go": "", "a b/größe -.go": "old",
		"added.go": "-", "untracked.go": "-",
	}
	for name, text := range want {
		if got, ok := texts[name]; !ok || got != text {
			t.Errorf("%s was %q (%t), want %q", name, got, ok, text)
		}
	}
	if len(texts) != len(want) {
		t.Errorf("texts %q, want %q", texts, want)
	}
	for _, entry := range []string{"index", "HEAD"} {
		if _, err := os.Stat(filepath.Join(tr.dir, ".git", entry+".lock")); err == nil {
			t.Errorf("%s is locked", entry)
		}
	}
}

// A file is as a checkout would leave it, not as git stores it.
func TestFindFilters(t *testing.T) {
	tr := newTree(t)
	tr.write(".gitattributes", "*.go text eol=crlf\n")
	tr.write("a.go", "one\r\ntwo\r\n")
	tr.commit()
	tr.write("a.go", "three\r\n")
	_, texts := tr.find(tr.dir, "HEAD")
	if got, want := texts["a.go"], "one\r\ntwo\r\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

// What only readers read is not asked of git, which may not have it: of what is embedded
// it matters that it exists, and of what is named the text.
func TestFindUncompiled(t *testing.T) {
	tr := newTree(t)
	for _, name := range []string{"gone.html", "edited.html", "named.pprof"} {
		tr.write(name, "old "+name)
	}
	tr.commit()
	tr.write("edited.html", "new")
	tr.write("named.pprof", "new")
	tr.write("added.html", "new")
	tr.remove("gone.html")
	tr.commit()
	for _, name := range []string{"gone.html", "edited.html"} {
		blob := tr.git("rev-parse", "HEAD~:"+name)
		tr.remove(".git/objects/" + blob[:2] + "/" + blob[2:])
	}
	b, err := Find(t.Context(), tr.dir, "HEAD~", filepath.Join(tr.dir, "named.pprof"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"gone.html": "", "named.pprof": "old named.pprof", "added.html": "-"}
	for file, text := range b.Texts {
		got, name := string(text), filepath.Base(file)
		if text == nil {
			got = "-"
		}
		if w, ok := want[name]; !ok || got != w {
			t.Errorf("%s was %q, want %q (%t)", name, got, w, ok)
		}
	}
	if len(b.Texts) != len(want) || len(b.Changed) != 4 {
		t.Errorf("texts of %d files, want %d; changed %q, want 4", len(b.Texts), len(want), b.Changed)
	}
}

func TestInPlace(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		file string
		text []byte
		want bool
	}{
		{"a.go", []byte("package a"), true},
		{"gone/a.go", []byte("package a"), false},
		{"gone/a.go", nil, true},
		{"gone/page.html", []byte{}, true},
		{"vendor/modules.txt", []byte("# m v1"), false},
		{"vendor/modules.txt", nil, false},
	} {
		b := &Base{Texts: map[string][]byte{filepath.Join(dir, filepath.FromSlash(tt.file)): tt.text}}
		if got := b.InPlace(); got != tt.want {
			t.Errorf("%s %q: in place %t", tt.file, tt.text, got)
		}
	}
}

func TestExtract(t *testing.T) {
	tr := newTree(t)
	tr.write("kept.go", "kept")
	tr.write("edited.go", "old")
	tr.write("a b/größe -.go", "old")
	tr.write("vendor/modules.txt", "# m v1\n")
	tr.write(".gitignore", "generated.*\n")
	tr.write("in/generated.go", "generated")
	tr.write("in/generated.html", "generated")
	tr.write("apart/large.bin", "large")
	tr.write("page.html", "large too")
	tr.write("cpu.pprof", "named")
	if err := os.Symlink("page.html", filepath.Join(tr.dir, "link.html")); err != nil {
		t.Fatal(err)
	}
	tr.commit()
	tr.write("edited.go", "new")
	tr.write("added.go", "new")
	tr.write("vendor/modules.txt", "# m v2\n")
	tr.git("sparse-checkout", "set", "--no-cone", "/*", "!/apart/")
	for _, name := range []string{"apart/large.bin", "page.html"} {
		blob := tr.git("rev-parse", "HEAD:"+name)
		tr.remove(".git/objects/" + blob[:2] + "/" + blob[2:])
	}

	b, err := Find(t.Context(), filepath.Join(tr.dir, "vendor"), "HEAD", filepath.Join(tr.dir, "cpu.pprof"))
	if err != nil {
		t.Fatal(err)
	}
	if b.InPlace() || b.Root() != tr.dir {
		t.Errorf("in place %t, root %s; want false, %s", b.InPlace(), b.Root(), tr.dir)
	}
	to := filepath.Join(t.TempDir(), "a b", "base")
	if err := b.Extract(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"kept.go": "kept", "edited.go": "old", "a b/größe -.go": "old", "vendor/modules.txt": "# m v1\n", "in/generated.go": "generated", "page.html": "", "link.html": "", "cpu.pprof": "named"}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(name)))
		if err != nil || string(got) != text {
			t.Errorf("%s is %q, %v; want %q", name, got, err, text)
		}
	}
	for _, name := range []string{"added.go", "apart", ".git", "in/generated.html"} {
		if _, err := os.Lstat(filepath.Join(to, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v, want none", name, err)
		}
	}
	if status := tr.git("status", "--short"); strings.Contains(status, "D ") {
		t.Errorf("the index was written: %s", status)
	}
}

func TestFindUnlike(t *testing.T) {
	tr := newTree(t)
	if err := os.Symlink("a.go", filepath.Join(tr.dir, "link.go")); err != nil {
		t.Fatal(err)
	}
	tr.write("a.go", "a")
	tr.commit()
	tr.remove("link.go")
	tr.write("link.go", "a file now")
	b, texts := tr.find(tr.dir, "HEAD")
	if !slices.Equal(b.Unlike, []string{"link.go"}) || len(texts) > 0 {
		t.Errorf("unlike %q, texts %q; want link.go and none", b.Unlike, texts)
	}
}

// Paths have the form in which the user knows the directory, be it a link to the
// root or to a directory below it.
func TestFindLinks(t *testing.T) {
	tr := newTree(t)
	tr.write("in/a.go", "old")
	tr.write("b.go", "old")
	tr.commit()
	tr.write("in/a.go", "new")
	tr.write("b.go", "new")
	links := t.TempDir()
	for _, tt := range []struct {
		name, to, dir string
		want          []string // from dir, or absolute
	}{
		{"root", ".", "root", []string{"root/b.go", "root/in/a.go"}},
		{"root", ".", "root/in", []string{"root/b.go", "root/in/a.go"}},
		{"below", "in", "below", []string{"below/a.go", filepath.Join(tr.dir, "b.go")}},
	} {
		t.Run(tt.dir, func(t *testing.T) {
			if err := os.Symlink(filepath.Join(tr.dir, tt.to), filepath.Join(links, tt.name)); err != nil && !errors.Is(err, os.ErrExist) {
				t.Fatal(err)
			}
			b, err := Find(t.Context(), filepath.Join(links, tt.dir), "HEAD")
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, name := range tt.want {
				if !filepath.IsAbs(name) {
					name = filepath.Join(links, name)
				}
				want = append(want, name)
			}
			for file := range b.Texts {
				got = append(got, file)
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("files %q, want %q", got, want)
			}
		})
	}
}

func TestFindErrors(t *testing.T) {
	empty := newTree(t)
	tr := newTree(t)
	tr.write("a.go", "a")
	tr.commit()
	tr.git("switch", "-q", "--orphan", "stranger")
	tr.commit()
	for _, tt := range []struct {
		name, dir, ref  string
		message, remedy string
	}{
		{"no repository", t.TempDir(), "main", "not a git repository", "run lagvet in a git repository"},
		{"no commit", empty.dir, "main", "the base main is not in this clone", "git fetch origin main"},
		{"no HEAD", empty.dir, "HEAD", "there is no commit yet", "commit first"},
		{"unknown", tr.dir, "origin/x/y", "the base origin/x/y is not in this clone", "git fetch origin x/y:refs/remotes/origin/x/y, or correct the name"},
		{"unrelated", tr.dir, "main", "HEAD and main have no commit in common", "name a base"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Find(t.Context(), tt.dir, tt.ref)
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Remedy, tt.remedy) {
				t.Errorf("error %v, remedy %v; want %q and %q", err, e, tt.message, tt.remedy)
			}
		})
	}
	if _, err := Find(t.Context(), tr.dir, "--output=x"); err == nil {
		t.Error("a flag passes for the name of a commit")
	}
}

// A name with a line's end is one name.
func TestReadRaw(t *testing.T) {
	const line = ":100644 100644 1111 2222 M\x00"
	for _, tt := range []struct {
		out  string
		want []change
		err  bool
	}{
		{"", nil, false},
		{line + "a b\x00", []change{{"a b", "100644", "1111"}}, false},
		{line + "a\nb\x00:000000 100644 0000 2222 A\x00c\x00", []change{{"a\nb", "100644", "1111"}, {"c", absent, "0000"}}, false},
		{line, nil, true},
		{line + "a", nil, true},
		{"100644 100644 1111 2222 M\x00a\x00", nil, true},
		{":100644 1111 2222 M\x00a\x00", nil, true},
		{"warning: x\x00a\x00", nil, true},
	} {
		got, err := readRaw([]byte(tt.out))
		if (err != nil) != tt.err || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %v, %v; want %v, error %t", tt.out, got, err, tt.want, tt.err)
		}
	}
}

// Nothing is dropped: what is read, written again, is what was there.
func FuzzReadRaw(f *testing.F) {
	f.Add(":100644 100644 1111 2222 M\x00a\x00")
	f.Add(":000000 100644 0000 2222 A\x00a\nb\x00:120000 000000 1 0 D\x00c d\x00")
	f.Fuzz(func(t *testing.T, out string) {
		changes, err := readRaw([]byte(out))
		if err != nil {
			return
		}
		if got := strings.Count(out, "\x00"); got != 2*len(changes) {
			t.Errorf("%d changes of %d fields", len(changes), got)
		}
		for _, c := range changes {
			if !strings.Contains(out, "\x00"+c.path+"\x00") {
				t.Errorf("path %q is not in %q", c.path, out)
			}
		}
	})
}

// A clone that lacks what the base had is no base without it.
func TestFindDamaged(t *testing.T) {
	tr := newTree(t)
	tr.write("a.go", "old")
	tr.commit()
	blob := tr.git("rev-parse", "HEAD:a.go")
	tr.write("a.go", "new")
	tr.remove(".git/objects/" + blob[:2] + "/" + blob[2:])
	b, err := Find(t.Context(), tr.dir, "HEAD")
	e, ok := errors.AsType[*Error](err)
	if !ok || !strings.Contains(e.Message, "the base cannot be read: git ") || b != nil {
		t.Errorf("base %v, error %v", b, err)
	}
}

func TestTouches(t *testing.T) {
	for _, tt := range []struct {
		file        string
		tests, want bool
	}{
		{file: "/r/a.go", want: true},
		{file: "/r/a_test.go"},
		{file: "/r/a_test.go", tests: true, want: true},
		{file: "/r/README.md"},
		{file: "/r/page.html"}, // though it may be embedded
		{file: "/r/go.mod", want: true},
		{file: "/r/vendor/modules.txt", want: true},
		{file: "/r/notes.txt"},
		{file: "/r/cmd/x/default.pgo", want: true},
		{file: "/r/x_amd64.s", want: true},
		{file: "/r/cpu.pprof"},
		{file: "/r/hot.pprof", want: true},
	} {
		b := &Base{Texts: map[string][]byte{"/r/LICENSE": nil, tt.file: []byte("x")}}
		if got := b.Touches(tt.tests, "/r/hot.pprof"); got != tt.want {
			t.Errorf("%s, tests %t: %t", tt.file, tt.tests, got)
		}
	}
}
