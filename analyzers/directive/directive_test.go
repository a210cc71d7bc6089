package directive_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/directive"
)

// index reads the directives of a package whose only file is src.
func index(t *testing.T, src string) (*directive.Index, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("parsing the fixture: %v\n%s", err, src)
	}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object)}
	conf := types.Config{Error: func(error) {}, FakeImportC: true}
	pkg, _ := conf.Check("example.com/p", fset, []*ast.File{f}, info) // imports stay unresolved
	pass := &analysis.Pass{Analyzer: directive.Analyzer, Fset: fset, Files: []*ast.File{f}, Pkg: pkg, TypesInfo: info}
	x, err := directive.Analyzer.Run(pass)
	if err != nil {
		t.Fatal(err)
	}
	return x.(*directive.Index), fset
}

// dump prints each directive with the first and the last line of what it
// covers, and each problem with the start of its message.
func dump(x *directive.Index, fset *token.FileSet, src string) []string {
	var out []string
	for _, d := range x.All {
		s := string(d.Kind)
		if len(d.Args) > 0 {
			s += " " + strings.Join(d.Args, "+")
		}
		if d.Decl != nil {
			s += " on " + strings.TrimPrefix(fmt.Sprintf("%T", d.Decl), "*ast.")
		}
		from, to := fset.PositionFor(d.From, false).Offset, fset.PositionFor(d.To, false).Offset
		lines := strings.Split(strings.ReplaceAll(src[from:to], "\r", ""), "\n")
		lines[0], _, _ = strings.Cut(lines[0], " //")
		s += ": " + lines[0]
		if len(lines) > 1 {
			s += " … " + strings.TrimSpace(lines[len(lines)-1])
		}
		out = append(out, s)
	}
	for _, p := range x.Problems {
		out = append(out, "! "+p.Message)
	}
	return out
}

