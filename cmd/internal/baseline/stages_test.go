package baseline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

// In each of these, one stage decides: entries are alike but for what it asks for.
// Codes are text, shape, previous, next and near; - stands for one that no other
// code equals, a dot for none, and functions come before a colon.
func TestStages(t *testing.T) {
	tests := []struct {
		name     string
		old, now []string
		want     []int
	}{
		{"near", []string{"F: t s p n x", "F: t s p n y"}, []string{"F: t s p n y", "F: t s p n x"}, []int{1, 0}},
		{"around", []string{"F: t s p n -", "F: t s p m -"}, []string{"F: t s p m -", "F: t s p n -"}, []int{1, 0}},
		{"before", []string{"F: t s p - -", "F: t s q - -"}, []string{"F: t s q - -", "F: t s p - -"}, []int{1, 0}},
		{"after", []string{"F: t s - n -", "F: t s - m -"}, []string{"F: t s - m -", "F: t s - n -"}, []int{1, 0}},
		{"text", []string{"F: t s - - -", "F: u s - - -"}, []string{"F: u s - - -", "F: t s - - -"}, []int{1, 0}},
		{"shape, around", []string{"F: - s p n -", "F: - s p m -"}, []string{"F: - s p m -", "F: - s p n -"}, []int{1, 0}},
		{"shape", []string{"F: - s - - -", "F: - r - - -"}, []string{"F: - r - - -", "F: - s - - -"}, []int{1, 0}},
		{"shape, with the fault's caller", []string{"F/A: - s - - -", "F/B: - s - - -"}, []string{"F/B: - s - - -", "F/A: - s - - -"}, []int{1, 0}},
		{"shape of the fault's other callers", []string{"F/A: - s - - -", "F/B: - r - - -"}, []string{"F/C: - r - - -", "F/D: - s - - -"}, []int{1, 0}},
		{"the fault's caller", []string{"F/A: - - - - -", "F/B: - - - - -"}, []string{"F/B: - - - - -", "F/A: - - - - -"}, []int{1, 0}},
		{"the fault", []string{"F/A: - - - - -"}, []string{"F/B: - - - - -"}, []int{0}},
		{"the fault, of a caller in another file", []string{"Here/A: - - - - -"}, []string{"b.go/Here/B: - - - - -"}, []int{0}},
		{"another module, around", []string{"~Here: - s p n -", "~Here: - s p m -"}, []string{"Here: - s p m -", "Here: - s p n -"}, []int{1, 0}},
		{"another module, shape", []string{"~Here: - s - - -", "~Here: - r - - -"}, []string{"Here: - r - - -", "Here: - s - - -"}, []int{1, 0}},
		{"another module", []string{"~Here: - - - - -"}, []string{"Here: - - - - -"}, []int{0}},
		{"another module, another function", []string{"~Here: - s - - -"}, []string{"G: - s - - -"}, []int{-1}},
		{"elsewhere, around", []string{"gone.F: - s p n -", "gone.F: - s p m -"}, []string{"q.F: - s p m -", "q.F: - s p n -"}, []int{1, 0}},
		{"elsewhere", []string{"gone.F: - s - - -"}, []string{"q.F: - s - - -"}, []int{0}},
		{"elsewhere, and still here", []string{"Here: - s - - -"}, []string{"q.Here: - s - - -"}, []int{-1}},
		{"elsewhere with all that is around, and still here", []string{"Here: - s p n -"}, []string{"q.Here: - s p n -"}, []int{-1}},
		{"elsewhere, rewritten", []string{"gone.F: - - - - -"}, []string{"q.F: - - - - -"}, []int{-1}},
		{"to a function beside it", []string{"Here: - s p n -"}, []string{"G: - s p n -"}, []int{0}},
		{"to a function of another file", []string{"Here: - s p n -"}, []string{"b.go/G: - s p n -"}, []int{0}},
		{"to a function beside it, with what is before", []string{"Here: t s p - -"}, []string{"G: t s p - -"}, []int{0}},
		{"to a function beside it, with what is after", []string{"Here: t s - n -"}, []string{"G: t s - n -"}, []int{0}},
		{"to a function beside it, alone", []string{"Here: t s - - -"}, []string{"G: t s - - -"}, []int{-1}},
		{"to a function beside it, with other names and half of what is around", []string{"Here: - s p - -"}, []string{"G: - s p - -"}, []int{-1}},
		{"another name, in the file first", []string{"F: - s p n -"}, []string{"b.go/G: - s p n -", "H: - s p n -"}, []int{-1, 0}},
		{"another name, in the file first, one line", []string{"F: - s . . -"}, []string{"b.go/G: - s . . -", "H: - s . . -"}, []int{-1, 0}},
		{"another name, another file, one line", []string{"F: - s . . -"}, []string{"b.go/G: - s . . -"}, []int{0}},
		{"another name, another file", []string{"F: - s p n -"}, []string{"b.go/G: - s p n -"}, []int{0}},
		{"another name, with what is before", []string{"F: - s p - -"}, []string{"G: - s p - -"}, []int{0}},
		{"another name, with what is after", []string{"F: - s - n -"}, []string{"G: - s - n -"}, []int{0}},
		{"another name, alone", []string{"F: - s - - -"}, []string{"G: - s - - -"}, []int{-1}},
		{"another name, elsewhere", []string{"F: - s p n -"}, []string{"q.G: - s p n -"}, []int{0}},
		{"another name, elsewhere, with half of what is around", []string{"F: - s p - -"}, []string{"q.G: - s p - -"}, []int{-1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := Source{Root: "/m", Read: func(file string) ([]byte, error) {
				if file == "/m/p/a.go" {
					return []byte("package p\nfunc Here() { x() }"), nil
				}
				return nil, os.ErrNotExist
			}}
			n := 0
			if got := newReader(src).pair(coded(tt.old, &n), coded(tt.now, &n)); !slices.Equal(got, tt.want) {
				t.Errorf("pairs are %v, want %v", got, tt.want)
			}
		})
	}
}

