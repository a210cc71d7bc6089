package baseline

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Each version is a file; the findings stand behind what looks like /*!*/.
func TestPairs(t *testing.T) {
	tests := []struct {
		name     string
		old, now string
		want     []int // of each finding now, the old one that answers for it
	}{
		{"nothing", "", "", nil},
		{"all are new", "func F() {}", "func F() { /*!*/a() }", []int{-1}},
		{"all are gone", "func F() { /*!*/a() }", "func F() {}", nil},
		{"the same", "func F() { /*!*/a(); /*!*/b() }", "func F() { /*!*/a(); /*!*/b() }", []int{0, 1}},
		{"in another order", "func F() { /*!*/a(); /*!*/b() }", "func F() { /*!*/b(); /*!*/a() }", []int{1, 0}},
		{"one of equals is gone", "func F() { /*!*/a(); /*!*/b(); /*!*/c() }", "func F() { /*!*/a(); /*!*/c() }", []int{0, 2}},
		{"one more in front", "func F() { /*!*/a(); /*!*/b() }", "func F() { /*!*/c(); /*!*/a(); /*!*/b() }", []int{-1, 0, 1}},
		{"one rewritten, one more in front", "func F() { /*!*/a(1) }", "func F() { /*!*/c(); /*!*/a(1) }", []int{-1, 0}},
		{"the same line, and its neighbours tell", "func F() { if a() { /*!*/x() }\n if b() { /*!*/x() }\n}", "func F() { if c() { /*!*/x() }\n if b() { /*!*/x() }\n}", []int{0, 1}},
		{"local names changed, and one more", "func F(p int) { /*!*/a(p) }", "func F(q, r int) { /*!*/b(r); /*!*/a(q) }", []int{-1, 0}},
		{"rewritten", "func F() { /*!*/a(1, 2) }", "func F() { /*!*/b(x...) }", []int{0}},
		{"renamed", "func F() { /*!*/a() }", "func G() { /*!*/a() }", []int{0}},
		{"renamed and rewritten", "func F() { /*!*/a() }", "func G() { /*!*/b() }", []int{-1}},
		{"renamed, and rewritten around", "func F() { x(1); /*!*/a(); y(1) }", "func G() { x(1); /*!*/a(); z(2) }", []int{0}},
		{"copied, and the old one mended", "func F() { x(1); /*!*/a(); y(1) }", "func F() { x(1); y(1) }\nfunc G() { x(1); /*!*/a(); y(1) }", []int{-1}},
		{"moved to another function", "func F() { x(1); /*!*/a(); y(1) }", "func F() { G() }\nfunc G() { x(1); /*!*/a(); y(1) }", []int{0}},
		{"moved to another function, at its end", "func F() { x(1); /*!*/a(1); y(1) }", "func F() { G(); y(2) }\nfunc G() { x(1); /*!*/a(1) }", []int{0}},
		{"moved to another function, with other names", "func F(p int) { x(1); /*!*/a(p); y(1) }", "func F(p int) { G(p) }\nfunc G(q int) { x(1); /*!*/a(q); y(1) }", []int{0}},
		{"only a check for nil moved with it", "func F() { /*!*/a(); if err != nil { return } }", "func F() { if err != nil { return } }\nfunc G() { /*!*/a(); if err != nil { return } }", []int{-1}},
		{"renamed and copied", "func F() { /*!*/a() }", "func G() { /*!*/a() }\nfunc H() { /*!*/a() }", []int{0, -1}},
		{"a type renamed", "type T int\nfunc (t T) F() { /*!*/a() }", "type U int\nfunc (t U) F() { /*!*/a() }", []int{0}},
		{"a method of another type", "type T int\nfunc (t T) F() { /*!*/a() }\ntype U int\nfunc (t U) F() {}", "type T int\nfunc (t T) F() {}\ntype U int\nfunc (t U) F() { /*!*/a() }", []int{-1}},
		{"in a variable's initial value", "var v = func() { /*!*/a() }", "var v = func() { /*!*/a() }", []int{0}},
		{"in a signature", "func F(/*!*/p, q int) {}", "func F(/*!*/x, y int) {}", []int{0}},
		{"in a case", "func F() { switch { case a(): /*!*/b(); case c(): /*!*/b() } }", "func F() { switch { case c(): /*!*/b(); case a(): /*!*/b() } }", []int{1, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			read := func(text string) Source {
				return Source{Root: "/m", Read: func(string) ([]byte, error) { return []byte("package p\n" + text), nil }}
			}
			old, now := read(tt.old), read(tt.now)
			res := Match(EntriesOf(marks(t, old), old), marks(t, now), now)
			if !slices.Equal(res.Pairs, tt.want) {
				t.Errorf("pairs are %v, want %v", res.Pairs, tt.want)
			}
		})
	}
}