// check compares lines with want; a want that begins with "! " need only be
// part of the problem's message, its end if it ends in "$".
func check(t *testing.T, got, want []string) {
	t.Helper()
	ok := slices.EqualFunc(got, want, func(g, w string) bool {
		if part, problem := strings.CutPrefix(w, "! "); problem {
			if end, ok := strings.CutSuffix(part, "$"); ok {
				return strings.HasPrefix(g, "! ") && strings.HasSuffix(g, end)
			}
			return strings.HasPrefix(g, "! ") && strings.Contains(g, part)
		}
		return g == w
	})
	if !ok {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// body puts statements into a function.
func body(stmts string) string { return "package p\n\nfunc f() {\n" + stmts + "\n}\n" }

func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"doc comment", "package p\n\n// F is fast.\n//\n//lagvet:hot\n//lagvet:noalloc -- measured\nfunc F() {\n}\n",
			[]string{"hot on FuncDecl: func F() { … }", "noalloc on FuncDecl: func F() { … }"}},
		{"method and body-less function", "package p\n\ntype T int\n\n//lagvet:root\nfunc (T) M() {}\n\n//lagvet:assume none -- assembly\nfunc G()\n",
			[]string{"root on FuncDecl: func (T) M() {}", "assume none on FuncDecl: func G()"}},
		{"interface method", "package p\n\ntype I interface {\n\t//lagvet:nonblocking\n\tM()\n}\n",
			[]string{"nonblocking on Field: M()"}},
		{"func type", "package p\n\n//lagvet:hot\ntype F func()\n\ntype (\n\t//lagvet:root\n\tG func()\n\t//lagvet:noalloc\n\tH F\n)\n",
			[]string{"hot on TypeSpec: type F func()", "root on TypeSpec: G func()", "noalloc on TypeSpec: H F"}},
		{"only type of a group", "package p\n\n//lagvet:hot\ntype (\n\tF func()\n)\n",
			[]string{"hot on TypeSpec: type ( … )"}},
		{"group of types", "package p\n\n//lagvet:hot\ntype (\n\tF func()\n\tG func()\n)\n",
			[]string{"! //lagvet:hot has no effect here"}},
		{"alias of a func type", "package p\n\n//lagvet:hot\ntype F = func()\n", []string{"! //lagvet:hot has no effect here"}},
		{"struct type", "package p\n\n//lagvet:hot\ntype T struct{}\n", []string{"! //lagvet:hot has no effect here"}},
		{"embedded interface", "package p\n\ntype I interface {\n\t//lagvet:hot\n\terror\n}\n", []string{"! //lagvet:hot has no effect here"}},
		{"struct field of func type", "package p\n\ntype T struct {\n\t//lagvet:hot\n\tf func()\n}\n", []string{"! //lagvet:hot has no effect here"}},
		{"mark behind a function", "package p\n\nfunc f() {} //lagvet:hot\n", []string{"! //lagvet:hot has no effect here"}},
		{"mark on a variable", "package p\n\n//lagvet:hot\nvar f = func() {}\n", []string{"! //lagvet:hot has no effect here"}},
		{"blank line after the comment", "package p\n\n//lagvet:hot\n\nfunc f() {}\n", []string{"! //lagvet:hot stands where no code follows"}},
		{"before the package clause", "//lagvet:allow r -- why\npackage p\n", []string{"! //lagvet:allow stands where no code follows"}},
		{"end of the file", "package p\n\n//lagvet:allow r -- why", []string{"! //lagvet:allow stands where no code follows"}},
		{"mark on a statement", body("\t//lagvet:hot\n\tf()"), []string{"! //lagvet:hot has no effect here"}},

		{"line above", body("\t//lagvet:allow r -- why\n\tf()\n\tf()"), []string{"allow r: f()"}},
		{"line above, prose around", body("\t// before\n\t//lagvet:allow r -- why\n\t// after\n\tf()"), []string{"allow r: f()"}},
		{"stacked", body("\t//lagvet:allow r -- why\n\t//lagvet:bounded -- why\n\tgo f()"), []string{"allow r: go f()", "bounded: go f()"}},
		{"end of line", body("\tf() //lagvet:allow r -- why\n\tf()"), []string{"allow r: f()"}},
		{"end of line, then an own line", body("\tf() //lagvet:allow r -- why\n\t//lagvet:allow s -- why\n\tg()"),
			[]string{"allow r: f()", "allow s: g()"}},
		{"two statements on the line", body("\tf(); g() //lagvet:allow r -- why"), []string{"allow r: f(); g()"}},
		{"loop", body("\t//lagvet:allow r -- why\n\tfor i := 0; i < 9; i++ {\n\t\tf()\n\t}\n\tf()"), []string{"allow r: for i := 0; i < 9; i++ { … }"}},
		{"head of a loop", body("\tfor { //lagvet:allow r -- why\n\t\tf()\n\t}"), []string{"allow r: for { … }"}},
		{"end of a loop", body("\tfor {\n\t\tf()\n\t} //lagvet:allow r -- why"), []string{"allow r: for { … }"}},
		{"go with a literal", body("\t//lagvet:bounded -- why\n\tgo func() {\n\t\tf()\n\t}()"), []string{"bounded: go func() { … }()"}},
		{"end of go with a literal", body("\tgo func() {\n\t\tf()\n\t}() //lagvet:bounded -- why"), []string{"bounded: go func() { … }()"}},
		{"literal on one line", body("\tgo func() { f() }() //lagvet:allow r -- why"), []string{"allow r: go func() { f() }()"}},
		{"inside a literal", body("\tgo func() {\n\t\t//lagvet:allow r -- why\n\t\tf()\n\t}()"), []string{"allow r: f()"}},
		{"if with a call in its head", body("\t//lagvet:allow r -- why\n\tif x := g(); x {\n\t\tf()\n\t}"), []string{"allow r: if x := g(); x { … }"}},
		{"else", body("\tif x {\n\t\tf()\n\t} else { //lagvet:allow r -- why\n\t\tg()\n\t}"), []string{"allow r: { … }"}},
		{"else if", body("\tif x {\n\t\tf()\n\t} else if y { //lagvet:allow r -- why\n\t\tg()\n\t}"), []string{"allow r: if y { … }"}},
		{"last line of a branch", body("\tif x {\n\t\tf()\n\t\t//lagvet:allow r -- why\n\t} else if y {\n\t\tg()\n\t}"),
			[]string{"! //lagvet:allow stands where no code follows"}},
		{"label", body("again: //lagvet:allow r -- why\n\tfor {\n\t\tbreak again\n\t}"), []string{"allow r: again: … }"}},
		{"below a label", body("again:\n\t//lagvet:allow r -- why\n\tfor {\n\t\tbreak again\n\t}"), []string{"allow r: for { … }"}},
		{"before a case", body("\tswitch {\n\t//lagvet:allow r -- why\n\tcase x:\n\t\tf()\n\tdefault:\n\t\tg()\n\t}"), []string{"allow r: case x: … f()"}},
		{"behind a case", body("\tselect {\n\tcase <-c: //lagvet:allow r -- why\n\t\tf()\n\t}"), []string{"allow r: case <-c: … f()"}},
		{"case on one line", body("\tswitch {\n\tcase x: f() //lagvet:allow r -- why\n\t\tg()\n\t}"), []string{"allow r: f()"}},
		{"end of a body", body("\tf()\n\t//lagvet:allow r -- why"), []string{"! //lagvet:allow stands where no code follows"}},
		{"end of a case", body("\tswitch {\n\tcase x:\n\t\tf()\n\t\t//lagvet:allow r -- why\n\t}"), []string{"! //lagvet:allow stands where no code follows"}},

		{"argument", body("\tg(\n\t\th(), //lagvet:allow r -- why\n\t\tx,\n\t)"), []string{"allow r: h()"}},
		{"above an argument", body("\tg(x,\n\t\t//lagvet:allow r -- why\n\t\th())"), []string{"allow r: h()"}},
		{"inside a chain", body("\tx.\n\t\t//lagvet:allow r -- why\n\t\tg().\n\t\th()"), []string{"allow r: x. … h()"}},
		{"inside an expression", body("\tx := a + //lagvet:allow r -- why\n\t\tb\n\t_ = x"), []string{"allow r: x := a + … b"}},
		{"middle of an expression", body("\tx := a +\n\t\tb + //lagvet:allow r -- why\n\t\tc\n\t_ = x"), []string{"allow r: x := a + … c"}},
		{"last line of a call", body("\tg(\n\t\tx,\n\t) //lagvet:allow r -- why"), []string{"allow r: g( … )"}},
		{"end of an argument list", body("\tg(\n\t\tx,\n\t\t//lagvet:allow r -- why\n\t)"), []string{"! //lagvet:allow stands where no code follows"}},
		{"element", "package p\n\nvar x = T{\n\tA: f(), //lagvet:allow r -- why\n\t//lagvet:allow s -- why\n\tB: g(),\n}\n",
			[]string{"allow r: A: f()", "allow s: B: g()"}},
		{"end of a literal", "package p\n\nvar x = T{\n\tA: f(),\n\t//lagvet:allow r -- why\n}\n", []string{"! //lagvet:allow stands where no code follows"}},
		{"variable", "package p\n\n//lagvet:allow r -- why\nvar x = f()\n\nvar (\n\ta = f() //lagvet:allow s -- why\n\t//lagvet:assume none -- why\n\tb = f()\n)\n",
			[]string{"allow r: var x = f()", "allow s: a = f()", "assume none: b = f()"}},
		{"group of variables", "package p\n\n//lagvet:allow r -- why\nvar (\n\ta = f()\n\tb = f()\n)\n", []string{"allow r: var ( … )"}},
		{"field", "package p\n\ntype T struct {\n\t//lagvet:allow r -- why\n\ta int\n\tb int //lagvet:allow s -- why\n}\n", []string{"allow r: a int", "allow s: b int"}},
		{"parameter", "package p\n\nfunc f(\n\ta int, //lagvet:allow r -- why\n) {\n}\n", []string{"allow r: a int"}},
		{"import", "package p\n\nimport (\n\t\"a\" //lagvet:allow r -- why\n\t//lagvet:allow s -- why\n\t\"b\"\n)\n", []string{`allow r: "a"`, `allow s: "b"`}},
		{"end of a struct", "package p\n\ntype T struct {\n\ta int\n\t//lagvet:allow r -- why\n}\n", []string{"! //lagvet:allow stands where no code follows"}},
		{"bounded on a field", "package p\n\ntype T struct {\n\ta int //lagvet:bounded -- why\n}\n", []string{"! //lagvet:bounded has no effect here"}},
		{"assume on an import", "package p\n\nimport \"a\" //lagvet:assume none -- why\n", []string{"! //lagvet:assume has no effect here"}},
		{"assume on a struct type", "package p\n\n//lagvet:assume none -- why\ntype T struct{}\n", []string{"! //lagvet:assume has no effect here"}},
		{"assume on an interface method", "package p\n\ntype I interface {\n\t//lagvet:assume lock -- why\n\tM()\n}\n", []string{"assume lock on Field: M()"}},
		{"bounded on an interface method", "package p\n\ntype I interface {\n\t//lagvet:bounded -- why\n\tM()\n}\n", []string{"! //lagvet:bounded has no effect here"}},
		{"function on one line", "package p\n\nfunc f() { g() } //lagvet:allow r -- why\n", []string{"allow r: func f() { g() }"}},
		{"local func type", body("\t//lagvet:hot\n\ttype F func()"), []string{"hot on TypeSpec: type F func()"}},

		{"end of the last of two", body("\tf()\n\tfor {\n\t\tf()\n\t} //lagvet:allow r -- why"), []string{"allow r: for { … }"}},
		{"first line, no results below", "//lagvet:allow r -- why\npackage p\n\nfunc f() {}\n", []string{"! //lagvet:allow stands where no code follows"}},
		{"bounded function", "package p\n\n//lagvet:bounded -- why\nfunc f() {}\n", []string{"bounded on FuncDecl: func f() {}"}},
		{"bounded one-line function", "package p\n\nfunc f() {} //lagvet:bounded -- why\n", []string{"bounded: func f() {}"}},
		{"bounded below a label", body("again:\n\t//lagvet:bounded -- why\n\tfor {\n\t\tbreak again\n\t}"), []string{"bounded: for { … }"}},
		{"bounded else", body("\tif x {\n\t\tf()\n\t} else { //lagvet:bounded -- why\n\t\tg()\n\t}"), []string{"bounded: { … }"}},
		{"bounded element", "package p\n\nvar x = T{\n\tA: f(), //lagvet:bounded -- why\n}\n", []string{"bounded: A: f()"}},
		{"constant", "package p\n\n//lagvet:bounded -- why\nconst x = 1\n", []string{"! //lagvet:bounded has no effect here"}},
		{"mark on an import", "package p\n\n//lagvet:hot\nimport \"a\"\n", []string{"! //lagvet:hot has no effect here"}},

		{"CRLF", strings.ReplaceAll("package p\n\n//lagvet:hot\nfunc f() {\n\tg() //lagvet:allow r -- why\n}\n", "\n", "\r\n"),
			[]string{"hot on FuncDecl: func f() { … }", "allow r: g()"}},
		{"generated file", "// Code generated by x. DO NOT EDIT.\n\npackage p\n\n//lagvet:hot\nfunc f() {}\n", []string{"hot on FuncDecl: func f() {}"}},
		{"file with line comments", "package p\n\n//line other.y:700\nfunc f() {\n\tg() //lagvet:allow r -- why\n//line other.y:1\n\tg()\n}\n",
			[]string{"allow r: g()"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x, fset := index(t, tt.src)
			check(t, dump(x, fset, tt.src), tt.want)
		})
	}
}