// coded makes entries of "[PACKAGE.][FILE/]FUNCTION[/CALLER]: CODES", in another module
// behind a ~.
func coded(texts []string, n *int) []Entry {
	var es []Entry
	for _, text := range texts {
		where, codes, _ := strings.Cut(text, ": ")
		e := Entry{Rule: "r", Package: "m/p", File: "p/a.go", Cause: "c"}
		if rest, ok := strings.CutPrefix(where, "~"); ok {
			e.Package, where = "example.com/m/v2/p", rest
		}
		if pkg, rest, ok := strings.Cut(where, "."); ok && !strings.HasPrefix(rest, "go/") {
			e.Package, where, e.File = "m/"+pkg, rest, pkg+"/a.go"
		}
		if rest, ok := strings.CutPrefix(where, "b.go/"); ok {
			e.File, where = "p/b.go", rest
		}
		fn, caller, fault := strings.Cut(where, "/")
		e.Func, e.Decl = e.Package+"."+fn, fn
		if fault {
			e.Func, e.Fault = e.Package+"."+caller, e.Package+"."+fn
		}
		c := strings.Fields(codes)
		for i := range c {
			switch *n++; c[i] {
			case "-":
				c[i] = strconv.Itoa(*n)
			case ".":
				c[i] = ""
			}
		}
		e.Code = Code{Text: c[0], Shape: c[1], Prev: c[2], Next: c[3], Near: c[4]}
		es = append(es, e)
	}
	return es
}

// What is called waits for something else in the same way.
func TestPrimitives(t *testing.T) {
	entry := func(fn, cause, primitive, shape, prev string) Entry {
		return Entry{Rule: "r", Package: "p", File: "a.go", Func: fn, Decl: bare(fn), Cause: cause, Primitive: primitive, Code: Code{Shape: shape, Prev: prev}}
	}
	tests := []struct {
		name     string
		old, now []Entry
		want     []int
	}{
		{"around", []Entry{entry("p.F", "c", "a", "s", "x"), entry("p.F", "c", "a", "s", "y")}, []Entry{entry("p.F", "c", "b", "s", "y"), entry("p.F", "c", "b", "s", "x")}, []int{1, 0}},
		{"the statement", []Entry{entry("p.F", "c", "a", "s", "x")}, []Entry{entry("p.F", "c", "b", "s", "y")}, []int{0}},
		{"another statement", []Entry{entry("p.F", "c", "a", "s", "x")}, []Entry{entry("p.F", "c", "b", "r", "x")}, []int{-1}},
		{"another cause", []Entry{entry("p.F", "c", "a", "s", "x")}, []Entry{entry("p.F", "d", "b", "s", "x")}, []int{-1}},
		{"another function", []Entry{entry("p.F", "c", "a", "s", "")}, []Entry{entry("p.G", "c", "b", "s", "")}, []int{-1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := Source{Root: "/m", Read: func(string) ([]byte, error) { return nil, os.ErrNotExist }}
			if got := newReader(src).pair(tt.old, tt.now); !slices.Equal(got, tt.want) {
				t.Errorf("pairs are %v, want %v", got, tt.want)
			}
		})
	}
}

// The names of variables, of what is called and of types are others.
func TestFrames(t *testing.T) {
	entry := func(fn, cause, frame, prev string) Entry {
		return Entry{Rule: "r", Package: "p", File: bare(fn) + ".go", Func: fn, Decl: bare(fn), Cause: cause, Code: Code{Frame: frame, Prev: prev}}
	}
	tests := []struct {
		name     string
		old, now []Entry
		want     []int
	}{
		{"around", []Entry{entry("p.F", "a", "f", "x"), entry("p.F", "a", "f", "y")}, []Entry{entry("p.F", "b", "f", "y"), entry("p.F", "b", "f", "x")}, []int{1, 0}},
		{"the function", []Entry{entry("p.Here", "a", "f", "x")}, []Entry{entry("p.Here", "b", "f", "y")}, []int{0}},
		{"the function in another module", []Entry{func() Entry {
			e := entry("example.com/m.Here", "a", "f", "x")
			e.Package = "example.com/m"
			return e
		}()}, []Entry{func() Entry {
			e := entry("example.com/m/v2.Here", "b", "f", "y")
			e.Package = "example.com/m/v2"
			return e
		}()}, []int{0}},
		{"another function", []Entry{entry("p.F", "a", "f", "x")}, []Entry{entry("p.G", "b", "f", "x")}, []int{-1}},
		{"the type", []Entry{entry("(*p.T).F", "a", "f", "x")}, []Entry{entry("(*p.U).F", "b", "f", "y")}, []int{0}},
		{"another frame", []Entry{entry("p.F", "a", "f", "x")}, []Entry{entry("p.F", "b", "g", "x")}, []int{-1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := Source{Root: "/m", Read: func(file string) ([]byte, error) {
				if file == "/m/Here.go" {
					return []byte("package p\nfunc Here() {}"), nil
				}
				return nil, os.ErrNotExist
			}}
			if got := newReader(src).pair(tt.old, tt.now); !slices.Equal(got, tt.want) {
				t.Errorf("pairs are %v, want %v", got, tt.want)
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