// marks returns the findings of a version, which differ in their function only.
func marks(t *testing.T, src Source) []finding.Finding {
	t.Helper()
	const mark = "/*!*/"
	path := filepath.Join(src.Root, "a.go")
	text, err := src.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var fs []finding.Finding
	for i, line := range strings.Split(string(text), "\n") {
		for at := 0; ; {
			next := strings.Index(line[at:], mark)
			if next < 0 {
				break
			}
			at += next + len(mark)
			f := finding.Finding{Rule: "r", Package: "p", Cause: "c", Primitive: "q", Start: finding.Place{File: path, Line: i + 1, Column: at + 1}}
			f.Func = "p." + EntriesOf([]finding.Finding{f}, src)[0].Decl
			fs = append(fs, f)
		}
	}
	return fs
}

// What cannot be parsed has names all the same.
func TestNoSource(t *testing.T) {
	f := func(fn string, line int) finding.Finding {
		return finding.Finding{Rule: "r", Package: "p", Func: fn, Start: finding.Place{File: "/m/parser.y", Line: line, Column: 1}}
	}
	for _, text := range []string{"%token A\n", "package p\nfunc {", ""} {
		src := Source{Root: "/m", Read: func(string) ([]byte, error) {
			if text == "" {
				return nil, errors.New("gone")
			}
			return []byte(text), nil
		}}
		res := Match(EntriesOf([]finding.Finding{f("p.F", 3), f("p.G", 4)}, src), []finding.Finding{f("p.H", 1), f("p.F", 5), f("p.F", 7)}, src)
		if want := []int{-1, 0, -1}; !slices.Equal(res.Pairs, want) {
			t.Errorf("%q: pairs are %v, want %v", text, res.Pairs, want)
		}
	}
}

// Places that a file does not have, as after it has been edited, are no fault.
func TestPlacesBeyond(t *testing.T) {
	src := Source{Root: "/m", Read: func(string) ([]byte, error) { return []byte("package p\n\nfunc F() {\n}\n"), nil }}
	for line := -1; line < 8; line++ {
		for column := -1; column < 40; column++ {
			es := EntriesOf([]finding.Finding{{Rule: "r", Start: finding.Place{File: "/m/a.go", Line: line, Column: column}}}, src)
			if es[0].Rule != "r" || line != 2 && line != 3 && line != 4 && es[0].Decl != "" {
				t.Errorf("%d:%d lies in %q", line, column, es[0].Decl)
			}
		}
	}
}

func TestNames(t *testing.T) {
	tests := []struct{ text, pkg, unqualified, blank string }{
		{"(*example.com/m/book.Book).look", "example.com/m/book", "(*Book).look", "(*$).$"},
		{"lock by example.com/m/other.F", "example.com/m/book", "lock by F", "lock by $"},
		{"(*gopkg.in/yaml.v3.Node).Decode", "example.com/m", "(*Node).Decode", "(*$).$"},
		{"defer (*os.File).Close", "example.com/m", "defer (*os.File).Close", "defer (*os.File).Close"},
		{"net/http.Get", "m/a", "net/http.Get", "net/http.Get"},
		{"append in a loop []m/b.T", "m/a", "append in a loop []T", "append in a loop []$"},
		{"m.F", "m", "F", "$"},
		{"boxed int for s.Put", "example.com/m", "boxed int for s.Put", "boxed int for $.$"},
		{"(example.com/m.I).Call, net", "example.com/m", "(I).Call, net", "($).$, net"},
		{"é.example/m.F", "é.example/m", "F", "$"},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		if got := unqualified(tt.text, tt.pkg); got != tt.unqualified {
			t.Errorf("unqualified(%q, %q) = %q, want %q", tt.text, tt.pkg, got, tt.unqualified)
		}
		if got := blank(tt.text, tt.pkg, []string{"s", "Put"}); got != tt.blank {
			t.Errorf("blank(%q, %q) = %q, want %q", tt.text, tt.pkg, got, tt.blank)
		}
	}
}