func TestGrammar(t *testing.T) {
	for _, tt := range []struct {
		comment string
		want    []string
	}{
		{"//lagvet:allow a,b c ,d -- why", []string{"allow a+b+c+d: g()"}},
		{"//lagvet:allow a --why", []string{"allow a: g()"}},
		{"//lagvet:allow\ta\t-- why", []string{"allow a: g()"}},
		{"//lagvet:allow a -- a -- b", []string{"allow a: g()"}},
		{"//lagvet:assume alloc,lock -- why", []string{"assume alloc+lock: g()"}},
		{"//lagvet:assume unknown -- why", []string{"assume unknown: g()"}},
		{"//lagvet:bounded -- why", []string{"bounded: g()"}},

		{"//lagvet:", []string{"! names no directive: write one of hot, nonblocking"}},
		{"//lagvet:-- why", []string{"! names no directive"}},
		{"//lagvet: bounded -- why", []string{"! remove it"}},
		{"//lagvet:alow a -- why", []string{"! //lagvet:alow is not a directive; did you mean allow?"}},
		{"//lagvet:Bounded -- why", []string{"! did you mean bounded?"}},
		{"//lagvet:non-blocking", []string{"! did you mean nonblocking?"}},
		{"//lagvet:ignore a -- why", []string{"! //lagvet:ignore is not a directive$"}},
		{"//lagvet:hxx", []string{"! //lagvet:hxx is not a directive$"}},
		{"//lagvet:allow -- why", []string{"! names no rule"}},
		{"//lagvet:allow a", []string{"! must say why: write //lagvet:allow a -- why"}},
		{"//lagvet:allow a --", []string{"! must say why"}},
		{"//lagvet:allow a — why", []string{"! a dash where two hyphens must introduce the reason: write //lagvet:allow a -- why"}},
		{"//lagvet:bounded", []string{"! must say why: write //lagvet:bounded -- why"}},
		{"//lagvet:bounded by the pool", []string{"! takes no arguments"}},
		{"//lagvet:hot path", []string{"! takes no arguments"}},
		{"//lagvet:assume none", []string{"! must say why"}},
		{"//lagvet:assume -- why", []string{"! names no effect"}},
		{"//lagvet:assume locks -- why", []string{`! names the effect "locks", which there is not; did you mean lock?`}},
		{"//lagvet:assume non -- why", []string{"! did you mean none?"}},
		{"//lagvet:assume none,lock -- why", []string{"! contradicts itself"}},

		{"// lagvet:bounded -- why", []string{"! looks like a directive"}},
		{"//Lagvet:bounded -- why", []string{"! looks like a directive"}},
		{"//LAGVET:HOT", []string{"! looks like a directive"}},
		{"// lagvet: hot", []string{"! looks like a directive"}},
		{"/*lagvet:allow a -- why*/", []string{"! looks like a directive"}},

		{"// lagvet:hot marks a function as hot", nil},
		{"// lagvet:allow silences a rule, see the manual", nil},
		{"// See lagvet: it is a tool.", nil},
		{"//\tlagvet:hot", nil},
		{"//\t//lagvet:hot", nil},
		{"// lagvet:", nil},
		{"//", nil},
		{"/**/", nil},
		{"//nolint:all", nil},
		{"//lagvetter:hot", nil},
		{"// magnet:hot", nil},
		{"// lagvex:hot", nil},
	} {
		t.Run(tt.comment, func(t *testing.T) {
			src := body("\t" + tt.comment + "\n\tg()")
			x, fset := index(t, src)
			check(t, dump(x, fset, src), tt.want)
		})
	}
}

func TestEachOther(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []string // of the problems
	}{
		{"twice", "package p\n\n//lagvet:hot\n//lagvet:hot\nfunc f() {}\n", []string{"! //lagvet:hot is said twice"}},
		{"same rule twice", "package p\n\n//lagvet:allow a,b -- x\n//lagvet:allow b -- y\nfunc f() {}\n", []string{"! //lagvet:allow b is said twice"}},
		{"same rule twice in one", "package p\n\n//lagvet:allow a,a -- x\nfunc f() {}\n", []string{"! //lagvet:allow a is said twice"}},
		{"above and behind", body("\t//lagvet:bounded -- x\n\tgo f() //lagvet:bounded -- y"), []string{"! //lagvet:bounded is said twice"}},
		{"two assumptions", "package p\n\n//lagvet:assume lock -- x\n//lagvet:assume alloc -- y\nfunc f() {}\n", []string{"! a second //lagvet:assume"}},
		{"noalloc allocates", "package p\n\n//lagvet:noalloc\n//lagvet:assume alloc -- x\nfunc f() {}\n", []string{"! assume alloc contradicts //lagvet:noalloc"}},
		{"nonblocking waits", "package p\n\n//lagvet:assume net,lock -- x\n//lagvet:nonblocking\nfunc f() {}\n",
			[]string{"! assume lock contradicts //lagvet:nonblocking", "! assume net contradicts //lagvet:nonblocking"}},
		{"nonblocking may allocate", "package p\n\n//lagvet:nonblocking\n//lagvet:assume alloc,spawn -- x\nfunc f() {}\n", nil},
		{"noalloc may wait", "package p\n\n//lagvet:noalloc\n//lagvet:assume lock -- x\nfunc f() {}\n", nil},
		{"assumption elsewhere", "package p\n\n//lagvet:noalloc\nfunc f() {}\n\n//lagvet:assume alloc -- x\nfunc g() {}\n", nil},
		{"hot beside contracts", "package p\n\n//lagvet:hot\n//lagvet:noalloc\n//lagvet:nonblocking\n//lagvet:root\nfunc f() {}\n", nil},
		{"nested allows", "package p\n\n//lagvet:allow a -- x\nfunc f() {\n\tg() //lagvet:allow a -- y\n}\n", nil},
		{"two rules", body("\t//lagvet:allow a -- x\n\t//lagvet:allow b -- y\n\tf()"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x, fset := index(t, tt.src)
			var got []string
			for _, line := range dump(x, fset, tt.src) {
				if strings.HasPrefix(line, "! ") {
					got = append(got, line)
				}
			}
			check(t, got, tt.want)
		})
	}
}

func TestIndex(t *testing.T) {
	const src = `package p

//lagvet:allow a,b -- whole
//lagvet:hot
func f() {
	//lagvet:allow a -- narrow
	for {
		g()
	}
	g()
}

func g() {}
`
	x, fset := index(t, src)
	file := fset.File(x.All[0].Pos)
	at := func(line int) token.Pos { return file.LineStart(line) + 2 }
	reason := func(d *directive.Directive) string {
		if d == nil {
			return ""
		}
		return d.Reason
	}
	if got := x.Unused("a"); len(got) != 2 {
		t.Errorf("before any question %d allows of a are unused, want 2", len(got))
	}
	for _, tt := range []struct {
		rule string
		line int
		want string
	}{
		{"a", 8, "narrow"},
		{"a", 10, "whole"},
		{"b", 8, "whole"},
		{"c", 8, ""},
		{"a", 13, ""},
	} {
		if got := reason(x.Allow(tt.rule, at(tt.line))); got != tt.want {
			t.Errorf("Allow(%s, line %d) gives %q, want %q", tt.rule, tt.line, got, tt.want)
		}
	}
	if got := x.Unused("a"); len(got) != 0 {
		t.Errorf("%d allows of a are unused after both were needed", len(got))
	}
	if got := x.Covering(directive.Allow, at(8)); len(got) != 2 || got[0].Reason != "narrow" {
		t.Errorf("Covering gives %d directives, want 2, the narrow one first", len(got))
	}
	d := x.All[0]
	for pos, want := range map[token.Pos]bool{d.From - 1: false, d.From: true, d.To: true, d.To + 1: false} {
		if d.Covers(pos) != want {
			t.Errorf("what lies from %d to %d covers %d: %v", d.From, d.To, pos, !want)
		}
	}
	if got := x.Covering(directive.Hot, at(8)); len(got) != 1 {
		t.Errorf("Covering gives %d hot directives, want 1", len(got))
	}
	if got := x.On(x.All[0].Decl); len(got) != 2 {
		t.Errorf("On gives %d directives, want 2", len(got))
	}
}

func TestUnknownRules(t *testing.T) {
	src := body("\tf() //lagvet:allow ctxles,stw,zzz -- why")
	x, fset := index(t, src)
	x.Problems = x.UnknownRules([]string{"ctxless", "stw"})
	check(t, dump(x, fset, src), []string{
		"allow ctxles+stw+zzz: f()",
		`! the rule "ctxles", which there is not: it silences nothing; did you mean ctxless?`,
		`! the rule "zzz", which there is not: it silences nothing`,
	})
}

func TestZeroIndex(t *testing.T) {
	x := new(directive.Index)
	if x.Allow("a", 1) != nil || x.Covering(directive.Hot, 1) != nil || x.On(nil) != nil || x.Unused("a") != nil {
		t.Error("an empty index holds something")
	}
}

// FuzzComment checks that no comment, wherever it stands, makes the reader
// fail, and that a directive with our prefix is never passed over in silence.
func FuzzComment(f *testing.F) {
	for _, s := range []string{"hot", "allow a -- b", " hot", "assume none,lock -- x", "--", "bounded\t--\tx", "allow \u2014"} {
		for place := range 5 {
			f.Add(s, place)
		}
	}
	places := []string{
		"package p\n\n%s\nfunc f() {}\n",
		"package p\n\nfunc f() { %s\n}\n",
		"package p\n\nfunc f() {\n\tg(\n\t\tx, %s\n\t)\n}\n",
		"package p\n\ntype I interface {\n\t%s\n\tM()\n}\n",
		"%s\npackage p\n",
	}
	f.Fuzz(func(t *testing.T, text string, place int) {
		if strings.ContainsAny(text, "\n\r\x00\ufeff") || place < 0 || !strings.HasPrefix(strings.ToValidUTF8(text, "?"), text) {
			t.Skip("not the text of one comment")
		}
		src := fmt.Sprintf(places[place%len(places)], "//lagvet:"+text)
		x, _ := index(t, src)
		if len(x.All)+len(x.Problems) == 0 {
			t.Errorf("%q was passed over", text)
		}
		for _, d := range x.All {
			if !d.From.IsValid() || d.To < d.From {
				t.Errorf("%q covers %d to %d", text, d.From, d.To)
			}
		}
	})
}
